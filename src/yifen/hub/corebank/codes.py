"""Result codes of the core port."""

from yifen.core.facts.codes import FINAL, RETRY, ResultCode


class CoreCode(ResultCode):
    """8930–8949, 8980–8982: what the bank's core says of an account, a cheque or a posting, or that it says nothing."""

    CORE_AWAY = (
        8930, RETRY, 503, "核心系统未答复，结果未知，请稍后查询",
        "The core gives no answer: what became of it is not known, ask again later.",
    )  # fmt: skip
    CORE_MISSING = (
        8931, FINAL, 409, "本机构未接入核心系统",
        "No core is connected for this institution.",
    )  # fmt: skip
    CORE_PAIR_MISSING = (
        8932, FINAL, 409, "收费单位在本核心无过渡账户，请先办理 4692",
        "The biller has no transit account at this core: 4692 sets it.",
    )  # fmt: skip
    CORE_NO_ACCOUNT = 8933, FINAL, 404, "账号不存在", "There is no such account."
    CORE_WRONG_KIND = (
        8934, FINAL, 409, "账户种类与缴费方式不符",
        "The account is not of the kind that this way of paying needs.",
    )  # fmt: skip
    CORE_CLOSED = 8935, FINAL, 409, "账户已销户", "The account is closed."
    CORE_FROZEN = 8936, FINAL, 409, "账户已冻结", "The account is frozen."
    CORE_LOST = 8937, FINAL, 409, "卡或存折已挂失或已换发", "The card or passbook was reported lost, or replaced."
    CORE_NAME_DIFFERS = 8938, FINAL, 409, "户名不符", "The account is held in another name."
    CORE_PIN_WRONG = 8939, FINAL, 403, "密码错误", "The PIN is wrong."
    CORE_SHORT = (
        8940, FINAL, 409, "可用余额不足，不得垫款",
        "The balance does not cover it, and nobody advances money.",
    )  # fmt: skip
    CHEQUE_UNKNOWN = 8941, FINAL, 404, "该账户无此支票号", "The account has no cheque of this number."
    CHEQUE_USED = 8942, FINAL, 409, "支票已使用", "The cheque has been used."
    CHEQUE_STOPPED = 8943, FINAL, 409, "支票已挂失、已缴回或已作废", "The cheque was reported lost, returned or void."
    CHEQUE_LATE = (
        8944, FINAL, 409, "支票日期有误或已过提示付款期（10 日）",
        "The cheque's date is ahead, or more than 10 days ago.",
    )  # fmt: skip
    CORE_ORIGINAL_MISSING = (
        8945, FINAL, 409, "核心无原交易，未能撤销，须人工核实",
        "The core has no such posting to undo: people must look.",
    )  # fmt: skip
    CORE_ACCOUNT_TAKEN = (
        8946, FINAL, 409, "该过渡户或结算账号已属其他收费单位",
        "This transit or settlement account is another biller's.",
    )  # fmt: skip
    CORE_REFUSED = 8947, FINAL, 409, "核心拒绝入账", "The core refuses the posting."
    CORE_NOT_POSTED = (
        8948, FINAL, 409, "核心未收到，未入账，可重新办理",
        "The core never saw it and nothing was posted: it may be done anew.",
    )  # fmt: skip
    CORE_NOT_OPEN = (
        8949, FINAL, 409, "该笔核心流水已有结果，或发起未满一刻钟",
        "The move has its result, or is not a quarter of an hour old.",
    )  # fmt: skip
    CORE_UNFIT = (
        8980, FINAL, 409, "单据不要求此笔记账，或单据仍有效、不得撤销",
        "Its document does not ask the core for this, or stands and is not undone.",
    )  # fmt: skip
    CORE_FORGED = (
        8981, FINAL, 409, "核心的答复未经核心签名，或与流水不符",
        "The core did not sign the answer that is kept of a move, or it says otherwise.",
    )  # fmt: skip
    CORE_BALANCE_DIFFERS = (
        8982, RETRY, 409, "核心过渡户余额与本系统逐笔合计不符：请由核心更正后重做日终，或签字关闭",
        "The balance of a transit account at the core is not what the moves add up to: let the core put it right and "
        "repeat the night, or sign the day off.",
    )  # fmt: skip
