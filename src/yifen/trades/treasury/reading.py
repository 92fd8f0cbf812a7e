"""Statements of the treasury, asked by name."""

from typing import Any

from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection

_SQL = queries(__package__)


def rows(statement: str, values: Any = ()) -> list[tuple[Any, ...]]:
    with plain_connection() as conn:
        return conn.execute(_SQL[statement], values).fetchall()


def said(statement: str, *values: Any, field: str = "") -> None:
    """A function that answers a code. Refused with it."""
    ((code,),) = rows(statement, values)
    if code:
        raise Refused(result_code(code), field)
