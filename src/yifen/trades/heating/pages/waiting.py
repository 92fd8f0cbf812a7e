"""What of heating waits for whom: answers that are due, inspections that came back, flats that are stopped and warm."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.today.waiting import LATE, TODAY, ListedWork, WaitingWork, of_lists
from yifen.trades.heating.pages.lists import REQUESTS, WARM

LATE_ANSWERS = ListedWork(Text("报停报开答复逾期", "Stops and starts whose answer is overdue"), REQUESTS, "state=late",
                          LATE, "asked_at", permission="heating.ask")  # fmt: skip
SEEN = ListedWork(Text("报停报开已验收，待答复", "Stops and starts inspected, to be answered"), REQUESTS, "state=seen",
                  TODAY, "asked_at", permission="heating.decide")  # fmt: skip
WARM_STOPS = ListedWork(Text("停供用热", "Stopped and warm"), WARM, "which=now", TODAY, "seen_on",
                        permission="heating.decide")  # fmt: skip


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the companies in scope."""
    return of_lists(access, now, LATE_ANSWERS, SEEN, WARM_STOPS)
