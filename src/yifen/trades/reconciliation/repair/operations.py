"""What people do about a difference: propose and decide (two of them), take it on, note, release;
and the pass that does what goes by itself.

Every act stands in recon_act with the item before and after. None of these sends anything;
`carry_out` does, outside of any transaction.
"""

from datetime import date, datetime
from typing import NamedTuple

import structlog

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.trades.reconciliation.codes import RepairCode
from yifen.trades.reconciliation.repair import items, rules
from yifen.trades.reconciliation.repair.booking import RepairVerbs
from yifen.trades.reconciliation.repair.carrying import BY_ITSELF
from yifen.trades.reconciliation.repair.carrying import carry_out as carry_out
from yifen.trades.reconciliation.repair.items import Connection, RepairItem
from yifen.trades.reconciliation.repair.words import ItemState, RepairAction

log = structlog.get_logger()
_SQL = queries(__package__)
_BEFORE = _SQL["before_proposal"]
_RELEASE = _SQL["release"]
_DUE = _SQL["due"]


class Worked(NamedTuple):
    """Of one pass: items closed, told to the partner, still waiting for an answer, failed (open
    again, or a fault), and left to people."""

    closed: int = 0
    told: int = 0
    waiting: int = 0
    failed: int = 0
    left: int = 0


def step_of(conn: Connection, item: RepairItem) -> rules.RepairStep:
    """What happens next to it, and what people may propose."""
    return rules.plan(item, items.read_leg(conn, item), items.read_policy(conn, item))


def propose(
    conn: Connection, item_id: int, action: RepairAction, who: str, note: str, now: datetime
) -> RepairItem:
    """经办: what is to be done, for another person to decide. Refused: ITEM_UNKNOWN, ITEM_CLOSED,
    REPAIR_UNDER_WAY, ACTION_NOT_POSSIBLE."""
    with conn.transaction():
        item = items.read(conn, item_id, lock=True)
        if item.state is ItemState.CLOSED:
            raise Refused(RepairCode.ITEM_CLOSED, "item", str(item_id))
        if item.state in (ItemState.PROPOSED, ItemState.DOING):
            raise Refused(RepairCode.REPAIR_UNDER_WAY, "item", str(item_id))
        _check_possible(conn, item, action)
        items.change(conn, item, "propose", who, now, note, state=ItemState.PROPOSED, action=action,
                     proposed_by=who, decided_by=None)  # fmt: skip
        return items.read(conn, item_id)


def decide(
    conn: Connection, item_id: int, approve: bool, who: str, now: datetime, note: str = ""
) -> RepairItem:
    """复核: another person's word. Approved, the item is in `doing` and `carry_out` may follow;
    refused, it is what it was before the proposal. Refused: ITEM_UNKNOWN, ITEM_CLOSED,
    ITEM_NOT_PROPOSED, CHECKER_IS_MAKER, ACTION_NOT_POSSIBLE (no longer)."""
    with conn.transaction():
        item = items.read(conn, item_id, lock=True)
        if item.state is ItemState.CLOSED:
            raise Refused(RepairCode.ITEM_CLOSED, "item", str(item_id))
        if item.state is not ItemState.PROPOSED or item.action is None:
            raise Refused(RepairCode.ITEM_NOT_PROPOSED, "item", str(item_id))
        if who.lower() == (item.proposed_by or "").lower():
            raise Refused(Code.CHECKER_IS_MAKER, "who", who)
        if approve:
            _check_possible(conn, item, item.action)
            items.change(
                conn, item, "approve", who, now, note, state=ItemState.DOING, decided_by=who
            )
        else:
            state, action = conn.execute(_BEFORE, (item_id,)).fetchone() or (ItemState.OPEN, None)
            items.change(conn, item, "refuse", who, now, note, state=state, action=action,
                         proposed_by=None)  # fmt: skip
        return items.read(conn, item_id)


def own(conn: Connection, item_id: int, login: str, who: str, now: datetime) -> RepairItem:
    """Whose it is from now on; "" for nobody's. Refused: ITEM_UNKNOWN, ITEM_CLOSED."""
    with conn.transaction():
        item = items.read(conn, item_id, lock=True)
        if item.state is ItemState.CLOSED:
            raise Refused(RepairCode.ITEM_CLOSED, "item", str(item_id))
        items.change(conn, item, "own", who, now, login, owner=login or None)
        return items.read(conn, item_id)


def note(conn: Connection, item_id: int, text: str, who: str, now: datetime) -> None:
    """Something to remember beside an item, closed ones too. Refused: ITEM_UNKNOWN,
    INPUT_INVALID (nothing said)."""
    if not text.strip():
        raise Refused(Code.INPUT_INVALID, "note")
    items.say(conn, items.read(conn, item_id), "note", who, now, text)


def release(
    conn: Connection, item_id: int, maker: str, checker: str, text: str, now: datetime
) -> None:
    """销账: what stood on suspense for this item goes back to clearing, once: its end is known. Two
    people. Refused: ITEM_UNKNOWN, CHECKER_IS_MAKER, ACTION_NOT_POSSIBLE (nothing stands there),
    REPAIR_DONE_BEFORE."""
    with conn.transaction():
        item = items.read(conn, item_id, lock=True)
        row = conn.execute(_RELEASE, (item_id, now, maker, checker)).fetchone()
        code = result_code(row[0]) if row else Code.FAULT
        if code is not Code.OK:
            raise Refused(code, "item", str(item_id))
        items.say(conn, item, "release", checker, now, text)


def work_off(
    conn: Connection,
    hub: RepairVerbs,
    now: datetime,
    who: str = BY_ITSELF,
    *,
    partner_id: int | None = None,
    day: date | None = None,
    book_id: int | None = None,
) -> Worked:
    """Do what goes by itself, and finish what was approved, for the items of a partner, a day or a
    book. One that fails is logged and keeps nobody from the next. May run in several processes."""
    counts = dict.fromkeys(Worked._fields, 0)
    params = {"after": 0, "partner": partner_id, "day": day, "book": book_id}
    while rows := conn.execute(_DUE, params).fetchall():
        for item_id, is_doing in rows:
            counts[_work_one(conn, item_id, is_doing, hub, now, who)] += 1
        params["after"] = rows[-1][0]
    return Worked(**counts)


def _work_one(
    conn: Connection, item_id: int, is_doing: bool, hub: RepairVerbs, now: datetime, who: str
) -> str:
    """Which of the fields of Worked it counts under."""
    try:
        if not is_doing and not step_of(conn, items.read(conn, item_id)).automatic:
            return "left"
        item = carry_out(conn, item_id, hub, now, who)
    except Refused as refused:
        log.warning("a difference could not be put right", item=item_id, reason=str(refused))
        return "failed"
    except Exception:  # one bad item must not keep the others from being put right
        log.exception("a repair failed", item=item_id)
        return "failed"
    return _counts_as(item)


def _counts_as(item: RepairItem) -> str:
    match item.state:
        case ItemState.CLOSED:
            return "closed"
        case ItemState.WAITING:
            return "told"
        case ItemState.DOING:
            return "waiting"
    return "waiting" if not item.tries else "failed"


def _check_possible(conn: Connection, item: RepairItem, action: RepairAction) -> None:
    if action not in rules.possible(item, items.read_leg(conn, item)):
        raise Refused(RepairCode.ACTION_NOT_POSSIBLE, "action", action)
