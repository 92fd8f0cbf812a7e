"""Carrying a repair out, once whatever happens on the way.

What needs the database alone is one transaction. What needs the hub is three steps: the message is
fixed and committed, then sent, then the item follows what the hub's books say. A crash anywhere
leaves an item in `doing`, and carrying it out again sends the same message, which changes nothing
that has changed. Nothing is sent inside a transaction.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from psycopg.pq import TransactionStatus

from yifen.core.facts.buckets import payment_bucket
from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.core.wire.messages import Refund, Reverse, WireFault
from yifen.hub.payments.calls import CALLS, ResultWork
from yifen.trades.reconciliation.codes import RepairCode
from yifen.trades.reconciliation.repair import booking, items, rules
from yifen.trades.reconciliation.repair.booking import RepairVerbs, SaleStanding
from yifen.trades.reconciliation.repair.items import Connection, RepairItem
from yifen.trades.reconciliation.repair.words import ItemState, RepairAction

BY_ITSELF = "repair"
_POST = queries(__package__)["suspend"]
# The day is cut between the choice of the verb and its arrival: the other verb is meant.
OTHER_VERB = (Code.DAY_CLOSED_USE_REFUND, Code.DAY_OPEN_USE_REVERSE)


class _Turn:
    """One carrying out: where, of what, by whom, when."""

    def __init__(self, conn: Connection, item_id: int, who: str, now: datetime) -> None:
        self.conn, self.item_id, self.who, self.now = conn, item_id, who, now

    def locked(self) -> tuple[RepairItem, RepairAction | None]:
        """The item, locked, and what is to be done; None: it is closed, nothing is left to do.
        Refused REPAIR_NOT_DECIDED: neither automatic nor approved."""
        item = items.read(self.conn, self.item_id, lock=True)
        if item.state is ItemState.CLOSED:
            return item, None
        if item.state is ItemState.DOING and item.action is not None:
            return item, item.action
        step = rules.plan(item, items.read_leg(self.conn, item),
                          items.read_policy(self.conn, item))  # fmt: skip
        if item.state is not ItemState.OPEN or not step.automatic:
            raise Refused(RepairCode.REPAIR_NOT_DECIDED, "item", str(item.item_id))
        return item, step.action

    def begin(self, item: RepairItem, action: RepairAction, **sets: Any) -> None:
        items.change(self.conn, item, "begin", self.who, self.now, state=ItemState.DOING,
                     action=action, **sets)  # fmt: skip

    def close(self, item: RepairItem, note: str = "", **sets: Any) -> None:
        items.change(
            self.conn, item, "close", self.who, self.now, note, state=ItemState.CLOSED,
            closed_at=self.now, closed_by=item.decided_by or self.who, **sets,
        )  # fmt: skip

    def give_up(self, item: RepairItem, note: str) -> None:
        """Back among the open ones, with the reason; what was approved was this try only."""
        items.change(
            self.conn, item, "fail", self.who, self.now, note, state=ItemState.OPEN, plan=None,
            tries=item.tries + 1, repair_serial=None, proposed_by=None, decided_by=None,
            action=None,
        )  # fmt: skip

    def wait(self, item: RepairItem, note: str) -> None:
        """It stays as it is; the next pass asks again."""
        items.say_once(self.conn, item, "wait", self.who, self.now, note)


def carry_out(
    conn: Connection, item_id: int, hub: RepairVerbs, now: datetime, who: str = BY_ITSELF
) -> RepairItem:
    """Do what was approved, or what goes by itself; answers the item as it is then: closed, still
    in doing (PROCESSING: ask again later), told, or open again with the reason in its last act.
    A repeat, also by another process at once, has the same effect once. Refused: ITEM_UNKNOWN,
    REPAIR_NOT_DECIDED."""
    if conn.info.transaction_status != TransactionStatus.IDLE:
        raise RuntimeError("a repair is carried out outside of any transaction")
    turn = _Turn(conn, item_id, who, now)
    with conn.transaction():
        item, action = turn.locked()
        if action is not None and action in _AT_ONCE:
            if item.state is ItemState.OPEN:
                turn.begin(item, action)
            _AT_ONCE[action](turn, items.read(conn, item_id))
    if action is RepairAction.REFUND and not _refund(turn, hub):
        _refund(turn, hub)
    elif action is RepairAction.BOOK:
        _book(turn, hub)
    return items.read(conn, item_id)


# --- with the database alone -------------------------------------------------------------------


def _accept(turn: _Turn, item: RepairItem) -> None:
    turn.close(item)


def _tell(turn: _Turn, item: RepairItem) -> None:
    items.change(turn.conn, item, "tell", turn.who, turn.now, state=ItemState.WAITING)


def _suspend(turn: _Turn, item: RepairItem, why: str = "") -> None:
    """The difference stands on suspense, and the item is closed. A sale of theirs that is booked
    after all would stand twice: that is for people."""
    if item.theirs_kind == "sale" and item.ours_fen is None and item.nth == 1:
        standing = booking.record_of(turn.conn, item).standing
        if standing in (SaleStanding.BOOKED, SaleStanding.WAITS):
            return turn.give_up(item, f"the serial stands here: {standing}")
    row = turn.conn.execute(_POST, (item.item_id, turn.now)).fetchone()
    code = result_code(row[0]) if row else Code.FAULT
    if code is Code.OK:
        turn.close(item, why)
    else:
        turn.give_up(item, _said(code))
    return None


def _resolve(turn: _Turn, item: RepairItem) -> None:
    """The biller's file decides the payment, by the function that its answers go through. A
    reversal that is called off leaves a charge to be decided next."""
    statement, pack = CALLS[ResultWork]
    leg = items.read_leg(turn.conn, item)
    while item.payment_id is not None and (word := rules.outcome(item, leg)) is not None:
        work = ResultWork(item.payment_id, word, item.theirs_ref)
        turn.conn.execute(statement, pack(payment_bucket(item.payment_id), turn.now, [work], 1))
        item = items.read(turn.conn, item.item_id)
    if rules.agrees(item):
        turn.close(item, item.biller_state or "", repair_serial=item.serial)
    else:
        turn.give_up(item, f"decided otherwise: {item.biller_state}")


_AT_ONCE: dict[RepairAction, Callable[[_Turn, RepairItem], None]] = {
    RepairAction.ACCEPT: _accept,
    RepairAction.TELL: _tell,
    RepairAction.SUSPEND: _suspend,
    RepairAction.RESOLVE: _resolve,
}

# --- with the hub ------------------------------------------------------------------------------


def _refund(turn: _Turn, hub: RepairVerbs) -> bool:
    """Take our payment back: reverse on its open day, refund later. False: the day was cut on the
    way, go again. The payment's own state says whether it is done; it can be taken back once."""
    with turn.conn.transaction():
        item, action = turn.locked()
        if action is None or _is_given_back(turn, item):
            return True
        plan = item.plan or _return_plan(item)
        if item.plan is None:
            turn.begin(item, RepairAction.REFUND, plan=plan, repair_serial=_own_row(item, plan))
    message = _return_of(item, plan)
    code = _ask(lambda: hub.give_back(item.paid_channel or "", message)[0])
    with turn.conn.transaction():
        item, action = turn.locked()
        if action is None or _is_given_back(turn, item):
            return True
        if code in OTHER_VERB:
            items.change(turn.conn, item, "again", turn.who, turn.now, _said(code), plan=None,
                         tries=item.tries + 1)  # fmt: skip
            return False
        if code is Code.OK or code.meaning.retryable or item.biller_state == "reversing":
            turn.wait(item, _said(code))
        else:
            turn.give_up(item, _said(code))
    return True


def _is_given_back(turn: _Turn, item: RepairItem) -> bool:
    """Closes the item when the payment is taken back, by us or by whoever was faster."""
    if item.is_taken_back:
        turn.close(item, item.payer_state or "")
    return item.is_taken_back


def _return_plan(item: RepairItem) -> dict[str, str]:
    """Verb and serial. A try that the hub refused has used its serial up."""
    verb = Reverse.VERB if item.paid_day == item.current_day else Refund.VERB
    return {"verb": verb, "serial": f"RC{item.item_id}" + (f"-{item.tries}" if item.tries else "")}


def _own_row(item: RepairItem, plan: dict[str, str]) -> str:
    """The serial by which this leg will see our return: the biller's leg has payment ids."""
    return plan["serial"] if item.partner == item.paid_channel else f"{item.payment_id}R"


def _return_of(item: RepairItem, plan: dict[str, str]) -> Reverse:
    """The same message every time it is sent."""
    assert item.paid_serial is not None, "only an item with a payment can be given back"
    assert item.paid_fen is not None
    kind = Reverse if plan["verb"] == Reverse.VERB else Refund
    return kind(serial=plan["serial"], original_serial=item.paid_serial,
                amount_fen=item.paid_fen, reason=f"reconciliation {item.item_id}")  # fmt: skip


def _book(turn: _Turn, hub: RepairVerbs) -> None:
    """Charge by the channel's own serial; what is refused for good goes to suspense."""
    item = items.read(turn.conn, turn.item_id)
    plan, refused = item.plan, None
    if plan is None and booking.record_of(turn.conn, item).standing is SaleStanding.UNSEEN:
        try:
            plan = booking.find(turn.conn, hub, item)
        except Refused as error:
            refused = error
    with turn.conn.transaction():
        item, action = turn.locked()
        if action is None or _follows_record(turn, item):
            return
        if refused is not None and item.plan is None:
            return _not_bookable(turn, item, refused)
        is_first = item.plan is None
        if is_first:
            turn.begin(item, RepairAction.BOOK, plan=plan, repair_serial=item.serial)
    plan = item.plan or plan
    assert plan is not None, "a serial that the hub knew has not become unknown"
    message = booking.charge_of(plan)
    code = _ask(lambda: hub.charge(item.partner, message)[0])
    with turn.conn.transaction():
        item, action = turn.locked()
        if action is None or _follows_record(turn, item):
            return
        if is_first and not code.meaning.retryable:
            turn.give_up(item, _said(code))  # refused at the door: it cannot be on its way
        else:
            turn.wait(item, _said(code))


def _follows_record(turn: _Turn, item: RepairItem) -> bool:
    """Whether the hub knows the serial; the item then follows what it keeps."""
    standing, code = booking.record_of(turn.conn, item)
    match standing:
        case SaleStanding.UNSEEN:
            return False
        case SaleStanding.BOOKED:
            turn.close(item, "", repair_serial=item.serial)
        case SaleStanding.WAITS:
            if item.state is ItemState.OPEN:
                turn.begin(item, RepairAction.BOOK, repair_serial=item.serial)
            turn.wait(item, _said(Code.PROCESSING))
        case SaleStanding.REFUSED:
            _to_suspense(turn, item, _said(code))
        case SaleStanding.OTHERWISE:
            turn.give_up(item, "the serial stands here otherwise")
    return True


def _not_bookable(turn: _Turn, item: RepairItem, refused: Refused) -> None:
    if booking.is_final(refused):
        _to_suspense(turn, item, _said(refused.code, refused.detail))
    else:
        turn.wait(item, _said(refused.code, refused.detail))


def _to_suspense(turn: _Turn, item: RepairItem, why: str) -> None:
    if item.state is ItemState.OPEN:
        turn.begin(item, RepairAction.BOOK)
    items.change(turn.conn, item, "suspend", turn.who, turn.now, why, repair_serial=None)
    _suspend(turn, items.read(turn.conn, item.item_id), why)


def _ask(call: Callable[[], ResultCode]) -> ResultCode:
    try:
        return call()
    except WireFault as fault:
        return fault.code


def _said(code: ResultCode, detail: str = "") -> str:
    return f"{code:04d} {code.name}" + (f" {detail}" if detail else "")
