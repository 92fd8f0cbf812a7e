"""Pure decisions of an order: which step may follow which, what was chosen, when to look again."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from yifen.core.facts.addresses import address_of
from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.money import AmountError, format_yuan, typed_yuan
from yifen.core.facts.refused import Refused
from yifen.core.wire.messages import LINES_MAX
from yifen.core.wire.replies import PayableView
from yifen.face.payables.allocating import allocate, is_in_order
from yifen.trades.orders.codes import OrderCode
from yifen.trades.orders.models import Order, OrderState

SIMULATED = "simulated"
S = OrderState
LEGAL: dict[OrderState, frozenset[OrderState]] = {
    S.NEW: frozenset({S.PAYING, S.CLOSED}),
    S.PAYING: frozenset({S.PAID, S.REFUND_DUE, S.CLOSED}),
    S.PAID: frozenset({S.BOOKED, S.REFUND_DUE}),
    S.BOOKED: frozenset({S.REFUND_DUE}),  # its payment was taken back: sql/back_v1.sql
    S.REFUND_DUE: frozenset({S.REFUNDED}),
    S.REFUNDED: frozenset(),
    S.CLOSED: frozenset({S.REFUND_DUE}),  # money that came after all goes back
}
"""Every step an order may take; a step to where it stands already is no step."""

HAS_MONEY = frozenset({S.PAID, S.BOOKED, S.REFUND_DUE, S.REFUNDED})
OPEN = frozenset({S.NEW, S.PAYING})
DECIDED = frozenset({S.BOOKED, S.REFUNDED, S.CLOSED})

PAY_WITHIN = timedelta(minutes=15)
QUOTE_MARGIN = timedelta(seconds=60)
"""An order ends before its quote does, so that what is paid in time can be booked in time."""
LATE = timedelta(minutes=5)
"""How long after its end a closed order is asked about once more: a pay method may be late."""
GIVE_UP = timedelta(hours=24)
"""A paid order that the hub never took by then goes back to the payer."""
LADDER_S = (2, 3, 5, 10, 20, 30, 60, 120, 300, 900, 1800, 3600)
PAYING_S_MAX = 60
ASK_EVERY = timedelta(seconds=2)

# Words of the hub about its own master data, not about the payment: an operator has to act first.
_OURS = frozenset({Code.PARTNER_UNKNOWN, Code.PARTNER_SUSPENDED, Code.BILLER_UNKNOWN, Code.FAULT})


class OrderLine(NamedTuple):
    """One payable of an order and what is paid of it."""

    payable: str
    title: str
    amount_fen: int


class Choice(NamedTuple):
    """What the payer ticked; `amount` in yuan as typed, for payables that leave it to him."""

    payable: str
    amount: str = ""


class Caller(NamedTuple):
    """Who opens an order's page, as far as his cookies prove it: the number of his browser, and whose
    phone was checked in it. The order's link proves nothing: it is in a code that anybody may scan."""

    browser: str = ""
    holder_id: int | None = None


def made_by(order: Order, caller: Caller) -> bool:
    """Whether the caller made this order."""
    same_browser = bool(caller.browser) and order.browser == caller.browser
    return same_browser or (order.holder_id is not None and order.holder_id == caller.holder_id)


def method_refused(methods: Sequence[str], host: str) -> str:
    """Why pay methods may not be offered together where payers reach the pages at `host`: the
    simulated one takes no money and books it all the same. "" when they may."""
    if SIMULATED not in methods:
        return ""
    if others := [method for method in methods if method != SIMULATED]:
        return f"YIFEN_PAY_METHODS: {SIMULATED} never stands beside {', '.join(others)}"
    address = address_of("127.0.0.1" if host == "localhost" else host)
    if address is None or not address.is_loopback:
        return (f"YIFEN_PAY_METHODS: {SIMULATED} is for this machine alone, and YIFEN_WEB_ORIGIN is "
                f"{host or 'not an address'}")  # fmt: skip
    return ""


def may_step(before: OrderState, after: OrderState) -> bool:
    return after in LEGAL[before]


def choose(
    payables: Sequence[PayableView], choices: Sequence[Choice], shown_fen: Mapping[str, int], is_oldest_first: bool
) -> list[OrderLine]:
    """The lines of an order. What is due comes from the hub's fresh answer; `shown_fen` is what the
    payer saw. Refused: NOTHING_CHOSEN, TOO_MANY_CHOSEN, PAYABLE_REPEATED, AMOUNTS_CHANGED,
    AMOUNT_WRONG, OLDER_UNPAID (before his money is asked for)."""
    if not choices:
        raise Refused(Code.NOTHING_CHOSEN)
    if len(choices) > LINES_MAX:
        raise Refused(Code.TOO_MANY_CHOSEN)
    if len({choice.payable for choice in choices}) < len(choices):
        raise Refused(Code.PAYABLE_REPEATED)
    fresh = {payable.payable: payable for payable in payables}
    lines = [_line(fresh.get(choice.payable), choice, shown_fen) for choice in choices]
    if is_oldest_first and not is_in_order(payables, {line.payable: line.amount_fen for line in lines}):
        raise Refused(Code.OLDER_UNPAID)
    return lines


def _line(payable: PayableView | None, choice: Choice, shown_fen: Mapping[str, int]) -> OrderLine:
    if payable is None or shown_fen.get(choice.payable) != payable.due_fen:
        raise Refused(OrderCode.AMOUNTS_CHANGED)
    amount_fen = payable.due_fen
    if payable.mode != "exact":
        amount_fen = _typed_fen(choice)
    if not payable.min_fen <= amount_fen <= payable.max_fen or amount_fen < 1:
        raise Refused(Code.AMOUNT_WRONG, f"amount.{choice.payable}")
    return OrderLine(payable.payable, payable.title, amount_fen)


def spread(payables: Sequence[PayableView], amount: str) -> dict[str, int]:
    """One amount in yuan, as typed, over the bills, the oldest first; what is too much goes to a balance. Refused:
    AMOUNT_WRONG (no amount, or one that bills and balance do not take whole: the detail says how much they take)."""
    try:
        fen = typed_yuan(amount)
    except AmountError:
        raise Refused(Code.AMOUNT_WRONG, "spread") from None
    lines, left_fen = allocate(payables, fen)
    if left_fen or not lines:
        raise Refused(Code.AMOUNT_WRONG, "spread", format_yuan(fen - left_fen))
    return dict(lines)


def is_wished(lines: Sequence[OrderLine], choices: Sequence[Choice]) -> bool:
    """Would these choices make these lines? What leaves no choice has no amount typed."""
    amounts = {line.payable: line.amount_fen for line in lines}
    return amounts.keys() == {choice.payable for choice in choices} and all(
        _typed_fen(choice) == amounts[choice.payable] for choice in choices if choice.amount.strip())  # fmt: skip


def _typed_fen(choice: Choice) -> int:
    try:
        return typed_yuan(choice.amount)
    except AmountError:
        raise Refused(Code.AMOUNT_WRONG, f"amount.{choice.payable}") from None


def expires_at(now: datetime, quote_expires_at: datetime | None) -> datetime:
    """Until when an order may be paid."""
    end = now + PAY_WITHIN
    return end if quote_expires_at is None else min(end, quote_expires_at - QUOTE_MARGIN)


def is_refusal(code: ResultCode) -> bool:
    """Whether the hub's word may be its last one: then what it keeps of the serial decides."""
    return code not in _OURS and code is not Code.OK and not code.meaning.retryable


def after_money(state: OrderState, amount_fen: int, received_fen: int) -> tuple[OrderState, ResultCode | None]:
    """Where an order goes when its money came: exactly its amount, in time, or back."""
    if state is S.CLOSED:
        return S.REFUND_DUE, OrderCode.ORDER_CLOSED
    if received_fen != amount_fen:
        return S.REFUND_DUE, OrderCode.PAID_AMOUNT_WRONG
    return S.PAID, None


def look_again_at(now: datetime, tries: int, state: OrderState) -> datetime:
    """When the job looks at an order that stays as it is: while it may still be paid, soon."""
    wait_s = LADDER_S[min(tries, len(LADDER_S) - 1)]
    return now + timedelta(seconds=min(wait_s, PAYING_S_MAX) if state in OPEN else wait_s)


def charge_serial(order_no: str) -> str:
    """The serial of the charge, for ever the same: this makes the booking idempotent."""
    return order_no


def return_serial(order_no: str) -> str:
    """The serial with which a charge that never arrived is blocked; also the refund's number."""
    return f"R{order_no}"
