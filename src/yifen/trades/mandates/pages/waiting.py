"""What of mandates waits for whom."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.today.waiting import LATE, TODAY, ListedWork, WaitingWork, of_lists
from yifen.trades.mandates.pages.listing import MANDATES, SINGLES

KINDS = (
    ListedWork(Text("单笔扣款久无结果", "Single debits without an end"), SINGLES, "state=stuck", LATE, "made_at",
               "amount_fen"),
    ListedWork(Text("代扣签约无扫描件", "Mandates without a scanned paper"), MANDATES, "state=no_paper", TODAY,
               "made_at", permission="mandates.papers"),
)  # fmt: skip


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the billers in scope."""
    return of_lists(access, now, *KINDS)
