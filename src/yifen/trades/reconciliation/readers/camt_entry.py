"""One entry (Ntry) of an ISO 20022 statement, and its details (TxDtls) as they end."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.camt_xml import Node, child, text
from yifen.trades.reconciliation.readers.reading import Reading
from yifen.trades.reconciliation.rows import FileError, Row

if TYPE_CHECKING:
    from lxml import etree

MARKS = {"CRDT": 1, "DBIT": -1}
NOT_PROVIDED = "NOTPROVIDED"
_ZONE = timezone(timedelta(hours=8))  # rows hold the hub's wall clock


class _Detail(NamedTuple):
    """What one detail says; `signed_fen` is None where it has no amount of its own."""

    line_no: int
    end_to_end: str
    reference: str
    account_no: str
    batch: str
    signed_fen: int | None


class CamtEntry:
    """Amount, direction and state of an entry; rows come out detail by detail.

    The first detail waits for a second one: alone it takes the entry's amount, in company it must
    have its own.
    """

    def __init__(self, reading: Reading, line_no: int, element: "etree._Element") -> None:
        self.reading, self.line_no = reading, line_no
        self.sign = sign_of(line_no, element)
        amount = amount_of(reading, line_no, element, "Amt")
        if amount is None:
            raise FileError(line_no, "Amt", "no amount", FileCode.FILE_AMOUNT_INVALID)
        self.signed_fen = self.sign * amount
        status = text(element, "Sts/Cd", "Sts")
        if status not in ("BOOK", "PDNG", "INFO", "FUTR"):
            raise FileError(line_no, "Sts", f"unknown: {status[:10]!r}", FileCode.FILE_KIND_UNKNOWN)
        self.booked = status == "BOOK"
        self.at = _moment(line_no, text(element, "BookgDt/DtTm"))
        self.reference = cells.clean(text(element, "AcctSvcrRef"))
        self.entry_ref = cells.clean(text(element, "NtryRef"))
        self.first: _Detail | None = None
        self.count, self.sum_fen = 0, 0

    def detail(self, node: Node) -> Iterator[Row]:
        """A row, or none yet; FILE_AMOUNT_INVALID where one of several has no amount."""
        found = self._read(node)
        self.count += 1
        if not self.booked:
            return
        if self.count == 1:
            self.first = found
            return
        if self.first is not None:
            first, self.first = self.first, None
            yield self._row_of_several(first, 1)
        yield self._row_of_several(found, self.count)

    def ended(self, line_no: int, place: str) -> Iterator[Row]:
        """The row of an entry with one detail or none, in this line; FILE_ROW_SUM."""
        if self.count <= 1:
            found = self.first or _Detail(line_no, "", "", "", "", None)
            if found.signed_fen not in (None, self.signed_fen):
                self._contradicts(found.line_no, found.signed_fen)
            serial = found.end_to_end or found.reference or self.reference or self.entry_ref
            yield self._row(found, serial or place, self.signed_fen)
        elif self.sum_fen != self.signed_fen:
            self._contradicts(self.line_no, self.sum_fen)

    def _row_of_several(self, found: _Detail, number: int) -> Row:
        if found.signed_fen is None:
            reason = "one of several details without an amount"
            raise FileError(found.line_no, "Amt", reason, FileCode.FILE_AMOUNT_INVALID)
        self.sum_fen += found.signed_fen
        shared = found.reference or self.reference or self.entry_ref or str(self.line_no)
        return self._row(found, found.end_to_end or f"{shared}#{number}", found.signed_fen)

    def _row(self, found: _Detail, serial: str, signed_fen: int) -> Row:
        return Row(
            line_no=found.line_no,
            serial=serial,
            kind="in" if signed_fen >= 0 else "out",
            amount_fen=abs(signed_fen),
            at=self.at,
            ref=found.reference or self.reference,
            account_no=found.account_no,
            batch=found.batch or self.entry_ref,
        )

    def _read(self, node: Node) -> _Detail:
        element, line_no = node.element, node.line_no
        sign = sign_of(line_no, element, self.sign)
        amount = amount_of(self.reading, line_no, element, "Amt", "AmtDtls/TxAmt/Amt")
        end_to_end = text(element, "Refs/EndToEndId")
        return _Detail(
            line_no=line_no,
            end_to_end="" if end_to_end == NOT_PROVIDED else cells.clean(end_to_end),
            reference=cells.clean(text(element, "Refs/AcctSvcrRef")),
            account_no=cells.clean(_account(element, sign)),
            batch=cells.clean(text(element, "Refs/PmtInfId")),
            signed_fen=None if amount is None else sign * amount,
        )

    def _contradicts(self, line_no: int, found_fen: int | None) -> None:
        reason = f"the details give {found_fen} fen, the entry {self.signed_fen}"
        raise FileError(line_no, "TxDtls", reason, FileCode.FILE_ROW_SUM)


def _account(element: "etree._Element", sign: int) -> str:
    """Who paid us, or whom we paid."""
    party = "DbtrAcct" if sign > 0 else "CdtrAcct"
    return text(element, f"RltdPties/{party}/Id/IBAN", f"RltdPties/{party}/Id/Othr/Id")


def sign_of(line_no: int, element: "etree._Element", default: int | None = None) -> int:
    """1 for a credit, -1 for a debit; FILE_KIND_UNKNOWN."""
    mark = text(element, "CdtDbtInd")
    if not mark and default is not None:
        return default
    if mark not in MARKS:
        raise FileError(line_no, "CdtDbtInd", f"unknown: {mark[:10]!r}", FileCode.FILE_KIND_UNKNOWN)
    return MARKS[mark]


def amount_of(reading: Reading, line_no: int, element: "etree._Element", *paths: str) -> int | None:
    """Fen of the first of these amounts in the file's currency; FILE_CURRENCY when all are in
    another, None when there is none."""
    found = [amount for path in paths if (amount := child(element, path)) is not None]
    if not found:
        return None
    same = (amount for amount in found if amount.get("Ccy") == reading.currency)
    amount = next(same, found[0])
    reading.in_currency(line_no, "Ccy", amount.get("Ccy") or "")
    return cells.yuan(line_no, "Amt", (amount.text or "").strip())


def _moment(line_no: int, value: str) -> datetime | None:
    if not value:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        reason = f"no such time: {value[:40]!r}"
        raise FileError(line_no, "BookgDt", reason, FileCode.FILE_TIME_INVALID) from error
    return (at.astimezone(_ZONE) if at.tzinfo else at).replace(tzinfo=None, microsecond=0)
