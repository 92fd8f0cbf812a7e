"""Carrying repairs out, each once whatever happens on the way.

What needs the database alone is one transaction of an action. What needs the hub is three steps: the
messages are fixed and committed, then sent, then the items follow what the hub's books say. A crash
anywhere leaves items in `doing`, and carrying them out again sends the same messages, which change
nothing that has changed. Nothing is sent inside a transaction.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from psycopg.pq import TransactionStatus

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.refused import Refused
from yifen.core.wire.messages import Refund, Reverse, WireFault
from yifen.trades.reconciliation.codes import RepairCode
from yifen.trades.reconciliation.repair import booking, items, rules
from yifen.trades.reconciliation.repair.at_once import AT_ONCE, suspend
from yifen.trades.reconciliation.repair.booking import RepairVerbs, SaleStanding
from yifen.trades.reconciliation.repair.items import Connection, ItemChange, RepairItem
from yifen.trades.reconciliation.repair.turns import DueRepair, Turn, said
from yifen.trades.reconciliation.repair.words import ItemState, RepairAction

T = TypeVar("T")
BY_ITSELF = "repair"
SENT_AT_ONCE = 100
"""Messages of repairs that the hub has at once: its lanes commit them together."""
# The day is cut between the choice of the verb and its arrival: the other verb is meant.
OTHER_VERB = (Code.DAY_CLOSED_USE_REFUND, Code.DAY_OPEN_USE_REVERSE)


class Carried(NamedTuple):
    """The items as they are then, by item; `held`: those of them that nobody decided, with their step."""

    items: list[RepairItem]
    held: dict[int, rules.RepairStep]


def carry_out(
    conn: Connection, item_id: int, hub: RepairVerbs, now: datetime, who: str = BY_ITSELF
) -> RepairItem:
    """`carry_all` of one. Refused: ITEM_UNKNOWN, REPAIR_NOT_DECIDED."""
    found, held = carry_all(conn, [item_id], hub, now, who)
    if not found:
        raise Refused(RepairCode.ITEM_UNKNOWN, "item", str(item_id))
    if held:
        raise Refused(RepairCode.REPAIR_NOT_DECIDED, "item", str(item_id))
    return found[0]


def carry_all(
    conn: Connection, item_ids: Sequence[int], hub: RepairVerbs, now: datetime, who: str = BY_ITSELF
) -> Carried:
    """Do what was approved, or what goes by itself; answers the items as they are then: closed, still
    in doing (PROCESSING: ask again later), told, or open again with the reason in its last act.
    A repeat, also by another process at once, has the same effect once. No two of the items may be
    about the same (`rounds`). Refused: PROFILE_UNKNOWN."""
    if conn.info.transaction_status != TransactionStatus.IDLE:
        raise RuntimeError("a repair is carried out outside of any transaction")
    turn = Turn(conn, who, now)
    todo: dict[RepairAction, list[int]] = defaultdict(list)
    found = items.read_all(conn, item_ids)
    for item, action in turn.due(found):
        todo[action].append(item.item_id)
    for action, do in AT_ONCE.items():
        if todo[action]:
            with conn.transaction():
                dues = [due for due in turn.locked(todo[action]) if due.action is action]
                turn.begin([due for due in dues if due.item.state is ItemState.OPEN])
                do(turn, [due.item for due in dues])
    if again := _refund(turn, hub, todo[RepairAction.REFUND]):
        _refund(turn, hub, again)
    _book(turn, hub, todo[RepairAction.BOOK])
    return Carried(items.read_all(conn, item_ids) if any(todo.values()) else found, turn.held)


def _refund(turn: Turn, hub: RepairVerbs, item_ids: list[int]) -> list[int]:
    """Take our payments back: reverse on its open day, refund later. Answers those whose day was cut on
    the way, to go again. A payment's own state says whether it is done; it can be taken back once."""
    if not item_ids:
        return []
    with turn.conn.transaction():
        dues = _not_given_back(turn, item_ids)
        new = [due for due in dues if due.item.plan is None]
        plans = {item.item_id: item.plan or _return_plan(item) for item, _ in dues}
        turn.begin([due._replace(action=RepairAction.REFUND) for due in new], {
            item.item_id: {"plan": plan, "repair_serial": _own_row(item, plan)}
            for item, _ in new for plan in [plans[item.item_id]]})  # fmt: skip
    codes = _sent(lambda item: hub.give_back(item.paid_channel or "", _return_of(item, plans[item.item_id]))[0],
                  [due.item for due in dues])  # fmt: skip
    with turn.conn.transaction():
        rest = [due.item for due in _not_given_back(turn, list(codes))]
        cut = [item for item in rest if codes[item.item_id] in OTHER_VERB]
        turn.change("again", [
            ItemChange(item.item_id, {"plan": None, "tries": item.tries + 1}, said(codes[item.item_id]))
            for item in cut])  # fmt: skip
        _wait_or_give_up(turn, [item for item in rest if item not in cut], codes, _may_be_on_its_way)
    return [item.item_id for item in cut]


def _may_be_on_its_way(item: RepairItem, code: ResultCode) -> bool:
    return code is Code.OK or code.meaning.retryable or item.biller_state == "reversing"


def _not_given_back(turn: Turn, item_ids: list[int]) -> list[DueRepair]:
    """Closes the items whose payment is taken back, by us or by whoever was faster; answers the others."""
    dues = turn.locked(item_ids)
    back = [item for item, _ in dues if item.is_given_back]
    turn.close(back, {item.item_id: item.payer_state or "" for item in back})
    return [due for due in dues if not due.item.is_given_back]


def _return_plan(item: RepairItem) -> dict[str, Any]:
    """Verb and serial, and the amount of a part. A try that the hub refused has used its serial up."""
    verb = Reverse.VERB if item.paid_day == item.current_day else Refund.VERB
    return {"verb": verb, "serial": f"RC{item.item_id}" + (f"-{item.tries}" if item.tries else ""),
            **({} if item.back_due_fen == item.paid_fen else {"fen": item.back_due_fen})}


def _own_row(item: RepairItem, plan: dict[str, Any]) -> str:
    """The serial by which this leg will see our return: the biller's leg has payment ids."""
    return plan["serial"] if item.partner == item.paid_channel else f"{item.payment_id}R"


def _return_of(item: RepairItem, plan: dict[str, Any]) -> Reverse:
    """The same message every time it is sent."""
    assert item.paid_serial is not None, "only an item with a payment can be given back"
    kind = Reverse if plan["verb"] == Reverse.VERB else Refund
    return kind(serial=plan["serial"], original_serial=item.paid_serial,
                amount_fen=plan.get("fen", item.paid_fen or 0), reason=f"reconciliation {item.item_id}")  # fmt: skip


def _book(turn: Turn, hub: RepairVerbs, item_ids: list[int]) -> None:
    """Charge by the channel's own serials; what is refused for good goes to suspense."""
    if not item_ids:
        return
    plans = _plans(turn, hub, items.read_all(turn.conn, item_ids))
    with turn.conn.transaction():
        rest = _follow_records(turn, item_ids)
        refused = {item.item_id: plan for item, _ in rest
                   if item.plan is None and isinstance(plan := plans[item.item_id], Refused)}  # fmt: skip
        _not_bookable(turn, [due for due in rest if due.item.item_id in refused], refused)
        sent = [due for due in rest if due.item.item_id not in refused]
        first = {item.item_id: {"plan": plans[item.item_id], "repair_serial": item.serial}
                 for item, _ in sent if item.plan is None}  # fmt: skip
        turn.begin([due._replace(action=RepairAction.BOOK) for due in sent if due.item.plan is None], first)
    messages = {item.item_id: booking.charge_of(item.plan or plans[item.item_id]) for item, _ in sent}
    codes = _sent(lambda item: hub.charge(item.partner, messages[item.item_id])[0],
                  [due.item for due in sent])  # fmt: skip
    if not codes:
        return
    with turn.conn.transaction():
        # What was refused at the door the first time cannot be on its way.
        _wait_or_give_up(turn, [due.item for due in _follow_records(turn, list(codes))], codes,
                         lambda item, code: item.item_id not in first or code.meaning.retryable)  # fmt: skip


def _plans(turn: Turn, hub: RepairVerbs, found: Sequence[RepairItem]) -> dict[int, Any]:
    """By item, the charge that is to be made, or why there is none; not of what the hub knows by now."""
    records = booking.records_of(turn.conn, found)
    new = [item for item in found
           if item.plan is None and records[item.item_id].standing is SaleStanding.UNSEEN]  # fmt: skip
    billers = booking.billers_of(turn.conn, new)

    def plan(item: RepairItem) -> dict[str, Any] | Refused:
        try:
            return booking.find(hub, item, billers[item.item_id])
        except Refused as refused:
            return refused

    return dict(zip([item.item_id for item in new], _together(plan, new), strict=True))


def _follow_records(turn: Turn, item_ids: list[int]) -> list[DueRepair]:
    """Items whose serial the hub knows follow what it keeps; answers the others."""
    dues = turn.locked(item_ids)
    records = booking.records_of(turn.conn, [due.item for due in dues])
    by: dict[SaleStanding, list[DueRepair]] = defaultdict(list)
    for due in dues:
        by[records[due.item.item_id].standing].append(due)
    turn.close([due.item for due in by[SaleStanding.BOOKED]], {}, repaired=True)
    waits = [due._replace(action=RepairAction.BOOK) for due in by[SaleStanding.WAITS]]
    new = [due for due in waits if due.item.state is ItemState.OPEN]
    turn.begin(new, {item.item_id: {"repair_serial": item.serial} for item, _ in new})
    turn.wait({item.item_id: said(Code.PROCESSING) for item, _ in waits})
    refused = by[SaleStanding.REFUSED]
    _to_suspense(turn, refused, {item.item_id: said(records[item.item_id].code) for item, _ in refused})
    others = [due.item for due in by[SaleStanding.OTHERWISE]]
    turn.give_up(others, {item.item_id: "the serial stands here otherwise" for item in others})
    return by[SaleStanding.UNSEEN]


def _not_bookable(turn: Turn, dues: Sequence[DueRepair], refused: dict[int, Refused]) -> None:
    notes = {item_id: said(found.code, found.detail) for item_id, found in refused.items()}
    final = [due for due in dues if booking.is_final(refused[due.item.item_id])]
    _to_suspense(turn, final, notes)
    turn.wait({item.item_id: notes[item.item_id] for item, _ in dues
               if not booking.is_final(refused[item.item_id])})  # fmt: skip


def _to_suspense(turn: Turn, dues: Sequence[DueRepair], why: dict[int, str]) -> None:
    turn.begin([due._replace(action=RepairAction.BOOK) for due in dues if due.item.state is ItemState.OPEN])
    found = [item for item, _ in dues]
    turn.change("suspend", [
        ItemChange(item.item_id, {"repair_serial": None}, why[item.item_id]) for item in found])  # fmt: skip
    suspend(turn, found, why)


def _wait_or_give_up(
    turn: Turn, found: Sequence[RepairItem], codes: dict[int, ResultCode],
    waits: Callable[[RepairItem, ResultCode], bool],
) -> None:  # fmt: skip
    """After an answer that the books do not show."""
    notes = {item.item_id: said(codes[item.item_id]) for item in found}
    ended = [item for item in found if not waits(item, codes[item.item_id])]
    turn.give_up(ended, notes)
    over = {item.item_id for item in ended}
    turn.wait({item_id: note for item_id, note in notes.items() if item_id not in over})


def _sent(call: Callable[[RepairItem], ResultCode], found: Sequence[RepairItem]) -> dict[int, ResultCode]:
    """By item, what the hub answered."""

    def ask(item: RepairItem) -> ResultCode:
        try:
            return call(item)
        except WireFault as fault:
            return fault.code

    return dict(zip([item.item_id for item in found], _together(ask, found), strict=True))


def _together(call: Callable[[RepairItem], T], found: Sequence[RepairItem]) -> list[T]:
    """Its answers, in the order of the items."""
    if not found:
        return []
    with ThreadPoolExecutor(min(len(found), SENT_AT_ONCE)) as pool:
        return list(pool.map(call, found))
