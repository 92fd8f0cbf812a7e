"""Reader of bank statements in MT940 (SWIFT). The fields are read by the tables of the mt-940 package.

One file is one account's, in one currency. The opening balance and the entries must give the closing
balance, statement by statement.
"""

import logging
import re
from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any, BinaryIO

import mt940

from yifen.core.facts.money import parse_yuan
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.mt940_fields import END, Mt940Field, fields
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.rows import FileError, Row, RowKind

# The package logs a field that it cannot read, with a person's account in it: the FileError is enough.
logging.getLogger("mt940").addHandler(logging.NullHandler())
logging.getLogger("mt940").propagate = False

KINDS: dict[str, RowKind] = {"C": "in", "RD": "in", "D": "out", "RC": "out"}
NO_REFERENCE = ("NONREF", "NOTPROVIDED", "KREF+", "EREF+")
_TABLES = mt940.models.Transactions(options=mt940.Options.all())  # keeps nothing: only its options
_STATEMENT, _BALANCE = mt940.tags.Statement(), mt940.tags.FinalOpeningBalance()
_COMMA = re.compile(r"[0-9]{1,13},[0-9]{0,2}")
SUBFIELD_MAX = 27  # characters; a full one may go on in the next
_SUBFIELD = re.compile(r"\?([0-9]{2})([^?]*)")
_KEYWORD = re.compile(r"([A-Z]{4})[+:]")
_SLASHED = re.compile(r"/EREF/([^/]+)")


def open_mt940(stream: BinaryIO, hints: Hints) -> Reading:
    """Entries as money in or out; a reversed credit (RC) goes out, a reversed debit (RD) comes in.

    serial: the end-to-end reference in :86:, else the customer's, else the bank's reference in :61:;
    an entry without any gets its place in the statement ("19321/1#3"), which no rule takes for a
    serial of ours. ref: the bank's reference; account_no: the other account, where :86: has it;
    batch: the statement. Encoding: the hints'. The day is the closing balance's, the owner :25:.
    """
    return Reading(hints, partial(_rows, stream))


def _rows(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    statement: _Statement | None = None
    line_no, any_one = 0, False
    for field in fields(stream, reading.hints.encoding):
        line_no = field.line_no
        if field.tag == "20" or statement is None:
            if statement is not None:
                yield from statement.ended(field.line_no)
            if field.tag == END:
                continue
            if field.tag != "20":
                reason = f"a statement begins with :20:, not :{field.tag}:"
                raise FileError(field.line_no, "20", reason, FileCode.FILE_HEAD_MISSING)
            statement, any_one = _Statement(reading), True
        elif field.tag == END:
            yield from statement.ended(field.line_no)
            statement = None
        else:
            yield from statement.took(field)
    if statement is not None:
        yield from statement.ended(line_no + 1)
    if not any_one:
        raise FileError(1, "20", "no statement", FileCode.FILE_EMPTY)


class _Statement:
    """One statement: what came so far. An entry waits for its :86: before it becomes a row."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.number = ""
        self.count = 0
        self.balance_fen: int | None = None
        self.closed = False
        self.entry: tuple[Mt940Field, dict[str, Any]] | None = None

    def took(self, field: Mt940Field) -> Iterator[Row]:
        match field.tag:
            case "25" | "25P":
                self.reading.of_owner(field.line_no, "25", cells.clean(field.text))
            case "28" | "28C":
                self.number = cells.clean(field.text)
            case "60F" | "60M" if self.balance_fen is None:
                self.balance_fen = self._balance(field)
                if self.reading.opening_fen is None:
                    self.reading.opening_fen = self.balance_fen
            case "61":
                yield from self._released("")
                self.entry = field, self._entry(field)
            case "86" if self.entry is not None:
                yield from self._released(field.text)
            case "62F" | "62M" if not self.closed:
                yield from self._released("")
                self._close(field)

    def ended(self, line_no: int) -> Iterator[Row]:
        if not self.closed:
            raise FileError(line_no, "62F", "no closing balance", FileCode.FILE_TAIL_MISSING)
        yield from self._released("")

    def _entry(self, field: Mt940Field) -> dict[str, Any]:
        if self.balance_fen is None:
            reason = "an entry before the opening balance"
            raise FileError(field.line_no, "60F", reason, FileCode.FILE_HEAD_MISSING)
        if self.closed:
            reason = "an entry after the closing balance"
            raise FileError(field.line_no, "61", reason, FileCode.FILE_AFTER_END)
        return _read(field, _STATEMENT)

    def _released(self, details: str) -> Iterator[Row]:
        if self.entry is None or self.balance_fen is None:
            return
        (field, entry), self.entry = self.entry, None
        self.count += 1
        row = _row(field, entry, details, f"{self.number}#{self.count}")
        _day(field.line_no, "61", entry)
        self.balance_fen += row.signed_fen
        yield row

    def _balance(self, field: Mt940Field) -> int:
        found = _read(field, _BALANCE)
        self.reading.in_currency(field.line_no, field.tag, found["currency"])
        amount_fen = _fen(field, found["amount"])
        return amount_fen if found["status"] == "C" else -amount_fen

    def _close(self, field: Mt940Field) -> None:
        found = self._balance(field)
        if self.balance_fen is None:
            raise FileError(field.line_no, "60F", "no opening balance", FileCode.FILE_HEAD_MISSING)
        if found != self.balance_fen:
            reason = f"{found} fen, but opening balance and entries give {self.balance_fen}"
            raise FileError(field.line_no, field.tag, reason, FileCode.FILE_BALANCE)
        if not self.reading.owner:
            raise FileError(field.line_no, "25", "no account", FileCode.FILE_HEAD_MISSING)
        day = _day(field.line_no, field.tag, _read(field, _BALANCE))
        self.reading.of_day(field.line_no, field.tag, day)
        self.reading.closing_fen = found
        self.reading.whole = True
        self.closed = True


def _read(field: Mt940Field, table: Any) -> dict[str, Any]:
    try:
        found: dict[str, Any] = table.parse(_TABLES, field.text)
    except RuntimeError as error:
        reason = f"not as SWIFT writes it: {field.text[:40]!r}"
        raise FileError(field.line_no, field.tag, reason, FileCode.FILE_CELL_INVALID) from error
    return {name: text or "" for name, text in found.items()}


def _fen(field: Mt940Field, text: str) -> int:
    if not _COMMA.fullmatch(text):
        reason = f"not an amount with a comma: {text[:40]!r}"
        raise FileError(field.line_no, field.tag, reason, FileCode.FILE_AMOUNT_INVALID)
    return parse_yuan(text.replace(",", ".").removesuffix("."))


def _day(line_no: int, tag: str, found: dict[str, Any]) -> date:
    return cells.day(line_no, tag, f"20{found['year']}{found['month']}{found['day']}")


def _row(field: Mt940Field, entry: dict[str, Any], details: str, place: str) -> Row:
    kind = KINDS.get(entry["status"])
    if kind is None:
        reason = f"unknown: {entry['status'][:10]!r}"
        raise FileError(field.line_no, "61", reason, FileCode.FILE_KIND_UNKNOWN)
    told = _details(details)
    own, bank = cells.clean(entry["customer_reference"]), cells.clean(entry["bank_reference"])
    named = (told.get("EREF", ""), told.get("KREF", ""), own, bank)
    return Row(
        line_no=field.line_no,
        serial=next((name for name in named if len(name) > 1 and name not in NO_REFERENCE), place),
        kind=kind,
        amount_fen=_fen(field, entry["amount"]),
        ref=bank,
        account_no=told.get("account", ""),
        batch=place.rpartition("#")[0],
    )


def _details(text: str) -> dict[str, str]:
    """References and the other account in :86:, German (?20EREF+…?31…) or Dutch (/EREF/…)."""
    joined = "".join(text.split("\n"))
    if slashed := _SLASHED.search(joined):
        return {"EREF": cells.clean(slashed[1])}
    told: dict[str, str] = {}
    going = ""  # the keyword whose value may go on in the next subfield
    for number, part in _SUBFIELD.findall(joined):
        if number == "31":
            told["account"] = cells.clean(part)
        if found := _KEYWORD.match(part):
            going = found[1]
            told[going] = part[found.end() :]
        elif going and number[0] == "2":
            told[going] += part
        if len(part) < SUBFIELD_MAX:
            going = ""
    return {name: cells.clean(value) for name, value in told.items()}
