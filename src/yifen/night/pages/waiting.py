"""What of the nights waits for whom: partners that failed in one, and the gaps of the last day."""

from datetime import datetime

from django.urls import reverse

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face import gaps
from yifen.face.plain import plain_connection
from yifen.face.today import WaitingWork
from yifen.hub.gaps import sums
from yifen.night import queries
from yifen.night.pages import nights

GAPS = Text("最近日终：{0}", "Last end of day: {0}")
TITLE = Text("日终未办妥的合作方", "Partners that the night could not finish")


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Partners that failed in nights that are open or the last one, and the last day with its gaps."""
    if not access.may("day_end.view"):
        return []
    return _failing(access) + _gaps(access)


def _failing(access: Access) -> list[WaitingWork]:
    """How many partners of nights that are open, and of the last one; leads to the oldest such night."""
    books, mine = [book.book_id for book in nights.books(access.scope)], nights.institutions(access.scope)
    with plain_connection() as conn:
        rows = [row for row in queries.failing(conn, books) if mine is None or row[4] in mine]
    if not rows:
        return []
    book_id, day, since = rows[0][:3]
    return [WaitingWork(TITLE, len({row[3] for row in rows}), since, None, reverse("day_end", args=[book_id, day]))]


def _gaps(access: Access) -> list[WaitingWork]:
    """The newest night of each book whose day is not one with others' books: reasons, and the sum of each kind."""
    found = []
    for book in nights.books(access.scope):
        with plain_connection() as conn:
            newest = queries.runs(conn, [book.book_id], limit=1)
        for run in newest:
            lacks = gaps.in_scope(access.scope, run.book_id, run.business_day)
            url = reverse("day_end", args=[run.book_id, run.business_day])
            if lacks:
                title = Text(*(words.format(said) for words, said in zip(GAPS, sums(lacks), strict=True)))
                found.append(WaitingWork(title, len(lacks), run.started_at, None, url))
    return found
