"""What of collection orders waits for whom; what two people decide waits among the proposals."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.today.waiting import LATE, SOON, TODAY, ListedWork, WaitingWork, of_lists
from yifen.trades.collection.pages.listing import ORDERS

KINDS = (
    ListedWork(
        Text("托收通知待送达付款人", "Collection orders to be told to their payers"),
        ORDERS,
        "state=out",
        TODAY,
        "made_at",
        "amount_fen",
        permission="collection.bank",
    ),
    ListedWork(
        Text("托收今日划款", "Collection orders paid today"),
        ORDERS,
        "state=today",
        SOON,
        "pay_at",
        "amount_fen",
        permission="collection.bank",
    ),
    ListedWork(
        Text("托收久无结果", "Collection orders without an end"), ORDERS, "state=stuck", LATE, "made_at", "amount_fen"
    ),
)


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the billers in scope."""
    return of_lists(access, now, *KINDS)
