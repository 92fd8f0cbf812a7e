"""Who acts: told to the database in settings that end with the transaction.

Triggers cannot ask Python who is signed in, so every transaction is told in its first statement.
Nothing of it outlives the transaction, so a pooled connection never acts in the name of whoever
used it before. Decision 0006 says why an execute wrapper.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.pq import TransactionStatus

from yifen.core.audit.record import Actor, cursor_of
from yifen.core.facts.sqlfiles import queries

_TELL_SQL = queries(__package__)["tell"]


def tell(target: Any, who: Actor) -> None:
    """Names the actor of the transaction that `target` (a connection or a cursor) is in."""
    cursor_of(target).execute(_TELL_SQL, ["" if part is None else str(part) for part in who])


@contextmanager
def acting(connection: BaseDatabaseWrapper, who: Actor) -> Iterator[None]:
    """Whatever Django's connection does inside is done by `who`: in every transaction, and in every
    statement outside of one. An inner `acting` counts until it ends."""
    for wrapper in connection.execute_wrappers:
        if isinstance(wrapper, _Telling):
            outer, wrapper.who = wrapper.who, who
            try:
                yield
            finally:
                wrapper.who = outer
            return
    with connection.execute_wrapper(_Telling(who)):
        yield


class _Telling:
    """Django's execute wrapper: tells a transaction who acts before its first statement, and again
    when that changed or a savepoint was rolled back, which may have taken the settings back."""

    def __init__(self, who: Actor) -> None:
        self.who = who
        self.told: Actor | None = None

    def __call__(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        django, raw = context["connection"], context["connection"].connection
        with django.wrap_database_errors:
            if raw.info.transaction_status == TransactionStatus.IDLE:
                self.told = None
                if raw.autocommit:  # one statement: give it a transaction to be told in
                    with raw.transaction():
                        tell(raw, self.who)
                        return execute(sql, params, many, context)
            if self.told != self.who and raw.info.transaction_status != TransactionStatus.INERROR:
                tell(raw, self.who)
                self.told = self.who
        if str(sql).startswith("ROLLBACK TO"):
            self.told = None
        return execute(sql, params, many, context)
