"""Cases opened: a number in its one form, parties sealed, a sub-account number that nobody has."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from yifen.core.access.edge import Access
from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.bank_accounts import typed_name
from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.reasons import remark
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.core.ring import key_ring
from yifen.face.plain import plain_connection
from yifen.hub.payments.names import sealed_name
from yifen.trades.cases import caseno
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.reading import found_number
from yifen.trades.cases.rules import NAME_MAX, NewCase, party_context

NUMBERS_MOST = 1_000
_AT_FIELD: dict[ResultCode, str] = {
    CaseCode.CASE_ACCOUNT_TAKEN: "account_no", CaseCode.CASE_NUMBERS_GONE: "account_no", CaseCode.CASE_FIELDS: "debtor",
    CaseCode.COURT_UNKNOWN: "court", CaseCode.CASE_OTHER_COURT: "entrusted",
}  # fmt: skip
_SQL = queries(__package__)


class OpenedCase(NamedTuple):
    case_id: int
    account_no: str


def number_of(typed: str) -> str:
    """The one form. Refused: CASE_NUMBER_WRONG."""
    try:
        return str(caseno.parse(typed))
    except caseno.CaseNoWrong:
        raise Refused(CaseCode.CASE_NUMBER_WRONG, "number") from None


def account_called(code: str, typed: str) -> str:
    """The sub-account of a court's open case that a payer calls by its number, in any writing; empty: none. One that
    leads to several cases leads to none."""
    said = caseno.within(typed)
    with suppress(caseno.CaseNoWrong):
        said = [str(caseno.parse(typed))]
    court = Partner.objects.filter(code=code).first() if len(said) == 1 else None
    try:
        case = found_number(court.pk, said[0]) if court else None
    except Refused:
        return ""
    return case.account_no if case and case.state == "open" else ""


def open_case(access: Access, court_id: int, new: NewCase, now: datetime) -> OpenedCase:
    """By one person: it moves nothing. Refused: OUT_OF_SCOPE, CASE_NUMBER_WRONG, CASE_FIELDS, and as cases_open_v1."""
    if not access.scope.has_partner(court_id):
        raise Refused(Code.OUT_OF_SCOPE, "court")
    number, parties = number_of(new.number), [party._replace(name=typed_name(party.name)) for party in new.parties]
    if not all(0 < len(party.name) <= NAME_MAX and party.name.isprintable() for party in parties):
        raise Refused(CaseCode.CASE_FIELDS, "debtor")
    ring, context = key_ring(), party_context(court_id, number)
    payer = next((party.name for party in parties if party.role == "debtor"), "")
    with plain_connection() as conn:
        turn = conn.execute(_SQL["next_account"], (court_id, now)).fetchall()[0][0]
        account_no = clean_account(new.account_no) or turn or ""
        (code, case_id) = conn.execute(_SQL["open"], {
            "session": access.session, "court": court_id, "number": number, "account": account_no, "judge": new.judge,
            "filed": new.filed_on, "due": new.due_fen, "payer": sealed_name(ring, court_id, account_no, payer),
            "roles": [party.role for party in parties],
            "names": [ring.seal(party.name.encode(), context) for party in parties], "now": now,
            "entrusted": remark(new.entrusted, "entrusted"),
        }).fetchall()[0]  # fmt: skip
    if code:
        told = result_code(code)
        raise Refused(told, _AT_FIELD.get(told, "number"))
    return OpenedCase(case_id, account_no)


def take_numbers(access: Access, court_id: int, numbers: Sequence[str]) -> int:
    """Numbers that the bank made beforehand; how many are new. Refused: OUT_OF_SCOPE, COURT_UNKNOWN,
    PERMISSION_MISSING,
    LIST_ACCOUNT (one is none, or too many)."""
    if not access.scope.has_partner(court_id):
        raise Refused(Code.OUT_OF_SCOPE, "court")
    if not 0 < len(numbers) <= NUMBERS_MOST:
        raise Refused(CaseCode.LIST_ACCOUNT, "numbers", str(len(numbers)))
    with plain_connection() as conn:
        asked = (access.session, court_id, [clean_account(one) for one in numbers])
        code, added = conn.execute(_SQL["numbers"], asked).fetchall()[0]
    if code:
        raise Refused(result_code(code), "numbers")
    return int(added)
