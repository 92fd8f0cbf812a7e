"""What of the nights waits for whom: to be signed, failed, files that did not come, partners left, gaps of the last
day; and what comes next by itself."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.urls import reverse

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries as statements
from yifen.face import gaps
from yifen.face import scope as scopes
from yifen.face.plain import plain_connection
from yifen.face.today.coming import Coming
from yifen.face.today.waiting import LATE, SOON, TODAY, ListedWork, WaitingWork, of_lists
from yifen.hub.gaps import sums
from yifen.night import queries
from yifen.night.cutting import end_of
from yifen.night.pages import nights
from yifen.night.pages.left_lists import LEFT, MISSING_FILES
from yifen.night.pages.nights_list import NIGHTS
from yifen.night.schedule import begins

_COMES = statements(__package__)["comes"]
GAPS = Text("最近日终：{0}", "Last end of day: {0}")
WAITS = (
    ListedWork(Text("日终待签字", "Nights to be signed"), NIGHTS, "waits=sign", LATE, "started_at"),
    ListedWork(Text("日终步骤失败", "Nights that failed"), NIGHTS, "waits=failed", LATE, "started_at"),
    ListedWork(Text("文件过时未到", "Files past their hour"), MISSING_FILES, "late=late", LATE, "due_at"),
    ListedWork(Text("日终未办妥的合作方", "Partners that the night could not finish"), LEFT, "", TODAY, "started_at"),
    ListedWork(Text("日终等文件或其他", "Nights that wait"), NIGHTS, "waits=other", TODAY, "started_at"),
    ListedWork(Text("文件未到，时点未过", "Files not here yet"), MISSING_FILES, "late=ahead", SOON, "due_at"),
)


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the partners in scope; what is to be signed, for who proposes or signs it."""
    closes = access.may("day_end.propose") or access.may("day_end.sign")
    return of_lists(access, now, *WAITS[not closes :]) + _gaps(access)


def _gaps(access: Access) -> list[WaitingWork]:
    """The newest night of each book whose day is not one with others' books: reasons, and the sum of each kind."""
    found: list[WaitingWork] = []
    if not access.may("day_end.view"):
        return found
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


def what_comes(access: Access, now: datetime) -> list[Coming]:
    """The next cut of each book in scope, and its next night."""
    with connection.cursor() as cursor:
        cursor.execute(_COMES, scopes.params(access.scope))
        rows = cursor.fetchall()
    found = []
    for code, day, cut_off, zone, starts_at in rows:
        over = end_of(day, cut_off)
        found.append(Coming(Text(f"{code} 账簿 {day} 日切", f"Book {code}: cut of {day}"), _at(over, zone)))
        if starts_at is not None:
            found.append(Coming(Text(f"{code} 账簿 {day} 日终", f"Book {code}: end of day {day}"),
                                _at(begins(over, starts_at), zone)))  # fmt: skip
    return found


def _at(local: datetime, zone: str) -> datetime:
    return local.replace(tzinfo=ZoneInfo(zone))
