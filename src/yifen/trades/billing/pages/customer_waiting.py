"""What of customers and readings waits for whom."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.today.waiting import TODAY, ListedWork, WaitingWork, of_lists
from yifen.trades.billing.pages.customer_lists import DOUBTS, FILES

LEFT = (
    ListedWork(Text("抄表异常待处理", "Readings in doubt"), DOUBTS, "state=open", TODAY, "found_at"),
    ListedWork(Text("用户、抄表文件待办理", "Files of customers or readings to be seen to"), FILES, "state=todo", TODAY,
               "received_at"),
)  # fmt: skip


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the billers in scope."""
    return of_lists(access, now, *LEFT)
