"""One entry (Ntry) of an ISO 20022 statement, and its details (TxDtls) as they end."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta, timezone
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

from yifen.core.facts.money import format_yuan
from yifen.core.wire.iso_xml import NOT_PROVIDED, SIGNS, account_no, child, local, text
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.camt_shapes import EntryRun
from yifen.trades.reconciliation.readers.camt_xml import Node
from yifen.trades.reconciliation.readers.columns import cleaned, moments
from yifen.trades.reconciliation.readers.reading import Reading
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, Row

if TYPE_CHECKING:
    from lxml import etree

_ZONE = timezone(timedelta(hours=8))  # rows hold the hub's wall clock


class _Detail(NamedTuple):
    """What one detail says; `signed_fen` is None where it has no amount of its own."""

    line_no: int
    end_to_end: str
    reference: str
    account_no: str
    batch: str
    signed_fen: int | None
    charges_fen: int


class CamtEntry:
    """Amount, direction and state of an entry; rows come out detail by detail.

    The first detail waits for a second one: alone it takes the entry's amount, in company it must
    have its own. `place` is the serial where the bank gives none.
    """

    def __init__(
        self, reading: Reading, line_no: int, element: "etree._Element", place: str
    ) -> None:
        self.reading, self.line_no, self.place = reading, line_no, place
        self.sign = sign_of(line_no, element)
        amount = amount_of(reading, line_no, element, "Amt")
        if amount is None:
            raise FileError(line_no, "Amt", "no amount", FileCode.FILE_AMOUNT_INVALID)
        self.signed_fen = self.sign * amount
        status = text(element, "Sts/Cd", "Sts")
        if status not in ("BOOK", "PDNG", "INFO", "FUTR"):
            raise FileError(
                line_no, "Sts", told("unknown: {!r}", status[:10]), FileCode.FILE_KIND_UNKNOWN
            )
        self.booked = status == "BOOK"
        self.at = _moment(line_no, text(element, "BookgDt/DtTm"))
        booked_on = text(element, "BookgDt/Dt", "BookgDt/DtTm")[:10]
        self.booked_on = cells.day(line_no, "BookgDt", booked_on) if booked_on else None
        self.charges_fen = charges_of(reading, line_no, element)
        self.reference = cells.clean(text(element, "AcctSvcrRef"))
        self.entry_ref = cells.clean(text(element, "NtryRef"))
        self.first: _Detail | None = None
        self.count = self.sum_fen = self.details_charges_fen = 0

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

    def ended(self, line_no: int) -> Iterator[Row]:
        """The row of an entry with one detail or none, in this line; of several, the charges that the
        bank took off their sum, as money out. FILE_ROW_SUM."""
        if self.count <= 1:
            found = self.first or _Detail(line_no, "", "", "", "", None, 0)
            serial = found.end_to_end or found.reference or self.reference or self.entry_ref
            self._check_single(found, serial or self.place)
            yield self._row(found, serial or self.place, self.signed_fen)
            return
        if (short := self.sum_fen - self.signed_fen) == 0:
            return
        if short not in (self.charges_fen, self.details_charges_fen):
            self._contradicts(self.line_no, self.sum_fen)
        shared = self.reference or self.entry_ref or self.place
        found = _Detail(self.line_no, "", "", "", "", None, 0)
        yield self._row(found, f"{shared}#charges", -short)

    def _check_single(self, found: _Detail, serial: str) -> None:
        """The entry is what was booked. Its detail may be gross, before the bank's charges: then the
        difference is told, and it must go the way of charges."""
        if found.signed_fen in (None, self.signed_fen):
            return
        charges = found.charges_fen or self.charges_fen
        if found.signed_fen - self.signed_fen <= 0 or found.signed_fen * self.sign < 0:
            self._contradicts(found.line_no, found.signed_fen)
        sums = (serial, format_yuan(abs(self.signed_fen)), format_yuan(abs(found.signed_fen)))
        self.reading.note(
            told("{}: {} was booked of {}, charges {}", *sums, format_yuan(charges)) if charges
            else told("{}: {} was booked of {}", *sums)
        )  # fmt: skip

    def _row_of_several(self, found: _Detail, number: int) -> Row:
        if found.signed_fen is None:
            reason = "one of several details without an amount"
            raise FileError(found.line_no, "Amt", reason, FileCode.FILE_AMOUNT_INVALID)
        self.sum_fen += found.signed_fen
        self.details_charges_fen += found.charges_fen
        shared = found.reference or self.reference or self.entry_ref or self.place
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
        paths = ("Amt", "AmtDtls/TxAmt/Amt")
        # Alone, a detail in another currency may stand: it is seen to when a second one comes.
        amount = amount_of(self.reading, line_no, element, *paths, only=self.count == 0)
        end_to_end = text(element, "Refs/EndToEndId")
        return _Detail(
            line_no=line_no,
            end_to_end="" if end_to_end == NOT_PROVIDED else cells.clean(end_to_end),
            reference=cells.clean(text(element, "Refs/AcctSvcrRef")),
            account_no=cells.clean(_account(element, sign)),
            batch=cells.clean(text(element, "Refs/PmtInfId")),
            signed_fen=None if amount is None else sign * amount,
            charges_fen=charges_of(self.reading, line_no, element),
        )

    def _contradicts(self, line_no: int, found_fen: int | None) -> None:
        reason = told("the details give {} fen, the entry {}", found_fen, self.signed_fen)
        raise FileError(line_no, "TxDtls", reason, FileCode.FILE_ROW_SUM)


def shaped_rows(
    run: EntryRun, page: str, before: int
) -> tuple[list[Row], set[date]] | None:
    """The rows of entries that stand on a page behind so many others, and the days of their booking; None
    where CamtEntry has to look."""
    amounts, marks, at, booked_on, *texts = zip(*run.texts, strict=True)
    try:
        known = _moments(at)
        days = {cells.day(0, "BookgDt", one) for one in {text[:10] for text in booked_on} - {""}}
    except FileError:
        return None
    references, entry_refs, ends, detail_references, batches, debtors, creditors = map(
        cleaned, texts
    )
    refs = [detail or entry for detail, entry in zip(detail_references, references, strict=True)]
    serials = [
        (end if end != NOT_PROVIDED else "") or ref or entry or f"{page}#{number}"
        for number, (end, ref, entry) in enumerate(
            zip(ends, refs, entry_refs, strict=True), before + 1
        )
    ]
    fens = list(map(int, "\n".join(amounts).replace(".", "").split()))
    kinds = [
        "in" if mark == "CRDT" or not fen else "out" for mark, fen in zip(marks, fens, strict=True)
    ]
    accounts = [
        debtor if mark == "CRDT" else creditor
        for mark, debtor, creditor in zip(marks, debtors, creditors, strict=True)
    ]
    rows = map(
        Row, run.line_nos, serials, kinds, fens, repeat(0), known, repeat(""), refs, accounts,
        [batch or entry for batch, entry in zip(batches, entry_refs, strict=True)],
    )  # fmt: skip
    return list(rows), days


def _moments(texts: Sequence[str]) -> Sequence[datetime | None]:
    """Each as `_moment`; those of the hub's own zone at once."""
    if "".join([text[19:] for text in texts]) == "+08:00" * len(texts):
        found = moments([text[:19] for text in texts], "T")
        if found is not None:
            return found
    known = {text: _moment(0, text) for text in set(texts)}
    return [known[text] for text in texts]


def _account(element: "etree._Element", sign: int) -> str:
    """Who paid us, or whom we paid."""
    return account_no(element, "RltdPties/DbtrAcct" if sign > 0 else "RltdPties/CdtrAcct")


def sign_of(line_no: int, element: "etree._Element", default: int | None = None) -> int:
    """1 for a credit, -1 for a debit; FILE_KIND_UNKNOWN."""
    mark = text(element, "CdtDbtInd")
    if not mark and default is not None:
        return default
    if mark not in SIGNS:
        raise FileError(
            line_no, "CdtDbtInd", told("unknown: {!r}", mark[:10]), FileCode.FILE_KIND_UNKNOWN
        )
    return SIGNS[mark]


def amount_of(
    reading: Reading, line_no: int, element: "etree._Element", *paths: str, only: bool = False
) -> int | None:
    """Fen of the first of these amounts in the file's currency; FILE_CURRENCY when all are in
    another (`only`: None then), None when there is none."""
    found = [amount for path in paths if (amount := child(element, path)) is not None]
    if not found:
        return None
    same = (amount for amount in found if amount.get("Ccy") == reading.currency)
    amount = next(same, found[0])
    if only and reading.currency and amount.get("Ccy") not in ("", None, reading.currency):
        return None
    reading.in_currency(line_no, "Ccy", amount.get("Ccy") or "")
    return cells.yuan(line_no, "Amt", (amount.text or "").strip())


def charges_of(reading: Reading, line_no: int, element: "etree._Element") -> int:
    """Fen of the charges (Chrgs) that an entry or a detail states in the file's currency; 0: none."""
    fen = 0
    for charges in element:
        if local(charges) != "Chrgs":
            continue
        records = [one for one in charges if local(one) == "Rcrd"]
        total = child(charges, "TtlChrgsAndTaxAmt")
        for holder in [total] if total is not None and not records else records or [charges]:
            amount = holder if holder is total else child(holder, "Amt")
            if amount is None or amount.get("Ccy") != reading.currency:
                continue
            sign = SIGNS.get(text(holder, "CdtDbtInd"), -1)
            fen -= sign * cells.yuan(line_no, "Chrgs", (amount.text or "").strip())
    return fen


def _moment(line_no: int, value: str) -> datetime | None:
    if not value:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        reason = told("no such time: {!r}", value[:40])
        raise FileError(line_no, "BookgDt", reason, FileCode.FILE_TIME_INVALID) from error
    return (at.astimezone(_ZONE) if at.tzinfo else at).replace(tzinfo=None, microsecond=0)
