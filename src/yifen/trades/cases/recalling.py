"""A bank's notice of a receipt that its statement contradicts, taken back 推送更正 by two people, with evidence."""

from datetime import datetime
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
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.courts import done
from yifen.trades.cases.reading import rows

ACT = "cases.recall"


class ContradictedPush(NamedTuple):
    """What the bank told of, and what its statement has under the same serial; `line_id` None: nothing."""

    document_id: int
    court_id: int
    number: str
    account_no: str
    amount_fen: int
    came_at: datetime
    serial: str
    line_id: int | None
    line_fen: int | None
    line_account: str | None


def contradicted(document_id: int) -> ContradictedPush:
    """Refused: PUSH_STANDS."""
    found = rows("contradicted", (document_id,))
    if not found:
        raise Refused(CaseCode.PUSH_STANDS, "entry")
    return ContradictedPush(*found[0])


def propose(access: Access, document_id: int, evidence: str, now: datetime) -> Authorisation:
    """Refused: PUSH_STANDS, REASON_MISSING, and as `second.propose` refuses."""
    push = contradicted(document_id)
    if not access.scope.has_partner(push.court_id):
        raise Refused(CaseCode.PUSH_STANDS, "entry")
    said = needed(evidence, "evidence")
    content = {"entry": document_id, "line": push.line_id, "evidence": said}
    return second.propose(access, ACT, str(document_id), content, now, partner=Partner.objects.get(pk=push.court_id),
                          reason=said)  # fmt: skip


def view(content: dict[str, Any]) -> list[Change]:
    """What was told of, what the statement says. Refused: PUSH_STANDS."""
    push = contradicted(content["entry"])
    if push.line_id != content["line"]:
        raise Refused(CaseCode.PUSH_STANDS, "entry")
    shown: second.Said = Text("对账单没有此流水号", "the statement does not have it")
    if push.line_fen is not None:
        shown = f"{grouped_yuan(push.line_fen)} {push.line_account}".strip()
    return [Change("case", Text("案件", "Case"), None, push.number),
            Change("serial", Text("银行流水号", "Bank's serial"), None, push.serial),
            Change("money", Text("推送；对账单", "The push; the statement"),
                   f"{grouped_yuan(push.amount_fen)} {push.account_no}", shown),
            Change("evidence", Text("凭据", "Evidence"), None, content["evidence"])]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """Refused as cases_recall_v1 answers."""
    done("recall", decision.proposal, decision.now, field="entry")
