"""What of papers waits for whom: hand-overs to take, numbers that are lost, counts that differ."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.today.waiting import LATE, SOON, TODAY, ListedWork, WaitingWork, of_lists
from yifen.trades.invoices.pages.listing import COUNTS, RANGES, TRANSFERS_LIST

TO_TAKE = ListedWork(Text("凭证待我接收", "Papers to take over"), TRANSFERS_LIST, "whose=mine", TODAY, "given_at")
GIVEN = ListedWork(Text("我交出的凭证未接收", "Papers I gave, not taken yet"), TRANSFERS_LIST, "whose=given", SOON,
                    "given_at")  # fmt: skip
LOST = ListedWork(Text("挂失停用的凭证", "Papers that are lost"), RANGES, "state=blocked", LATE, "since",
                  permission="invoices.keep")  # fmt: skip
DIFFERS = ListedWork(Text("凭证盘点不符", "Counts of papers that differ"), COUNTS, "result=open", TODAY, "counted_at",
                     permission="invoices.keep")  # fmt: skip


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of who asks, and of the institutions in scope."""
    return of_lists(access, now, TO_TAKE, GIVEN, LOST, DIFFERS)
