"""What of the reminders waits for whom: those that failed, or may not have come."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.today.waiting import SOON, ListedWork, WaitingWork, of_lists
from yifen.trades.reminders.pages.listing import REMINDERS
from yifen.trades.reminders.planning import zone


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of today, for who sets carriers up; others only look."""
    if not access.may("messages.edit"):
        return []
    query = f"state=failed&since={now.astimezone(zone()):%Y-%m-%d}"
    title = Text("今日失败的提醒", "Reminders that failed today")
    return of_lists(access, now, ListedWork(title, REMINDERS, query, SOON, "found_at"))
