"""Reader of the hub's own daily file (format: yifen.core.facts.daily_file), text or JSON Lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO

from yifen.core.facts.daily_cells import DailyFileError
from yifen.core.facts.daily_file import DailyHead, DailyLine, DailyTail
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.block import Block
from yifen.trades.reconciliation.readers.hub_columns import BYTES_AT_ONCE, first_block
from yifen.trades.reconciliation.readers.hub_record import (
    DailyRecord,
    code_of,
    json_record,
    text_record,
)
from yifen.trades.reconciliation.readers.lines import read_lines, whole_lines
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, Row, RowKind

ENCODINGS = ("utf-8", "gb18030")
KINDS: dict[str, RowKind] = {"charge": "sale", "reverse": "void", "refund": "refund"}


def read_head(stream: BinaryIO, encoding: str = "utf-8") -> DailyHead:
    """The head alone, from the first line; nothing is checked against the rest of the file."""
    for line_no, raw in read_lines(stream):
        return _head(line_no, _record(line_no, raw, encoding))
    raise FileError(1, "line", "the file is empty", FileCode.FILE_EMPTY)


def open_hub_file(stream: BinaryIO, hints: Hints) -> Reading:
    """The detail rows in file order; `hints.encoding` "utf-8" or "gb18030" (text form only).

    serial: the channel's; original: the serial taken back; ref: the payment id; `at`: the
    time of payment; no fee. Day and owner (the partner) stand in the head.
    ValueError for another encoding.
    """
    if hints.encoding.lower() not in ENCODINGS:
        raise ValueError(f"encoding {hints.encoding!r} is not one of {', '.join(ENCODINGS)}")
    blocks = partial(_pieces, stream) if hints.encoding.lower() == "utf-8" else None
    return Reading(hints, partial(_rows, stream), blocks)


class _Pass:
    """What is known of a file so far, line by line."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.digest, self.totals = sha256(), _Totals()
        self.head: DailyHead | None = None
        self.tail: DailyTail | None = None
        self.line_no = self.offset = 0

    def take(self, line_no: int, raw: bytes) -> Row | None:
        """One line with its LF; its row when it is a detail."""
        self.line_no, row = line_no, None
        record = _record(line_no, raw, self.reading.hints.encoding)
        if self.tail is not None:
            raise FileError(line_no, "line", "after the tail", FileCode.FILE_AFTER_END)
        if self.head is None:
            self.head = _head(line_no, record)
            self.reading.chain_hash = self.head.chain_hash
            self.reading.of_day(line_no, "business_day", self.head.business_day)
            self.reading.of_owner(line_no, "partner", self.head.partner)
        elif isinstance(record, DailyHead):
            raise FileError(line_no, "line", "a second head", FileCode.FILE_BROKEN)
        elif isinstance(record, DailyTail):
            self.tail = record
            _check_tail(line_no, record, self.totals, self.digest.hexdigest())
            self.totals.check(self.head)
        else:
            self.totals.add(record)
            row = _row(line_no, record)
        self.digest.update(raw)
        self.offset += len(raw)
        return row

    def take_block(self, lines: bytes, block: Block) -> None:
        """Detail lines that were read together."""
        self.digest.update(lines)
        self.offset += len(lines)
        self.line_no += block.lines
        charged = block.fens[block.fens > 0]
        charged_fen = int(charged.sum())
        self.totals.count += len(charged)
        self.totals.amount_fen += charged_fen
        self.totals.reversed_count += block.lines - len(charged)
        self.totals.reversed_fen += charged_fen - block.net_fen

    def finish(self) -> None:
        """The file is over."""
        if self.head is None:
            raise FileError(1, "line", "the file is empty", FileCode.FILE_EMPTY)
        if self.tail is None:
            reason = "the tail is missing"
            raise FileError(self.line_no + 1, "line", reason, FileCode.FILE_TAIL_MISSING)
        self.reading.whole = True


def _rows(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    found = _Pass(reading)
    for line_no, raw in read_lines(stream):
        if (row := found.take(line_no, raw)) is not None:
            yield row
    found.finish()


def _pieces(stream: BinaryIO, reading: Reading) -> Iterator[Block | list[Row]]:
    """The same rows, most of them in blocks; lines out of the ordinary one by one."""
    found = _Pass(reading)
    for lines in whole_lines(stream, BYTES_AT_ONCE):
        block, rest = None, lines
        if found.head is not None and found.tail is None:
            block, rest = first_block(lines, found.line_no + 1, found.offset)
        if block is not None:
            found.take_block(lines[: len(lines) - len(rest)], block)
            yield block
        begin = found.line_no
        rows = [found.take(begin + n, raw) for n, raw in read_lines(BytesIO(rest))]
        yield [row for row in rows if row is not None]
    found.finish()


_TOTAL_CODES = {
    "count": FileCode.FILE_TOTAL_COUNT, "reversed_count": FileCode.FILE_TOTAL_COUNT,
    "amount_fen": FileCode.FILE_TOTAL_AMOUNT, "reversed_fen": FileCode.FILE_TOTAL_AMOUNT,
}  # fmt: skip


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
                reason = told("{}, but the details give {}", stated, found)
                raise FileError(1, column, reason, _TOTAL_CODES[column])


def _check_tail(line_no: int, tail: DailyTail, totals: _Totals, digest: str) -> None:
    lines = totals.count + totals.reversed_count
    if tail.lines != lines:
        reason = told("{}, but the file has {}", tail.lines, lines)
        raise FileError(line_no, "lines", reason, FileCode.FILE_TOTAL_COUNT)
    if tail.sha256 != digest:
        reason = told("{}, but the bytes give {}", tail.sha256, digest)
        raise FileError(line_no, "sha256", reason, FileCode.FILE_DIGEST)


def _record(line_no: int, raw: bytes, encoding: str) -> DailyRecord:
    try:
        return json_record(raw) if raw.startswith(b"{") else text_record(raw, encoding)
    except DailyFileError as error:
        raise FileError(line_no, error.column, error.reason, code_of(error)) from error


def _head(line_no: int, record: DailyRecord) -> DailyHead:
    if not isinstance(record, DailyHead):
        raise FileError(line_no, "line", "the head is missing", FileCode.FILE_HEAD_MISSING)
    return record


def _row(line_no: int, line: DailyLine) -> Row:
    return Row(
        line_no=line_no,
        serial=line.serial,
        kind=KINDS[line.kind],
        amount_fen=line.amount_fen,
        at=line.paid_at,
        original=line.original_serial or "",
        ref=line.payment_id,
        account_no=line.account_no,
    )
