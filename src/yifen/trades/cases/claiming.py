"""Unidentified money 不明款: whose it may be, and why; claimed and un-claimed by two people."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.plug import Text
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner
from yifen.core.ring import key_ring
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.courts import done
from yifen.trades.cases.reading import found_case, rows

CLAIM, UNCLAIM = "cases.claim", "cases.unclaim"
PARTS_MOST = 50


class Unknown(NamedTuple):
    """A receipt that nobody knows the case of; `left_fen`: not claimed yet; `due_on`: when that has to be so."""

    document_id: int
    court_id: int
    court: str
    amount_fen: int
    left_fen: int
    came_at: datetime
    due_on: date | None
    serial: str
    account_no: str
    payer: str
    payer_no: str
    words: str


def unknown(document_id: int) -> Unknown:
    """Refused: MONEY_UNKNOWN."""
    found = rows("unknown", {"document": document_id})
    if not found:
        raise Refused(CaseCode.MONEY_UNKNOWN, "entry")
    *columns, file_id, line_no, who = found[0]
    told = json.loads(key_ring().open(bytes(who), f"court_row:{file_id}:{line_no}")) if who else ["", "", ""]
    return Unknown(*columns, *told)


class ClaimPart(NamedTuple):
    """So much of it for which case, and what proves that, in words."""

    case_id: int
    amount_fen: int
    evidence: str


WAYS = {"transfer": Text("转账", "transfer"), "pos": Text("普通 POS", "ordinary POS"), "cash": Text("现金", "cash"),
        "other": Text("其他", "other")}  # fmt: skip
"""How it came, as its evidence says; an ordinary POS pays the main account, and its slip says for which case."""


def propose(
    access: Access, document_id: int, parts: Sequence[ClaimPart], now: datetime, way: str = "transfer"
) -> Authorisation:
    """For one case, or split among several. Refused: MONEY_UNKNOWN, REASON_MISSING, as `view` and `second.propose`."""
    money = unknown(document_id)
    if not access.scope.has_partner(money.court_id):
        raise Refused(CaseCode.MONEY_UNKNOWN, "entry")
    told = [part._replace(evidence=needed(part.evidence, "evidence")) for part in parts]
    content = {"entry": document_id, "way": way, "parts": [
        {"case": part.case_id, "amount_fen": part.amount_fen, "evidence": part.evidence} for part in told]}  # fmt: skip
    return second.propose(access, CLAIM, str(document_id), content, now, partner=Partner.objects.get(pk=money.court_id),
                          reason=told[0].evidence if told else "")  # fmt: skip


def view(content: dict[str, Any]) -> list[Change]:
    """What came, how, for which cases, how much. Refused: MONEY_UNKNOWN, CLAIM_PARTS_WRONG, CLAIM_TOO_MUCH,
    CASE_UNKNOWN, CASE_NOT_OPEN."""
    money, parts = unknown(content["entry"]), content["parts"]
    if not 1 <= len(parts) <= PARTS_MOST or len({part["case"] for part in parts}) < len(parts) or \
            content["way"] not in WAYS:  # fmt: skip
        raise Refused(CaseCode.CLAIM_PARTS_WRONG, "more")
    claimed = sum(part["amount_fen"] for part in parts)
    if claimed > money.left_fen or min(part["amount_fen"] for part in parts) < 1:
        raise Refused(CaseCode.CLAIM_TOO_MUCH, "amount")
    return [
        Change("serial", Text("银行流水号", "Bank's serial"), None, money.serial),
        Change("way", Text("到账方式", "How it came"), None, WAYS[content["way"]]),
        Change("left", Text("未认领（元）", "Not claimed (yuan)"), grouped_yuan(money.left_fen),
               grouped_yuan(money.left_fen - claimed)),
        *(change for number, part in enumerate(parts, 1) for change in _of_part(money, number, part)),
    ]  # fmt: skip


def _of_part(money: Unknown, number: int, part: dict[str, Any]) -> list[Change]:
    case = found_case(part["case"])
    if case.court_id != money.court_id:
        raise Refused(CaseCode.CASE_UNKNOWN, "case")
    if case.state != "open":
        raise Refused(CaseCode.CASE_NOT_OPEN, "case")
    return [Change(f"case{number}", Text("认领到", "Claimed for"), None, f"{case.number} {case.account_no}"),
            Change(f"amount{number}", Text("认领金额（元）", "Amount (yuan)"), None, grouped_yuan(part["amount_fen"])),
            Change(f"evidence{number}", Text("凭据", "Evidence"), None, part["evidence"])]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """Refused as cases_claim_v1 answers."""
    done("claim", decision.proposal, decision.now, field="entry")


def propose_back(access: Access, document_id: int, evidence: str, now: datetime) -> Authorisation:
    """What was transferred or claimed becomes unidentified again. Refused: ENTRY_STAYS, REASON_MISSING, CASE_SHORT,
    and as
    `second.propose` refuses."""
    found = rows("credited", (document_id,))
    if not found or not access.scope.has_partner(found[0][0]):
        raise Refused(CaseCode.ENTRY_STAYS, "entry")
    said = needed(evidence, "evidence")
    return second.propose(access, UNCLAIM, str(document_id), {"entry": document_id, "evidence": said}, now,
                          partner=Partner.objects.get(pk=found[0][0]), reason=said)  # fmt: skip


def view_back(content: dict[str, Any]) -> list[Change]:
    """Of which case, how much; of one that was merged, from the case that it went to. Refused: ENTRY_STAYS,
    CASE_SHORT."""
    found = rows("credited", (content["entry"],))
    if not found:
        raise Refused(CaseCode.ENTRY_STAYS, "entry")
    _court, number, fen, balance = found[0]
    if balance < fen:
        raise Refused(CaseCode.CASE_SHORT, "entry")
    return [Change("case", Text("案件", "Case"), None, number),
            Change("money", Text("子账号余额（元）", "On the sub-account (yuan)"), grouped_yuan(balance),
                   grouped_yuan(balance - fen)),
            Change("evidence", Text("凭据", "Evidence"), None, content["evidence"])]  # fmt: skip


def run_back(content: dict[str, Any], decision: Decision) -> None:
    """Refused as cases_unclaim_v1 answers."""
    done("unclaim", decision.proposal, decision.now, field="entry")
