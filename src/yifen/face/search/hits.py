"""What a search finds: each trade tells it by its plug (`search`), mostly as rows of its lists.

A list finds within its own scope and for whom its own permission lets in, so nothing is found that the list
would not show; the condition is answered by an index, and given up after a second.
"""

from typing import Any, Literal, NamedTuple

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from yifen.core.access.edge import Access
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.plug import Text
from yifen.face.lists.listing import Column, Listing, Row
from yifen.face.lists.paging import TooMuch, bounded
from yifen.face.lists.selecting import read
from yifen.face.search.asked import Question

HITS_MAX = 8  # of a kind
SECONDS_MAX = 1


class Hit(NamedTuple):
    """A thing that was found: its kind, what it is called, more of it, its page. `exact`: what was typed is
    its own number or name. Without an address: what is said instead."""

    kind: Text
    title: str
    note: str
    url: str
    exact: bool = False


class Sought(NamedTuple):
    """Rows of a list, found by `where` (which names %(text)s, %(plain)s, %(number)s or %(fen)s) if what was typed
    can be read as `by`; told by these columns of the row."""

    kind: Text
    listing: Listing
    where: str
    by: Literal["text", "plain", "part", "number", "fen"]
    title: str
    note: tuple[str, ...] = ()
    exact: bool = False


def of_lists(access: Access, asked: Question, *kinds: Sought) -> list[Hit]:
    """Each thing once of each kind, at most eight of it."""
    found: list[Hit] = []
    for one in kinds:
        if getattr(asked, one.by) and access.may(one.listing.permission):
            found += [hit for hit in _of_list(access, asked, one) if not known(found, hit)]
    return found


def known(found: list[Hit], hit: Hit) -> bool:
    """Is it there already, or are there enough of its kind?"""
    alike = [one for one in found if one.kind == hit.kind]
    return len(alike) >= HITS_MAX or any(one.url == hit.url for one in alike)


def _of_list(access: Access, asked: Question, sought: Sought) -> list[Hit]:
    try:
        with bounded(SECONDS_MAX):
            rows = read(sought.listing, access, f"({sought.where})", asked.params, HITS_MAX)
    except TooMuch:
        return [too_long(sought.kind)]
    return [_hit(access, sought, row) for row in rows]


def too_long(kind: Text) -> Hit:
    """Said where the search was given up."""
    return Hit(kind, _("查得太久，请输入完整的号码"), "", "")


def _hit(access: Access, sought: Sought, row: Row) -> Hit:
    columns = {column.name: column for column in sought.listing.columns}
    said = [said_of(columns[name], row, access) for name in (sought.title, *sought.note)]
    url = sought.listing.opens(row, access) if sought.listing.opens else ""
    return Hit(sought.kind, said[0], " · ".join(filter(None, said[1:])), url, sought.exact)


def said_of(column: Column, row: Row, access: Access) -> str:
    """A cell in a line of text, masked as the list masks it."""
    value: Any = column.value_of(row, access)
    if value is None or value == "":
        return ""
    match column.kind:
        case "amount":
            return f"¥{grouped_yuan(value)}"
        case "time":
            return f"{localtime(value):%Y-%m-%d %H:%M}"
        case _:
            return str(value)
