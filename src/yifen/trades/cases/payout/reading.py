"""Statements of money that leaves, asked by name."""

from typing import Any

from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection

_SQL = queries(__package__)


def left(statement: str, values: Any) -> list[tuple[Any, ...]]:
    with plain_connection() as conn:
        return conn.execute(_SQL[statement], values).fetchall()


def said(statement: str, *values: Any, field: str = "") -> None:
    """A function that answers a code. Refused with it."""
    (code,) = left(statement, values)[0]
    if code:
        raise Refused(result_code(code), field)


def name_of(login: str) -> str:
    """What a person is called; what is nobody's login is told as it was typed."""
    found = left("user_named", (login,)) if login else []
    return str(found[0][0]) if found else login


def is_judge(court_id: int, login: str) -> bool:
    """Does one of the court's own judges sign in so?"""
    return bool(left("judge_named", (court_id, login)))
