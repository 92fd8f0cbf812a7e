"""Fields that end with `|`, a line a row, a head line with the count and the sum of the rows."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from yifen.core.facts.money import AmountError, format_yuan, parse_yuan
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


class PipedTable(NamedTuple):
    """The columns of the four kinds of lines. `first`: a line before the head, of whose `key=value;` the values go
    back as they came; `is_yuan`: amounts in yuan with two decimals, else in fen; `digest`: the head's column with the
    MD5 of the rows."""

    in_head: tuple[str, ...]
    in_row: tuple[str, ...]
    out_head: tuple[str, ...]
    out_row: tuple[str, ...]
    customer: str
    account: str
    name: str
    ref: str
    fen: str
    codes: dict[str, str]
    is_yuan: bool = False
    digest: str = ""
    first: bool = False


class PipedLayout:
    """A table's codecs."""

    def __init__(self, table: PipedTable) -> None:
        self.table = table
        self._column = {name: place for place, name in enumerate(table.in_row)}
        self._fen: Callable[[str], int] = _yuan if table.is_yuan else forms.digits
        self._said: Callable[[int], str] = format_yuan if table.is_yuan else str

    def read(self, data: bytes) -> Filed:
        table = self.table
        heads = 2 if table.first else 1
        lines = data.replace(b"\r\n", b"\n").split(b"\n", heads)
        if len(lines) <= heads:
            raise fault(DebitCode.DEBIT_FILE_UNREADABLE, "1", "no head")
        head = {"first": _text(lines[0], "1")} if table.first else {}
        cells = _text(lines[heads - 1], str(heads)).split("|")
        if len(cells) != len(table.in_head) + 1 or cells[-1]:
            raise fault(DebitCode.DEBIT_FILE_UNREADABLE, str(heads), f"{len(cells) - 1} ≠ {len(table.in_head)} |")
        head |= dict(zip(table.in_head, cells, strict=False))
        body = lines[heads]
        if table.digest and hashlib.md5(body, usedforsecurity=False).hexdigest() != head[table.digest].lower():
            raise fault(DebitCode.DEBIT_DIGEST_WRONG, str(heads), head[table.digest])
        raws = body.split(b"\n")
        if raws and not raws[-1]:
            raws.pop()
        rows = (self._row(place, raw) for place, raw in enumerate(raws, 1))
        return head, forms.checked(rows, head["count"], head["amt"], self._fen)

    def _row(self, place: int, raw: bytes) -> FiledRow:
        table, at = self.table, self._column
        try:
            cells = raw.decode(CODEC).split("|")
        except ValueError as error:
            return FiledRow(place, "", "", "", "", 0, None, raw, str(error)[:80])
        if len(cells) != len(table.in_row) + 1 or cells[-1]:
            return FiledRow(place, "", "", "", "", 0, None, raw, f"{len(cells) - 1} ≠ {len(table.in_row)} |")
        try:
            fen = self._fen(cells[at[table.fen]])
        except ValueError:
            return FiledRow(place, "", "", "", "", 0, None, raw, table.fen)
        customer = cells[at[table.customer]]
        account = cells[at[table.account]] if table.account else ""
        why = table.customer if not 0 < len(customer) <= forms.CUSTOMER_MAX else table.fen if fen < 1 else ""
        return FiledRow(place, customer if not why else "", account, cells[at[table.name]] if table.name else "",
                        cells[at[table.ref]] if table.ref else "", fen, None, raw, why)  # fmt: skip

    def row(self, row: FiledRow) -> bytes:
        table = self.table
        said = {table.customer: row.customer, table.account: row.account, table.name: row.name, table.ref: row.ref,
                table.fen: self._said(row.fen), "seq": str(row.place)}  # fmt: skip
        return "".join(f"{said.get(name, '')}|" for name in table.in_row).encode(CODEC)

    def write(self, head: Head, rows: Iterable[FiledRow]) -> Iterator[bytes]:
        table, asked = self.table, list(rows)
        body = b"".join(self.row(row) + b"\n" for row in asked)
        told = {**head, "count": str(len(asked)), "amt": self._said(sum(row.fen for row in asked))}
        if table.digest:
            told[table.digest] = hashlib.md5(body, usedforsecurity=False).hexdigest()
        if table.first:
            yield head.get("first", "").encode(CODEC) + b"\n"
        yield _line(told.get(name, "") for name in table.in_head)
        yield body

    def result(self, head: Head, totals: DebitTotals, outcomes: Iterable[DebitOutcome]) -> Iterator[bytes]:
        table = self.table
        told = {**head, "count": str(totals.rows), "amt": self._said(totals.fen), "ok": str(totals.ok),
                "okamt": self._said(totals.ok_fen), "bad": str(totals.rows - totals.ok),
                "badamt": self._said(totals.fen - totals.ok_fen), "day": f"{totals.at:%Y%m%d}"}  # fmt: skip
        if table.first:
            yield head.get("first", "").encode(CODEC) + b"\n"
        yield _line(told.get(name, "") for name in table.out_head)
        echoed = [self._column.get(name) for name in table.out_row]
        parted = [name.removeprefix("paid:") for name in table.out_row if name.startswith("paid:")]
        for one in outcomes:
            cells = one.row.raw.decode(CODEC, "replace").split("|")
            cells += [""] * (len(table.in_row) - len(cells))
            at = one.at
            said = {"code": table.codes.get(one.kind) or f"{one.code:04d}", "text": one.words,
                    "paid": self._said(one.paid_fen),
                    "due": self._said(one.row.fen), "day": f"{at:%Y%m%d}", "bankserial": one.core_serial}  # fmt: skip
            for name in parted:  # of each part of the sum as much as of the sum
                said[f"paid:{name}"] = self._said(0) if one.code else cells[self._column[name]]
            yield _line(said[name] if name in said else cells[place] if place is not None else ""
                        for name, place in zip(table.out_row, echoed, strict=True))  # fmt: skip

    def read_result(self, data: bytes) -> Iterator[tuple[str, str, int]]:
        table = self.table
        at = {name: place for place, name in enumerate(table.out_row)}
        kinds = {code: kind for kind, code in table.codes.items()}
        fen, code = at[table.fen if table.fen in at else "paid"], at["code"]
        key = at["seq" if "seq" in at else table.customer]
        for line in data.split(b"\n")[2 if table.first else 1:]:
            if line:
                cells = line.decode(CODEC).split("|")
                kind = kinds.get(cells[code], "other")
                yield cells[key], kind, self._fen(cells[fen]) if kind == "ok" else 0


def _line(cells: Iterable[str]) -> bytes:
    return "".join(f"{cell}|" for cell in cells).encode(CODEC) + b"\n"


def _text(line: bytes, where: str) -> str:
    try:
        return line.decode(CODEC)
    except ValueError as error:
        raise fault(DebitCode.DEBIT_FILE_UNREADABLE, where, str(error)[:80]) from None


def _yuan(text: str) -> int:
    """ValueError: it is no amount."""
    try:
        return parse_yuan(text)
    except AmountError as error:
        raise ValueError(str(error)) from None
