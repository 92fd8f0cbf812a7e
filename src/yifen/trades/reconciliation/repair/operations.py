"""What is done about a difference: what people may propose (`deciding` puts it before two of them),
taking it on, a note; and the pass that does what was decided and what goes by itself.

Every act stands in recon_act with the item before and after. None of these sends anything;
`carry_out` does, outside of any transaction.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import structlog
from msgspec import structs

from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.reasons import remark
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.trades.reconciliation.codes import RepairCode
from yifen.trades.reconciliation.repair import items, rules
from yifen.trades.reconciliation.repair.booking import RepairVerbs
from yifen.trades.reconciliation.repair.carrying import BY_ITSELF, carry_all
from yifen.trades.reconciliation.repair.carrying import carry_out as carry_out
from yifen.trades.reconciliation.repair.items import Connection, RepairItem
from yifen.trades.reconciliation.repair.words import ItemState, RepairAction

log = structlog.get_logger()
_SQL = queries(__package__)
_BEFORE = _SQL["before_proposal"]
_OWN = _SQL["own"]
_DUE = _SQL["due"]
_OUTSIDE = _SQL["outside_done"]


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


def check(conn: Connection, item_id: int, action: RepairAction) -> RepairItem:
    """May this be proposed now? Refused: ITEM_UNKNOWN, ITEM_CLOSED, REPAIR_UNDER_WAY,
    ACTION_NOT_POSSIBLE."""
    item = items.read(conn, item_id)
    if item.state in (ItemState.PROPOSED, ItemState.DOING):
        raise Refused(RepairCode.REPAIR_UNDER_WAY, "item", str(item_id))
    check_possible(conn, item, action)
    return item


def before_proposal(conn: Connection, item: RepairItem) -> RepairItem:
    """The item as it was when it was proposed, which is how two people look at it."""
    if item.state not in (ItemState.PROPOSED, ItemState.DOING):
        return item
    state, action = conn.execute(_BEFORE, (item.item_id,)).fetchone() or (ItemState.OPEN, None)
    return structs.replace(item, state=ItemState(state),
                           action=None if action is None else RepairAction(action))  # fmt: skip


def check_possible(conn: Connection, item: RepairItem, action: RepairAction) -> None:
    """Refused: ITEM_CLOSED, ACTION_NOT_POSSIBLE."""
    if item.state is ItemState.CLOSED:
        raise Refused(RepairCode.ITEM_CLOSED, "item", str(item.item_id))
    if action not in rules.possible(item, items.read_leg(conn, item)):
        raise Refused(RepairCode.ACTION_NOT_POSSIBLE, "action", action)


def own(conn: Connection, item_id: int, session: str, mine: bool, now: datetime) -> None:
    """Mine from now on, whose session it is; not `mine`: nobody's. Refused: ITEM_UNKNOWN, ITEM_CLOSED,
    PERMISSION_MISSING."""
    row = conn.execute(_OWN, (session, item_id, mine, now)).fetchone()
    if row and row[0]:
        raise Refused(result_code(row[0]), "item", str(item_id))


def given_outside(conn: Connection, item_id: int, session: str, reference: str, now: datetime) -> None:
    """The channel gave its payer the money that we took back, under this number of its own. Refused: ITEM_UNKNOWN,
    PERMISSION_MISSING, INPUT_INVALID (no number), ACTION_NOT_POSSIBLE, REPAIR_DONE_BEFORE."""
    row = conn.execute(_OUTSIDE, (session, item_id, remark(reference, "reference"), now)).fetchone()
    if row and row[0]:
        raise Refused(result_code(row[0]), "reference", str(item_id))


def note(conn: Connection, item_id: int, text: str, who: str, now: datetime) -> None:
    """Something to remember beside an item, closed ones too. Refused: ITEM_UNKNOWN,
    REASON_MISSING."""
    items.say(conn, items.read(conn, item_id), "note", who, now, needed(text, "note"))


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
    counts: Counter[str] = Counter()
    params = {"after": 0, "partner": partner_id, "day": day, "book": book_id}
    while rows := conn.execute(_DUE, params).fetchall():
        for batch in rounds(rows):
            counts += _work(conn, batch, hub, now, who)
        params["after"] = rows[-1][0]
    return Worked(**counts)


def rounds(rows: Sequence[tuple[Any, ...]]) -> Iterator[list[int]]:
    """The items, so that what one is about is decided before the next that is about the same: a serial of a
    partner, a payment, an account. Rows: item, partner, three serials, payment, account."""
    while rows:
        seen: set[tuple[Any, ...]] = set()
        batch: list[int] = []
        later: list[tuple[Any, ...]] = []
        for row in rows:
            item_id, partner_id, *serials, payment_id, account_no = row
            about = {(partner_id, serial) for serial in serials if serial is not None}
            about |= {key for key in (("payment", payment_id), ("account", account_no)) if key[1] is not None}
            if about & seen:
                later.append(row)
            else:
                batch.append(item_id)
            seen |= about  # of one that waits too, so that the next after it waits as well
        yield batch
        rows = later


def _work(
    conn: Connection, batch: list[int], hub: RepairVerbs, now: datetime, who: str
) -> Counter[str]:
    """How many count under each field of Worked. Of a batch that breaks each is tried by itself."""
    try:
        found, held = carry_all(conn, batch, hub, now, who)
        # What is held back, though its rule lets it go by itself, says why.
        items.say_once(conn, "left", who, now, {
            item_id: step.why.value for item_id, step in held.items() if step.why is not None
        })  # fmt: skip
    except Exception as error:  # one bad item must not keep the others from being put right
        if len(batch) > 1:
            log.warning("a batch of repairs failed, and goes one by one", items=len(batch), error=str(error))
            return sum((_work(conn, [item_id], hub, now, who) for item_id in batch), Counter())
        log.exception("a repair failed", item=batch[0])
        return Counter(failed=1)
    return Counter("left" if item.item_id in held else _counts_as(item) for item in found)


def _counts_as(item: RepairItem) -> str:
    match item.state:
        case ItemState.CLOSED:
            return "closed"
        case ItemState.WAITING:
            return "told"
        case ItemState.DOING:
            return "waiting"
    return "waiting" if not item.tries else "failed"
