"""What `yifen bench reconcile` reconciles: a channel's day of payments, and the channel's file of
it with known faults. The payments are written straight into the table of a scratch database."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from yifen.core.facts.daily_file import DailyHead, DailyTail, text_head, text_tail
from yifen.core.facts.sqlfiles import queries

PARTNER, DAY = "WXPAY", date(2026, 11, 23)
_SQL = queries(__package__)
_NETWORK = _SQL["network"]
_PAYMENTS = _SQL["payments"]
_LINES = _SQL["our_lines"]


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
