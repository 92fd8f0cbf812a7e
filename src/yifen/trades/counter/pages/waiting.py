"""What of the counter waits for whom: entries whose result nobody knows, shifts that are not balanced."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.today.waiting import LATE, SOON, ListedWork, WaitingWork, of_lists
from yifen.trades.counter.pages.journal import JOURNAL
from yifen.trades.counter.pages.shifts_list import SHIFTS

UNKNOWN = ListedWork(Text("柜面流水结果未知", "Counter entries without a result"), JOURNAL, "state=unknown", LATE,
                "entered_at", "amount_fen")  # fmt: skip
OWN = (
    ListedWork(Text("我的班次逾日未轧账", "My shift of an earlier day, not balanced"), SHIFTS, "whose=mine&state=late",
          LATE, "opened_at", permission="desk.work"),
    ListedWork(Text("我的班次营业中", "My shift is open"), SHIFTS, "whose=mine&state=open", SOON, "opened_at",
          permission="desk.work"),
)  # fmt: skip
OTHERS = (
    ListedWork(Text("班次逾日未轧账", "Shifts of earlier days, not balanced"), SHIFTS, "state=late", LATE, "opened_at",
          permission="desk.authorise"),
    ListedWork(Text("当日班次营业中", "Shifts that are open"), SHIFTS, "state=open", SOON, "opened_at",
          permission="desk.authorise"),
)  # fmt: skip


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """A teller is told of his own shift, a supervisor of those of his outlets."""
    return of_lists(access, now, UNKNOWN, *OWN, *OTHERS)
