"""Which exceptions of the POS door wait for people."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.pos.listing import EXCEPTIONS
from yifen.face.today.waiting import LATE, ListedWork, WaitingWork, of_lists

OPEN = ListedWork(Text("POS 差错待处理", "POS exceptions to be seen to"), EXCEPTIONS, "state=open", LATE, "made_at",
                  "ours_fen", permission="pos.close")  # fmt: skip


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the billers in scope."""
    return of_lists(access, now, OPEN)
