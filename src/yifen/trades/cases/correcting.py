"""What is said of a case put right 更正, by two people: a party's name, what is to be enforced, the day of filing. What
stood there stays in the proposal, which the case's page shows, and in the trail."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.bank_accounts import opened_account, sealed_account, typed_name
from yifen.core.facts.plug import Text
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner
from yifen.core.ring import key_ring
from yifen.hub.payments.names import sealed_name
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.courts import done
from yifen.trades.cases.reading import CaseRow, PartyRow, found_case, parties, rows
from yifen.trades.cases.rules import NAME_MAX, party_context, several

ACT = "cases.correct"
MORE_MOST = 50


class Correction(NamedTuple):
    """What is otherwise; None or 0: as it is. `names`: of the party, and of those whom its one field named too."""

    party_id: int | None = None
    names: Sequence[str] = ()
    due_fen: int | None = None
    filed_on: date | None = None


def propose(access: Access, case_id: int, new: Correction, reason: str, now: datetime) -> Authorisation:
    """Refused: CASE_UNKNOWN, CASE_PARTY_UNKNOWN, CASE_CORRECTION, REASON_MISSING, as `view` and `second.propose`."""
    case = found_case(case_id)
    if not access.scope.has_partner(case.court_id):
        raise Refused(CaseCode.CASE_UNKNOWN, "case")
    content: dict[str, Any] = {
        "case": case_id, "due_fen": new.due_fen, "filed_on": new.filed_on.isoformat() if new.filed_on else None}
    if new.party_id:
        content |= _naming(case, _party(case, new.party_id), [typed_name(name) for name in new.names])
    return second.propose(access, ACT, str(case_id), content, now, partner=Partner.objects.get(pk=case.court_id),
                          reason=needed(reason))  # fmt: skip


def _naming(case: CaseRow, party: PartyRow, names: list[str]) -> dict[str, Any]:
    """Sealed for the rows that will have them, and again to be shown."""
    if not 1 <= len(names) <= MORE_MOST or not all(0 < len(name) <= NAME_MAX and name.isprintable() for name in names):
        raise Refused(CaseCode.CASE_CORRECTION, "name")
    ring, context = key_ring(), party_context(case.court_id, case.number)
    hexed = [ring.seal(name.encode(), context).hex() for name in names]
    first = next((one for one in parties(case) if one.role == "debtor"), None)
    payer = first is not None and first.party_id == party.party_id
    return {"party": party.party_id, "was": sealed_account(ring, party.name), "name": hexed[0], "more": hexed[1:],
            "named": [sealed_account(ring, name) for name in names],
            "payer": sealed_name(ring, case.court_id, case.account_no, names[0]) if payer else ""}  # fmt: skip


def view(content: dict[str, Any]) -> list[Change]:
    """As it is, as it will be; names sealed. Refused: CASE_NOT_OPEN, CASE_PARTY_UNKNOWN, CASE_CORRECTION (nothing is
    otherwise, or what is sealed is not what is shown)."""
    case = found_case(content["case"])
    if case.state != "open":
        raise Refused(CaseCode.CASE_NOT_OPEN, "case")
    found = list(_names(case, content)) if content.get("party") else []
    due, filed = content["due_fen"], content["filed_on"]
    if due is not None and due != case.due_fen:
        found.append(Change("due", Text("执行标的（元）", "To be enforced (yuan)"), grouped_yuan(case.due_fen),
                            grouped_yuan(due)))  # fmt: skip
    if filed is not None and filed != str(case.filed_on):
        found.append(Change("filed_on", Text("立案日期", "Filed on"), str(case.filed_on or "") or None, filed))
    if not found:
        raise Refused(CaseCode.CASE_CORRECTION, "name")
    return [Change("case", Text("案件", "Case"), None, case.number), *found]


def _names(case: CaseRow, content: dict[str, Any]) -> Any:
    party, ring = _party(case, content["party"]), key_ring()
    context = party_context(case.court_id, case.number)
    names = [opened_account(ring, one) for one in content["named"]]
    kept = [ring.open(bytes.fromhex(one), context).decode() for one in (content["name"], *content["more"])]
    if kept != names or opened_account(ring, content["was"]) != party.name or names == [party.name]:
        raise Refused(CaseCode.CASE_CORRECTION, "name")
    yield Change("name", Text("当事人姓名", "Party's name"), content["was"], content["named"][0])
    for number, one in enumerate(content["named"][1:], 2):
        yield Change(f"name{number}", Text("同一地位的另一当事人", "Another party of the same role"), None, one)
    payee = rows("payee_now", (party.party_id,))
    if payee and opened_account(ring, payee[0][1]) != names[0]:
        yield Change("differs", Text("注意", "Mind"), None, Text(
            "收款户名与更正后的姓名不同", "the payee's account is in another name than the corrected one"))  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """Refused as cases_correct_v1 answers."""
    done("correct", decision.proposal, decision.now, field="name")


def of_case(case_id: int) -> list[tuple[Any, ...]]:
    """(proposal, when, what was changed, who asked, who agreed) of what was put right, linked and taken apart, the
    newest first."""
    return rows("corrections", (str(case_id),))


def doubtful(case: CaseRow) -> list[PartyRow]:
    """Parties whose name looks like that of several."""
    return [one for one in parties(case) if several(one.name)]


def _party(case: CaseRow, party_id: int) -> PartyRow:
    found = next((one for one in parties(case) if one.party_id == party_id), None)
    if found is None:
        raise Refused(CaseCode.CASE_PARTY_UNKNOWN, "party")
    return found
