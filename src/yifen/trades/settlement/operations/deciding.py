"""What two people say of a payout 划付: what became of it, by the bank's paper, or that it is sent again.

They move money, so their functions ask by themselves whether two people decided just now."""

import json
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision, yes_no
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection
from yifen.trades.settlement.calendar import Calendar
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.models import Payee
from yifen.trades.settlement.terms import in_force

MARK, AGAIN = "payouts.mark", "payouts.again"
STATES = ("done", "returned")
STATE_TEXTS = {
    "instructed": Text("已指令", "Instructed"), "sent": Text("已发出", "Sent"), "unknown": Text("结果未知", "Unknown"),
    "done": Text("已到账", "Done"), "returned": Text("已退汇", "Returned"),
}  # fmt: skip
STATE, AMOUNT = Text("状态", "State"), Text("金额（元）", "Amount (yuan)")
TO, SERIAL = Text("收款账户", "Payee"), Text("银行流水号", "Bank's serial")
LEFT = Text("汇出后退回", "It had left before it came back")
RETURNED = Text("上次退汇", "What came back")
_SQL = queries(__package__)


class ToDecide(NamedTuple):
    """A payout as two people look at it."""

    document_id: int
    reference: str
    biller_id: int
    state: str
    amount_fen: int
    payee: Any


# --- what became of it -----------------------------------------------------------------------------
def propose_mark(
    access: Access, document_id: int, state: str, bank_serial: str, left: bool, now: datetime,
    reason: str,
) -> Authorisation:  # fmt: skip
    """By what the bank gave in writing: done or returned. Refused: OUT_OF_SCOPE, REASON_MISSING,
    PAYOUT_UNKNOWN, PAYOUT_STATE, and as `second.propose` refuses."""
    row = _payout(document_id)
    _check(access, row.biller_id, reason)
    content = {"document": document_id, "state": state, "bank_serial": bank_serial, "left": left}
    return second.propose(access, MARK, row.reference, content, now, reason=reason,
                          partner=Partner.objects.get(pk=row.biller_id))  # fmt: skip


def view_mark(content: dict[str, Any]) -> list[Change]:
    """The payout, and what is said of it. Refused: PAYOUT_UNKNOWN, PAYOUT_STATE."""
    row = _payout(content["document"])
    may = content["state"] in STATES and content["state"] != row.state
    if not may or row.state in ("instructed", "returned"):
        raise Refused(SettlementCode.PAYOUT_STATE, "state", row.state)
    return [
        Change("state", STATE, STATE_TEXTS[row.state], STATE_TEXTS[content["state"]]),
        Change("amount", AMOUNT, grouped_yuan(row.amount_fen), None),
        Change("payee", TO, _to(row.payee), None),
        Change("bank_serial", SERIAL, None, content["bank_serial"]),
        Change("left", LEFT, None, yes_no(content["left"])),
    ]


def mark(content: dict[str, Any], decision: Decision) -> None:
    """Refused: PAYOUT_STATE."""
    _run("payout_decided", content["document"], decision.now)


# --- sent again ------------------------------------------------------------------------------------
def propose_again(access: Access, biller_id: int, now: datetime, reason: str) -> Authorisation:
    """To the same payee, although the last payout came back from there. Refused: OUT_OF_SCOPE,
    REASON_MISSING, PAYOUT_STATE (it did not), and as `second.propose` refuses."""
    _check(access, biller_id, reason)
    biller = Partner.objects.get(pk=biller_id)
    content = {"biller": biller_id}
    return second.propose(access, AGAIN, biller.code, content, now, partner=biller, reason=reason)


def view_again(content: dict[str, Any]) -> list[Change]:
    """What came back from where, and where it goes. Refused: PAYOUT_STATE, PAYEE_MISSING."""
    row = _one("returned_last", content["biller"])
    payee = Payee.objects.filter(pk=content["biller"]).first()
    if row is None:
        raise Refused(SettlementCode.PAYOUT_STATE, "biller")
    if payee is None:
        raise Refused(SettlementCode.PAYEE_MISSING, "biller")
    reference, amount_fen, to, why = row
    now_to = f"{payee.account_no} {payee.account_name}"  # sealed, as all that a proposal keeps
    return [
        Change("returned", RETURNED, f"{reference} {why or ''}".strip(), None),
        Change("amount", AMOUNT, grouped_yuan(amount_fen), None),
        Change("payee", TO, _to(to), now_to),
    ]


def send_again(content: dict[str, Any], decision: Decision) -> None:
    """What is due, once more. Refused: NOTHING_DUE, PAYEE_MISSING, BANK_INVALID."""
    biller_id = content["biller"]
    with plain_connection() as conn:
        (zone,) = _one("zone_of_partner", biller_id) or ("UTC",)
        today = decision.now.astimezone(ZoneInfo(zone)).date()
        agreement = in_force(conn, biller_id, today)
        make_up = agreement.make_up_days if agreement else True
        due_on = Calendar.of(conn, today).add_working_days(today, 0, make_up)
    _run("payout_again", biller_id, due_on, decision.now)


def _run(name: str, *values: Any) -> None:
    row = _one(name, *values)
    if row and row[0]:
        raise Refused(result_code(row[0]))


def _payout(document_id: int) -> ToDecide:
    row = _one("payout_to_decide", document_id)
    if row is None:
        raise Refused(SettlementCode.PAYOUT_UNKNOWN, "document_id", str(document_id))
    return ToDecide(*row)


def _check(access: Access, biller_id: int, reason: str) -> None:
    if not access.scope.has_partner(biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "biller")
    needed(reason)


def _to(payee: Any) -> str:
    told = json.loads(payee) if isinstance(payee, str) else payee
    return f"{told['account_no']} {told['account_name']}"


def _one(name: str, *values: Any) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[name], values)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
