"""Result codes of blanks and invoices."""

from yifen.core.facts.codes import FINAL, ResultCode


class InvoiceCode(ResultCode):
    """890x–892x: 重要空白凭证 and what is printed on them."""

    INVOICE_KIND_UNKNOWN = 8900, FINAL, 404, "没有这种票据", "There is no such kind of paper."
    INVOICE_NUMBER_INVALID = (
        8901, FINAL, 400, "号码位数不对，或起止号颠倒",
        "The number has not as many digits as the kind, or the last stands before the first.",
    )  # fmt: skip
    INVOICE_NUMBER_KNOWN = (
        8902, FINAL, 409, "号码已在册，不能再次入库", "Numbers of these are in the register already.",
    )  # fmt: skip
    INVOICE_NOT_HELD = (
        8903, FINAL, 409, "这些号码不全在该处、不全是这种状态",
        "Not all of these numbers are in that hand and in that state.",
    )  # fmt: skip
    INVOICE_WAY_UNFIT = (
        8904, FINAL, 409, "只能在上下级机构之间、机构与其下柜员之间、同机构柜员之间交接",
        "Papers go between an institution and one above it, to tellers below it, and between tellers of one place.",
    )  # fmt: skip
    INVOICE_TRANSFER_ENDED = (
        8905, FINAL, 409, "该交接已接收、已退回或已撤回", "The hand-over was taken, refused or taken back.",
    )  # fmt: skip
    INVOICE_TRANSFER_NOT_YOURS = (
        8906, FINAL, 403, "该交接不是交给您的，或是您自己交出的",
        "It was not handed to you, or you handed it over yourself.",
    )  # fmt: skip
    INVOICE_TRANSFER_DIFFERS = (
        8907, FINAL, 409, "录入的起止号与交出方的记录不符",
        "The numbers typed are not those that were handed over.",
    )  # fmt: skip
    INVOICE_NONE_IN_HAND = (
        8908, FINAL, 409, "柜员手中没有该收费单位的票据，请先领用",
        "The teller has no paper of this company: fetch some first.",
    )  # fmt: skip
    INVOICE_NOT_LOWEST = (
        8909, FINAL, 409, "须按号使用，纸上没有的号码先在“作废与挂失”登记；下一号应为",
        "Numbers are used in order, a missing one is first marked under Void or lost; the next one is",
    )  # fmt: skip
    INVOICE_PRINTED = (
        8910, FINAL, 409, "该笔已打印发票，请用 4627 重打",
        "The invoice of this payment was printed: 4627 prints it again.",
    )  # fmt: skip
    INVOICE_NOT_PRINTED = (
        8911, FINAL, 409, "该笔没有有效的已打印发票，不能重打",
        "This payment has no valid printed invoice to print again.",
    )  # fmt: skip
    INVOICE_COPIES_OVER = (
        8912, FINAL, 409, "补打已满两次", "It was printed twice after the event: no more.",
    )  # fmt: skip
    INVOICE_PAYMENT_UNFIT = (
        8913, FINAL, 409, "该笔未入账、已退回或正在退回，不能打印发票",
        "The payment is not booked, was taken back, or is being taken back: it has no invoice.",
    )  # fmt: skip
    INVOICE_NOT_TODAY = (
        8914, FINAL, 409, "首次打印和重打只限当日；过后请选 2 补打",
        "A first print and a reprint are of the invoice's own business day only; afterwards choose 2, supplementary.",
    )  # fmt: skip
    INVOICE_TOO_OLD = 8915, FINAL, 409, "补打只限最近 6 个月", "Only invoices of the last six months are printed."
    INVOICE_HANDOVER_OPEN = (
        8917, FINAL, 409, "有未了结的凭证交接，须先接收、退回或撤回",
        "A hand-over of yours is open: take it, refuse it or take it back first.",
    )  # fmt: skip
    INVOICE_COUNT_MISSING = (
        8918, FINAL, 409, "轧账前须先盘点手中凭证（4642）", "Count your papers first (4642).",
    )  # fmt: skip
    INVOICE_PROPOSAL_UNFIT = (
        8919, FINAL, 409, "没有两人签过的这件事", "Two people did not sign for this.",
    )  # fmt: skip
    INVOICE_PREFIX_KNOWN = (
        8920, FINAL, 409, "该收费单位已有此发票代码", "The company has a kind with this prefix.",
    )  # fmt: skip
    INVOICE_FILE_UNREADABLE = (
        8921, FINAL, 400, "文件读不懂：每行一个号码，或 起号-止号",
        "The file cannot be read: a number a line, or first-last.",
    )  # fmt: skip
    INVOICE_ELECTRONIC = (
        8922, FINAL, 409, "该笔已开或正在开数电票，不能再开、不能再打印纸质发票",
        "The payment has an electronic invoice, or one is being issued: no other one, and no paper.",
    )  # fmt: skip
    INVOICE_PAPER_STANDS = (
        8923, FINAL, 409, "该笔已打印纸质发票且未作废，不能开数电票",
        "A paper invoice of this payment stands: no electronic one until it is void.",
    )  # fmt: skip
    INVOICE_NO_ISSUER = (
        8924, FINAL, 409, "该收费单位没有登记数电票平台", "The company has no tax platform registered here.",
    )  # fmt: skip
    INVOICE_RATE_MISSING = (
        8925, FINAL, 409, "账单的费种没有登记编码和税率，请管理员在“数电票平台”中补登",
        "A bill's fee has no goods code and rate: an administrator adds it under Tax platforms.",
    )  # fmt: skip
    INVOICE_NOT_FAILED = (
        8926, FINAL, 409, "该数电票没有失败，不能重开或放弃",
        "This electronic invoice has not failed: it is neither sent again nor given up.",
    )  # fmt: skip
    INVOICE_BUYER_INVALID = (
        8927, FINAL, 400, "购方名称须为 2 至 100 字，税号为 18 位（末位校验）或 15、20 位",
        "A buyer's name has 2 to 100 letters, a tax number 18 signs (the last one checks the others), 15 or 20.",
    )  # fmt: skip
    INVOICE_ISSUE_FAILED = (
        8928, FINAL, 409, "数电票平台拒绝开票", "The tax platform refused to issue it.",
    )  # fmt: skip
    INVOICE_SHEET_ENDED = (
        8929, FINAL, 409, "红字确认单被拒、逾期或作废，须重新申请",
        "The red confirmation sheet was refused, lapsed or is void: a new one is asked for.",
    )  # fmt: skip
