"""What of the payouts waits for whom."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.today.waiting import LATE, SOON, TODAY, ListedWork, WaitingWork, of_lists
from yifen.trades.settlement.pages.payouts_list import PAYOUTS

WAITS = (
    ListedWork(Text("划付逾期或结果未知", "Payouts overdue or unknown"), PAYOUTS, "due=stuck", LATE, "instructed_at",
          "amount_fen"),
    ListedWork(Text("退汇未再付", "Payouts that came back"), PAYOUTS, "due=returned", LATE, "changed_at", "amount_fen"),
    ListedWork(Text("今日应划付", "Payouts due today"), PAYOUTS, "due=today", TODAY, "instructed_at", "amount_fen"),
    ListedWork(Text("未到划付日", "Payouts of later days"), PAYOUTS, "due=ahead", SOON, "instructed_at", "amount_fen"),
)  # fmt: skip


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the billers in scope."""
    return of_lists(access, now, *WAITS)
