"""Which moves at a core wait for people: those without a result, and money that should have gone back."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.corebank.listing import MOVES
from yifen.face.today.waiting import LATE, ListedWork, WaitingWork, of_lists

STUCK = ListedWork(Text("核心流水久无结果", "Moves at the core without a result"), MOVES, "state=stuck", LATE,
                   "made_at", "amount_fen", permission="corebank.close")  # fmt: skip
OWED = ListedWork(Text("核心应退未退", "Money that the core did not give back"), MOVES, "state=owed", LATE, "made_at",
                  "amount_fen", permission="corebank.close")  # fmt: skip


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the institutions in scope."""
    return of_lists(access, now, STUCK, OWED)
