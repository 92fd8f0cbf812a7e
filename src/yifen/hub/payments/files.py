"""Daily files 对账文件: each partner's payments and returns of one closed business day (H8).

Written in parts with a server-side cursor, so a day of millions never stands in memory. A file is
there for partners only once its last row is committed; made again, it is a new version.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg

from yifen.core.facts import daily_file
from yifen.core.facts.daily_file import DailyHead, DailyLine, DailyTail
from yifen.core.facts.days import ZONE
from yifen.core.facts.sqlfiles import queries
from yifen.hub.codes import PartnerCode
from yifen.hub.failing import NightFailures

_SQL = queries(__package__)
NEWEST_SQL = _SQL["newest_file"]
PART_SQL = _SQL["file_part"]
TO_SEND_SQL = _SQL["file_to_send"]
TOTALS_SQL = _SQL["file_totals"]
DETAIL_SQL = _SQL["file_lines"]
ANCHOR_SQL = _SQL["anchor"]
PARTNERS_SQL = _SQL["partners_of_book"]
_NUMBER = _SQL["next_file"]
_ADD_PART = _SQL["add_file_part"]
_CLOSE = _SQL["close_file"]
_CUT = _SQL["cut_day"]
_LOCK = _SQL["lock_cut"]
_UNLOCK = _SQL["unlock_cut"]
PART_BYTES = 1 << 20
ROWS_AT_ONCE = 5_000


class StoredFile(NamedTuple):
    """A file as its parts are kept: `sha256` of all its bytes, `size` in bytes."""

    file_id: int
    sha256: bytes
    size: int


class DayNotClosed(ValueError):
    """A daily file is made of a closed business day only."""


def _local(row: tuple[Any, ...]) -> DailyLine:
    kind, serial, original, payment_id, biller, account_no, fen, paid_at, booked_at, theirs = row
    paid_at, booked_at = (at.astimezone(ZONE).replace(tzinfo=None) for at in (paid_at, booked_at))
    return DailyLine(
        kind, serial, original, payment_id, biller, account_no, fen, paid_at, booked_at, theirs or None
    )


def _chunks(
    conn: psycopg.Connection[Any], head: DailyHead, params: dict[str, Any], text: bool,
    encoding: str,
) -> Iterator[bytes]:  # fmt: skip
    """The file's lines without the tail, as bytes."""
    if text:
        yield daily_file.text_head(head).encode(encoding)
    else:
        yield daily_file.json_head(head)
    with conn.cursor(name="daily_file") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        for row in cursor.execute(DETAIL_SQL, params):
            line = _local(row)
            yield (
                daily_file.text_line(line).encode(encoding)
                if text
                else daily_file.json_line(line)
            )


def write_file(
    conn: psycopg.Connection[Any],
    partner: Sequence[Any],
    day: date,
    now: datetime,
) -> int:
    """Make the file of one partner (id, code, book id, text form?, encoding) in one transaction.
    Answers its number of detail lines. DayNotClosed: nothing is written."""
    partner_id, code, book_id, text, encoding = partner
    params = {"partner": partner_id, "day": day}
    with conn.transaction():
        anchor = conn.execute(ANCHOR_SQL, (day, book_id)).fetchone()
        if anchor is None or anchor[0] is None:
            raise DayNotClosed(f"{code}: business day {day} is not closed")
        totals = conn.execute(TOTALS_SQL, params).fetchone()
        assert totals is not None
        count, amount, returned, returned_fen = (int(total) for total in totals)
        head = DailyHead(code, day, count, amount, returned, returned_fen, anchor[0])
        row = conn.execute(_NUMBER).fetchone()
        assert row is not None
        whole, part, number = hashlib.sha256(), bytearray(), 0

        def store() -> None:
            conn.execute(_ADD_PART, (row[0], number, bytes(part)))

        for chunk in _chunks(conn, head, params, text, encoding):
            whole.update(chunk)
            part += chunk
            if len(part) >= PART_BYTES:
                store()
                part.clear()
                number += 1
        tail = DailyTail(count + returned, whole.hexdigest())
        last = daily_file.text_tail(tail).encode(encoding) if text else daily_file.json_tail(tail)
        part += last
        whole.update(last)
        store()
        conn.execute(
            _CLOSE,
            (row[0], partner_id, day, count + returned, amount, whole.digest(), now),
        )
        return count + returned


class ClosedDay(NamedTuple):
    """Detail lines per partner code of the files that were made, and what keeps each of the others from
    having one (`NightFailures.told`)."""

    lines: dict[str, int]
    failed: list[dict[str, Any]]


def close_day(
    conn: psycopg.Connection[Any], book_id: int, day: date, now: datetime
) -> ClosedDay:
    """日切: cut the business day of a book and make every partner's file. Repeats make what is
    missing; two at once wait for each other. A file that cannot be made keeps no other."""
    with cutting(conn, book_id):
        conn.execute(_CUT, (book_id, day))
        lines, failures = {}, NightFailures(conn, day)
        for *partner, institution in conn.execute(PARTNERS_SQL, (book_id,)).fetchall():
            with failures.of(partner[1], institution, PartnerCode.DAILY_FILE_FAILED):
                if conn.execute(NEWEST_SQL, (partner[0], day)).fetchone() is None:
                    lines[partner[1]] = write_file(conn, partner, day, now)
        return ClosedDay(lines, failures.told)


@contextmanager
def cutting(conn: psycopg.Connection[Any], book_id: int) -> Iterator[None]:
    """Nobody else cuts this book meanwhile; waits for who does. May be entered again inside."""
    conn.execute(_LOCK, (book_id,))
    try:
        yield
    finally:
        if not conn.closed:  # the lock ends with its session anyway
            conn.execute(_UNLOCK, (book_id,))
