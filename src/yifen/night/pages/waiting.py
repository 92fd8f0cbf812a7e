"""What of the nights waits for whom: partners that failed in one."""

from datetime import datetime

from django.urls import reverse

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.plain import plain_connection
from yifen.face.today import WaitingWork
from yifen.night import queries
from yifen.night.pages import nights

TITLE = Text("日终未办妥的合作方", "Partners that the night could not finish")


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """How many partners of nights that are open, and of the last one; leads to the oldest such night."""
    if not access.may("day_end.view"):
        return []
    books, mine = [book.book_id for book in nights.books(access.scope)], nights.institutions(access.scope)
    with plain_connection() as conn:
        rows = [row for row in queries.failing(conn, books) if mine is None or row[4] in mine]
    if not rows:
        return []
    book_id, day, since = rows[0][:3]
    return [WaitingWork(TITLE, len({row[3] for row in rows}), since, None, reverse("day_end", args=[book_id, day]))]
