"""Giving back what an earlier day collected 退款 (4626), whole or in part, with a supervisor's word (P6, H7)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.second import Change, Decision, Signature
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.hub.payments.local import LocalHub
from yifen.trades.counter import queries, rules
from yifen.trades.counter.codes import CounterCode
from yifen.trades.counter.models import REFUND, Entry, Shift
from yifen.trades.counter.operations.answers import ask
from yifen.trades.counter.operations.locks import locked_entry, working_shift
from yifen.trades.counter.operations.reverse import (
    ACCOUNT_NO,
    AMOUNT,
    PAPERS,
    check_papers,
    gone_back,
    record,
    reverse_message,
)

ACT = "desk.refund"
GIVEN, LEFT = Text("退款（元）", "Refund (yuan)"), Text("可退余额（元）", "Left (yuan)")


def refund(
    hub: LocalHub, access: Access, serial: str, amount_fen: int, original_id: int, signature: Signature,
    reason: str, now: datetime, papers: Sequence[str] = (),
) -> Entry:  # fmt: skip
    """The refund's own entry, under the `serial` that its form carried (`queries.next_refund`): the same form
    once more is the same refund. Cash leaves the drawer of who refunds. `papers`: the numbers of the invoices that were
    taken back 收回, which are void when nothing is left of the payment. Refused: SHIFT_NOT_OPEN,
    SHIFT_DAY_OVER, OUT_OF_SCOPE, ENTRY_NOT_REFUNDABLE, ALREADY_REVERSED, DAY_OPEN_USE_REVERSE,
    ENTRY_UNDECIDED, AMOUNT_WRONG, AMOUNT_ABOVE_LEFT, FORM_STALE, SERIAL_REUSED, PAPERS_MISSING (with the
    numbers that are out), and as `second.on_the_spot` refuses."""
    entry = _entered(access, serial, amount_fen, original_id, signature, reason, now, papers)
    if entry.is_decided:
        return entry
    message = reverse_message(entry)
    answer = ask(lambda: hub.give_back(entry.channel.partner.code, message))
    return gone_back(record(entry.pk, answer, first_try=True, now=now), now)


@transaction.atomic
def _entered(
    access: Access, serial: str, amount_fen: int, original_id: int, signature: Signature, reason: str,
    now: datetime, papers: Sequence[str],
) -> Entry:  # fmt: skip
    """The one that is there, or a new one, signed for."""
    assert access.user is not None
    shift = working_shift(access.user)
    original = locked_entry(original_id)
    if original.institution_id != shift.institution_id:
        raise Refused(Code.OUT_OF_SCOPE, "entry")
    known = Entry.objects.select_related("channel__partner", "original").filter(original=original, serial=serial)
    if there := known.first():
        if there.amount_fen != amount_fen:
            raise Refused(Code.SERIAL_REUSED, "amount")
        return there
    if serial != queries.next_refund(original):
        raise Refused(Code.FORM_STALE)
    content = {"entry": original.pk, "shift": shift.pk, "serial": serial, "fen": amount_fen, "papers": list(papers)}
    second.on_the_spot(access, ACT, original.serial, content, signature, now, reason=reason)
    return known.get()


def view(content: dict[str, Any]) -> list[Change]:
    """What the payment was and what is left of it. Refused: as `check_refundable`, AMOUNT_WRONG,
    AMOUNT_ABOVE_LEFT, PAPERS_MISSING (nothing would be left of it)."""
    original, fen = locked_entry(content["entry"]), content["fen"]
    left_fen = check_refundable(original, Shift.objects.get(pk=content["shift"]))
    if fen < 1:
        raise Refused(Code.AMOUNT_WRONG, "amount")
    if fen > left_fen:
        raise Refused(Code.AMOUNT_ABOVE_LEFT, "amount", grouped_yuan(left_fen))
    numbers = [str(number) for number in content.get("papers", ())]
    if fen == left_fen:
        check_papers(original, numbers)
    return [
        *(Change("papers", PAPERS, number, None) for number in numbers),
        Change("account_no", ACCOUNT_NO, original.account_no, original.account_no),
        Change("amount", AMOUNT, grouped_yuan(original.amount_fen), grouped_yuan(original.amount_fen)),
        Change("given", GIVEN, None, grouped_yuan(fen)),
        Change("left", LEFT, grouped_yuan(left_fen), grouped_yuan(left_fen - fen)),
    ]


def enter(content: dict[str, Any], decision: Decision) -> None:
    """The refund's entry, before the hub is asked."""
    original, shift = locked_entry(content["entry"]), Shift.objects.get(pk=content["shift"])
    Entry.objects.create(
        shift=shift, teller=decision.maker, institution_id=shift.institution_id, channel=original.channel,
        code=REFUND, serial=content["serial"], original=original, biller=original.biller,
        biller_code=original.biller_code, account_no=original.account_no, payer_name=original.payer_name,
        lines=rules.back_lines(original.lines, queries.given_back_fen(original), content["fen"]),
        amount_fen=content["fen"], pay_kind=original.pay_kind, from_account=original.from_account,
        reason=decision.reason, state=Entry.State.UNKNOWN, payment_id=original.payment_id,
        business_day=shift.business_day, at=decision.now, sent_at=decision.now,
        authorisation_id=decision.proposal,
    )  # fmt: skip


def check_refundable(original: Entry, shift: Shift) -> int:
    """What is left of it, in fen. Refused: OUT_OF_SCOPE (another institution's), ENTRY_NOT_REFUNDABLE,
    ALREADY_REVERSED, DAY_OPEN_USE_REVERSE, ENTRY_UNDECIDED (a refund of it is)."""
    if original.institution_id != shift.institution_id:
        raise Refused(Code.OUT_OF_SCOPE, "entry")
    if original.state in (Entry.State.REVERSED, Entry.State.REFUNDED):
        raise Refused(Code.ALREADY_REVERSED, "entry")
    if original.is_reversal or original.state != Entry.State.BOOKED:
        raise Refused(CounterCode.ENTRY_NOT_REFUNDABLE, "entry")
    if original.business_day == shift.business_day:
        raise Refused(Code.DAY_OPEN_USE_REVERSE, "entry")
    if Entry.objects.filter(original=original, state=Entry.State.UNKNOWN).exists():
        raise Refused(CounterCode.ENTRY_UNDECIDED)
    left_fen = original.amount_fen - queries.given_back_fen(original)
    if left_fen <= 0:
        raise Refused(Code.ALREADY_REVERSED, "entry")
    return left_fen
