"""Daily files 对账文件: each partner's payments and returns of one closed business day (H8).

Written in parts with a server-side cursor, so a day of millions never stands in memory. A file is
there for partners only once its last row is committed; made again, it is a new version.
"""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from yifen.core.facts import daily_file
from yifen.core.facts.daily_file import DailyHead, DailyLine, DailyTail

NEWEST_SQL = """SELECT file_id FROM daily_file WHERE partner_id = %s AND business_day = %s
ORDER BY version DESC LIMIT 1"""
PART_SQL = "SELECT body FROM daily_file_part WHERE file_id = %s AND part_no = %s"
PART_BYTES = 1 << 20
ROWS_AT_ONCE = 5_000
ZONE = ZoneInfo("Asia/Shanghai")

_LINES = """
    SELECT 'charge' AS kind, y.serial, NULL AS original, y.payment_id, y.biller_id, y.account_no,
           y.amount_fen, y.paid_at, y.booked_at, y.biller_serial
    FROM payment y
    WHERE y.business_day = %(day)s AND y.booked_at IS NOT NULL
        AND %(partner)s IN (y.channel_id, y.biller_id)
    UNION ALL
    SELECT r.verb::text, r.serial, y.serial, y.payment_id, y.biller_id, y.account_no, r.amount_fen,
           y.paid_at, r.booked_at, y.biller_serial
    FROM payment_return r JOIN payment y ON y.bucket = r.bucket AND y.payment_id = r.payment_id
    WHERE r.business_day = %(day)s AND r.booked_at IS NOT NULL AND y.booked_at IS NOT NULL
        AND %(partner)s IN (y.channel_id, y.biller_id)"""
TOTALS_SQL = f"""
SELECT coalesce(sum(1) FILTER (WHERE kind = 'charge'), 0),
       coalesce(sum(amount_fen) FILTER (WHERE kind = 'charge'), 0),
       coalesce(sum(1) FILTER (WHERE kind <> 'charge'), 0),
       coalesce(sum(amount_fen) FILTER (WHERE kind <> 'charge'), 0)
FROM ({_LINES}) l"""
DETAIL_SQL = f"""
SELECT l.kind, l.serial, l.original, l.payment_id::text, p.code, l.account_no, l.amount_fen,
       l.paid_at, l.booked_at, l.biller_serial
FROM ({_LINES}) l JOIN partner p ON p.id = l.biller_id ORDER BY l.booked_at, l.payment_id, l.kind"""
# Over the heads of all buckets' chains and, behind them, of the audit trail (days that were closed
# before there was one have none).
ANCHOR_SQL = """SELECT encode(sha256(string_agg(hash, ''::bytea ORDER BY bucket)
    || coalesce((SELECT a.hash FROM audit_day_head a
                 WHERE (a.business_day, a.book_id) = (d.business_day, d.book_id)), '')), 'hex')
FROM ledger_day_head d WHERE business_day = %s AND book_id = %s
GROUP BY business_day, book_id"""


class DayNotClosed(ValueError):
    """A daily file is made of a closed business day only."""


def _local(row: tuple[Any, ...]) -> DailyLine:
    kind, serial, original, payment_id, biller, account_no, fen, paid_at, booked_at, theirs = row
    paid_at, booked_at = (at.astimezone(ZONE).replace(tzinfo=None) for at in (paid_at, booked_at))
    return DailyLine(
        kind, serial, original, payment_id, biller, account_no, fen, paid_at, booked_at, theirs
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
                daily_file.text_line(line).encode(encoding, "replace")
                if text
                else daily_file.json_line(line)
            )


def write_file(
    conn: psycopg.Connection[Any],
    partner: tuple[int, str, int, bool, str],
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
        row = conn.execute("SELECT nextval('daily_file_no')").fetchone()
        assert row is not None
        whole, part, number = hashlib.sha256(), bytearray(), 0

        def store() -> None:
            conn.execute(
                "SELECT payments_add_file_part_v1(%s, %s, %s)", (row[0], number, bytes(part))
            )

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
            "SELECT payments_close_file_v1(%s, %s, %s, %s, %s, %s, %s)",
            (row[0], partner_id, day, count + returned, amount, whole.digest(), now),
        )
        return count + returned


PARTNERS_SQL = """SELECT id, code, book_id, xml, encoding FROM partner
WHERE book_id = %s ORDER BY id"""


def close_day(
    conn: psycopg.Connection[Any], book_id: int, day: date, now: datetime
) -> dict[str, int]:
    """日切: cut the business day of a book and make every partner's file. Repeats make what is
    missing. Answers lines per partner code."""
    conn.execute("SELECT ledger_cut_day_v1(%s, %s)", (book_id, day))
    lines = {}
    for partner in conn.execute(PARTNERS_SQL, (book_id,)).fetchall():
        if conn.execute(NEWEST_SQL, (partner[0], day)).fetchone() is None:
            lines[partner[1]] = write_file(conn, partner, day, now)
    return lines
