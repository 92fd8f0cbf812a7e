"""Named acts: what no changed row shows, such as a sign-in, an export, an authorisation.

Works on Django's connection and cursor and on psycopg's; the act is sealed when the transaction
commits, and is gone if it rolls back.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from yifen.core.facts.sqlfiles import queries

TEXT_MAX = 500  # characters of a text that somebody outside may have typed
_APPEND_SQL = queries(__package__)["append"]


class Actor(NamedTuple):
    """Who acts, from where, in which request. The empty one is the system. `session`: the key by which the
    database finds out whether it is true."""

    login: str = ""
    user_id: int | None = None
    institution_id: int | None = None
    address: str = ""
    request: str = ""
    session: str = ""


def act(
    target: Any,
    action: str,
    subject: str,
    subject_key: str | int = "",
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    note: str = "",
    who: Actor | None = None,
) -> None:
    """Draft one act on `target`, a connection or a cursor. `who` is the actor where the
    transaction was not told of one (yifen.core.audit.context), as at a sign-in; address and request
    left empty come from there all the same. The words insert, update, delete, truncate and cut
    belong to the database: InsufficientPrivilege."""
    given = who or Actor()
    cursor_of(target).execute(
        _APPEND_SQL,
        (
            *(_fit(text) for text in (action, subject, str(subject_key))),
            _json(before),
            _json(after),
            _fit(note),
            None if who is None else _fit(given.login),
            given.user_id,
            given.institution_id,
            _fit(given.address),
            _fit(given.request),
        ),
    )


def cursor_of(target: Any) -> Any:
    """The cursor itself, or a new one of the connection (whose class may also have `execute`)."""
    return target if hasattr(target, "fetchone") else target.cursor()


def _fit(text: str) -> str:
    """What PostgreSQL can hold: an act is not lost because a hostile text came with it."""
    return text[:TEXT_MAX].encode("utf-8", "replace").decode().replace("\x00", "\ufffd")


def _json(values: Mapping[str, Any] | None) -> str | None:
    if values is None:
        return None
    text = json.dumps(values, ensure_ascii=False, default=str)
    return text.encode("utf-8", "replace").decode().replace("\\u0000", "\\ufffd")
