"""What a chargeback 退单 may be, before the hub is asked: pure, in the hub's own order and numbers."""

from datetime import date, datetime
from typing import NamedTuple

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.plug import Text

REASONS = {
    "funds": Text("账户余额不足", "Insufficient funds"), "denied": Text("持卡人否认", "Denied by the card holder"),
    "twice": Text("重复缴费", "Paid twice"), "account": Text("缴错账号", "Wrong account"),
    "other": Text("其他", "Other"),
}  # fmt: skip
WAYS: dict[ResultCode, Text] = {
    Code.DAY_OPEN_USE_REVERSE: Text("当日只能整笔退：整笔退单后另缴应缴部分，或明日再退部分",
                                    "Today it goes back whole only: charge the rest anew, or give a part tomorrow."),
    Code.REFUND_WHOLE_ONLY: Text("收费单位用自己的系统，只能整笔退：整笔退单后另缴应缴部分",
                                 "The biller's own system takes back whole only: do so, and charge the rest anew."),
    Code.AMOUNT_ABOVE_LEFT: Text("此前已退过一部分：改为不超过剩余金额",
                                 "A part was given back before: ask for no more than is left."),
    Code.PREPAID_USED: Text("预存款已抵账单：先撤销用了它的账单，或少退，再重新提出",
                          "Bills used the money paid ahead: cancel them first or give back less, then propose again."),
    Code.ORIGINAL_PROCESSING: Text("收费单位还没有结果：有结果后再退，隔日无结果的走“未决缴费”",
                                   "Its biller has not decided: wait; past the cut see the undecided payments."),
    Code.ALREADY_REVERSED: Text("已全部退回，不必再退", "All of it went back already."),
    Code.PAYMENT_ARCHIVED: Text("已归档，只能线下退", "It is archived: settle it outside."),
}  # fmt: skip
"""What to do about a refusal, in words."""


class ChargedPayment(NamedTuple):
    """The payment as it stands. `left_fen`: not yet given back; `is_today`: of the open business day;
    `is_remote`: its biller has a system of its own; `may_fen`: what of it money paid ahead lets go back."""

    payment_id: int
    biller_id: int
    biller: str
    channel: str
    serial: str
    business_day: date
    amount_fen: int
    left_fen: int
    payer_state: str
    biller_state: str
    is_today: bool
    is_remote: bool
    may_fen: int


class ChargedLine(NamedTuple):
    """What is left of a payment's line. `kept_fen`: lies on the balance, for its bill was cancelled or corrected."""

    ref: str
    title: str
    left_fen: int
    kept_fen: int


class PaymentChargeback(NamedTuple):
    """One chargeback of a payment. `is_outside`: its money is with somebody who is not us; `is_due`: and nobody noted
    that he gave it."""

    chargeback_id: int
    amount_fen: int
    reason: str
    note: str
    state: str
    code: int | None
    made_at: datetime
    ended_at: datetime | None
    made_by: str
    decided_by: str
    reference: str | None
    noted_by: str | None
    noted_at: datetime | None
    is_outside: bool
    is_due: bool


def refusal(found: ChargedPayment, fen: int) -> Code | None:
    """Why the hub would not give so much back; None: it would, as things stand."""
    if found.payer_state in ("returned", "refunded"):
        return Code.ALREADY_REVERSED
    if found.payer_state == "held" or found.biller_state == "reversing":
        return Code.ORIGINAL_PROCESSING
    if found.payer_state != "taken":
        return Code.ORIGINAL_NOT_BOOKED
    if not 1 <= fen <= found.amount_fen:
        return Code.ORIGINAL_MISMATCH
    if fen < found.amount_fen and found.is_today:
        return Code.DAY_OPEN_USE_REVERSE
    if fen < found.amount_fen and found.is_remote:
        return Code.REFUND_WHOLE_ONLY
    if fen > found.left_fen:
        return Code.AMOUNT_ABOVE_LEFT
    return Code.PREPAID_USED if fen > found.may_fen else None


def told(reason: str, note: str) -> str:
    """As the return keeps it, at most 100 letters."""
    return "；".join(filter(None, [f"退单：{REASONS[reason].zh}", note]))[:100]
