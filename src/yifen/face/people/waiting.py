"""Substitutes whose day has come, or is over, and who have an open shift or papers still."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.people.moves_list import TELLER_MOVES
from yifen.face.today.waiting import TODAY, ListedWork, WaitingWork, of_lists

STUCK = ListedWork(Text("顶岗到日未动：先轧账、上缴现金、交回凭证",
                        "Substitutes kept by an open shift, cash or papers"),
                   TELLER_MOVES, "state=stuck", TODAY, "changed_at", permission="users.edit")  # fmt: skip


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the institutions in scope."""
    return of_lists(access, now, STUCK)
