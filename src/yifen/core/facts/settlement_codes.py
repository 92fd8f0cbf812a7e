"""84xx: why a day is not settled, an agreement not accepted, a payout not made."""

from yifen.core.facts.code_meaning import FINAL, RETRY, Meaning
from yifen.core.facts.code_numbers import Code

SETTLEMENT_MEANINGS: dict[Code, Meaning] = {
    Code.DAY_NOT_PROVED: Meaning(
        FINAL, 409, "该会计日期尚未对平", "That business day is not proved yet."
    ),
    Code.AGREEMENT_INVALID: Meaning(
        FINAL, 400, "手续费协议有误", "The commission agreement cannot be used."
    ),
    Code.PAYOUT_UNDECIDED: Meaning(
        RETRY, 409, "划付结果未知，须先查询", "The payout is undecided: ask the bank first."
    ),
    Code.SPLIT_INVALID: Meaning(FINAL, 400, "分账规则有误", "The split cannot be used."),
    Code.EARLIER_DAY_UNSETTLED: Meaning(
        RETRY, 409, "须先结算更早的会计日期", "An earlier business day has to be settled first."
    ),
    Code.PAYOUT_UNKNOWN: Meaning(FINAL, 404, "无此划付", "There is no such payout."),
    Code.PAYOUT_STATE: Meaning(
        FINAL, 409, "划付状态不允许此操作", "The payout's state does not allow this."
    ),
    Code.NOTHING_DUE: Meaning(FINAL, 409, "没有应划付的款项", "Nothing is due for payout."),
    Code.PAYEE_MISSING: Meaning(
        FINAL, 409, "未登记结算账户，或协议不划付", "There is no payee, or no agreement to pay out."
    ),
    Code.PAYEE_RETURNED: Meaning(
        FINAL,
        409,
        "上次划付已退汇，须先更正收款账户或人工确认",
        "The last payout was returned: correct the payee first, or say that it is to be sent again.",
    ),
    Code.PAYEE_INVALID: Meaning(FINAL, 400, "收款账户有误", "The payee cannot be used."),
    Code.MERCHANT_INVALID: Meaning(
        FINAL, 400, "商户层级有误", "The merchant's place in its group is wrong."
    ),
    Code.BANK_INVALID: Meaning(FINAL, 400, "银行账户有误", "The bank account cannot be used."),
    Code.CALENDAR_INVALID: Meaning(FINAL, 400, "日历有误", "The calendar day is wrong."),
    Code.CHANNEL_MONEY_UNKNOWN: Meaning(
        FINAL, 404, "无此到账登记", "No such money of a channel is expected."
    ),
    Code.CHANNEL_MONEY_INVALID: Meaning(
        FINAL, 400, "到账登记有误", "Such money of a channel cannot be expected."
    ),
}
