"""The months of the database, and why one cannot leave it yet. Read-only."""

from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg

from yifen.core.facts.days import ZONE
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.core.ledger.partitions import SPAN
from yifen.hub.gaps import NOT_CLOSED, gaps

_SQL = queries(__package__)
KEEP_MONTHS = 13
"""Whole months that stay at least: a year to compare with, and the one of now."""
STILL_MOVES = frozenset({"open", "waiting", "parked", "unsettled", "unpaid", "failed", NOT_CLOSED})
"""Gaps of a day that its payments may still be taken back for, or settled by; of evidence that never came
(file_missing, not_awaited …) nobody waits after a year."""
_FIRST_NAMED = 5


class Month(NamedTuple):
    """A partition: `begun_at` and `ended_at` (None: it is of now), and how far its archive is."""

    partition_no: int
    begun_at: datetime
    ended_at: datetime | None
    until_day: date | None
    frozen_at: datetime | None
    detached_at: datetime | None
    written_at: datetime | None
    dropped_at: datetime | None
    written: bytes | None
    place: str | None
    bytes: int

    @property
    def numbers(self) -> dict[str, Any]:
        """Its number, the first of its numbers, and the first of the next one's."""
        return {"no": self.partition_no, "first": self.partition_no * SPAN, "end": (self.partition_no + 1) * SPAN}

    @property
    def state(self) -> Text:
        """In a word."""
        if self.dropped_at:
            return Text("已归档", "archived")
        if self.written_at:
            return Text("已归档，表尚未删除", "archived, its tables are not dropped yet")
        if self.detached_at:
            return Text("已卸下，待写文件", "detached, its files are not written yet")
        return Text("已冻结", "frozen") if self.frozen_at else Text("在库", "here")


def months(conn: psycopg.Connection[Any]) -> list[Month]:
    """All that ever began, the oldest first."""
    return [Month(*row) for row in conn.execute(_SQL["months"]).fetchall()]


def days(conn: psycopg.Connection[Any], month: Month) -> tuple[date | None, date | None]:
    """The first business day of which something lies in it, and the last one to which its payments reach."""
    first, last = conn.execute(_SQL["days"], month.numbers).fetchall()[0]
    return first, last


def hindrances(
    conn: psycopg.Connection[Any], all_months: list[Month], month: Month, now: datetime, keep_months: int
) -> list[Text]:
    """Why the month stays; empty: it may go."""
    found = _of_its_place(all_months, month)
    first_day, until_day = (None, None) if found else days(conn, month)
    if found or first_day is None or until_day is None:
        return found or [Text("其中没有账目", "nothing was booked in it")]
    if until_day >= oldest_kept(now, keep_months):
        return [Text(f"其账目至 {until_day}，须保留 {keep_months} 个月",
                     f"it reaches to {until_day}; {keep_months} months stay")]  # fmt: skip
    books = [code for (code,) in conn.execute(_SQL["open_books"], {"until_day": until_day}).fetchall()]
    if books:
        found.append(Text(f"账簿 {'、'.join(books)} 未日切到 {until_day} 之后",
                          f"books {', '.join(books)} have not closed {until_day}"))  # fmt: skip
    closed = {"first_day": first_day, "until_day": until_day}
    if lacking := [str(day) for (day,) in conn.execute(_SQL["without_figures"], closed).fetchall()]:
        found.append(Text(f"{'、'.join(lacking[:_FIRST_NAMED])} 等 {len(lacking)} 天的统计尚未留存（由日终留存）",
                          f"the figures of {len(lacking)} days are not kept, as of {lacking[0]}; a night keeps them"))
    return found + _undecided(conn, month) + _gaps(conn, closed)


def oldest_kept(now: datetime, keep_months: int) -> date:
    """The first day of those that stay: so many whole months before the one of now."""
    today = now.astimezone(ZONE).date()
    months_gone = today.year * 12 + today.month - 1 - keep_months
    year, month = divmod(months_gone, 12)
    return date(year, month + 1, 1)


def _of_its_place(all_months: list[Month], month: Month) -> list[Text]:
    if month.ended_at is None:
        return [Text("是当前月份", "it is the one of now")]
    if month.detached_at is None and any(
        one.partition_no < month.partition_no and one.detached_at is None for one in all_months
    ):
        return [Text("更早的月份还在库", "an earlier one is still here")]
    return []


def _undecided(conn: psycopg.Connection[Any], month: Month) -> list[Text]:
    found = []
    count, number = conn.execute(_SQL["undecided"], month.numbers).fetchall()[0]
    if count:
        found.append(Text(f"{count} 笔缴费未定，如 {number}", f"{count} payments are undecided, as {number}"))
    count, number = conn.execute(_SQL["held"], month.numbers).fetchall()[0]
    if count:
        found.append(Text(f"{count} 笔冻结资金未了结，如单据 {number}",
                          f"{count} transfers are held and not ended, as of document {number}"))  # fmt: skip
    return found


def _gaps(conn: psycopg.Connection[Any], closed: dict[str, date]) -> list[Text]:
    found = []
    for book_id, day in conn.execute(_SQL["closed_days"], closed).fetchall():
        for gap in gaps(conn, book_id, day):
            if gap.reason in STILL_MOVES:
                whose = f"{day} {gap.partner}".strip()
                found.append(Text(f"{whose}：{gap.text('zh')}", f"{whose}: {gap.text('en')}"))
    more = len(found) - _FIRST_NAMED
    rest = [Text(f"另有 {more} 项", f"{more} more")] if more > 0 else []
    return found[:_FIRST_NAMED] + rest
