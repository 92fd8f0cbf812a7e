"""Cases as pages and proposals read them."""

from datetime import date, datetime
from typing import Any, NamedTuple

from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.face.plain import plain_connection
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.rules import party_context

_SQL = queries(__package__)


class CaseRow(NamedTuple):
    """A case with its sub-account; `balance_fen`: on it now, `came_fen`: all that came."""

    case_id: int
    court_id: int
    court: str
    number: str
    judge: str
    filed_on: date | None
    due_fen: int
    state: str
    account_no: str
    bucket: int
    balance_fen: int
    came_fen: int
    opened_at: datetime
    opened_by: str
    into: str | None
    entrusted: str


class PartyRow(NamedTuple):
    """A party with his name opened."""

    party_id: int
    role: str
    name: str


def found_case(case_id: int) -> CaseRow:
    """Refused: CASE_UNKNOWN."""
    return _one("case", {"case": case_id})


def found_number(court_id: int, number: str) -> CaseRow:
    """By its own number, else the only one that it leads to. Refused: CASE_UNKNOWN."""
    return _one("case_by_number", {"court": court_id, "number": number})


def parties(case: CaseRow) -> list[PartyRow]:
    """Of a case, in the order in which they were said."""
    context = party_context(case.court_id, case.number)
    return [PartyRow(party_id, role, key_ring().open(bytes(name), context).decode())
            for party_id, role, name in rows("parties", (case.case_id,))]  # fmt: skip


def rows(statement: str, values: Any) -> list[tuple[Any, ...]]:
    with plain_connection() as conn:
        return conn.execute(_SQL[statement], values).fetchall()


def _one(statement: str, values: dict[str, Any]) -> CaseRow:
    found = rows(statement, values)
    if len(found) != 1:
        raise Refused(CaseCode.CASE_UNKNOWN, "case")
    return CaseRow(*found[0])
