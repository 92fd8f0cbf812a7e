"""Which databases wait for somebody: payments that are not written after ten minutes."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.today.waiting import LATE, TODAY, ListedWork, WaitingWork, of_lists
from yifen.trades.connector.pages.listing import SOURCES

WAITS = (
    ListedWork(Text("数据库接口有缴费久未写入", "Databases to which payments are not written"), SOURCES, "state=stuck",
               LATE, "since", "waiting_fen"),
    ListedWork(Text("数据库接口缺映射", "Databases without a mapping"), SOURCES, "state=bare", TODAY,
               permission="connector.edit"),
)  # fmt: skip


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the billers in scope."""
    return of_lists(access, now, *WAITS)
