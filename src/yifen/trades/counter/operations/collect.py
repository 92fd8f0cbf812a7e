"""Collecting 收费: an order becomes a draft under one serial, is sent, and is settled once.

`prepare` when the teller has put it together, `send` when he confirms. Whatever is repeated, by a
double click, the back button, a second tab or after a lost answer, is the same serial.
"""

from datetime import datetime

from django.db import transaction

from yifen.core.access.models import User
from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.refused import Refused
from yifen.core.wire.messages import Charge, Line
from yifen.core.wire.replies import PaymentReply
from yifen.hub.corebank.codes import CoreCode
from yifen.hub.payments.local import LocalHub
from yifen.trades.counter import queries
from yifen.trades.counter.codes import CounterCode
from yifen.trades.counter.models import Entry
from yifen.trades.counter.operations import core
from yifen.trades.counter.operations.answers import HubAnswer, ask
from yifen.trades.counter.operations.core import CorePayer
from yifen.trades.counter.operations.locks import lock_shift, locked_entry, working_shift
from yifen.trades.counter.orders import DeskOrder, drawer_fields


@transaction.atomic
def prepare(
    teller: User, serial: str, order: DeskOrder, now: datetime, payer: CorePayer | None = None
) -> Entry:
    """The draft of this order; `serial` is the one that the form carried. The same money under the
    same serial is the same entry, whatever became of it; other money gets a serial of its own.
    `payer`: who pays at the core, where there is one.
    Refused: SHIFT_NOT_OPEN, SHIFT_DAY_OVER, BILLER_UNKNOWN, BILLER_ELSEWHERE, NOT_ADMITTED,
    NOTHING_CHOSEN, TOO_MANY_CHOSEN, AMOUNT_WRONG, CASH_SHORT, INPUT_INVALID."""
    fields = drawer_fields(order) | {"pay_kind": order.payment.kind}
    lock_shift(teller)
    known = Entry.objects.select_for_update().filter(teller=teller, serial=serial).first()
    if known and (known.biller_code, known.account_no, known.lines) == order.money():
        if known.state == Entry.State.DRAFT:
            Entry.objects.filter(pk=known.pk).update(**fields)
            core.write_leg(known, payer)
        return known
    shift = working_shift(teller)
    biller = queries.biller_for(shift.institution_id, shift.channel, order.biller)
    entry = Entry.objects.create(
        shift=shift, teller=teller, institution_id=shift.institution_id, channel=shift.channel,
        code=order.code, serial=queries.next_serial(shift), biller=biller,
        biller_code=order.biller, account_no=order.account_no, payer_name=order.payer_name,
        lines=[line._asdict() for line in order.lines], quote=order.quote,
        amount_fen=order.amount_fen, business_day=shift.business_day, at=now, **fields,
    )  # fmt: skip
    core.write_leg(entry, payer)
    return entry


def send(hub: LocalHub, teller: User, entry_id: int, now: datetime, pin: str = "") -> Entry:
    """Charge a draft, or once more what is unknown, with its own serial; what is decided is answered
    as it stands. `pin`: the payer's, where his account at the core needs one. Refused: OUT_OF_SCOPE,
    SHIFT_NOT_OPEN, SHIFT_DAY_OVER, CORE_PIN_WRONG (none was given), FORM_STALE."""
    entry, first_try = _begin(teller, entry_id, now, pin)
    if entry.is_decided:
        return entry
    return core_word(entry, now, pin) or charge(hub, entry, first_try, now)


@transaction.atomic
def anew(teller: User, entry_id: int, now: datetime) -> Entry:
    """The draft that takes the place of a collection which the core refused for its PIN alone. Its serial is its own,
    for a core remembers what it refused; how often a PIN may be wrong is the core's to say, whose other refusals end
    it. Refused: SHIFT_NOT_OPEN, SHIFT_DAY_OVER, OUT_OF_SCOPE."""
    shift = working_shift(teller)
    entry = locked_entry(entry_id)
    if (entry.shift_id, entry.state, entry.result) != (shift.pk, Entry.State.REFUSED, CoreCode.CORE_PIN_WRONG):
        raise Refused(Code.OUT_OF_SCOPE, "entry")
    payer = core.payer_as_before(entry)
    entry.pk, entry.serial = None, queries.next_serial(shift)
    entry.state, entry.result, entry.sent_at, entry.at = Entry.State.DRAFT, None, None, now
    entry.save(force_insert=True)
    core.write_leg(entry, payer)
    return entry


def core_word(entry: Entry, now: datetime, pin: str = "") -> Entry | None:
    """Whether the payer's account has paid, where there is a core, for nobody advances money for him: None. If not,
    the entry as it stands then: refused, or unknown while the core gives no answer."""
    moved = core.settle_payment(entry, now, pin)
    if moved is None or moved.state == "done":
        return None
    return note(entry.pk, moved.code or CoreCode.CORE_NOT_POSTED, moved.state != "unknown")


def charge(hub: LocalHub, entry: Entry, first_try: bool, now: datetime) -> Entry:
    """Asks the hub, and writes down what it says; what it refuses goes back to the payer."""
    message = charge_message(entry)
    answer = ask(lambda: hub.charge(entry.channel.partner.code, message))
    done = record(entry.pk, answer, first_try, now)
    core.settle_back(done, now)
    return done


@transaction.atomic
def note(entry_id: int, code: ResultCode, is_refused: bool = False) -> Entry:
    """Why nobody knows of it yet, or why the core refused it: the hub never heard of it."""
    entry = locked_entry(entry_id)
    if not entry.is_decided:
        entry.result = code
        entry.state = Entry.State.REFUSED if is_refused else entry.state
        entry.save(update_fields=["result", "state"])
    return entry


@transaction.atomic
def _begin(teller: User, entry_id: int, now: datetime, pin: str) -> tuple[Entry, bool]:
    """Says that it is under way before the core or the hub hears of it."""
    entry = Entry.objects.filter(pk=entry_id, teller=teller, original__isnull=True).first()
    if entry is None:
        raise Refused(Code.OUT_OF_SCOPE, "entry")
    shift = working_shift(teller) if entry.state == Entry.State.DRAFT else None
    entry = locked_entry(entry_id)
    first_try = entry.state == Entry.State.DRAFT
    if first_try:
        if shift is None or shift.pk != entry.shift_id:
            raise Refused(CounterCode.SHIFT_NOT_OPEN)
        entry.state, entry.sent_at = Entry.State.UNKNOWN, now
        entry.save(update_fields=["state", "sent_at"])
        core.write_payment(entry, pin, now)
    return entry, first_try


def charge_message(entry: Entry) -> Charge:
    """The same bytes at every try: all of it stands in the entry."""
    own_book = entry.channel.partner.book_id == entry.biller.partner.book_id
    return Charge(
        serial=entry.serial,
        biller=entry.biller_code,
        account_no=entry.account_no,
        amount_fen=entry.amount_fen,
        lines=[Line(payable=row["payable"], amount_fen=row["amount_fen"]) for row in entry.lines],
        quote=entry.quote or None,
        business_day=entry.shift.business_day if own_book else None,
        paid_at=entry.at,
        operator=queries.login_of(entry.teller_id),
    )


@transaction.atomic
def record(entry_id: int, answer: HubAnswer[PaymentReply], first_try: bool, now: datetime) -> Entry:
    """What the hub said of a charge, once: who comes later finds it decided. What it refuses for good the payer's
    account has paid: that is undone."""
    entry = locked_entry(entry_id)
    if entry.is_decided:
        return entry
    entry.result = answer.code
    if answer.reply is not None:
        keep(entry, answer.reply)
    if answer.code is Code.OK:
        entry.state = Entry.State.BOOKED
    elif answer.is_sure(first_try):
        entry.state = Entry.State.REFUSED
    entry.save()
    if entry.state == Entry.State.REFUSED:
        core.write_back(entry, entry, now)
    return entry


def keep(entry: Entry, reply: PaymentReply) -> None:
    """What the payment is called, and the day on which it stands."""
    entry.payment_id, entry.business_day = reply.payment_id, reply.business_day
    entry.booked_at = reply.booked_at
