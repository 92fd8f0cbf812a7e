"""Result codes of settlement."""

from yifen.core.facts.codes import FINAL, RETRY, ResultCode


class SettlementCode(ResultCode):
    """84xx: why a day is not settled, an agreement not accepted, a payout not made."""

    DAY_NOT_PROVED = 8401, FINAL, 409, "该会计日期尚未对平", "That business day is not proved yet."
    AGREEMENT_INVALID = (
        8402, FINAL, 400, "手续费协议有误",
        "The commission agreement cannot be used.",
    )  # fmt: skip
    PAYOUT_UNDECIDED = (
        8403, RETRY, 409, "划付结果未知，须先查询",
        "The payout is undecided: ask the bank first.",
    )  # fmt: skip
    SPLIT_INVALID = 8404, FINAL, 400, "分账规则有误", "The split cannot be used."
    EARLIER_DAY_UNSETTLED = (
        8405, RETRY, 409, "须先结算更早的会计日期",
        "An earlier business day has to be settled first.",
    )  # fmt: skip
    PAYOUT_UNKNOWN = 8406, FINAL, 404, "无此划付", "There is no such payout."
    PAYOUT_STATE = (
        8407, FINAL, 409, "划付状态不允许此操作",
        "The payout's state does not allow this.",
    )  # fmt: skip
    NOTHING_DUE = 8408, FINAL, 409, "没有应划付的款项", "Nothing is due for payout."
    PAYEE_MISSING = (
        8409, FINAL, 409, "未登记结算账户，或协议不划付",
        "There is no payee, or no agreement to pay out.",
    )  # fmt: skip
    PAYEE_RETURNED = (
        8410, FINAL, 409, "上次划付已退汇，须先更正收款账户或人工确认",
        "The last payout was returned: correct the payee first, or say that it is to be sent again.",
    )  # fmt: skip
    PAYEE_INVALID = 8411, FINAL, 400, "收款账户有误", "The payee cannot be used."
    MERCHANT_INVALID = (
        8412, FINAL, 400, "商户层级有误",
        "The merchant's place in its group is wrong.",
    )  # fmt: skip
    BANK_INVALID = 8413, FINAL, 400, "银行账户有误", "The bank account cannot be used."
    CALENDAR_INVALID = 8414, FINAL, 400, "日历有误", "The calendar day is wrong."
    CHANNEL_MONEY_UNKNOWN = (
        8415, FINAL, 404, "无此到账登记",
        "No such money of a channel is expected.",
    )  # fmt: skip
    EVIDENCE_MISSING = (
        8417, RETRY, 409, "银行对账单上没有这笔款",
        "No line of the bank's statement shows this money.",
    )  # fmt: skip
    CHANNEL_MONEY_INVALID = (
        8416, FINAL, 400, "到账登记有误",
        "Such money of a channel cannot be expected.",
    )  # fmt: skip
    FIGURES_WRONG = (
        8418, FINAL, 409, "所报数字与协议或账簿不符",
        "These figures are not what the agreement and the books say.",
    )  # fmt: skip
    RESULT_UNREADABLE = (
        8419, FINAL, 400, "划付结果文件须是 pain.002.001.03，或含参考号、金额（元）、结果三列的 CSV",
        "A file of payout results is pain.002.001.03, or CSV with the columns 参考号, 金额（元）, 结果.",
    )  # fmt: skip
    RESULT_TWICE = (
        8420, FINAL, 400, "划付结果文件中同一参考号出现两次",
        "The file of payout results has a reference twice.",
    )  # fmt: skip
    RESULT_FOREIGN = (
        8421, FINAL, 409, "划付结果不属于本方发出的同一份划付文件",
        "These payout results are not of one file of payouts that was made here.",
    )  # fmt: skip
    RESULT_DIFFERS = (
        8422, FINAL, 409, "划付结果的笔数或金额与划付文件不符",
        "The payout results name another amount or number than the file of payouts.",
    )  # fmt: skip
    RESULT_CHANGED = (
        8423, FINAL, 409, "划付结果文件的内容与复核时不符",
        "The payout results are not those that were shown to be agreed to.",
    )  # fmt: skip
    RESULT_NOTHING = (
        8424, FINAL, 409, "划付结果文件没有可登记的结果",
        "The payout results decide nothing that is open.",
    )  # fmt: skip
    AGREEMENT_AT_CORE = (
        8425, FINAL, 409, "收费单位的过渡户日终在核心整笔划转（4692），协议不得坐扣手续费，也不得划付：请先改协议",
        "The biller's transit account is swept at the core as a whole (4692): its agreement charges gross and pays"
        " nothing out. Change the agreement first.",
    )  # fmt: skip
