"""What is done about a difference: the defaults, and the one decision about one item. Pure.

Money first: what a channel's file says of money is believed, what a hosted biller's file says of
bills is not (P10, domain.md case 8); nothing that costs us is done by itself above a limit.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from yifen.core.wire.messages import LINES_MAX, Line
from yifen.core.wire.replies import PayableView
from yifen.trades.reconciliation.repair.items import RepairItem, RepairLeg, RepairPolicy
from yifen.trades.reconciliation.repair.words import (
    Difference,
    ItemState,
    Party,
    RepairAction,
    Truth,
)

AUTOMATIC_FEN_MAX, AUTOMATIC_ITEMS_MAX, AUTOMATIC_SUM_FEN_MAX = 100_000, 20, 500_000
"""Payments are booked and taken back by themselves up to 1,000 yuan each, 20 of a class and 5,000 yuan of a
partner's day, where no policy says otherwise; above, by two people."""
_AUTO, _PEOPLE = True, False
_O, _T, _S = Difference.OURS_ONLY, Difference.THEIRS_ONLY, Difference.STATUS
_A, _F, _D = Difference.AMOUNT, Difference.FEE, Difference.DUPLICATE

_TELL = RepairPolicy(RepairAction.TELL, _AUTO)
_ASK = RepairPolicy(RepairAction.ASK, _PEOPLE)
DEFAULTS: dict[tuple[Party, Truth], dict[Difference, RepairPolicy]] = {
    (Party.CHANNEL, Truth.THEIRS): {
        _O: RepairPolicy(RepairAction.REFUND, _AUTO, AUTOMATIC_FEN_MAX),
        _T: RepairPolicy(RepairAction.BOOK, _AUTO, AUTOMATIC_FEN_MAX),
        _S: RepairPolicy(RepairAction.REFUND, _AUTO, AUTOMATIC_FEN_MAX),
        _A: RepairPolicy(RepairAction.SUSPEND, _AUTO),
        _F: RepairPolicy(RepairAction.ACCEPT, _AUTO),
        _D: RepairPolicy(RepairAction.SUSPEND, _AUTO),
    },
    (Party.CHANNEL, Truth.OURS): {_O: _TELL, _T: _TELL, _S: _TELL, _A: _TELL, _F: _ASK, _D: _TELL},
    (Party.BILLER, Truth.OURS): {_O: _TELL, _T: _TELL, _S: _TELL, _A: _TELL, _F: _ASK, _D: _TELL},
    (Party.BILLER, Truth.THEIRS): {
        _O: RepairPolicy(RepairAction.REFUND, _PEOPLE),
        _T: _ASK,
        _S: RepairPolicy(RepairAction.REFUND, _PEOPLE),
        _A: _ASK,
        _F: _ASK,
        _D: _TELL,
    },
    (Party.BANK, Truth.OURS): dict.fromkeys(Difference, _ASK),
    (Party.BANK, Truth.THEIRS): dict.fromkeys(Difference, _ASK),
}
# When the action does not fit what the item is: the first of these that does.
_INSTEAD = {
    RepairAction.BOOK: (RepairAction.REFUND, RepairAction.SUSPEND),
    RepairAction.REFUND: (RepairAction.TELL,),
    RepairAction.RESOLVE: (RepairAction.TELL,),
}
# What only says what has become certain goes by itself, also where the class is for people.
_GOES_ANYWAY = (RepairAction.RESOLVE, RepairAction.ACCEPT)
_NEVER_ALONE = (RepairAction.ASK, RepairAction.WAIT)
MOVES_MONEY = (RepairAction.REFUND, RepairAction.BOOK, RepairAction.SUSPEND, RepairAction.RESOLVE)
_BOUNDED = (RepairAction.REFUND, RepairAction.BOOK)
_GIVES_BACK = ("refund", "void")


class Why(StrEnum):
    """Why people are asked, though the action might go by itself."""

    PARTIAL = "partial"  # the partner's day is not known to be whole: what is missing says nothing
    ITEM = "item"  # more than may go by itself: this item,
    COUNT = "count"  # so many of the day,
    SUM = "sum"  # the sum of the day


class RepairStep(NamedTuple):
    """What happens next to an item: by itself or by two people (`why`); and what people may choose."""

    action: RepairAction
    automatic: bool
    possible: frozenset[RepairAction]
    why: Why | None = None


def plan(item: RepairItem, leg: RepairLeg, policy: RepairPolicy | None) -> RepairStep:
    """The step of this item; `policy`: the partner's own, over the defaults."""
    rule = policy or DEFAULTS[leg.party, leg.truth][item.kind]
    options = possible(item, leg)
    action = _fitting(rule.action, item, options)
    alone = rule.automatic or (action is not rule.action and action in _GOES_ANYWAY)
    if item.state is ItemState.CLOSED or _needs_people(action, item, leg):
        alone = False
    why = _held(action, rule, item) if alone else None
    return RepairStep(action, alone and why is None, options, why)


def possible(item: RepairItem, leg: RepairLeg) -> frozenset[RepairAction]:
    """The actions that people may propose for this item."""
    if item.state is ItemState.CLOSED:
        return frozenset()
    checks = {
        RepairAction.REFUND: _can_refund(item),
        RepairAction.BOOK: leg.party is Party.CHANNEL and item.kind is _T and item.theirs_kind == "sale",
        RepairAction.SUSPEND: leg.party is Party.CHANNEL and bool(item.difference_fen)
        and not item.is_undecided,
        RepairAction.RESOLVE: leg.party is Party.BILLER and outcome(item, leg) is not None,
        RepairAction.TELL: not item.is_undecided,
        RepairAction.ACCEPT: _can_accept(item, leg),
    }  # fmt: skip
    return frozenset(action for action, fits in checks.items() if fits)


def outcome(item: RepairItem, leg: RepairLeg) -> str | None:
    """What the biller's file makes of an undecided payment, as payments_biller_result_v1 takes it;
    None where it does not decide it. That it lacks a row counts once the biller is no longer asked
    and the row cannot stand in another day's file."""
    if not item.is_undecided or item.theirs_fen not in (None, item.paid_fen):
        return None
    if item.theirs_kind is None and (item.is_asked or item.is_elsewhere or _is_late(item, leg)):
        return None
    has_sale, took_back = item.theirs_kind == "sale", item.theirs_kind in _GIVES_BACK
    if item.biller_state != "reversing":
        return "booked" if has_sale else "rejected"
    if item.ours_kind in _GIVES_BACK:
        return "reversed" if took_back else "reverse_refused"
    return "reverse_refused" if has_sale else "reversed"


def agrees(item: RepairItem) -> bool:
    """Do our books by now say what their line says, or is the line another item's? Something moved
    since the difference was found: the biller answered, the payment was taken back or booked."""
    if item.is_elsewhere:
        return not item.is_on_suspense
    if item.payment_id is None or item.is_undecided or item.kind not in (_O, _T, _S):
        return False
    if item.is_charged_back:
        return True
    if item.is_part:
        return item.is_given_back
    if item.theirs_fen not in (None, item.paid_fen):
        return False
    stands = item.biller_state == "booked" and item.payer_state == "taken"
    if item.theirs_kind is None:
        # Of a return that they lack: it was called off; a part that we gave back leaves the payment standing.
        return item.is_taken_back if item.ours_kind == "sale" else stands and item.left_fen in (None, item.paid_fen)
    return item.is_taken_back if item.theirs_kind in _GIVES_BACK else stands


def money_of(action: RepairAction, item: RepairItem) -> int:
    """How much an action would move, in fen."""
    match action:
        case RepairAction.SUSPEND:
            return abs(item.difference_fen)
        case RepairAction.REFUND:
            return item.back_due_fen
        case RepairAction.RESOLVE:
            return item.paid_fen or 0
    return max(item.ours_fen or 0, item.theirs_fen or 0)


def lines_for(payables: Sequence[PayableView], amount_fen: int) -> list[Line] | None:
    """Which payables an amount pays: one that is due in just this amount, else the oldest ones
    whose sum it is, else one that accepts it. The payables come oldest first; None: none fits."""
    for item in payables:
        if item.due_fen == amount_fen:
            return [Line(payable=item.payable, amount_fen=amount_fen)]
    total, lines = 0, []
    for item in (found for found in payables[:LINES_MAX] if found.due_fen):
        total += item.due_fen
        lines.append(Line(payable=item.payable, amount_fen=item.due_fen))
        if total == amount_fen:
            return lines
    for item in payables:
        if max(item.min_fen, 1) <= amount_fen <= item.max_fen:
            return [Line(payable=item.payable, amount_fen=amount_fen)]
    return None


def _fitting(
    wanted: RepairAction, item: RepairItem, options: frozenset[RepairAction]
) -> RepairAction:
    if wanted in _NEVER_ALONE:
        return wanted
    if item.is_undecided:
        # A sale of theirs may be booked all the same: the hub's record says that it waits.
        fits = [RepairAction.RESOLVE, *([wanted] if wanted is RepairAction.BOOK else [])]
        return next((action for action in fits if action in options), RepairAction.WAIT)
    if agrees(item):
        return RepairAction.ACCEPT
    if item.is_elsewhere:
        return RepairAction.ASK  # the same money stands on suspense: that is released first
    if wanted is RepairAction.REFUND and item.kind is _S and item.ours_kind is None:
        wanted = RepairAction.SUSPEND  # their sale, which the biller has refused here meanwhile
    if item.is_part and item.payment_id and item.paid_day == item.current_day:
        return RepairAction.WAIT  # a part goes back once the day is cut
    fits = [wanted, *_INSTEAD.get(wanted, ())]
    return next((action for action in fits if action in options), RepairAction.ASK)


def _is_late(item: RepairItem, leg: RepairLeg) -> bool:
    return item.ours_at is not None and item.ours_at >= leg.waits_from


def _needs_people(action: RepairAction, item: RepairItem, leg: RepairLeg) -> bool:
    """A shortage is never put on the books by itself, nor a reversal called off; what failed once, or was
    told and stayed, is for people."""
    match action:
        case RepairAction.ASK | RepairAction.WAIT:
            return True
        case RepairAction.RESOLVE if outcome(item, leg) == "reverse_refused":
            return True
        case RepairAction.SUSPEND if item.difference_fen < 0:
            return True
    return item.tries > 0 or (item.is_told and action is not RepairAction.ACCEPT)


def _held(action: RepairAction, rule: RepairPolicy, item: RepairItem) -> Why | None:
    """What keeps an action from going by itself: that it rests on a line which is missing, and so may only be
    late, or a bound. None: nothing."""
    if not item.is_whole and _rests_on_absence(action, item):
        return Why.PARTIAL
    most = rule.fen_max if action is rule.action else None
    if action not in _BOUNDED:
        over = action in MOVES_MONEY and most is not None and money_of(action, item) > most
        return Why.ITEM if over else None
    if money_of(action, item) > (AUTOMATIC_FEN_MAX if most is None else most):
        return Why.ITEM
    if item.alike > (AUTOMATIC_ITEMS_MAX if rule.items_max is None else rule.items_max):
        return Why.COUNT
    sum_max = AUTOMATIC_SUM_FEN_MAX if rule.sum_fen_max is None else rule.sum_fen_max
    return Why.SUM if item.alike_fen > sum_max else None


def _rests_on_absence(action: RepairAction, item: RepairItem) -> bool:
    """Theirs is missing; or a sale of theirs is booked, whose void may stand in the part that is missing."""
    return action is RepairAction.BOOK or (action in MOVES_MONEY and item.theirs_kind is None)


def _can_refund(item: RepairItem) -> bool:
    """Our payment stands, and they do not have its money: they lack it, void it or gave it back."""
    if item.biller_state != "booked" or item.payer_state != "taken" or item.is_elsewhere:
        return False
    if item.is_part:
        return 0 < (item.theirs_fen or 0) <= (item.left_fen or 0)
    if item.kind is _T:
        return item.theirs_kind in _GIVES_BACK and item.theirs_fen == item.paid_fen
    lacks = item.kind is _O or (item.kind is _S and item.theirs_kind in _GIVES_BACK)
    return lacks and item.ours_kind == "sale" and item.ours_fen == item.paid_fen


def _can_accept(item: RepairItem, leg: RepairLeg) -> bool:
    """No money of ours stands differently from theirs, or by now no longer; or the partner, having
    been told, put it right."""
    if item.is_undecided:
        return False
    no_money = leg.party is not Party.CHANNEL or item.kind is _F or not item.difference_fen
    return no_money or agrees(item) or item.is_told
