"""What of reconciliation waits for whom: differences by their deadline, refunds that a channel has to give its
payers, payments nobody decided."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.today.waiting import LATE, SOON, TODAY, ListedWork, WaitingWork, of_lists
from yifen.trades.reconciliation.pages.chargebacks_list import CHARGEBACKS
from yifen.trades.reconciliation.pages.items_list import DIFFERENCES
from yifen.trades.reconciliation.pages.undecided_list import UNDECIDED

WAITS = (
    ListedWork(Text("超期差异", "Overdue differences"), DIFFERENCES, "late=late", LATE, "opened_at", "sum_fen"),
    ListedWork(Text("未决缴费待定论", "Undecided payments to be ended"), UNDECIDED, "", LATE, "paid_at", "amount_fen"),
    ListedWork(Text("退款待外部办理", "Refunds to be given outside"), DIFFERENCES, "state=outside", TODAY, "opened_at"),
    ListedWork(Text("退单待外部办理", "Chargebacks to be given outside"), CHARGEBACKS, "state=outside", TODAY,
               "made_at", "amount_fen"),
    ListedWork(Text("退单办理中", "Chargebacks under way"), CHARGEBACKS, "state=doing", SOON, "made_at", "amount_fen"),
    ListedWork(Text("今日到期的差异", "Differences due today"), DIFFERENCES, "late=today", TODAY, "opened_at",
               "sum_fen"),
    ListedWork(Text("未到期的差异", "Differences not yet due"), DIFFERENCES, "late=ahead", SOON, "opened_at",
               "sum_fen"),
)  # fmt: skip


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the partners in scope."""
    return of_lists(access, now, *WAITS)
