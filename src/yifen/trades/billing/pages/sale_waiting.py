"""What of prepaid services waits for whom."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.today.waiting import TODAY, ListedWork, WaitingWork, of_lists
from yifen.trades.billing.pages.sale_lists import SALES, UNSOLD

LEFT = (
    ListedWork(Text("售电没有卡密", "Sales without a token"), SALES, "state=todo", TODAY, "sold_at", "amount_fen",
               "billing.run"),
    ListedWork(Text("购电款没有售出", "Recharges that were not sold"), UNSOLD, "state=todo", TODAY, "since",
               "balance_fen", "billing.run"),
)  # fmt: skip


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the billers in scope."""
    return of_lists(access, now, *LEFT)
