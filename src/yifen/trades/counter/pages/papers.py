"""Papers of the counter: receipt, voucher, shift report, out of entries and shifts."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from yifen.core.directory.models import Institution
from yifen.core.directory.queries import ancestors
from yifen.core.documents.receipt import Receipt, ReceiptLine, receipt
from yifen.core.documents.shift_report import (
    KindOfPapers,
    Operations,
    Pieces,
    ShiftReport,
    shift_report,
)
from yifen.core.documents.voucher import PaidBy, Voucher, VoucherEntry, VoucherKind, voucher
from yifen.core.facts.secrets import KeyRing
from yifen.face.desk.papers import ShiftPapers, keepers
from yifen.face.desk.transaction import found
from yifen.face.payments.receipts import number_of, of_payment
from yifen.trades.counter import queries
from yifen.trades.counter.models import REVERSAL, Entry, PayKind, Shift
from yifen.trades.counter.operations.core import leg_of
from yifen.trades.counter.pages.core_side import core_accounts
from yifen.trades.counter.pages.telling import on_paper

PAID_BY: dict[str, PaidBy] = {
    PayKind.CASH: "cash", PayKind.PERSONAL: "transfer", PayKind.CHEQUE: "cheque",
    PayKind.CORPORATE: "transfer",
}  # fmt: skip

KIND_OF: dict[str, VoucherKind] = {PayKind.PERSONAL: "personal", PayKind.CORPORATE: "settlement"}
"""Other than 记账凭证, where the money moved in the bank's core (P4)."""


def title_of(code: str) -> str:
    """4623 电费代收, as it stands on paper: in Chinese, whoever prints it."""
    transaction = found(code)
    with translation.override("zh-hans"):
        return f"{code} {transaction.title}" if transaction else code


def receipt_of(entry: Entry, ring: KeyRing, prints: int, now: datetime) -> bytes:
    """The payer's receipt, of a refund his 退款凭证; from the second print on it is marked 重打."""
    assert entry.payment_id is not None
    known = None if entry.is_refund else of_payment(entry.payment_id)
    number = number_of(ring, entry.payment_id)
    with translation.override("zh-hans"):
        told = () if entry.is_reversal else on_paper(entry)
    return receipt(Receipt(
        number=number, check_url=settings.YIFEN_WEB_ORIGIN + reverse("check_receipt", args=[number]),
        issuer=entry.biller.partner.institution.name, biller=entry.biller.partner.name,
        account_no=entry.account_no, payer_name=entry.payer_name,
        lines=tuple(ReceiptLine(title=row["title"], amount_fen=row["amount_fen"]) for row in entry.lines),
        channel=entry.channel.partner.name, business_day=entry.business_day,
        paid_at=entry.booked_at or entry.at, payment_id=entry.payment_id, serial=entry.serial,
        printed_at=now, state=known.standing if known else "refunded", returned_at=known and known.returned_at,
        told=told, refund_of=entry.original.serial if known is None and entry.original else "",
        copy="original" if prints == 1 else "reprint", copy_no=prints - 1,
        outlet=entry.institution.name, teller=f"{entry.teller.login} {entry.teller.name}",
    ))  # fmt: skip


def legal_person(institution: Institution) -> str:
    """The union that a paper is of: the county's above the outlet; where there is none, the outlet itself."""
    above = Institution.objects.in_bulk(ancestors(institution.pk))
    return next((row.name for row in above.values() if row.level == Institution.Level.COUNTY), institution.name)


def voucher_of(entry: Entry, ring: KeyRing, prints: int = 1) -> bytes:
    """记账凭证; in red figures of what takes back. Where the bank's core paid, by how it did (P4) and with the accounts
    that it moved, masked. From the second print on it is marked 补打."""
    assert entry.payment_id is not None
    leg = leg_of(entry)
    sign = -1 if entry.is_reversal else 1
    rows, moved = queries.postings(entry), core_accounts(entry, ring)
    signed = entry.authorisation
    checker = signed.checker if signed else None
    return voucher(Voucher(
        institution=legal_person(entry.institution), outlet=entry.institution.name,
        operation=title_of(entry.code), paid_by=PAID_BY[entry.pay_kind],
        entries=tuple(VoucherEntry(summary=row.title, debit=moved[0] if moved else row.debit,
                                   credit=moved[1] if moved else row.credit, amount_fen=sign * row.amount_fen)
                      for row in rows),
        business_day=entry.business_day, booked_at=entry.booked_at or entry.at,
        serial=entry.serial, payment_id=entry.payment_id,
        teller=f"{entry.teller.login} {entry.teller.name}",
        supervisor=f"{checker.login} {checker.name}" if checker else "",
        original_serial=entry.original.serial if entry.original else "",
        kind="reversal" if entry.code == REVERSAL else KIND_OF.get(entry.pay_kind, "booking") if leg else "booking",
        copy="original" if prints == 1 else "supplementary", copy_no=prints - 1,
        payer=" ".join(filter(None, (entry.from_account, leg.holder))) if leg else "",
        cheque=leg.cheque_no if leg else "", reason=signed.reason if signed else "",
        papers="、".join(signed.content.get("papers", ())) if signed else "",
    ))  # fmt: skip


def shift_report_of(shift: Shift) -> bytes:
    """柜员轧账单 of a closed shift."""
    assert shift.closed_at is not None
    checker = shift.authorisation.checker if shift.authorisation else None
    opening = shift.opening_authorisation
    return shift_report(ShiftReport(
        institution=legal_person(shift.institution), outlet=shift.institution.name,
        teller=f"{shift.teller.login} {shift.teller.name}", shift_no=str(shift.pk),
        business_day=shift.business_day, opened_at=shift.opened_at, closed_at=shift.closed_at,
        opening_fen=shift.opening_fen, counted_fen=shift.counted_fen or 0,
        operations=tuple(operations(shift)),
        pieces=tuple(Pieces(value_fen=int(value), count=pieces)
                     for value, pieces in (shift.counted or {}).items()),
        papers=tuple(KindOfPapers(**one._asdict()) for one in papers_of_shift(shift)),
        supervisor=f"{checker.login} {checker.name}" if checker else "", reason=shift.reason,
        opening_reason=opening.reason if opening else "",
        opening_supervisor=str(opening.checker) if opening else "",
    ))  # fmt: skip


def papers_of_shift(shift: Shift) -> list[ShiftPapers]:
    """What became of its teller's papers while it was open."""
    assert shift.closed_at is not None
    with translation.override("zh-hans"):
        return [line for keeper in keepers()
                for line in keeper.of_shift(shift.teller_id, shift.opened_at, shift.closed_at)]  # fmt: skip


def operations(shift: Shift) -> list[Operations]:
    """One row a transaction code."""
    rows: dict[str, Operations] = {}
    for total in queries.totals(shift):
        one = rows.get(total.code) or Operations(
            code=total.code, title=title_of(total.code).partition(" ")[2], count=0
        )
        cash = total.amount_fen if total.pay_kind == PayKind.CASH else 0
        rows[total.code] = Operations(
            code=one.code, title=one.title, count=one.count + total.entries,
            cash_in_fen=one.cash_in_fen + (0 if total.is_reversal else cash),
            cash_out_fen=one.cash_out_fen + (cash if total.is_reversal else 0),
            transfer_fen=one.transfer_fen + (total.amount_fen - cash) * (-1 if total.is_reversal else 1),
        )  # fmt: skip
    return list(rows.values())
