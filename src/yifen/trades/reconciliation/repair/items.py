"""Differences as repair sees them: read with their payments, locked, changed with an act beside each."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg
from msgspec import Struct

from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.trades.reconciliation.codes import RepairCode
from yifen.trades.reconciliation.profile import read_profile
from yifen.trades.reconciliation.repair.words import (
    Difference,
    ItemState,
    Party,
    RepairAction,
    Truth,
)

Connection = psycopg.Connection[Any]
_SQL = queries(__package__)
_ITEMS = _SQL["items"]
_LOCK = _SQL["lock"]
_POLICY = _SQL["policy"]
_CHANGE = _SQL["change"]
_SAY = _SQL["say"]
_SAY_ONCE = _SQL["say_once"]
UNDECIDED = frozenset({"registered", "sent", "unknown", "reversing"})
ALIKE_READ = 1_001
"""So many items of one class and day are counted; a policy's bound is below."""
TAKEN_BACK = frozenset({"returned", "refunded"})


class RepairPolicy(Struct, frozen=True):
    """What one partner wants done about one class; by itself up to `fen_max` an item, `items_max` items
    and `sum_fen_max` of a day (None: the bounds of `rules`)."""

    action: RepairAction
    automatic: bool
    fen_max: int | None = None
    items_max: int | None = None
    sum_fen_max: int | None = None


class RepairLeg(Struct, frozen=True):
    """Of which kind the partner is, whose record counts, and from which local time of the item's
    day on a row may stand in the next day's file."""

    party: Party
    truth: Truth
    waits_from: datetime


class RepairItem(Struct, frozen=True):
    """A row of recon_item and, as it is now, the payment that it means (`payment_id` and what
    follows; without one None). `difference_fen`: by how much the partner has more than our books."""

    item_id: int
    run_id: int
    partner_id: int
    partner: str
    business_day: date
    kind: Difference  # its class
    serial: str
    nth: int
    state: ItemState
    action: RepairAction | None
    owner: str | None
    deadline: date | None
    opened_at: datetime
    ours_kind: str | None
    ours_fen: int | None
    ours_at: datetime | None
    theirs_kind: str | None
    theirs_fen: int | None
    theirs_at: datetime | None
    theirs_ref: str | None
    original: str | None
    account_no: str | None
    proposed_by: str | None
    decided_by: str | None
    plan: dict[str, Any] | None
    tries: int
    difference_fen: int
    payment_id: int | None = None
    paid_fen: int | None = None
    payer_state: str | None = None
    biller_state: str | None = None
    paid_day: date | None = None
    paid_serial: str | None = None
    paid_channel: str | None = None
    current_day: date | None = None
    is_asked: bool = False  # the biller is still being asked about it
    is_elsewhere: bool = False  # their line is another item's, or the row is a repair's
    is_on_suspense: bool = False  # and the money of that item stands on suspense
    is_whole: bool = False  # all that the partner has to say of the day is known to be here
    alike: int = 1  # items of this class of the partner's day, counted to ALIKE_READ
    alike_fen: int = 0  # and their amounts
    left_fen: int | None = None  # of the payment, not yet given back
    back_fen: int | None = None  # what a return of this line's serial, or of this item's, gave back
    is_charged_back: bool = False  # the line is a chargeback of ours under a number of theirs, or the other way round

    @property
    def is_undecided(self) -> bool:
        """The biller still owes us an end to the payment."""
        return self.biller_state in UNDECIDED

    @property
    def is_taken_back(self) -> bool:
        return self.payer_state in TAKEN_BACK

    @property
    def is_part(self) -> bool:
        """They gave back a part of our payment, or what parts left of it."""
        whole = (None, self.paid_fen) if self.left_fen in (None, 0, self.paid_fen) else (None,)
        return self.kind is Difference.THEIRS_ONLY and self.theirs_kind == "refund" and self.theirs_fen not in whole

    @property
    def is_given_back(self) -> bool:
        """Just what is to be given back for it is."""
        return self.back_fen == self.theirs_fen if self.is_part else self.is_taken_back

    @property
    def back_due_fen(self) -> int:
        """How much of the payment goes back for it."""
        return (self.theirs_fen if self.is_part else self.paid_fen) or 0

    @property
    def is_told(self) -> bool:
        """The partner was told, and no file of theirs shows yet that it put it right."""
        return (
            self.state in (ItemState.WAITING, ItemState.OPEN) and self.action is RepairAction.TELL
        )


class ItemChange(NamedTuple):
    """Of one item: columns by their names, and what its act says."""

    item_id: int
    sets: dict[str, Any]
    note: str = ""


def read(conn: Connection, item_id: int) -> RepairItem:
    """Refused ITEM_UNKNOWN."""
    found = read_all(conn, [item_id])
    if not found:
        raise Refused(RepairCode.ITEM_UNKNOWN, "item", str(item_id))
    return found[0]


def read_all(conn: Connection, item_ids: Sequence[int]) -> list[RepairItem]:
    """Those that there are, by item."""
    cursor = conn.execute(_ITEMS, {"items": list(item_ids), "alike": ALIKE_READ})
    assert cursor.description is not None
    names = [column.name for column in cursor.description]
    return [_item(dict(zip(names, row, strict=True))) for row in cursor]


def read_locked(conn: Connection, item_ids: Sequence[int]) -> list[RepairItem]:
    """As they are once nobody else may change them, until the transaction ends."""
    conn.execute(_LOCK, (list(item_ids),))
    return read_all(conn, item_ids)


def _item(row: dict[str, Any]) -> RepairItem:
    action = row["action"]
    return RepairItem(**{
        **row, "kind": Difference(row["kind"]), "state": ItemState(row["state"]),
        "action": None if action is None else RepairAction(action),
    })  # fmt: skip


def read_leg(conn: Connection, item: RepairItem) -> RepairLeg:
    """Refused PROFILE_UNKNOWN."""
    profile = read_profile(conn, item.partner_id)
    waits_from = profile.waits_from(item.business_day)
    return RepairLeg(Party(profile.party), Truth(profile.truth), waits_from)


def read_policy(conn: Connection, item: RepairItem) -> RepairPolicy | None:
    """What the partner's own table says of this class."""
    row = conn.execute(_POLICY, (item.partner_id, item.kind.value)).fetchone()
    return None if row is None else RepairPolicy(RepairAction(row[0]), *row[1:])


def change(
    conn: Connection, act: str, who: str, now: datetime, changes: Sequence[ItemChange]
) -> None:
    """Set the same columns of each item and write its act, in one statement for all."""
    if changes:
        conn.execute(_CHANGE.format(columns=", ".join(changes[0].sets)), {
            "items": [change.item_id for change in changes], "notes": [change.note for change in changes],
            "sets": [json.dumps(change.sets, default=_value) for change in changes],
            "now": now, "who": who, "act": act,
        })  # fmt: skip


def _value(found: Any) -> Any:
    assert isinstance(found, datetime), found
    return found.isoformat()


def say(conn: Connection, item: RepairItem, act: str, who: str, now: datetime, note: str) -> None:
    """Write an act that changes nothing of the item."""
    conn.execute(_SAY, {"item_id": item.item_id, "now": now, "who": who, "act": act, "note": note})


def say_once(
    conn: Connection, act: str, who: str, now: datetime, notes: Mapping[int, str]
) -> None:
    """Of each item, unless it was the last thing said of it: a pass every few minutes is no news."""
    if notes:
        conn.execute(_SAY_ONCE, {"items": list(notes), "notes": list(notes.values()), "now": now,
                                 "who": who, "act": act})  # fmt: skip
