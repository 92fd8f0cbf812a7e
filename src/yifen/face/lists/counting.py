"""How many rows a question finds, and the sums of their amounts; both counted so far and no further."""

from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yifen.face.lists import paging
from yifen.face.lists.listing import Column, ListAsk, Listing
from yifen.face.lists.paging import TooMuch, bounded, statement_of
from yifen.face.lists.selecting import statement

COUNT_MAX = 10_000


class ListCount(NamedTuple):
    """`rows` of them, or more than that when `is_cut`; `sums`: a column and fen, of those counted. None:
    it would take too long to add them up."""

    rows: int
    is_cut: bool
    sums: list[tuple[Column, int]] | None

    @property
    def text(self) -> str:
        """For people."""
        found = f"{self.rows:,}" + ("+" if self.is_cut else "")
        return ngettext("%s 条", "%s 条", 2 if self.is_cut else self.rows) % found

    @property
    def sums_text(self) -> str:
        """What the sums are of."""
        if self.sums is None:
            return _("超过 %s 笔，请缩小范围后看合计") % f"{COUNT_MAX:,}"
        return _("前 %s 笔合计") % f"{COUNT_MAX:,}" if self.is_cut else _("合计")


def counted(listing: Listing, ask: ListAsk) -> ListCount | None:
    """None: the list has no statement to count, or it would take too long."""
    if listing.pages is not None and listing.select is None:
        return walked(listing, ask)
    columns = summed(listing)
    ask = ask._replace(key=None, back=False)
    try:
        count, sums = added(listing, ask, columns, COUNT_MAX + 1, in_order=False)
        if count <= COUNT_MAX:
            return ListCount(count, False, sums)
    except TooMuch:
        return None
    if not columns or listing.pages is not None:  # a list that walks on its own would be sorted whole
        return ListCount(COUNT_MAX, True, None if columns else [])
    try:
        return ListCount(COUNT_MAX, True, added(listing, ask, columns, COUNT_MAX, in_order=True)[1])
    except TooMuch:
        return ListCount(COUNT_MAX, True, None)


def walked(listing: Listing, ask: ListAsk) -> ListCount | None:
    """Of a list without a statement."""
    if listing.count is None:
        return None
    try:
        with bounded(paging.COUNT_SECONDS_MAX):
            count = listing.count(ask, COUNT_MAX + 1)
    except TooMuch:
        return None
    return ListCount(min(count, COUNT_MAX), count > COUNT_MAX, [])


def summed(listing: Listing) -> list[Column]:
    """The columns whose amounts mean something when they are added."""
    return [column for column in listing.columns
            if column.kind == "amount" and column.sums and (column.shown or column.unseen)]  # fmt: skip


def added(
    listing: Listing, ask: ListAsk, columns: list[Column], most: int, in_order: bool
) -> tuple[int, list[tuple[Column, int]]]:
    """The count and the sums of the first `most`: of any, or of those that stand first."""
    found, params = statement_of(statement(listing, ask), ask._replace(limit=most), in_order)
    sums = "".join(f", coalesce(sum({column.name}), 0)" for column in columns)
    with bounded(paging.COUNT_SECONDS_MAX), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*){sums} FROM ({found}) counted", params)
        count, *figures = cursor.fetchone()
    return count, [(column, int(fen)) for column, fen in zip(columns, figures, strict=True)]


def shown(found: ListCount | None, rows: list[Any]) -> dict[str, Any]:
    """What stands above the table."""
    if found is None or not rows:
        return {}
    sums = [{"title": column.title, "fen": fen} for column, fen in found.sums or ()]
    return {"counted": found, "sums": sums}
