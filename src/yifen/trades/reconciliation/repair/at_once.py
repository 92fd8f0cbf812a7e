"""What is done about differences with the database alone: accept, tell, suspend, resolve."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from yifen.core.facts.buckets import payment_bucket
from yifen.core.facts.codes import Code
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.hub.payments.calls import CALLS, ResultWork
from yifen.trades.reconciliation.repair import booking, items, rules
from yifen.trades.reconciliation.repair.booking import SaleStanding
from yifen.trades.reconciliation.repair.items import ItemChange, RepairItem
from yifen.trades.reconciliation.repair.turns import Turn, said
from yifen.trades.reconciliation.repair.words import ItemState, RepairAction

_SUSPEND = queries(__package__)["suspend"]


def _accept(turn: Turn, found: Sequence[RepairItem]) -> None:
    turn.close(found, {})


def _tell(turn: Turn, found: Sequence[RepairItem]) -> None:
    turn.change("tell", [ItemChange(item.item_id, {"state": ItemState.WAITING}) for item in found])


def suspend(
    turn: Turn, found: Sequence[RepairItem], why: Mapping[int, str] | None = None
) -> None:
    """The differences stand on suspense, and the items are closed. A sale of theirs that is booked
    after all would stand twice: that is for people."""
    sales = [item for item in found
             if item.theirs_kind == "sale" and item.ours_fen is None and item.nth == 1]  # fmt: skip
    stands = {item_id: f"the serial stands here: {record.standing}"
              for item_id, record in booking.records_of(turn.conn, sales).items()
              if record.standing in (SaleStanding.BOOKED, SaleStanding.WAITS)}  # fmt: skip
    moved = [item.item_id for item in found if item.item_id not in stands]
    rows = turn.conn.execute(_SUSPEND, (turn.now, moved)).fetchall() if moved else ()
    refused = {item_id: said(result_code(code)) for item_id, code in rows if code != Code.OK}
    notes = stands | refused
    turn.close([item for item in found if item.item_id not in notes], why or {})
    turn.give_up([item for item in found if item.item_id in notes], notes)


def _resolve(turn: Turn, found: Sequence[RepairItem]) -> None:
    """The biller's file decides the payments, by the function that its answers go through. A
    reversal that is called off leaves a charge to be decided next."""
    statement, pack = CALLS[ResultWork]
    while works := [work for item in found if (work := _work_of(turn, item))]:
        works.sort(key=lambda work: (payment_bucket(work.payment_id), work.payment_id))
        for bucket, group in groupby(works, lambda work: payment_bucket(work.payment_id)):
            turn.conn.execute(statement, pack(bucket, turn.now, list(group), 1))
        found = items.read_all(turn.conn, [item.item_id for item in found])
    agreed = [item for item in found if rules.agrees(item)]
    turn.close(agreed, {item.item_id: item.biller_state or "" for item in agreed}, repaired=True)
    others = [item for item in found if item not in agreed]
    turn.give_up(others, {item.item_id: f"decided otherwise: {item.biller_state}" for item in others})


def _work_of(turn: Turn, item: RepairItem) -> ResultWork | None:
    """None: its payment is decided, or the file does not decide it."""
    word = rules.outcome(item, turn.leg(item))
    if word is None or item.payment_id is None:
        return None
    return ResultWork(item.payment_id, word, item.theirs_ref)


AT_ONCE: dict[RepairAction, Callable[[Turn, Sequence[RepairItem]], None]] = {
    RepairAction.ACCEPT: _accept,
    RepairAction.TELL: _tell,
    RepairAction.SUSPEND: suspend,
    RepairAction.RESOLVE: _resolve,
}
