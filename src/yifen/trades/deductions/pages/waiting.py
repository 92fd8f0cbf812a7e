"""Which deductions wait for somebody: those that come to no end by themselves."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.today.waiting import LATE, ListedWork, WaitingWork, of_lists
from yifen.trades.deductions.pages.listing import DEDUCTIONS

STUCK = ListedWork(Text("卡扣久无结果", "Deductions without an end"), DEDUCTIONS, "state=stuck", LATE, "made_at",
                   "amount_fen")  # fmt: skip


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the partners in scope."""
    return of_lists(access, now, STUCK)
