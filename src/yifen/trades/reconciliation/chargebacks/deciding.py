"""退单 by two people: proposed from the payment's page, bound to what was left when they looked; `carrying` does it."""

from datetime import datetime
from typing import Any

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts import reasons
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.jobs.defer import defer
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection
from yifen.trades.reconciliation.chargebacks import rules
from yifen.trades.reconciliation.chargebacks.carrying import find

ACT, CARRY_OUT = "payments.chargeback", "reconciliation.chargeback"
TITLES = {
    "biller": Text("收费单位", "Biller"), "channel": Text("渠道", "Channel"), "serial": Text("流水号", "Serial"),
    "day": Text("会计日期", "Business day"), "paid": Text("原缴（元）", "Paid (yuan)"),
}  # fmt: skip
LEFT, BACK = Text("剩余（元）", "Left (yuan)"), Text("本次退回（元）", "Given back (yuan)")
WHY, NOTE = Text("退单原因", "Why"), Text("说明", "Note")
_SQL = queries(__package__)


def propose(access: Access, payment_id: int, fen: int, reason: str, note: str, now: datetime) -> Authorisation:
    """Put it before a second person. Refused: OUT_OF_SCOPE, REASON_MISSING (no word of the table, or 其他 without a
    text), and what `view` and `second.propose` refuse."""
    with plain_connection() as conn:
        found = find(conn, payment_id)
    if found is None or not access.scope.has_partner(found.biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "payment")
    note = reasons.reason(note, "note") if reason == "other" else reasons.remark(note, "note")
    if reason not in rules.REASONS:
        raise Refused(Code.REASON_MISSING, "reason")
    content = {"payment": payment_id, "fen": fen, "left": found.left_fen, "reason": reason, "note": note}
    return second.propose(access, ACT, str(payment_id), content, now, reason=note,
                          partner=Partner.objects.get(pk=found.biller_id))  # fmt: skip


def view(content: dict[str, Any]) -> list[Change]:
    """The payment, what is left of it before and after. Refused in the hub's numbers: ALREADY_REVERSED,
    ORIGINAL_PROCESSING, ORIGINAL_NOT_BOOKED, ORIGINAL_MISMATCH, DAY_OPEN_USE_REVERSE, REFUND_WHOLE_ONLY,
    AMOUNT_ABOVE_LEFT, PREPAID_USED; PAYMENT_ARCHIVED."""
    with plain_connection() as conn:
        found = find(conn, content["payment"])
    if found is None:
        raise Refused(Code.PAYMENT_ARCHIVED, "payment", str(content["payment"]))
    if code := rules.refusal(found, content["fen"]):
        raise Refused(code, "amount", grouped_yuan(min(found.left_fen, found.may_fen)))
    told = {"biller": found.biller, "channel": found.channel, "serial": found.serial,
            "day": found.business_day.isoformat(), "paid": grouped_yuan(found.amount_fen)}  # fmt: skip
    return [*(Change(key, title, told[key], told[key]) for key, title in TITLES.items()),
            Change("left", LEFT, grouped_yuan(found.left_fen), grouped_yuan(found.left_fen - content["fen"])),
            Change("fen", BACK, None, grouped_yuan(content["fen"])),
            Change("reason", WHY, None, rules.REASONS[content["reason"]]),
            Change("note", NOTE, None, content["note"])]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """It is written down; the night's process sends it. Refused: CHARGEBACK_UNDER_WAY, AMOUNT_ABOVE_LEFT."""
    with plain_connection() as conn:
        row = conn.execute(_SQL["begin"], (content["payment"], decision.now)).fetchone()
    assert row is not None
    if row[0]:
        raise Refused(result_code(row[0]), "payment", str(content["payment"]))
    defer(CARRY_OUT, chargeback=row[1])
