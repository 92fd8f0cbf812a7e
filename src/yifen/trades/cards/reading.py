"""Statements of official cards, asked by name."""

from typing import Any

from yifen.core.access.edge import Access
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection

_SQL = queries(__package__)


def rows(statement: str, values: Any) -> list[tuple[Any, ...]]:
    with plain_connection() as conn:
        return conn.execute(_SQL[statement], values).fetchall()


def said(statement: str, *values: Any, field: str = "") -> None:
    """A function that answers a code. Refused with it."""
    ((code,),) = rows(statement, values)
    if code:
        raise Refused(result_code(code), field)


def mine_of(access: Access, swipe: int | None, before: int | None = None, most: int = 1) -> dict[str, Any]:
    """What `mine` asks: one swipe of his, or so many before another."""
    return {"session": access.session, "swipe": swipe, "before": before, "most": most}
