"""Result codes of the treasury: 945x and 946x messages as they come, 947x vouchers and clearing, 948x returns."""

from yifen.core.facts.codes import FINAL, RETRY, ResultCode


class TreasuryCode(ResultCode):
    """9450–9499."""

    PAPER_TOO_LARGE = 9450, FINAL, 413, "国库报文超过 2 MB", "A treasury message has 2 MB at most."
    PAPER_ENCODING = (
        9451, FINAL, 400, "国库报文的编码有误：GBK、GB18030 或 UTF-8，并须与声明一致",
        "A treasury message is in GBK, GB18030 or UTF-8, as it declares.",
    )  # fmt: skip
    PAPER_BROKEN = 9452, FINAL, 400, "国库报文的 XML 有误", "The XML of a treasury message is wrong."
    PAPER_KIND = 9453, FINAL, 400, "不认识的凭证类型或报文编号", "This kind of voucher or message is not known."
    PAPER_FIELD = (
        9454, FINAL, 400, "国库报文的字段缺少、多余、重复或格式有误",
        "A field of a treasury message is missing, unknown, repeated or of a wrong form.",
    )  # fmt: skip
    PAPER_NUMBER = (
        9455, FINAL, 400, "信封上的凭证号、类型、年度或区划与凭证内不一致",
        "Number, kind, year or division on the envelope are not those of the voucher inside.",
    )  # fmt: skip
    PAPER_SUM = 9456, FINAL, 400, "明细合计、笔数与主单不符", "The details do not add up to what the main part says."
    PAPER_LINES = 9457, FINAL, 400, "明细须为 1–499 笔", "A voucher has 1 to 499 details."
    PAPER_LINE_TWICE = 9458, FINAL, 400, "明细编号重复", "Two details have one Id."
    PAPER_FUTURE = 9459, FINAL, 400, "凭证日期晚于今日", "The day of a voucher is in the future."
    PAPER_LONG = (
        9460, FINAL, 400, "文字过长：名称须少于 120 字节，用途须少于 200 字节（GBK）",
        "A text is too long: names have less than 120 bytes, purposes less than 200, in GBK.",
    )  # fmt: skip
    PAPER_BANK_NO = 9461, FINAL, 400, "银行行号须为 12 位数字", "The number of a bank has 12 digits."
    PAPER_TREASURY_NO = 9462, FINAL, 400, "国库代码须为 10 位数字", "The code of a treasury has 10 digits."
    PAPER_AMOUNT = (
        9463, FINAL, 400, "金额有误：至多 15 位，其中两位小数；退款和更正以外不得为负",
        "An amount has 15 digits at most, two of them decimals, and is negative in refunds and corrections alone.",
    )  # fmt: skip
    PAPER_MAIN = (
        9464, FINAL, 400, "明细与主单的单号、预算科目不一致，或缺收款账号",
        "A detail has another voucher or other codes than the main part, or no payee.",
    )  # fmt: skip
    PAPER_PACK = 9465, FINAL, 400, "子包序号有误", "The number of a child pack is wrong."

    # --- vouchers, clearing ---
    TREASURY_UNKNOWN = (
        9470, FINAL, 404, "该财政机构今日没有生效的国库支付规则",
        "The bureau has no rule for payments by voucher in force today.",
    )  # fmt: skip
    TREASURY_RULE_WRONG = (
        9471, FINAL, 400, "国库支付规则有误：代理银行、国库代码、用途、科目级次，或生效日早于今日",
        "Agent bank, code of the treasury, purpose or class level of the rule is wrong, or it begins before today.",
    )  # fmt: skip
    VOUCHER_LINES = (
        9472, FINAL, 409, "一张支付凭证须是同一单位、同一指标的 1–200 笔待还款",
        "A voucher has 1 to 200 due repayments of one unit and one indicator.",
    )  # fmt: skip
    VOUCHER_ACCOUNT = 9473, FINAL, 409, "该单位没有零余额账户", "The unit has no zero-balance account."
    VOUCHER_UNKNOWN = 9474, FINAL, 404, "没有该支付凭证", "There is no such voucher."
    VOUCHER_STATE = 9475, FINAL, 409, "支付凭证的状态已不容此事", "The voucher is in another state."
    VOUCHER_SAME_PERSON = 9476, FINAL, 409, "凭证、退票的复核人须是另一人", "The same person cannot make and agree."
    VOUCHER_CHANGED = (
        9477, RETRY, 409, "所示内容已变化，请重新查看后再决定",
        "What was shown is otherwise by now: look again.",
    )  # fmt: skip
    VOUCHER_OTHERWISE = (
        9478, FINAL, 409, "代理银行的回单与凭证或先前的回单不符，未入账",
        "The bank's answer does not fit the voucher, or what it said before; nothing was taken.",
    )  # fmt: skip
    CLEARING_OTHERWISE = (
        9479, FINAL, 409, "同一单号先前的内容不同",
        "This number came with other figures before.",
    )  # fmt: skip

    # --- returns ---
    RETURN_UNKNOWN = 9480, FINAL, 404, "没有该退票，或该笔未还款", "There is no such return, or the line was not paid."
    RETURN_STATE = 9481, FINAL, 409, "退票的状态已不容此事", "The return is in another state."
    RETURN_TOO_MUCH = 9482, FINAL, 409, "退回金额超过可退的余额", "More comes back than was paid and has not come back."
    RETURN_FIELDS = 9483, FINAL, 400, "须写明退回原因", "A return needs its reason."

    # --- quota that the treasury tells of; what two people end ---
    QUOTA_NOT_OURS = (
        9484, FINAL, 409, "额度通知的国库代码或财政机关代码不是该财政机构的",
        "Treasury or bureau of a quota message is another one.",
    )  # fmt: skip
    QUOTA_OTHERWISE = (
        9485, FINAL, 409, "同一报文号或额度通知书号先前的内容不同",
        "This message or notice came with other content before.",
    )  # fmt: skip
    QUOTA_MONTH = 9486, RETRY, 409, "额度属于尚未开始的月份", "The quota is of a month that has not begun."
    QUOTA_ACCOUNT = (
        9487, FINAL, 409, "拨款不是拨入该单位的零余额账户，不是额度",
        "The appropriation was paid to another account than the unit's zero-balance account: it is no quota.",
    )  # fmt: skip
    QUOTA_PERIOD = (
        9488, FINAL, 409, "年度与调整期标志不符：调整期只能是上一年度",
        "The year does not fit the sign of adjustment: what adjusts is of the year before.",
    )  # fmt: skip
    CLAIM_GROSS = (
        9489, FINAL, 409, "申请划款未扣除清算前已退回的金额",
        "The claim asks for what came back before it.",
    )  # fmt: skip
    ENDING_STATE = (
        9490, FINAL, 409, "该申请划款或额度已了结，或不能如此了结",
        "This claim or quota has ended, or cannot end like that.",
    )  # fmt: skip
    QUOTA_IDLE = (
        9491, FINAL, 409, "该财政机构只按指标控制，额度通知不改变可用额度",
        "The bureau controls by indicators alone: a quota message moves nothing.",
    )  # fmt: skip

    # --- papers that are not taken, vouchers that cannot be written ---
    PAPER_DIVISION = (
        9493, FINAL, 409, "该区划没有由此银行或国库办理的财政机构",
        "No bureau of this division pays or clears by this house.",
    )  # fmt: skip
    VOUCHER_WRITING = (
        9494, FINAL, 409, "姓名或名称含银行报文无法书写的字，须先更正",
        "A name has a character that the bank's message cannot carry: put the name right first.",
    )  # fmt: skip
    PAPER_FAILED = (
        9495, FINAL, 409, "报文未能入账，已原样留存",
        "The message could not be taken; it is kept as it came.",
    )  # fmt: skip
