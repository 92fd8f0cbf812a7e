"""Whose rows a question may see, as part of its SQL; and the cursor that asks it."""

from collections.abc import Sequence
from typing import Any, Protocol

# The partners whose payments and figures may be seen, as channel or as biller; None: everyone's.
Scope = Sequence[int] | None


class Cursor(Protocol):
    """Django's, or psycopg's."""

    def execute(self, query: Any, params: Any = None, /) -> Any: ...
    def fetchall(self) -> list[Any]: ...


def in_scope(scope: Scope, channel: str, biller: str) -> str:
    """The condition on the two columns; its parameter is `scope`, an array literal."""
    if scope is None:
        return ""
    return f" AND ({channel} = ANY (%(scope)s::integer[]) OR {biller} = ANY (%(scope)s::integer[]))"
