"""Reader of a file that a table describes (版式): delimited or of fixed width, totals first or last.

Every line has as many cells as the first. An amount below zero is a refund where no column tells the
kind; with a kind it must be one that takes money back. A fee is written as the partner charges it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import BinaryIO

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.layout import FileLayout, FileLayoutColumn
from yifen.trades.reconciliation.readers.layout_cells import split, splitter
from yifen.trades.reconciliation.readers.layout_check import ENCODINGS, check_layout, words_of
from yifen.trades.reconciliation.readers.lines import decoded, read_lines
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.rows import FileError, Row, RowKind

KINDS: dict[str, RowKind] = {
    "sale": "sale", "refund": "refund", "void": "void", "in": "in", "out": "out",
}  # fmt: skip


def open_layout(stream: BinaryIO, hints: Hints) -> Reading:
    """Each column goes where the table says. Without totals the last line needs its LF, else the
    file may be cut off. FILE_LAYOUT_INVALID: there is no layout, or it cannot be used."""
    if hints.layout is None:
        raise FileError(0, "layout", "no layout", FileCode.FILE_LAYOUT_INVALID)
    check_layout(hints.layout)
    return Reading(hints, partial(_rows, stream, hints.layout))


def _rows(stream: BinaryIO, layout: FileLayout, reading: Reading) -> Iterator[Row]:
    body = _Body(layout, reading)
    line_no, header_left = 0, layout.header_lines
    held: tuple[int, bytes] | None = None  # one line back: the last one may be the totals
    open_end = layout.totals == "last" or layout.amount_at is not None  # the totals show a cut
    for line_no, raw in read_lines(stream, crlf=True, open_end=open_end):
        if body.ended:
            raise FileError(line_no, "line", "after the totals", FileCode.FILE_AFTER_END)
        if layout.totals == "first" and not body.stated:
            body.state(line_no, raw)
        elif header_left:
            header_left -= 1
            if layout.named and not header_left:
                body.name(line_no, raw)
        elif layout.totals == "last" and layout.totals_mark:
            if body.is_marked(raw):
                body.state(line_no, raw)
                body.ended = True
            else:
                yield from body.row(line_no, raw)
        elif layout.totals == "last":
            if held:
                yield from body.row(*held)
            held = line_no, raw
        else:
            yield from body.row(line_no, raw)
    if held:
        body.state(*held)
    _check_whole(layout, body, line_no, header_left)


def _check_whole(layout: FileLayout, body: "_Body", line_no: int, header_left: int) -> None:
    if not line_no and (layout.header_lines or layout.totals):
        raise FileError(1, "line", "the file is empty", FileCode.FILE_EMPTY)
    if header_left:
        raise FileError(line_no + 1, "line", "the header is missing", FileCode.FILE_HEAD_MISSING)
    if layout.totals:
        if not body.stated:
            raise FileError(line_no + 1, "line", "the totals are missing", FileCode.FILE_TAIL_MISSING)
        body.check_totals()
        body.reading.whole = True


@dataclass(slots=True)
class _Place:
    """Where a column stands in a line, from 0, and what it is."""

    column: FileLayoutColumn
    at: int


class _Body:
    """The lines between header and totals, and what they add up to as written."""

    def __init__(self, layout: FileLayout, reading: Reading) -> None:
        self.layout, self.reading = layout, reading
        self.split = splitter(layout)
        self.encoding = ENCODINGS[layout.encoding.lower()]
        self.mark = layout.totals_mark.encode(self.encoding)
        self.places: dict[str, _Place] = {
            c.target: _Place(c, c.position - 1) for c in layout.columns if c.target
        }
        kind = self.places.get("kind")
        self.words = words_of(kind.column) if kind else {}
        self.width = 0
        self.count, self.sum_fen = 0, 0
        self.stated: dict[str, int] = {}
        self.stated_line = 0
        self.ended = False

    def is_marked(self, raw: bytes) -> bool:
        return raw.startswith(self.mark)

    def name(self, line_no: int, raw: bytes) -> None:
        """Positions by the header's names."""
        names = [cell.strip() for cell in self.split(line_no, raw)]
        self.width = len(names)
        for target, place in self.places.items():
            wanted = place.column.name
            if names.count(wanted) != 1:
                code = FileCode.FILE_COLUMN_UNKNOWN if wanted in names else FileCode.FILE_COLUMN_MISSING
                raise FileError(line_no, wanted, f"not once in the header ({target})", code)
            place.at = names.index(wanted)

    def row(self, line_no: int, raw: bytes) -> Iterator[Row]:
        """The row of a line; none where its word says that no money moved."""
        parts = self.split(line_no, raw)
        self.width = self.width or len(parts)
        needed = max(place.at for place in self.places.values()) + 1
        if len(parts) != self.width or len(parts) < needed:
            reason = f"{len(parts)} cells, not {max(self.width, needed)}"
            raise FileError(line_no, "line", reason, FileCode.FILE_CELLS_WRONG)
        cell = {target: parts[place.at].strip() for target, place in self.places.items()}
        amount_fen = self._money(line_no, "amount", cell["amount"])
        self.count += 1
        self.sum_fen += amount_fen
        day = self._day(line_no, cell)
        kind = self._kind(line_no, cell, amount_fen)
        if kind is not None:
            yield Row(
                line_no=line_no,
                serial=cells.serial(line_no, self._name("serial"), cell["serial"]),
                kind=kind,
                amount_fen=abs(amount_fen),
                fee_fen=-self._money(line_no, "fee", cell["fee"]) if "fee" in cell else 0,
                at=self._at(line_no, cell, day),
                original=cells.clean(cell.get("original", "")),
                ref=cells.clean(cell.get("ref", "")),
                account_no=cells.clean(cell.get("account_no", "")),
                batch=cells.clean(cell.get("batch", "")),
            )

    def state(self, line_no: int, raw: bytes) -> None:
        """What the totals line says, for check_totals."""
        layout, self.stated_line = self.layout, line_no
        if not self.is_marked(raw):
            reason = f"does not begin with {layout.totals_mark!r}"
            raise FileError(line_no, "totals", reason, FileCode.FILE_TAIL_MISSING)
        parts = split(layout, line_no, decoded(line_no, raw, self.encoding))
        for name, at in (("count", layout.count_at), ("amount", layout.amount_at)):
            if at is None:
                continue
            if at > len(parts):
                raise FileError(line_no, name, "no such cell", FileCode.FILE_TAIL_MISSING)
            text = parts[at - 1].strip()
            self.stated[name] = (
                cells.count(line_no, name, text)
                if name == "count"
                else self._money(line_no, "amount", text)
            )

    def check_totals(self) -> None:
        """FILE_TOTAL_COUNT, FILE_TOTAL_AMOUNT: all lines count, with the sign they are written."""
        for name, found, code in (
            ("count", self.count, FileCode.FILE_TOTAL_COUNT),
            ("amount", self.sum_fen, FileCode.FILE_TOTAL_AMOUNT),
        ):
            stated = self.stated.get(name, found)
            if stated != found:
                reason = f"{stated}, but the lines give {found}"
                raise FileError(self.stated_line, name, reason, code)

    def _name(self, target: str) -> str:
        column = self.places[target].column
        return column.name or f"{column.position}"

    def _money(self, line_no: int, target: str, text: str) -> int:
        read = cells.fen if self.places[target].column.type == "fen" else cells.yuan
        return read(line_no, self._name(target), text, signed=True)

    def _kind(self, line_no: int, cell: dict[str, str], amount_fen: int) -> RowKind | None:
        if "kind" not in cell:
            return "sale" if amount_fen >= 0 else "refund"
        name = self.words.get(cell["kind"])
        if name is None:
            reason = f"unknown: {cell['kind'][:20]!r}"
            raise FileError(line_no, self._name("kind"), reason, FileCode.FILE_KIND_UNKNOWN)
        if amount_fen < 0 and name in ("sale", "in"):
            reason = f"below zero, but {name}"
            raise FileError(line_no, self._name("amount"), reason, FileCode.FILE_AMOUNT_INVALID)
        return KINDS[name] if name else None

    def _day(self, line_no: int, cell: dict[str, str]) -> date | None:
        if "day" not in cell:
            return self.reading.day
        name, text = self._name("day"), cell["day"]
        moment = self.places["day"].column.type == "moment"
        day = cells.compact_moment(line_no, name, text).date() if moment else cells.day(
            line_no, name, text
        )  # fmt: skip
        self.reading.on_day(line_no, name, day)
        return day

    def _at(self, line_no: int, cell: dict[str, str], day: date | None) -> datetime | None:
        if "time" not in cell:
            return None
        name, text = self._name("time"), cell["time"]
        if self.places["time"].column.type == "moment":
            return cells.compact_moment(line_no, name, text)
        clock = cells.compact_moment(line_no, name, f"20000101{text}").time()
        return datetime.combine(day, clock) if day else None
