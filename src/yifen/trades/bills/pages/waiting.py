"""What of the bill imports waits for whom."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.today.waiting import TODAY, ListedWork, WaitingWork, of_lists
from yifen.trades.bills.pages.listing import BILL_IMPORTS

LEFT = ListedWork(Text("账单文件待办理", "Bill files to be seen to"), BILL_IMPORTS, "state=todo", TODAY, "received_at")


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Files that nobody proposed, or that have to be sent again; those proposed wait as proposals."""
    return of_lists(access, now, LEFT)
