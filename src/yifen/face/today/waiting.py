"""What waits for whom: each trade tells it by its plug, mostly as rows of a list that it has (decision 0022).

Who has the list's permission is told of the rows of its own scope: the count is the list's, by the list's own
statement, so that the page and the list behind it cannot differ.
"""

from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from django.db import connection
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face import asking
from yifen.face.lists import showing
from yifen.face.lists.counting import COUNT_MAX
from yifen.face.lists.listing import ListAsk, Listing
from yifen.face.lists.paging import TooMuch, bounded, conditions, statement_of
from yifen.face.lists.selecting import made, statement

LATE, TODAY, SOON = "late", "today", "soon"
URGENCY = (LATE, TODAY, SOON, "")  # "": what could not be read
NEVER = datetime(9000, 1, 1, tzinfo=UTC)  # of what has no time: after what has one
SECONDS_MAX = 2  # of one statement behind a line
Since = datetime | date | None


class WaitingWork(NamedTuple):
    """One kind of work that waits for who asks: how many (`number`; None: they could not be counted in time),
    since when at the longest, or when it will come, how much in fen where it is money, and the address where it
    is done; without one the title is all that is known. `is_cut`: there are more than `number`. `first`: the
    address of the one that waits longest."""

    title: Text
    number: int | None
    since: Since
    fen: int | None
    url: str
    tone: str = TODAY
    is_cut: bool = False
    first: str = ""


class ListedWork(NamedTuple):
    """Work that is rows of a list: its filters as an address has them, how urgent it is, and of which values of
    the row its age and its money are told. `permission`: who is told, where it is not everybody who may see
    the list; `unless`: who may that is not, for it is another one's work."""

    title: Text
    listing: Listing
    query: str
    tone: str
    since: str = ""
    fen: str = ""
    permission: str = ""
    unless: str = ""

    def is_for(self, access: Access) -> bool:
        return access.may(self.listing.permission) and (not self.permission or access.may(self.permission)) \
            and not (self.unless and access.may(self.unless))


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """All that waits for this person, the most urgent first, of alike ones the oldest; nothing of which there
    is none."""
    found = asking.answers("today", unread, access, now)
    return sorted((line for line in found if line.number != 0 or not line.url), key=_urgency)


def unread(sentence: str) -> WaitingWork:
    """Stands for what a trade could not tell."""
    return WaitingWork(Text(sentence, sentence), 0, None, None, "", "")


def of_lists(access: Access, now: datetime, *kinds: ListedWork) -> list[WaitingWork]:
    """What of these waits for who asks."""
    found = (counted(one, access, now) for one in kinds if one.is_for(access))
    return [line for line in found if line.number != 0]


def counted(waits: ListedWork, access: Access, now: datetime) -> WaitingWork:
    """Its line, read within two seconds a statement, counted as far as lists count."""
    listing = waits.listing
    form = listing.form(QueryDict(waits.query), access, now)
    if not form.is_valid():
        raise ValueError(f"{listing.name} does not take {waits.query}: {form.errors.as_text()}")
    ask = showing.ask_of(listing, QueryDict(waits.query), access, form)
    url = reverse(listing.name) + (f"?{waits.query}" if waits.query else "")
    try:
        with bounded(SECONDS_MAX):
            number, fen = _number(waits, ask)
            is_cut = number > COUNT_MAX
            since, first = (None, "") if is_cut or not number else _oldest(waits, ask)
    except TooMuch:
        return WaitingWork(waits.title, None, None, None, url, waits.tone)
    return WaitingWork(waits.title, min(number, COUNT_MAX), since, None if is_cut else fen, url, waits.tone,
                       is_cut, first)  # fmt: skip


def _number(waits: ListedWork, ask: ListAsk) -> tuple[int, int | None]:
    """How many rows, and the sum of their money."""
    listing = waits.listing
    found, params = statement_of(statement(listing, ask), ask._replace(limit=COUNT_MAX + 1), in_order=False)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), sum({waits.fen or 'NULL::bigint'}) FROM ({found}) counted", params)
        number, fen = cursor.fetchone()
    return number, int(fen or 0) if waits.fen else None


def _oldest(waits: ListedWork, ask: ListAsk) -> tuple[Since, str]:
    """When the first of them began, and its page."""
    if not waits.since:
        return None, ""
    listing = waits.listing
    select = statement(listing, ask)
    by = listing.selected[waits.since]
    with connection.cursor() as cursor:
        cursor.execute(f"{select.select} {conditions(select.where)} ORDER BY {by} NULLS LAST LIMIT 1", select.params)
        row: Any = made(listing, cursor.fetchone())
    return getattr(row, waits.since), listing.opens(row, ask.access) if listing.opens else ""


def _urgency(line: WaitingWork) -> tuple[int, datetime]:
    return URGENCY.index(line.tone), moment(line.since) or NEVER


def moment(since: Since) -> datetime | None:
    """A day is its beginning."""
    if since is None or isinstance(since, datetime):
        return since
    return timezone.make_aware(datetime.combine(since, time()))
