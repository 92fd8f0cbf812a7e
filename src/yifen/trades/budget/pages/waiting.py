"""What of a bureau's budget waits for whom. What two people decide about waits among the proposals."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.today.waiting import SOON, TODAY, ListedWork, WaitingWork, of_lists
from yifen.trades.budget.pages.listing import INDICATORS, LISTS

KINDS = (
    ListedWork(Text("清单未提交复核", "Lists of the bureau to propose"), LISTS, "state=staged", TODAY, "received_at",
               permission="budget.directory"),
    ListedWork(Text("指标尚未到账", "Indicators not in quota yet"), INDICATORS, "wants=waiting", SOON, "", "free_fen",
               permission="budget.move"),
)  # fmt: skip


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the bureaus in scope."""
    return of_lists(access, now, *KINDS)
