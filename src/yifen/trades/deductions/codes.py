"""Result codes of deductions."""

from yifen.core.facts.codes import FINAL, ResultCode


class DeductionCode(ResultCode):
    """870x, 8723 and 873x: 卡扣, a bank asked to debit a payer's account."""

    PORT_MISSING = (
        8701, FINAL, 409, "该渠道没有启用银行扣款接口",
        "No bank's port is in use for this channel.",
    )  # fmt: skip
    DEDUCTION_OPEN = (
        8702, FINAL, 409, "该户号有一笔扣款正在办理，请等它有结果",
        "A deduction of this account is under way: wait for its end.",
    )  # fmt: skip
    DUES_CHANGED = (
        8703, FINAL, 409, "应缴金额已更新，请核对后再次提交",
        "The amounts have changed: check them and send again.",
    )  # fmt: skip
    DEBTOR_INVALID = 8704, FINAL, 400, "扣款账号或户名有误", "The account number or the holder's name is not right."
    CONSENT_MISSING = (
        8705, FINAL, 400, "请写明付款人如何同意，及其凭据号或内容",
        "Say how the payer agreed, and by which paper or words.",
    )  # fmt: skip
    BANK_REFUSED = 8706, FINAL, 409, "银行未扣款", "The bank did not deduct."
    BANK_SILENT = (
        8707, FINAL, 409, "银行始终没有收到，已撤销",
        "The bank never had it; it was given up.",
    )  # fmt: skip
    DEDUCTION_TAKEN_BACK = (
        8708, FINAL, 409, "这笔缴费已撤销，扣款原路退回",
        "The payment was taken back; what was deducted goes back to the account.",
    )  # fmt: skip
    DEDUCTION_UNKNOWN = 8709, FINAL, 404, "扣款不存在", "There is no such deduction."
    HOLDER_NOT_PAYER = (
        8723, FINAL, 400, "账户户名不是付款人：须有账户户主本人的书面同意（代缴），并写明编号",
        "The account is not the payer's: its holder's own signed paper is needed, with its number.",
    )  # fmt: skip
    BANK_WORD_UNPROVED = (
        8730, FINAL, 409, "留存的扣款应答不是该银行签名的",
        "What is kept as a bank's word on a deduction was not signed by it.",
    )  # fmt: skip
    BACK_NOT_DUE = (
        8731, FINAL, 409, "款项已退回，或到期不足十五分钟，仍由银行接口办理",
        "It is back, or due for less than a quarter of an hour: the bank's port sees to it.",
    )  # fmt: skip
