"""Taking a payment back on its own day 当日冲正 (4625), with a supervisor's word (P6)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import User
from yifen.core.access.second import Change, Decision, Signature, chosen
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.wire.messages import Refund, Reverse
from yifen.core.wire.replies import PaymentReply, ReverseReply
from yifen.face.desk import papers as kept_papers
from yifen.hub.payments.local import LocalHub
from yifen.trades.counter import queries, rules
from yifen.trades.counter.codes import CounterCode
from yifen.trades.counter.models import REVERSAL, Entry, Shift
from yifen.trades.counter.operations import core
from yifen.trades.counter.operations.answers import HubAnswer, ask
from yifen.trades.counter.operations.locks import locked_entry, working_shift

ACT = "desk.reversal"
ACCOUNT_NO, AMOUNT, STATE = Text("户号", "Account number"), Text("金额（元）", "Amount (yuan)"), Text("状态", "State")
PAPERS = Text("收回发票", "Invoice taken back")
MAY_BE_REVERSED = (Entry.State.BOOKED, Entry.State.UNKNOWN)


def reverse(
    hub: LocalHub, access: Access, original_id: int, signature: Signature, reason: str, now: datetime,
    papers: Sequence[str] = (),
) -> Entry:  # fmt: skip
    """The reversal's own entry. Cash leaves the drawer of who reverses. An unknown payment may be
    reversed too: if the hub never heard of it, it is blocked for good. `papers`: the numbers of the invoices
    that were taken back 收回. Refused: SHIFT_NOT_OPEN, SHIFT_DAY_OVER, OUT_OF_SCOPE, ENTRY_NOT_REVERSIBLE,
    DAY_CLOSED_USE_REFUND, REVERSAL_BARRED, ENTRY_UNDECIDED, PAPERS_MISSING (which does not say the number: it stands on
    the paper), and as `second.on_the_spot` refuses."""
    entry = _entered(access, original_id, signature, reason, now, papers)
    if entry.is_decided:
        return entry
    message = reverse_message(entry)
    answer = ask(lambda: hub.give_back(entry.channel.partner.code, message))
    return gone_back(record(entry.pk, answer, first_try=True, now=now), now)


@transaction.atomic
def _entered(
    access: Access, original_id: int, signature: Signature, reason: str, now: datetime, papers: Sequence[str]
) -> Entry:
    """The one that is there, or a new one, signed for."""
    assert access.user is not None
    shift = working_shift(access.user)
    original = locked_entry(original_id)
    check_reversible(original, shift)
    known = _known(original)
    if known is None or known.state == Entry.State.REFUSED:
        check_papers(original, papers)
        content = {"entry": original.pk, "shift": shift.pk, "papers": list(papers)}
        second.on_the_spot(access, ACT, original.serial, content, signature, now, reason=reason)
        entered = Entry.objects.select_related("channel__partner", "original")
        return entered.get(original=original, code=REVERSAL)
    return known


def view(content: dict[str, Any]) -> list[Change]:
    """What the payment is and will be. Refused: as `check_reversible`, ENTRY_UNDECIDED."""
    original = locked_entry(content["entry"])
    check_reversible(original, Shift.objects.get(pk=content["shift"]))
    _known(original)
    numbers = [str(number) for number in content.get("papers", ())]
    check_papers(original, numbers)
    return [
        *(Change("papers", PAPERS, number, None) for number in numbers),
        Change("account_no", ACCOUNT_NO, original.account_no, original.account_no),
        Change("amount", AMOUNT, grouped_yuan(original.amount_fen), None),
        Change("state", STATE, chosen(Entry.State, original.state),
               chosen(Entry.State, Entry.State.REVERSED)),
    ]  # fmt: skip


def enter(content: dict[str, Any], decision: Decision) -> None:
    """The reversal's entry, before the hub is asked."""
    original, shift = locked_entry(content["entry"]), Shift.objects.get(pk=content["shift"])
    entry = _known(original) or _reversal_of(original, shift, decision.reason, decision.now)
    entry.shift, entry.teller, entry.authorisation_id = shift, decision.maker, decision.proposal
    entry.state, entry.sent_at = Entry.State.UNKNOWN, decision.now
    entry.save()


def _known(original: Entry) -> Entry | None:
    """The reversal that is there. Refused: ENTRY_UNDECIDED."""
    known = Entry.objects.filter(original=original, code=REVERSAL).first()
    if known is not None and known.state == Entry.State.UNKNOWN:
        raise Refused(CounterCode.ENTRY_UNDECIDED)
    return known


def check_papers(original: Entry, numbers: Sequence[str]) -> None:
    """Whoever reverses has in his hand what was printed. Refused: PAPERS_MISSING."""
    wanted = kept_papers.out(original.payment_id)
    if set(wanted) - set(numbers):
        raise Refused(CounterCode.PAPERS_MISSING, "papers")


def gone_back(entry: Entry, now: datetime) -> Entry:
    """The hub took it back: now the core is asked to give the payer his money."""
    core.settle_back(entry, now)
    return entry


def again(hub: LocalHub, teller: User, entry_id: int, now: datetime) -> Entry:
    """Send an unknown reversal or refund once more, with its own serial: what was authorised is
    unchanged, so it is the same one. What is decided is answered as it stands. Refused: OUT_OF_SCOPE."""
    found = Entry.objects.select_related("channel__partner", "original")
    entry = found.filter(pk=entry_id, teller=teller, original__isnull=False).first()
    if entry is None:
        raise Refused(Code.OUT_OF_SCOPE, "entry")
    if entry.state != Entry.State.UNKNOWN:
        return entry
    message = reverse_message(entry)
    answer = ask(lambda: hub.give_back(entry.channel.partner.code, message))
    return gone_back(record(entry.pk, answer, first_try=False, now=now), now)


def check_reversible(original: Entry, shift: Shift) -> None:
    """Refused: OUT_OF_SCOPE (another institution's), ENTRY_NOT_REVERSIBLE, DAY_CLOSED_USE_REFUND, REVERSAL_BARRED."""
    if original.institution_id != shift.institution_id:
        raise Refused(Code.OUT_OF_SCOPE, "entry")
    if original.is_reversal or original.state not in (*MAY_BE_REVERSED, Entry.State.REVERSED):
        raise Refused(CounterCode.ENTRY_NOT_REVERSIBLE, "entry")
    if original.business_day != shift.business_day:
        raise Refused(Code.DAY_CLOSED_USE_REFUND, "entry")
    if queries.is_barred(original):
        raise Refused(Code.REVERSAL_BARRED, "entry")


def _reversal_of(original: Entry, shift: Shift, reason: str, now: datetime) -> Entry:
    return Entry(
        institution_id=shift.institution_id, channel=original.channel, code=REVERSAL,
        serial=rules.reversal_serial(original.serial), original=original, biller=original.biller,
        biller_code=original.biller_code, account_no=original.account_no,
        payer_name=original.payer_name, lines=original.lines, amount_fen=original.amount_fen,
        pay_kind=original.pay_kind, from_account=original.from_account, reason=reason,
        payment_id=original.payment_id, business_day=shift.business_day, at=now,
    )  # fmt: skip


def reverse_message(entry: Entry) -> Reverse:
    """The same bytes at every try: all of it stands in the entry."""
    assert entry.original is not None
    return (Refund if entry.is_refund else Reverse)(
        serial=entry.serial,
        original_serial=entry.original.serial,
        amount_fen=entry.amount_fen,
        reason=entry.reason or None,
    )


@transaction.atomic
def record(
    entry_id: int, answer: HubAnswer[ReverseReply] | HubAnswer[PaymentReply], first_try: bool, now: datetime
) -> Entry:
    """What the hub said of a reversal or refund, once; its original follows, of a refund when nothing is
    left of it. What the hub took back the core gives back after it."""
    original_id = Entry.objects.values_list("original_id", flat=True).get(pk=entry_id)
    assert original_id is not None
    original, entry = locked_entry(original_id), locked_entry(entry_id)
    if entry.is_decided:
        return entry
    entry.result = answer.code
    if answer.reply is not None:
        entry.payment_id, entry.booked_at = answer.reply.payment_id, answer.reply.booked_at
        if entry.is_refund and isinstance(answer.reply, PaymentReply):
            entry.booked_at = entry.sent_at  # a confirmation tells the payment's own time
        original.payment_id = answer.reply.payment_id
    gives_back = answer.code is Code.OK
    if gives_back:
        entry.state = Entry.State.BOOKED
        if not entry.is_refund:
            original.state = Entry.State.REVERSED
        elif queries.given_back_fen(original) == original.amount_fen:
            original.state = Entry.State.REFUNDED
    elif answer.is_sure(first_try):
        entry.state = Entry.State.REFUSED
        if answer.code is Code.ORIGINAL_UNKNOWN_BLOCKED:  # the hub will refuse it for ever
            original.state, original.result, gives_back = Entry.State.REFUSED, answer.code, True
    entry.save()
    original.save()
    if gives_back:
        (core.write_refund if entry.is_refund else core.write_back)(original, entry, now)
    return entry
