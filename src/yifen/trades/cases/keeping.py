"""Cases closed, opened again; by two people known by other numbers, and merged."""

from datetime import datetime
from typing import Any

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.bank_accounts import typed_name
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.core.ring import key_ring
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.courts import done
from yifen.trades.cases.opening import number_of
from yifen.trades.cases.payout import payouts
from yifen.trades.cases.reading import CaseRow, found_case, found_number, rows
from yifen.trades.cases.rules import NAME_MAX, party_context

MERGE, LINK, UNLINK = "cases.merge", "cases.link", "cases.unlink"
KINDS = {"old": Text("原案号", "older number"), "resumed": Text("恢复执行案号", "number of the resumed case"),
         "source": Text("依据案号", "number of the judgment")}  # fmt: skip


def close(access: Access, case_id: int, now: datetime) -> None:
    """Refused: CASE_UNKNOWN, PERMISSION_MISSING, CASE_NOT_OPEN, CASE_HAS_MONEY."""
    done("close", access.session, case_id, now)


def reopen(access: Access, case_id: int, now: datetime) -> None:
    """Refused: CASE_UNKNOWN, PERMISSION_MISSING, CASE_NOT_CLOSED."""
    done("reopen", access.session, case_id, now)


def propose_link(access: Access, case_id: int, number: str, kind: str, now: datetime) -> Authorisation:
    """Refused: CASE_NUMBER_WRONG, INPUT_INVALID, CASE_UNKNOWN, as `view_link` and `second.propose`."""
    if kind not in KINDS:
        raise Refused(Code.INPUT_INVALID, "kind")
    return _proposed(access, LINK, case_id, {"case": case_id, "number": number_of(number), "kind": kind}, now)


def view_link(content: dict[str, Any]) -> list[Change]:
    """Refused as cases_link_against_v1 answers."""
    (code,) = rows("link_against", (content["case"], content["number"], content["kind"]))[0]
    if code:
        raise Refused(result_code(code), "number")
    return [Change("case", Text("案件", "Case"), None, found_case(content["case"]).number),
            Change("kind", Text("关系", "Relation"), None, KINDS[content["kind"]]),
            Change("number", Text("关联案号", "Other number"), None, content["number"])]  # fmt: skip


def run_link(content: dict[str, Any], decision: Decision) -> None:
    """Refused as cases_link_v1 answers."""
    done("link", decision.proposal, decision.now, field="number")


def propose_unlink(access: Access, case_id: int, number: str, now: datetime) -> Authorisation:
    """A link is taken back. Refused: CASE_UNKNOWN, as `view_unlink` and `second.propose`."""
    return _proposed(access, UNLINK, case_id, {"case": case_id, "number": number}, now)


def view_unlink(content: dict[str, Any]) -> list[Change]:
    """Refused: CASE_NAME_UNKNOWN."""
    found = rows("linked", (content["case"], content["number"]))
    if not found:
        raise Refused(CaseCode.CASE_NAME_UNKNOWN, "number")
    return [Change("case", Text("案件", "Case"), None, found_case(content["case"]).number),
            Change("number", Text("关联案号", "Other number"), content["number"], None)]  # fmt: skip


def run_unlink(content: dict[str, Any], decision: Decision) -> None:
    """Refused as cases_unlink_v1 answers."""
    done("unlink", decision.proposal, decision.now, field="number")


def _proposed(access: Access, act: str, case_id: int, content: dict[str, Any], now: datetime) -> Authorisation:
    case = found_case(case_id)
    if not access.scope.has_partner(case.court_id):
        raise Refused(CaseCode.CASE_UNKNOWN, "case")
    return second.propose(access, act, str(case_id), content, now, partner=Partner.objects.get(pk=case.court_id))


def add_party(access: Access, case: CaseRow, role: str, name: str) -> None:
    """Another debtor, creditor or other party. Refused: CASE_FIELDS, and as cases_party_v1."""
    name = typed_name(name)
    if not 0 < len(name) <= NAME_MAX or not name.isprintable():
        raise Refused(CaseCode.CASE_FIELDS, "name")
    sealed = key_ring().seal(name.encode(), party_context(case.court_id, case.number))
    done("add_party", access.session, case.case_id, role, sealed)


def set_judge(access: Access, case_id: int, login: str) -> None:
    """Who judges it from now on. Refused as cases_judge_v1."""
    done("set_judge", access.session, case_id, login.strip(), field="judge")


def propose(access: Access, case_id: int, into: str, now: datetime, reason: str = "") -> Authorisation:
    """`into`: the number of the case that stays. Refused: CASE_UNKNOWN, CASE_NUMBER_WRONG, as `view` and
    `second.propose`."""
    case = found_case(case_id)
    if not access.scope.has_partner(case.court_id):
        raise Refused(CaseCode.CASE_UNKNOWN, "case")
    content = {"case": case_id, "into": found_number(case.court_id, number_of(into)).case_id}
    return second.propose(access, MERGE, str(case_id), content, now, partner=Partner.objects.get(pk=case.court_id),
                          reason=reason)  # fmt: skip


def view(content: dict[str, Any]) -> list[Change]:
    """Which case, what is on it, where it goes. Refused: CASE_NOT_OPEN, CASE_MERGE_WRONG, CASE_PROMISED, CASE_HAS_MONEY
    (some of it is on its way)."""
    case, into = found_case(content["case"]), found_case(content["into"])
    if case.state != "open":
        raise Refused(CaseCode.CASE_NOT_OPEN, "case")
    if into.state != "open" or into.court_id != case.court_id or into.case_id == case.case_id:
        raise Refused(CaseCode.CASE_MERGE_WRONG, "into")
    money = payouts.free(case.court_id, case.account_no)
    if money.held_fen or money.promised_fen or money.going_fen:
        raise Refused(CaseCode.CASE_PROMISED, "case")
    if money.coming_fen:
        raise Refused(CaseCode.CASE_HAS_MONEY, "case")
    return [Change("case", Text("并入", "Merged into"), case.number, into.number),
            Change("account", Text("子账号", "Sub-account"), case.account_no, into.account_no),
            Change("money", Text("随案转款（元）", "Money that goes there (yuan)"), None, _yuan(case))]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """Refused as cases_merge_v1 answers."""
    done("merge", decision.proposal, decision.now)


def named(subject: str) -> Text:
    """A case by its number."""
    number = found_case(int(subject)).number
    return Text(number, number)


def _yuan(case: CaseRow) -> str:
    return grouped_yuan(case.balance_fen)
