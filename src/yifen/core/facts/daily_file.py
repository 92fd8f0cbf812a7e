"""The hub's daily file (对账文件): its columns as one table, and the pure line formatters.

Two forms hold the same records, each line ended by LF. Text, UTF-8 or GB18030:
    H|1|partner|business_day|count|amount_fen|reversed_count|reversed_fen|chain_hash
    D|kind|serial|original_serial|payment_id|biller|account_no|amount_fen|paid_at|booked_at|
      biller_serial (one line)
    A `%`, a `|` and a control character inside a cell are %25, %7C and %XX by their code.
    T|lines|sha256 of all bytes before this line
JSON Lines, always UTF-8, with "type": head, the kind, or tail. Count and amount cover the
charges, reversed_* the reversals and refunds. Times are local wall clock (+08:00); a fraction
of a second is cut off. The columns are the tables below, in this order, in both forms.
"""

from datetime import date, datetime
from typing import Any

import msgspec

from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.daily_cells import (
    DailyColumn,
    DailyFileError,
    escaped,
    json_of_text,
    text_of_value,
)

VERSION = 1

HEAD_COLUMNS = (
    DailyColumn("partner", "text"),
    DailyColumn("business_day", "day"),
    DailyColumn("count", "number"),
    DailyColumn("amount_fen", "number"),
    DailyColumn("reversed_count", "number"),
    DailyColumn("reversed_fen", "number"),
    DailyColumn("chain_hash", "hash"),
)
LINE_COLUMNS = (
    DailyColumn("kind", "kind"),
    DailyColumn("serial", "text"),
    DailyColumn("original_serial", "optional"),
    DailyColumn("payment_id", "text"),
    DailyColumn("biller", "text"),
    DailyColumn("account_no", "text"),
    DailyColumn("amount_fen", "number"),
    DailyColumn("paid_at", "moment"),
    DailyColumn("booked_at", "moment"),
    DailyColumn("biller_serial", "optional"),
)
TAIL_COLUMNS = (DailyColumn("lines", "number"), DailyColumn("sha256", "hash"))


class DailyHead(msgspec.Struct, frozen=True):
    """First line: whose file, which business day, the totals, the ledger's chain hash (hex)."""

    partner: str
    business_day: date
    count: int
    amount_fen: int
    reversed_count: int
    reversed_fen: int
    chain_hash: str


class DailyLine(msgspec.Struct, frozen=True):
    """One charge, reverse (冲正) or refund (退款); the amount is never negative.

    A charge has no original serial; a reverse or refund must have one.
    """

    kind: str
    serial: str
    original_serial: str | None
    payment_id: str
    biller: str
    account_no: str
    amount_fen: int
    paid_at: datetime
    booked_at: datetime
    biller_serial: str | None


class DailyTail(msgspec.Struct, frozen=True):
    """Last line: the number of detail lines and the digest of all bytes before it."""

    lines: int
    sha256: str


def check_line(line: DailyLine) -> DailyLine:
    """The line itself; DailyFileError when its original serial contradicts its kind."""
    if (line.kind == "charge") != (line.original_serial is None):
        why = Bilingual("{1} 中有“{0}”", "{!r} in a {}", line.original_serial, line.kind)
        raise DailyFileError("original_serial", why)
    return line


def text_head(head: DailyHead) -> str:
    """The head as a text line with its LF. All formatters raise DailyFileError on a bad value."""
    return _text("H", str(VERSION), *_cells(HEAD_COLUMNS, head))


def text_line(line: DailyLine) -> str:
    """A detail as a text line with its LF."""
    cells = _cells(LINE_COLUMNS, line)
    check_line(line)
    return _text("D", *cells)


def text_tail(tail: DailyTail) -> str:
    """The tail as a text line with its LF."""
    return _text("T", *_cells(TAIL_COLUMNS, tail))


def json_head(head: DailyHead) -> bytes:
    """The head as a JSON line with its LF."""
    return _json({"type": "head", "version": VERSION}, HEAD_COLUMNS, head)


def json_line(line: DailyLine) -> bytes:
    """A detail as a JSON line with its LF; the kind is its "type"."""
    kind = text_of_value(LINE_COLUMNS[0], line.kind)
    written = _json({"type": kind}, LINE_COLUMNS[1:], line)
    check_line(line)
    return written


def json_tail(tail: DailyTail) -> bytes:
    """The tail as a JSON line with its LF."""
    return _json({"type": "tail"}, TAIL_COLUMNS, tail)


def _cells(columns: tuple[DailyColumn, ...], record: object) -> list[str]:
    return [text_of_value(column, getattr(record, column.name)) for column in columns]


def _text(*cells: str) -> str:
    return "|".join(map(escaped, cells)) + "\n"


def _json(first: dict[str, Any], columns: tuple[DailyColumn, ...], record: object) -> bytes:
    for column, cell in zip(columns, _cells(columns, record), strict=True):
        first[column.name] = json_of_text(column, cell)
    return msgspec.json.encode(first) + b"\n"
