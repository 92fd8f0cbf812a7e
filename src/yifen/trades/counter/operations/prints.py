"""Printing: each receipt and voucher handed out is counted and leaves a trace."""

from django.db import connection, transaction

from yifen.core.audit.record import act
from yifen.core.facts.refused import Refused
from yifen.trades.counter.codes import CounterCode
from yifen.trades.counter.models import PrintedVoucher
from yifen.trades.counter.operations.core import document_of
from yifen.trades.counter.operations.locks import locked_entry


@transaction.atomic
def count_receipt(entry_id: int) -> int:
    """How often the receipt of this entry, or the slip of a refund, has been printed now, this time
    included; from the second time on it is marked 重打. Refused: RECEIPT_MISSING."""
    entry = locked_entry(entry_id)
    if (entry.is_reversal and not entry.is_refund) or not entry.has_paper:
        raise Refused(CounterCode.RECEIPT_MISSING, "entry")
    entry.prints += 1
    entry.save(update_fields=["prints"])
    act(connection, "receipt.print", "counter_entry", entry.serial, after={"print": entry.prints})
    return entry.prints


@transaction.atomic
def count_voucher(entry_id: int) -> int:
    """The same of its voucher; from the second time on it is marked 补打. Refused: RECEIPT_MISSING."""
    entry = locked_entry(entry_id)
    if not entry.has_paper:
        raise Refused(CounterCode.RECEIPT_MISSING, "entry")
    printed, new = PrintedVoucher.objects.get_or_create(document=document_of(entry), defaults={"prints": 1})
    if not new:
        printed.prints += 1
        printed.save(update_fields=["prints"])
    act(connection, "voucher.print", "counter_entry", entry.serial, after={"print": printed.prints})
    return printed.prints


@transaction.atomic
def trace_shift_report(shift_id: int) -> None:
    """A shift report was handed out."""
    act(connection, "shift.print", "counter_shift", shift_id)
