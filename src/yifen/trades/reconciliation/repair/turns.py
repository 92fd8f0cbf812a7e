"""One carrying out of several differences: which of them are due, and what becomes of them, said in sets.

Everything is of the connection's transaction; what is read under the lock is decided on at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from msgspec import structs

from yifen.core.facts.codes import ResultCode
from yifen.trades.reconciliation.repair import items, rules
from yifen.trades.reconciliation.repair.items import (
    Connection,
    ItemChange,
    RepairItem,
    RepairLeg,
    RepairPolicy,
)
from yifen.trades.reconciliation.repair.words import Difference, ItemState, RepairAction


class DueRepair(NamedTuple):
    """An item, and what is to be done about it."""

    item: RepairItem
    action: RepairAction


class Turn:
    """Where, by whom, when. `held`: what neither goes by itself nor was approved, and its step."""

    def __init__(self, conn: Connection, who: str, now: datetime) -> None:
        self.conn, self.who, self.now = conn, who, now
        self.held: dict[int, rules.RepairStep] = {}
        self._legs: dict[tuple[int, date], RepairLeg] = {}
        self._policies: dict[tuple[int, Difference], RepairPolicy | None] = {}

    def leg(self, item: RepairItem) -> RepairLeg:
        """Refused PROFILE_UNKNOWN."""
        key = item.partner_id, item.business_day
        if key not in self._legs:
            self._legs[key] = items.read_leg(self.conn, item)
        return self._legs[key]

    def due(self, found: Iterable[RepairItem]) -> list[DueRepair]:
        """Those that go by themselves or are under way; not those that are closed."""
        dues = []
        for item in found:
            if item.state is ItemState.DOING and item.action is not None:
                dues.append(DueRepair(item, item.action))
            elif item.state is not ItemState.CLOSED:
                step = rules.plan(item, self.leg(item), self._policy(item))
                if item.state is ItemState.OPEN and step.automatic:
                    dues.append(DueRepair(item, step.action))
                else:
                    self.held[item.item_id] = step
        return dues

    def locked(self, item_ids: Sequence[int]) -> list[DueRepair]:
        """The same of these items, as they are once they are locked."""
        return self.due(items.read_locked(self.conn, item_ids))

    def begin(
        self, dues: Sequence[DueRepair], sets: Mapping[int, Mapping[str, Any]] | None = None
    ) -> list[RepairItem]:
        """The items, in doing; `sets`: what else is set, by item, the same columns of each."""
        begun = [structs.replace(item, state=ItemState.DOING, action=action) for item, action in dues]
        self.change("begin", [
            ItemChange(item.item_id, {"state": item.state, "action": item.action, **(sets or {}).get(item.item_id, {})})
            for item in begun])  # fmt: skip
        return begun

    def close(
        self, found: Sequence[RepairItem], notes: Mapping[int, str], repaired: bool = False
    ) -> None:
        """`repaired`: the item's own serial is that of our row which this leg will see on a later day."""
        self.change("close", [
            ItemChange(item.item_id, {
                "state": ItemState.CLOSED, "closed_at": self.now, "closed_by": item.decided_by or self.who,
            } | ({"repair_serial": item.serial} if repaired else {}), notes.get(item.item_id, ""))
            for item in found])  # fmt: skip

    def give_up(self, found: Sequence[RepairItem], notes: Mapping[int, str]) -> None:
        """Back among the open ones, with the reason; what was approved was this try only."""
        self.change("fail", [
            ItemChange(item.item_id, {
                "state": ItemState.OPEN, "plan": None, "tries": item.tries + 1, "repair_serial": None,
                "proposed_by": None, "decided_by": None, "action": None,
            }, notes[item.item_id]) for item in found])  # fmt: skip

    def wait(self, notes: Mapping[int, str]) -> None:
        """They stay as they are; the next pass asks again."""
        items.say_once(self.conn, "wait", self.who, self.now, notes)

    def change(self, act: str, changes: Sequence[ItemChange]) -> None:
        """As `items.change`, by whom and when this turn is."""
        items.change(self.conn, act, self.who, self.now, changes)

    def _policy(self, item: RepairItem) -> RepairPolicy | None:
        key = item.partner_id, item.kind
        if key not in self._policies:
            self._policies[key] = items.read_policy(self.conn, item)
        return self._policies[key]


def said(code: ResultCode, detail: str = "") -> str:
    """Number and name of a code, as an act's note has it."""
    return f"{code:04d} {code.name}" + (f" {detail}" if detail else "")
