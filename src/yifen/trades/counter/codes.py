"""Result codes of the counter."""

from yifen.core.facts.codes import FINAL, RETRY, ResultCode


class CounterCode(ResultCode):
    """31xx: the counter."""

    TRANSACTION_UNKNOWN = 3101, FINAL, 404, "无此交易码", "There is no such transaction code."
    COUNTER_MISSING = (
        3102, FINAL, 409, "本机构未开通柜面渠道",
        "No counter channel is open to this institution.",
    )  # fmt: skip
    SHIFT_NOT_OPEN = (
        3103, FINAL, 409, "尚未开班，请先办理 4640",
        "Your shift is not open: 4640 opens it.",
    )  # fmt: skip
    SHIFT_ALREADY_OPEN = 3104, FINAL, 409, "已经开班", "Your shift is open already."
    SHIFT_DAY_OVER = (
        3105, FINAL, 409, "班次所属会计日期已日切，请先轧账",
        "The business day of this shift is closed: balance the shift first.",
    )  # fmt: skip
    SHIFT_DIFFERENCE = (
        3106, FINAL, 409, "实点现金或重空与账面不符，须说明原因并经主管授权",
        "Cash or papers counted are not what they should be: a reason and a supervisor are needed.",
    )  # fmt: skip
    ENTRY_UNDECIDED = (
        3107, RETRY, 409, "有结果未知的流水，须先查清",
        "An entry is undecided: find out about it first.",
    )  # fmt: skip
    ENTRY_NOT_REVERSIBLE = 3108, FINAL, 409, "该流水不能冲正", "This entry cannot be reversed."
    RECEIPT_MISSING = 3109, FINAL, 404, "没有可打印的回单", "There is no receipt to print."
    BILLER_ELSEWHERE = (
        3110, FINAL, 409, "该收费单位委托其他联社代收，本机构不能受理",
        "Another county union collects for this biller.",
    )  # fmt: skip
    ENTRY_NOT_REFUNDABLE = 3112, FINAL, 409, "该流水不能退款", "This entry cannot be refunded."
    DRAFT_LAPSED = (
        3113, FINAL, 409, "到轧账或日切仍未确认，此笔作废，未入账",
        "It was not confirmed before its shift or its day ended: it is void, and nothing was booked.",
    )  # fmt: skip
    PAPERS_MISSING = (
        3114, FINAL, 409, "须收回已打印的发票，照纸上录入号码；所录与打印的不符",
        "The printed invoice is to be taken back and its number typed from the paper: this is not what was printed.",
    )  # fmt: skip
    OPENING_DIFFERS = (
        3115, FINAL, 409, "开班现金与上次轧账实点不符，须说明原因并经主管授权；上次实点为",
        "The drawer opens with other cash than was counted last: a reason and a supervisor are needed. Counted last",
    )  # fmt: skip
    CASH_SHORT = 3111, FINAL, 400, "收款金额少于应收金额", "Less cash than is to be paid."
