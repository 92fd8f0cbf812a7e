"""What `yifen bench reconcile` reconciles: a channel's day of payments, and the channel's file of
it with known faults. The payments are written straight into the table of a scratch database."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from yifen.core.facts.daily_file import DailyHead, DailyTail, text_head, text_tail

PARTNER, DAY = "WXPAY", date(2026, 11, 23)
_NETWORK = """
INSERT INTO institution (level, code, name) VALUES ('union', '00', '省联社');
SELECT ledger_open_book_v1(1, 'hub', '总账', '23:00', '2026-11-24');
INSERT INTO partner (code, name, institution_id, book_id, suspended, xml, json, encoding, unit)
SELECT c, c, i.id, 1, false, true, true, 'UTF-8', 'fen'
FROM institution i, unnest(ARRAY['WXPAY', 'HEAT01']) c;
INSERT INTO channel (partner_id) SELECT id FROM partner WHERE code = 'WXPAY'"""
_PAYMENTS = """
INSERT INTO payment (bucket, payment_id, channel_id, biller_id, account_no, serial, amount_fen,
    payer_state, biller_state, business_day, paid_at, booked_at)
SELECT 0, n * 1000, c.id, b.id, '31' || lpad((n %% 20000)::text, 8, '0'),
       'WX20261123' || lpad((n::bigint * 7919 %% 1000000007)::text, 12, '0'), 100 + n * 31 %% 49900,
       'taken', 'booked', DATE '2026-11-23',
       TIMESTAMPTZ '2026-11-23 00:00:00+08' + n %% 79000 * interval '1 second',
       TIMESTAMPTZ '2026-11-23 00:00:01+08' + n %% 79000 * interval '1 second'
FROM generate_series(1, %s) n, partner c, partner b WHERE c.code = 'WXPAY' AND b.code = 'HEAT01'"""
_LINES = """
COPY (SELECT concat_ws('|', 'D', 'charge', serial, '', payment_id, 'HEAT01', account_no, amount_fen,
        to_char(paid_at AT TIME ZONE 'Asia/Shanghai', 'YYYYMMDDHH24MISS'),
        to_char(booked_at AT TIME ZONE 'Asia/Shanghai', 'YYYYMMDDHH24MISS'), '')
      FROM payment ORDER BY payment_id) TO STDOUT"""


def fill(conn: psycopg.Connection[Any], rows: int) -> int:
    """A network, and that many payments of one channel's day. Answers how many."""
    conn.execute(_NETWORK)
    done = conn.execute(_PAYMENTS, (rows,)).rowcount
    conn.execute("ANALYZE payment")
    return done


def our_lines(url: str, path: Path) -> Path:
    """Our payments as lines of the daily file, without head and tail."""
    with psycopg.connect(url) as conn, path.open("wb") as out, conn.cursor().copy(_LINES) as copy:
        for piece in copy:
            out.write(piece)
    return path


def their_lines(ours: Path, path: Path) -> tuple[Path, int]:
    """The same with faults: rows lacking, rows too many, wrong amounts. Answers how many."""
    faults = 0
    with ours.open("rb") as source, path.open("wb") as out:
        for number, line in enumerate(source):
            if number % 10_007 == 7:
                faults += 1
                continue
            if number % 20_011 == 11:
                cells = line.split(b"|")
                cells[7] = str(int(cells[7]) + 1).encode()
                line, faults = b"|".join(cells), faults + 1
            elif number % 30_011 == 13:
                out.write(line.replace(b"|WX2026", b"|ZZ2026"))
                faults += 1
            out.write(line)
    return path, faults


def daily_file(lines: Path, path: Path, version: int) -> Path:
    """The channel's file of these lines; another version has other bytes and the same rows."""
    count = amount = 0
    with lines.open("rb") as source:
        for line in source:
            count += 1
            amount += int(line.split(b"|")[7])
    head = text_head(DailyHead(PARTNER, DAY, count, amount, 0, 0, f"{version:064x}")).encode()
    whole = hashlib.sha256(head)
    with lines.open("rb") as source, path.open("wb") as out:
        out.write(head)
        while piece := source.read(1 << 20):
            whole.update(piece)
            out.write(piece)
        out.write(text_tail(DailyTail(count, whole.hexdigest())).encode())
    return path
