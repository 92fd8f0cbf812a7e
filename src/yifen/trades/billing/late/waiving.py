"""Late fees waived 减免违约金: so much of a bill's fee is not asked for; a second person decides."""

from datetime import datetime
from typing import Any

from yifen.core.access import second
from yifen.core.access.edge import Access, now
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.plug import Text
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.face.plain import plain_connection
from yifen.trades.billing.codes import BillingCode
from yifen.trades.billing.late import asked as late

ACT = "billing.waive"
_SQL = queries(__package__)


def propose(access: Access, bill_id: int, amount_fen: int | None, reason: str, at: datetime) -> Authorisation:
    """None: all that is unpaid of the fee today. Refused: OUT_OF_SCOPE, WAIVER_TOO_LARGE, REASON_MISSING, and as
    `second.propose` refuses."""
    bill = late.bill_in_scope(access, bill_id, at)
    content = {"bill": bill_id, "amount_fen": bill.unpaid_fen if amount_fen is None else amount_fen}
    partner = Partner.objects.get(pk=bill.biller_id)
    return second.propose(access, ACT, str(bill_id), content, at, partner=partner, reason=needed(reason))


def view(content: dict[str, Any]) -> list[Change]:
    """Refused: OUT_OF_SCOPE, WAIVER_TOO_LARGE (or nothing to waive)."""
    with plain_connection() as conn:
        bill = late.late_bill(conn, content["bill"], now())
    if bill.state != "open" or not 0 < content["amount_fen"] <= bill.unpaid_fen:
        raise Refused(BillingCode.WAIVER_TOO_LARGE, "amount", grouped_yuan(bill.unpaid_fen))
    return [
        *late.bill_told(bill),
        Change("amount", Text("减免违约金（元）", "Waived of the late fee (yuan)"), None,
               grouped_yuan(content["amount_fen"])),
    ]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """In the transaction of the decision. Refused: LATE_NOT_AGREED, WAIVER_TOO_LARGE."""
    late.done(_SQL["waive"], decision)
