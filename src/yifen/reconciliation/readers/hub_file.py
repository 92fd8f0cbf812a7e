"""Reader of the hub's own daily file (format: yifen.kernel.daily_file), text or JSON Lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO

from yifen.kernel.daily_cells import DailyFileError
from yifen.kernel.daily_file import DailyHead, DailyLine, DailyTail
from yifen.reconciliation.readers.hub_record import DailyRecord, json_record, text_record
from yifen.reconciliation.rows import FileError, Row, RowKind, Serials

LINE_BYTES_MAX = 8192
ENCODINGS = ("utf-8", "gb18030")
KINDS: dict[str, RowKind] = {"charge": "sale", "reverse": "void", "refund": "refund"}


def read_head(stream: BinaryIO, encoding: str = "utf-8") -> DailyHead:
    """The head alone, from the first line; nothing is checked against the rest of the file."""
    for line_no, raw in _lines(stream):
        return _head(line_no, _record(line_no, raw, encoding))
    raise FileError(1, "line", "the head is missing: the file is empty")


def read_hub_file(stream: BinaryIO, encoding: str = "utf-8") -> Iterator[Row]:
    """The detail rows in file order, streaming; encoding "utf-8" or "gb18030" (text form only).

    `at` is the time of payment, the fee is 0, the rest stands in `extra` ("" for null). Totals
    and digest can be checked only at the end: take the rows for true only after the last one.
    Raises FileError at the first breach; ValueError for another encoding.
    """
    digest, serials, totals = sha256(), Serials("serial"), _Totals()
    head: DailyHead | None = None
    tail: DailyTail | None = None
    line_no = 0
    for line_no, raw in _lines(stream):
        record = _record(line_no, raw, encoding)
        if tail is not None:
            raise FileError(line_no, "line", "after the tail")
        if head is None:
            head = _head(line_no, record)
        elif isinstance(record, DailyHead):
            raise FileError(line_no, "line", "a second head")
        elif isinstance(record, DailyTail):
            tail = record
            _check_tail(line_no, tail, totals, digest.hexdigest())
            totals.check(head)
        else:
            serials.add(line_no, record.serial)
            totals.add(record)
            yield _row(line_no, record)
        digest.update(raw)
    if tail is None:
        raise FileError(line_no + 1, "line", "the tail is missing" if head else "empty file")


@dataclass(slots=True)
class _Totals:
    """What the details add up to; the names are the head's columns."""

    count: int = 0
    amount_fen: int = 0
    reversed_count: int = 0
    reversed_fen: int = 0

    def add(self, line: DailyLine) -> None:
        if line.kind == "charge":
            self.count += 1
            self.amount_fen += line.amount_fen
        else:
            self.reversed_count += 1
            self.reversed_fen += line.amount_fen

    def check(self, head: DailyHead) -> None:
        for column in self.__slots__:
            stated, found = getattr(head, column), getattr(self, column)
            if stated != found:
                raise FileError(1, column, f"{stated}, but the details give {found}")


def _check_tail(line_no: int, tail: DailyTail, totals: _Totals, digest: str) -> None:
    lines = totals.count + totals.reversed_count
    if tail.lines != lines:
        raise FileError(line_no, "lines", f"{tail.lines}, but the file has {lines}")
    if tail.sha256 != digest:
        raise FileError(line_no, "sha256", f"{tail.sha256}, but the bytes give {digest}")


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    line_no = 0
    while raw := stream.readline(LINE_BYTES_MAX):
        line_no += 1
        if not raw.endswith(b"\n"):
            long = len(raw) == LINE_BYTES_MAX
            reason = f"longer than {LINE_BYTES_MAX} bytes" if long else "cut off: no LF at the end"
            raise FileError(line_no, "line", reason)
        if raw.endswith(b"\r\n"):
            raise FileError(line_no, "line", "ends with CRLF, the format has LF")
        if raw == b"\n":
            raise FileError(line_no, "line", "blank line")
        yield line_no, raw


def _record(line_no: int, raw: bytes, encoding: str) -> DailyRecord:
    if encoding not in ENCODINGS:
        raise ValueError(f"encoding {encoding!r} is not one of {', '.join(ENCODINGS)}")
    try:
        return json_record(raw) if raw.startswith(b"{") else text_record(raw, encoding)
    except DailyFileError as error:
        raise FileError(line_no, error.column, error.reason) from error


def _head(line_no: int, record: DailyRecord) -> DailyHead:
    if not isinstance(record, DailyHead):
        raise FileError(line_no, "line", "the head is missing")
    return record


def _row(line_no: int, line: DailyLine) -> Row:
    extra = {
        "original_serial": line.original_serial or "",
        "payment_id": line.payment_id,
        "biller": line.biller,
        "account_no": line.account_no,
        "booked_at": line.booked_at.isoformat(),
        "biller_serial": line.biller_serial or "",
    }
    return Row(line.serial, line.amount_fen, 0, line.paid_at, KINDS[line.kind], line_no, extra)
