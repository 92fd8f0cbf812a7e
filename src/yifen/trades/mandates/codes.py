"""Result codes of mandates."""

from yifen.core.facts.codes import FINAL, RETRY, ResultCode


class MandateCode(ResultCode):
    """9510–9534: 代扣签约, and single debits by them."""

    MANDATE_NONE = (
        9510, FINAL, 409, "该户号没有生效的代扣签约",
        "No mandate is in force for this account number.",
    )  # fmt: skip
    MANDATE_NOT_YET = 9511, FINAL, 409, "代扣签约尚未生效", "The mandate is not in force yet."
    MANDATE_ENDED = 9512, FINAL, 409, "代扣签约已终止", "The mandate has ended."
    MANDATE_KIND = 9513, FINAL, 409, "代扣签约未允许此种扣款", "The mandate does not allow this kind of debit."
    MANDATE_OVER_ONCE = 9514, FINAL, 409, "超过签约的单笔限额", "It is above the mandate's limit of one debit."
    MANDATE_OVER_MONTH = 9515, FINAL, 409, "超过签约的当月限额", "It is above what the mandate has left this month."
    MANDATE_THERE = (
        9516, FINAL, 409, "该账户对该户号已有代扣签约",
        "This account has a mandate for this account number already.",
    )  # fmt: skip
    MANDATE_UNKNOWN = 9517, FINAL, 404, "无此代扣签约", "There is no such mandate."
    MANDATE_DATES = (
        9518, FINAL, 400, "起止日期有误：不得早于今日或收费单位约定的生效日",
        "The dates are not right: not before today, nor before the day that the biller's rule gives.",
    )  # fmt: skip
    MANDATE_LIMITS = (
        9519, FINAL, 400, "限额有误：单笔不得高于当月，且不得高于收费单位的规定",
        "The limits are not right: once above a month, or above the biller's rule.",
    )  # fmt: skip
    MANDATE_SAME_ACCOUNT = (
        9520, FINAL, 409, "账户未变：变更账户须重新签约另一账户",
        "The account is the same: a change of account is a new agreement of another one.",
    )  # fmt: skip
    MANDATE_USED_OTHERWISE = (
        9521, FINAL, 409, "该单据已计入另一签约、另一金额，或已退回",
        "The document counts under another mandate or amount, or was given back.",
    )  # fmt: skip
    MANDATE_CHANNEL_MISSING = (
        9522, FINAL, 409, "签约机构没有代扣渠道",
        "The institution of the mandate keeps no channel for debits.",
    )  # fmt: skip
    SINGLE_UNKNOWN = 9523, FINAL, 404, "无此笔扣款", "There is no such debit."
    SINGLE_OTHERWISE = 9524, FINAL, 409, "同一流水号内容不同", "The same serial was sent with another content."
    SINGLE_BILLS = (
        9525, FINAL, 409, "账单不存在或应缴金额已变",
        "The bill is not there, or another amount is due.",
    )  # fmt: skip
    SINGLE_TAKEN_BACK = (
        9526, FINAL, 409, "这笔缴费已撤销，款项退回账户",
        "The payment was taken back; the money goes back to the account.",
    )  # fmt: skip
    MANDATE_LINK_WRONG = 9527, FINAL, 404, "链接无效", "The link is not one of ours."
    MANDATE_NOT_AGREED = (
        9528, FINAL, 409, "银行未确认：户名、预留手机或验证码不符",
        "The bank did not confirm it: the name, the phone that it has, or the code.",
    )  # fmt: skip
    MANDATE_UNPROVED = (
        9529, FINAL, 409, "留存的核心答复未经核心签名，或与签约不符",
        "What is kept as the core's word on a mandate was not signed by it, or is about something else.",
    )  # fmt: skip
    MANDATE_WORD_UNREADABLE = 9530, FINAL, 400, "请求无法识别", "The request cannot be read."
    MANDATE_WORD_UNPROVED = (
        9531, FINAL, 409, "留存的请求不是该合作方签名的",
        "What is kept as a partner's request was not signed by it.",
    )  # fmt: skip
    MANDATE_ASKED = (
        9532, RETRY, 202, "已受理，等付款人或系统确认",
        "Taken: it waits for the payer's or our own word.",
    )  # fmt: skip
    MANDATE_PAPER_THERE = 9533, FINAL, 409, "该扫描件已有", "This paper is there already."
    MANDATE_PAPER_WRONG = 9534, FINAL, 400, "须是 PDF、JPEG 或 PNG，至多 4 MB", "A PDF, JPEG or PNG of at most 4 MB."
