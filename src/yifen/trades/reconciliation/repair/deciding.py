"""What two people decide about a difference 平账: what is done about it, and that what stood on suspense
goes back 销账. The item follows its proposal in the database (sql/decide_v1.sql)."""

from datetime import datetime
from typing import Any

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision, Said, chosen
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.jobs.defer import defer
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection
from yifen.trades.reconciliation import models
from yifen.trades.reconciliation.codes import RepairCode
from yifen.trades.reconciliation.repair import items, operations, rules
from yifen.trades.reconciliation.repair.items import RepairItem
from yifen.trades.reconciliation.repair.words import ItemState, RepairAction

ACT, RELEASE = "repair", "repair.release"
CARRY_OUT = "reconciliation.repair"
KIND, SERIAL, DAY = Text("差异类别", "Class"), Text("流水号", "Serial"), Text("会计日期", "Business day")
OURS, THEIRS = Text("我方（元）", "Ours (yuan)"), Text("对方（元）", "Theirs (yuan)")
ACTION, MOVES = Text("处理办法", "What is done"), Text("动账金额（元）", "Money moved (yuan)")
STANDS = Text("挂账金额（元）", "On suspense (yuan)")
_SQL = queries(__package__)


def propose(
    access: Access, item_id: int, action: RepairAction, note: str, now: datetime
) -> Authorisation:
    """What is to be done, for another person to decide. Refused: ITEM_UNKNOWN, OUT_OF_SCOPE,
    ITEM_CLOSED, REPAIR_UNDER_WAY, ACTION_NOT_POSSIBLE, and as `second.propose` refuses."""
    with plain_connection() as conn:
        partner = _partner(access, operations.check(conn, item_id, action))
    content = {"item": item_id, "action": action.value}
    return second.propose(access, ACT, str(item_id), content, now, partner=partner, reason=note)


def view(content: dict[str, Any]) -> list[Change]:
    """The difference, what is done and how much it moves. Refused: ITEM_CLOSED, ACTION_NOT_POSSIBLE."""
    action = RepairAction(content["action"])
    with plain_connection() as conn:
        item = operations.before_proposal(conn, items.read(conn, content["item"]))
        operations.check_possible(conn, item, action)
    fen = rules.money_of(action, item) if action in rules.MOVES_MONEY else 0
    return [
        *_told(item),
        Change("action", ACTION, item.action and chosen(models.RepairActionChoice, item.action),
               chosen(models.RepairActionChoice, action)),
        Change("moves", MOVES, None, grouped_yuan(fen)),
    ]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """The item is in `doing` by now; the night's process carries it out. Refused: ITEM_NOT_PROPOSED."""
    with plain_connection() as conn:
        if items.read(conn, content["item"]).state is not ItemState.DOING:
            raise Refused(RepairCode.ITEM_NOT_PROPOSED, "item", str(content["item"]))
    defer(CARRY_OUT, items=[content["item"]])


def propose_release(access: Access, item_id: int, note: str, now: datetime) -> Authorisation:
    """What stands on suspense goes back to clearing: its end is known. Refused: ITEM_UNKNOWN,
    OUT_OF_SCOPE, REASON_MISSING, ACTION_NOT_POSSIBLE, and as `second.propose` refuses."""
    needed(note, "note")
    with plain_connection() as conn:
        partner = _partner(access, items.read(conn, item_id))
    content = {"item": item_id}
    return second.propose(access, RELEASE, str(item_id), content, now, partner=partner, reason=note)


def view_release(content: dict[str, Any]) -> list[Change]:
    """What stands there. Refused: ACTION_NOT_POSSIBLE (nothing does)."""
    with plain_connection() as conn:
        item = items.read(conn, content["item"])
        row = conn.execute(_SQL["on_suspense"], (item.item_id,)).fetchone()
    if row is None:
        raise Refused(RepairCode.ACTION_NOT_POSSIBLE, "item", str(item.item_id))
    return [*_told(item), Change("stands", STANDS, f"{row[0]} {grouped_yuan(row[1])}", None)]


def release(content: dict[str, Any], decision: Decision) -> None:
    """At once, by a function that asks by itself whether two people decided. Refused: as it answers."""
    item_id = content["item"]
    with plain_connection() as conn:
        row = conn.execute(_SQL["release"], (item_id, decision.now)).fetchone()
        code = result_code(row[0]) if row else Code.FAULT
        if code is not Code.OK:
            raise Refused(code, "item", str(item_id))
        items.say(conn, items.read(conn, item_id), "release", decision.checker.login, decision.now,
                  decision.reason)  # fmt: skip


def _told(item: RepairItem) -> list[Change]:
    """Which difference it is; none of it changes."""
    same: list[tuple[str, Text, Said]] = [
        ("kind", KIND, chosen(models.DifferenceClass, item.kind)), ("serial", SERIAL, item.serial),
        ("day", DAY, item.business_day.isoformat()), ("ours", OURS, _yuan(item.ours_fen)),
        ("theirs", THEIRS, _yuan(item.theirs_fen)),
    ]  # fmt: skip
    return [Change(field, title, value, value) for field, title, value in same]


def _yuan(fen: int | None) -> str | None:
    return None if fen is None else grouped_yuan(fen)


def _partner(access: Access, item: RepairItem) -> Partner:
    if not access.scope.has_partner(item.partner_id):
        raise Refused(Code.OUT_OF_SCOPE, "item")
    return Partner.objects.get(pk=item.partner_id)
