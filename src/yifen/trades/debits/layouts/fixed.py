"""Fixed width: rows are cut by bytes, then decoded, so that a name of Chinese letters has just the room that it is
given.

Text is blank behind, numbers zero in front. What stands in the row that came goes back as the same bytes.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from yifen.trades.debits.codes import DebitCode
from yifen.trades.debits.layouts import forms
from yifen.trades.debits.layouts.forms import (
    DebitOutcome,
    DebitTotals,
    Filed,
    FiledRow,
    Head,
    fault,
)

CODEC = "gb18030"


class Cut(NamedTuple):
    """A field: so many bytes; a number or a text."""

    name: str
    width: int
    is_number: bool = False


class FixedTable(NamedTuple):
    """The four kinds of lines of a file and its result. `account`…: the columns of a row that say whom, by which bill
    and how much; `flags`: how each kind of outcome is written."""

    in_head: tuple[Cut, ...]
    in_row: tuple[Cut, ...]
    out_head: tuple[Cut, ...]
    out_row: tuple[Cut, ...]
    customer: str
    account: str
    name: str
    ref: str
    fen: str
    flags: dict[str, str]


class FixedLayout:
    """A table's codecs."""

    def __init__(self, table: FixedTable) -> None:
        self.table = table
        self._at = _places(table.in_row)
        self._width = sum(cut.width for cut in table.in_row)
        self._segments = _segments(table, self._at)

    def read(self, data: bytes) -> Filed:
        lines = data.split(b"\n")
        if lines and not lines[-1]:
            lines.pop()
        if not lines:
            raise fault(DebitCode.DEBIT_FILE_UNREADABLE, "1", "empty")
        head = _opened(self.table.in_head, lines[0].rstrip(b"\r"), "1")
        rows = (self._row(place, line[:-1] if line[-1:] == b"\r" else line) for place, line in enumerate(lines[1:], 1))
        return head, forms.checked(rows, head["count"], head["amt"], forms.digits)

    def _row(self, place: int, raw: bytes) -> FiledRow:
        table, at = self.table, self._at
        if len(raw) != self._width:
            return FiledRow(place, "", "", "", "", 0, None, raw, f"{len(raw)} ≠ {self._width} bytes")
        try:
            fen = forms.amount(raw[at[table.fen]].decode("ascii"))
        except ValueError:
            return FiledRow(place, "", "", "", "", 0, None, raw, table.fen)
        try:
            customer, account, ref = (raw[at[one]].decode("ascii").rstrip() if one else ""
                                      for one in (table.customer, table.account, table.ref))  # fmt: skip
            name = raw[at[table.name]].decode(CODEC).rstrip() if table.name else ""
        except ValueError as error:
            return FiledRow(place, "", "", "", "", fen, None, raw, str(error)[:80])
        why = table.customer if not customer else ""
        return FiledRow(place, customer, account, name, ref, fen, None, raw, why)

    def row(self, row: FiledRow) -> bytes:
        table = self.table
        said = {table.customer: row.customer, table.account: row.account, table.name: row.name, table.ref: row.ref,
                table.fen: str(row.fen), "seq": str(row.place)}  # fmt: skip
        return b"".join(_sealed(cut, said.get(cut.name, "")) for cut in table.in_row)

    def write(self, head: Head, rows: Iterable[FiledRow]) -> Iterator[bytes]:
        table = self.table
        asked = list(rows)
        told = {**head, "count": str(len(asked)), "amt": str(sum(row.fen for row in asked))}
        yield b"".join(_sealed(cut, told.get(cut.name, "")) for cut in table.in_head) + b"\n"
        for row in asked:
            yield self.row(row) + b"\n"

    def result(self, head: Head, totals: DebitTotals, outcomes: Iterable[DebitOutcome]) -> Iterator[bytes]:
        table = self.table
        told = {**head, "count": str(totals.rows), "amt": str(totals.fen), "ok": str(totals.ok),
                "okamt": str(totals.ok_fen),
                "bad": str(totals.rows - totals.ok), "badamt": str(totals.fen - totals.ok_fen),
                "day": f"{totals.at:%Y%m%d}"}  # fmt: skip
        yield b"".join(_sealed(cut, told.get(cut.name, "")) for cut in table.out_head) + b"\n"
        for one in outcomes:
            row, raw = one.row, one.row.raw
            if len(raw) != self._width:  # it stays what it was, as far as there is room
                raw = raw[: self._width].ljust(self._width)
            said = {"due": str(row.fen), "flag": table.flags[one.kind], "paid": str(one.paid_fen),
                    "bankserial": one.core_serial, "note": one.words, "day": f"{one.at:%Y%m%d}",
                    "time": f"{one.at:%H%M%S}"}  # fmt: skip
            yield b"".join(raw[cut] if isinstance(cut, slice) else _sealed(cut, said.get(cut.name, ""))
                           for cut in self._segments) + b"\n"  # fmt: skip

    def read_result(self, data: bytes) -> Iterator[tuple[str, str, int]]:
        at = _places(self.table.out_row)
        kinds = {flag: kind for kind, flag in self.table.flags.items()}
        seq, flag, paid = (at[name] for name in ("seq", "flag", "paid"))
        for line in data.split(b"\n")[1:]:
            if line:
                yield line[seq].decode().strip(), kinds[line[flag].decode()], int(line[paid])


def _places(cuts: tuple[Cut, ...]) -> dict[str, slice]:
    at, found = 0, dict[str, slice]()
    for cut in cuts:
        found.setdefault(cut.name, slice(at, at + cut.width))  # a name that stands twice is the first one
        at += cut.width
    return found


def _segments(table: FixedTable, at: dict[str, slice]) -> list[slice | Cut]:
    """A result's row: bytes of the row that came, neighbours in one piece, and what we say."""
    made: list[slice | Cut] = []
    for cut in table.out_row:
        there = at.get(cut.name)
        if there is None or cut.name == "note" or there.stop - there.start != cut.width:
            made.append(cut)
        elif made and isinstance(made[-1], slice) and made[-1].stop == there.start:
            made[-1] = slice(made[-1].start, there.stop)
        else:
            made.append(there)
    return made


def _opened(cuts: tuple[Cut, ...], line: bytes, where: str) -> dict[str, str]:
    width = sum(cut.width for cut in cuts)
    if len(line) != width:
        raise fault(DebitCode.DEBIT_FILE_UNREADABLE, where, f"{len(line)} ≠ {width} bytes")
    try:
        return {name: line[place].decode(CODEC).rstrip() for name, place in _places(cuts).items()}
    except ValueError as error:
        raise fault(DebitCode.DEBIT_FILE_UNREADABLE, where, str(error)[:80]) from None


def _sealed(cut: Cut, text: str) -> bytes:
    """As many bytes as it has; a text that is too long ends with a whole letter."""
    if cut.is_number:
        return (text or "0").rjust(cut.width, "0").encode()
    if text.isascii():
        return text[: cut.width].ljust(cut.width).encode()
    data = text.encode(CODEC)
    while len(data) > cut.width:
        text = text[:-1]
        data = text.encode(CODEC)
    return data.ljust(cut.width)
