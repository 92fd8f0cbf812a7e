"""The lines of a described file between header and totals, and what they add up to as written."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.layout import FileLayout, FileLayoutColumn
from yifen.trades.reconciliation.readers.layout_cells import split, splitter
from yifen.trades.reconciliation.readers.layout_check import ENCODINGS
from yifen.trades.reconciliation.readers.layout_money import Money
from yifen.trades.reconciliation.readers.layout_times import Times
from yifen.trades.reconciliation.readers.lines import decoded
from yifen.trades.reconciliation.readers.reading import Reading
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, Row

_SELF_ENDING = frozenset({"day", "moment", "clock", "word"})
"""Types of a cell that cannot be a part of a longer one."""


@dataclass(slots=True)
class LayoutLine:
    """A line of text with its end, or a row of a workbook."""

    line_no: int
    raw: bytes = b""
    cells: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Place:
    """Where a column stands in a line, from 0, and what it is."""

    column: FileLayoutColumn
    at: int


class Body:
    """What came so far; `width`: cells of the first line, `ended`: the totals stood."""

    def __init__(self, layout: FileLayout, reading: Reading) -> None:
        self.layout, self.reading = layout, reading
        self.split = splitter(layout)
        self.encoding = ENCODINGS[layout.encoding.lower()]
        self.mark = layout.totals_mark.encode(self.encoding)
        self.places: dict[str, Place] = {
            c.target: Place(c, c.position - 1) for c in layout.columns if c.target
        }
        columns = {target: place.column for target, place in self.places.items()}
        self.money, self.times = Money(columns), Times(columns, reading)
        self.needed = max(place.at for place in self.places.values()) + 1
        # Where the totals show a cut, a last line without its end is no doubt.
        self.open_end = layout.totals == "last" or layout.amount_at is not None
        self.width = self.count = self.sum_fen = 0
        self.stated: dict[str, int] = {}
        self.stated_line = 0
        self.ended = False

    def is_blank(self, line: LayoutLine) -> bool:
        """Nothing in it but blanks and, where cells are delimited, delimiters."""
        if not line.raw:
            return not any(line.cells)
        if self.layout.shape == "fixed":
            return not line.raw.strip(b"\r\n")
        return not line.raw.strip(b"\r\n \t" + self.layout.delimiter.encode(self.encoding))

    def is_marked(self, line: LayoutLine) -> bool:
        """It begins as the totals do; in a workbook cells have no quotes."""
        if line.raw:
            return line.raw.startswith(self.mark)
        mark = self.layout.totals_mark.strip(self.layout.quote or None)
        return bool(line.cells) and line.cells[0].startswith(mark)

    def name(self, line: LayoutLine) -> None:
        """Positions by the header's names."""
        names = [cell.strip() for cell in self._cells(line)]
        self.width = len(names)
        for target, place in self.places.items():
            wanted = place.column.name
            if names.count(wanted) != 1:
                code = FileCode.FILE_COLUMN_UNKNOWN if wanted in names else FileCode.FILE_COLUMN_MISSING
                raise FileError(line.line_no, wanted, told("not once in the header ({})", target), code)
            place.at = names.index(wanted)
        self.needed = max(place.at for place in self.places.values()) + 1

    def row(self, line: LayoutLine) -> Iterator[Row]:
        """The row of a line; none where its word says that no money moved."""
        line_no, parts = line.line_no, self._cells(line)
        self.width = self.width or len(parts)
        if len(parts) != self.width or len(parts) < self.needed:
            reason = told("{} cells, not {}", len(parts), max(self.width, self.needed))
            raise FileError(line_no, "line", reason, FileCode.FILE_CELLS_WRONG)
        self._check_end(line, parts)
        cell = {target: parts[place.at].strip() for target, place in self.places.items()}
        kind, signed_fen = self.money.of(line_no, cell)
        self.count += 1
        self.sum_fen += signed_fen
        day = self.times.day(line_no, cell)
        if kind is None:
            return
        name = self._name("serial")
        place = f"{day:%Y%m%d}#{line_no}" if day else f"#{line_no}"
        yield Row(
            line_no=line_no,
            serial=cells.serial(line_no, name, cell["serial"]) if "serial" in cell else place,
            kind=kind,
            amount_fen=abs(signed_fen),
            fee_fen=-self.money.fen(line_no, "fee", cell["fee"]) if "fee" in cell else 0,
            at=self.times.at(line_no, cell, day),
            original=cells.clean(cell.get("original", "")),
            ref=cells.clean(cell.get("ref", "")),
            account_no=cells.clean(cell.get("account_no", "")),
            batch=cells.clean(cell.get("batch", "")),
        )

    def state(self, line: LayoutLine) -> None:
        """What the totals line says, for check_totals."""
        layout, line_no = self.layout, line.line_no
        self.stated_line = line_no
        if not self.is_marked(line):
            reason = told("does not begin with {!r}", layout.totals_mark)
            raise FileError(line_no, "totals", reason, FileCode.FILE_TAIL_MISSING)
        parts = line.cells
        if line.raw:
            parts = split(layout, line_no, decoded(line_no, line.raw, self.encoding))
        for name, at in (("count", layout.count_at), ("amount", layout.amount_at)):
            if at is None:
                continue
            if at > len(parts):
                raise FileError(line_no, name, "no such cell", FileCode.FILE_TAIL_MISSING)
            text = parts[at - 1].strip()
            self.stated[name] = (
                cells.count(line_no, name, text)
                if name == "count"
                else self.money.total(line_no, text)
            )

    def check_totals(self) -> None:
        """FILE_TOTAL_COUNT, FILE_TOTAL_AMOUNT: all lines count, with the sign they are written."""
        for name, found, code in (
            ("count", self.count, FileCode.FILE_TOTAL_COUNT),
            ("amount", self.sum_fen, FileCode.FILE_TOTAL_AMOUNT),
        ):
            stated = self.stated.get(name, found)
            if stated != found:
                reason = told("{}, but the lines give {}", stated, found)
                raise FileError(self.stated_line, name, reason, code)

    def _cells(self, line: LayoutLine) -> list[str]:
        """A workbook's rows lack the empty cells at their ends."""
        if line.raw:
            return self.split(line.line_no, line.raw)
        return line.cells + [""] * (max(self.width, self.needed) - len(line.cells))

    def _check_end(self, line: LayoutLine, parts: list[str]) -> None:
        """A line without its end is whole only where its last cell cannot go on; FILE_CUT_OFF."""
        whole = not line.raw or line.raw.endswith(b"\n") or self.open_end
        if whole or self.layout.shape == "fixed":
            return
        if self.layout.quote and line.raw.rstrip().endswith(self.layout.quote.encode()):
            return
        last = next((p.column for p in self.places.values() if p.at == len(parts) - 1), None)
        text = parts[-1].strip()
        if last is None or last.type in _SELF_ENDING or last.target in ("ref", "batch"):
            return
        if last.type != "yuan" or text[-3:-2] != ".":
            reason = "cut off: no line end, and the last cell could go on"
            raise FileError(line.line_no, "line", reason, FileCode.FILE_CUT_OFF)

    def _name(self, target: str) -> str:
        place = self.places.get(target)
        return "" if place is None else place.column.name or f"{place.column.position}"
