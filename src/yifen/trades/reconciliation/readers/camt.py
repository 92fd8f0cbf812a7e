"""Reader of bank statements in ISO 20022: camt.052 (report), camt.053 (statement), camt.054 (notice).

One file is one account's, in one currency, whose unit has two decimals. Only booked entries count.
An entry with several details gives one row for each; they must add up to the entry, or to it and the
charges that it states. Of a single detail the entry's amount counts, for that was booked. A statement's
opening balance and its entries must give its closing balance, and the next statement opens with it.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import BinaryIO

from yifen.core.wire.iso_xml import line_of, local, text
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.camt_entry import (
    CamtEntry,
    amount_of,
    shaped_rows,
    sign_of,
)
from yifen.trades.reconciliation.readers.camt_shapes import Shapes
from yifen.trades.reconciliation.readers.camt_xml import (
    REPORTS,
    CamtDocument,
    Node,
)
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, Row

MESSAGES = {"052": ("BkToCstmrAcctRpt", "Rpt"), "053": ("BkToCstmrStmt", "Stmt"),
            "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}  # fmt: skip
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)
_NAMESPACE = re.compile(
    r"\{urn:iso:std:iso:20022:tech:xsd:camt\.(05[234])\.001\.(0[1-9]|1[0-9])\}.*"
)


def open_camt(stream: BinaryIO, hints: Hints) -> Reading:
    """Entries as money in or out, by the credit or debit mark (a reversal is marked as it moves).

    serial: EndToEndId, unless NOTPROVIDED; else AcctSvcrRef, else NtryRef (with "#1", "#2" where
    several details share it); else the place ("328@20261124#7": statement, day, number). ref:
    AcctSvcrRef; account_no: the other party's; batch: PmtInfId or NtryRef; `at` only where the bank
    gives a time. The day is the closing balance's, else the end of the period, else that of all
    entries; the owner is the account. Of a file of several days the hints' day alone gives rows,
    without one it is SeveralDays.
    """
    return Reading(hints, partial(_rows, stream))


def _rows(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    report, document = _Report(reading), CamtDocument(stream)
    for part in document.parts():
        if isinstance(part, list):
            yield from part
            continue
        yield from report.took(part)
        if document.take is None and report.message and reading.currency:
            document.take = partial(report.take, Shapes(reading.currency))
    if not report.ended:
        raise FileError(1, "Document", "no statement in it", FileCode.FILE_HEAD_MISSING)
    reading.of_statements(1, "Dt")
    reading.whole = report.has_balances


class _Report:
    """One statement, report or notice: what came so far."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.message = ""
        self.ended = 0
        self.before: tuple[str, int] | None = None  # the statement before, and its closing balance
        self.has_balances = True
        self.places: Counter[str] = Counter()
        self._begin()

    def _begin(self) -> None:
        self.account = self.name = ""
        self.day: date | None = None
        self.first_day: date | None = None  # of the period
        self.closing_day: date | None = None
        self.booked_on: set[date] = set()
        self.balances: dict[str, int] = {}
        self.stated: tuple[str, str] = ("", "")
        self.stated_line = self.closing_line = 0
        self.count, self.booked = 0, 0
        self.gross_fen, self.net_fen = 0, 0
        self.entry: CamtEntry | None = None

    def took(self, node: Node) -> Iterator[Row]:
        parent = node.element.getparent()
        above = "" if parent is None else local(parent)
        if not self.message:
            self._message(node)
        if node.tag == "TxDtls":
            yield from self._detail(node)
        elif node.tag == "Ntry":
            yield from self._end_entry(node)
        elif node.tag in REPORTS:
            self._end(node)
        elif above in REPORTS:
            self._head(node)

    def _message(self, node: Node) -> None:
        found = _NAMESPACE.fullmatch(str(node.element.tag))
        if found is None:
            reason = told("not camt.052, 053 or 054: {!r}", str(node.element.tag)[:80])
            raise FileError(node.line_no, node.tag, reason, FileCode.FILE_VERSION)
        self.message = found[1]

    def _head(self, node: Node) -> None:
        element = node.element
        if node.tag == "Acct":
            self.account = text(element, "Id/IBAN", "Id/Othr/Id", "Id/PrtryAcct/Id")
            self.reading.of_owner(node.line_no, "Acct", cells.clean(self.account))
            above = element.getparent()
            self.name = "" if above is None else "".join(text(above, "Id").split())[:40]
        elif node.tag == "FrToDt":
            self.day = _last_day(node, text(element, "ToDtTm", "ToDt"))
            if since := text(element, "FrDtTm", "FrDt"):
                self.first_day = _day(node, "FrDtTm", since[:10])
        elif node.tag == "Bal":
            self._balance(node)
        elif node.tag == "TxsSummry":
            self.stated_line = node.line_no
            self.stated = (text(element, "TtlNtries/NbOfNtries"), text(element, "TtlNtries/Sum"))

    def _balance(self, node: Node) -> None:
        kind = text(node.element, "Tp/CdOrPrtry/Cd")
        amount_fen = amount_of(self.reading, node.line_no, node.element, "Amt")
        if amount_fen is None:
            raise FileError(node.line_no, "Amt", "no amount", FileCode.FILE_AMOUNT_INVALID)
        self.balances.setdefault(kind, sign_of(node.line_no, node.element) * amount_fen)
        if kind in CLOSING:
            self.closing_line = node.line_no
            self.closing_day = _day(node, "Dt", text(node.element, "Dt/Dt", "Dt/DtTm")[:10])

    def _detail(self, node: Node) -> Iterator[Row]:
        details = node.element.getparent()
        owner = None if details is None else details.getparent()
        if owner is None or local(owner) != "Ntry":
            raise FileError(node.line_no, "TxDtls", "not in an entry", FileCode.FILE_XML_BROKEN)
        if self.entry is None:
            self.entry = CamtEntry(self.reading, line_of(owner) + node.above, owner, self._place())
        yield from self._wanted(self.entry.detail(node))

    def _end_entry(self, node: Node) -> Iterator[Row]:
        entry = self.entry or CamtEntry(self.reading, node.line_no, node.element, self._place())
        self.entry = None
        self.count += 1
        self.gross_fen += abs(entry.signed_fen)
        if not entry.booked:
            return
        self.net_fen += entry.signed_fen
        self.booked += 1
        if entry.booked_on is not None:
            self.booked_on.add(entry.booked_on)
        yield from self._wanted(entry.ended(node.line_no))

    def take(
        self, shapes: Shapes, text: str, at: int, line: int, last: int
    ) -> tuple[list[Row] | None, int, int]:
        """As `CamtDocument.take`."""
        run = shapes.run(text, at, line, last)
        page = self._page()
        found = shaped_rows(run, page, self.places[page]) if run.texts else None
        if found is None:
            return None, run.end, last
        rows, days = found
        self.places[page] += len(rows)
        self.count += len(rows)
        self.booked += len(rows)
        self.gross_fen += sum([row.amount_fen for row in rows])
        self.net_fen += sum([row.amount_fen if row.kind == "in" else -row.amount_fen for row in rows])
        self.booked_on |= days
        return rows if self._is_wanted() else [], run.end, run.last

    def _page(self) -> str:
        """Statement and day of the entry that begins."""
        day = self.closing_day or self.day
        name = self.name or f"{self.ended + 1}"
        return f"{name}@{day.isoformat().replace('-', '')}" if day else name

    def _place(self) -> str:
        """Its page and number."""
        page = self._page()
        self.places[page] += 1
        return f"{page}#{self.places[page]}"

    def _is_wanted(self) -> bool:
        """Whether the statement is of the day that is asked for; its balances stand above its entries."""
        day = self.closing_day or self.day
        return day is None or self.reading.hints.day in (None, day)

    def _wanted(self, rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            if self._is_wanted():
                yield row

    def _end(self, node: Node) -> None:
        if node.tag != MESSAGES[self.message][1]:
            raise FileError(node.line_no, node.tag, "not in this message", FileCode.FILE_XML_BROKEN)
        if not self.account:
            raise FileError(node.line_no, "Acct", "no account", FileCode.FILE_HEAD_MISSING)
        self._check_totals(self.stated_line)
        self._check_balances(node)
        self._say_day(node)
        ended = self.ended + 1
        self._begin()
        self.ended = ended

    def _say_day(self, node: Node) -> None:
        """FILE_OF_ANOTHER_DAY: one statement of several days, and the caller does not say which."""
        day, spans = self.closing_day or self.day, self.first_day not in (None, self.day)
        if day is None or (spans and self.reading.hints.day is None):
            if len(self.booked_on) > 1:
                self.reading.several_days(node.line_no, "BookgDt", self.booked_on)
            day = day or next(iter(self.booked_on), None)
        if day is not None:
            self.reading.days.add(day)

    def _check_totals(self, line_no: int) -> None:
        count, total = self.stated
        if count and cells.count(line_no, "NbOfNtries", count) != self.count:
            reason = told("{}, but there are {} entries", count, self.count)
            raise FileError(line_no, "NbOfNtries", reason, FileCode.FILE_TOTAL_COUNT)
        if total and cells.yuan(line_no, "Sum", total) != self.gross_fen:
            reason = told("{}, but the entries give {} fen", total, self.gross_fen)
            raise FileError(line_no, "Sum", reason, FileCode.FILE_TOTAL_AMOUNT)

    def _check_balances(self, node: Node) -> None:
        opening, closing = (
            next((self.balances[kind] for kind in kinds if kind in self.balances), None)
            for kinds in (OPENING, CLOSING)
        )
        if opening is None or closing is None:
            self.has_balances = False
            if self.message == "053":
                reason = "a statement without opening or closing balance"
                raise FileError(node.line_no, "Bal", reason, FileCode.FILE_TAIL_MISSING)
        elif opening + self.net_fen != closing:
            reason = told(
                "{}, but opening balance and entries give {}", closing, opening + self.net_fen
            )
            raise FileError(self.closing_line, "Bal", reason, FileCode.FILE_BALANCE)
        else:
            self._follows(opening, closing)

    def _follows(self, opening: int, closing: int) -> None:
        """FILE_BALANCE: between two statements money is missing."""
        name = self.name or f"statement {self.ended + 1}"
        if self.before is not None and self.before[1] != opening and self.message == "053":
            reason = told("{} opens with {} fen, but {} closed with {}: a statement is missing",
                          name, opening, *self.before)  # fmt: skip
            raise FileError(self.closing_line, "Bal", reason, FileCode.FILE_BALANCE)
        self.before = name, closing
        if self.reading.hints.day in (None, self.closing_day or self.day):
            if self.reading.opening_fen is None:
                self.reading.opening_fen = opening
            self.reading.closing_fen = closing


def _last_day(node: Node, until: str) -> date:
    """The day in which a period ends; at 00:00:00 that is the day before."""
    day = _day(node, "ToDtTm", until[:10])
    return day - timedelta(days=1) if until[11:19] == "00:00:00" and day > date.min else day


def _day(node: Node, column: str, value: str) -> date:
    return cells.day(node.line_no, column, value)
