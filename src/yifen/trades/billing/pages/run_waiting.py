"""What of the runs of bills waits for whom."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.today.waiting import TODAY, ListedWork, WaitingWork, of_lists
from yifen.trades.billing.pages.run_lists import BILL_RUNS

LEFT = ListedWork(Text("账单待提交复核", "Bills to be put before a second person"), BILL_RUNS, "state=todo", TODAY,
                  "begun_at")  # fmt: skip


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Runs that are made and that nobody proposed; those proposed wait as proposals."""
    return of_lists(access, now, LEFT)
