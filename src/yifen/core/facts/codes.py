"""Result codes 结果码: every answer Yifen gives, numbered once and never re-used.

The numbers stand in `code_numbers`, in order of precedence: when several apply, the first one that
does is answered.
It feeds the SQL functions (`@NAME`), both wire dialects, OpenAPI and `docs/reference/codes.md`.
"""

from yifen.core.facts.code_meaning import FINAL, RETRY, Meaning
from yifen.core.facts.code_numbers import Code as Code
from yifen.core.facts.file_codes import FILE_MEANINGS
from yifen.core.facts.settlement_codes import SETTLEMENT_MEANINGS

OF_PAGES = frozenset({21, 31, 32, 51, 82, 83, 84, 85})
"""Hundreds whose codes only people at the pages are told: sign-in, counter, onboarding, checkout,
files, repair, settlement, end of day."""

MEANINGS: dict[Code, Meaning] = {
    Code.OK: Meaning(FINAL, 200, "成功", "Done."),
    Code.PATH_UNKNOWN: Meaning(FINAL, 404, "无此接口", "There is no such interface."),
    Code.METHOD_NOT_ALLOWED: Meaning(FINAL, 405, "须用 POST 方法", "Use the POST method."),
    Code.MESSAGE_TOO_LARGE: Meaning(FINAL, 413, "报文过大", "The message is too large."),
    Code.DOCTYPE_REFUSED: Meaning(
        FINAL, 400, "XML 不得含 DOCTYPE", "XML with a DOCTYPE is refused."
    ),
    Code.ENCODING_INVALID: Meaning(
        FINAL, 400, "字符编码有误", "The bytes are not in the encoding that they declare."
    ),
    Code.MESSAGE_INVALID: Meaning(
        FINAL, 400, "报文格式错误", "The message does not follow its field table."
    ),
    Code.PARTNER_UNKNOWN: Meaning(FINAL, 401, "合作方不存在", "The partner is not known."),
    Code.PARTNER_SUSPENDED: Meaning(FINAL, 403, "合作方已停用", "The partner is suspended."),
    Code.DIALECT_NOT_ALLOWED: Meaning(
        FINAL, 403, "未开通此报文方式", "The partner may not use this dialect."
    ),
    Code.KEY_UNKNOWN: Meaning(
        FINAL, 401, "密钥版本不存在或已停用", "The key version is not known or no longer valid."
    ),
    Code.SIGNATURE_INVALID: Meaning(
        FINAL, 401, "签名错误", "The signature does not fit the message."
    ),
    Code.MESSAGE_STALE: Meaning(
        FINAL, 401, "报文时间超出允许范围", "The message's time is outside the accepted window."
    ),
    Code.SIGN_IN_FAILED: Meaning(
        FINAL,
        401,
        "账号、密码或动态码有误，或账号已锁定",
        "The login, password or code is wrong, or the login is locked.",
    ),
    Code.PERMISSION_MISSING: Meaning(FINAL, 403, "无此权限", "You may not do this."),
    Code.OUT_OF_SCOPE: Meaning(
        FINAL, 404, "不存在或不在管辖范围", "There is no such thing within your organisation."
    ),
    Code.CHECKER_IS_MAKER: Meaning(
        FINAL, 409, "经办与复核须为两人", "The maker and the checker must be two people."
    ),
    Code.AUTHORISATION_INVALID: Meaning(
        FINAL, 403, "主管授权未通过", "The supervisor's authorisation was not given."
    ),
    Code.AUTHORISATION_USED: Meaning(
        FINAL, 409, "该授权已使用或已作废", "This authorisation was used or refused before."
    ),
    Code.ROLES_CLASH: Meaning(
        FINAL, 409, "角色互斥，不得由一人兼任", "One person must not hold these roles together."
    ),
    Code.ROLE_NOT_GRANTABLE: Meaning(
        FINAL, 403, "无权授予该角色", "You may not give this role to anybody."
    ),
    Code.PASSWORD_WEAK: Meaning(
        FINAL, 400, "密码不符合要求", "The password does not follow the rules."
    ),
    Code.CODE_WRONG: Meaning(FINAL, 400, "动态码有误", "The six digits are wrong or too old."),
    Code.INPUT_INVALID: Meaning(FINAL, 400, "输入有误", "The input cannot be used."),
    Code.FORM_STALE: Meaning(
        FINAL,
        403,
        "页面已过期，请返回后重试；本次未作任何处理",
        "This page is too old; go back and try again. Nothing was done.",
    ),
    Code.BUSY: Meaning(
        RETRY, 503, "系统繁忙，未受理", "The hub is busy; nothing was taken. Send again."
    ),
    Code.UNAVAILABLE: Meaning(
        RETRY,
        503,
        "系统暂不可用，请用原流水号重发或查询结果",
        "The hub cannot answer now; confirm, or send the same serial again.",
    ),
    Code.FAULT: Meaning(
        RETRY,
        500,
        "系统错误，请用原流水号查询结果",
        "The hub failed; confirm, or send the same serial again.",
    ),
    Code.SERIAL_REUSED: Meaning(
        FINAL, 409, "流水号重复且内容不同", "This serial was used before with other content."
    ),
    Code.REVERSED_BEFORE_CHARGE: Meaning(
        FINAL, 409, "该流水已先行冲正", "This serial was reversed before it arrived."
    ),
    Code.SERIAL_UNKNOWN: Meaning(FINAL, 404, "流水号不存在", "No payment has this serial."),
    Code.BILLER_UNKNOWN: Meaning(FINAL, 404, "收费单位不存在", "The biller is not known."),
    Code.NOT_ADMITTED: Meaning(
        FINAL, 403, "渠道未准入该收费单位", "The channel is not admitted to this biller."
    ),
    Code.CHANNEL_CLOSED: Meaning(
        RETRY, 409, "渠道不在服务时间", "The channel is outside its service hours."
    ),
    Code.BILLER_OUTAGE: Meaning(RETRY, 503, "收费单位停机维护", "The biller has an outage now."),
    Code.DAY_CLOSED: Meaning(FINAL, 409, "会计日期已日切", "That business day is closed."),
    Code.DAY_NOT_OPEN: Meaning(FINAL, 409, "会计日期未开", "That business day is not open yet."),
    Code.TRANSACTION_UNKNOWN: Meaning(
        FINAL, 404, "无此交易码", "There is no such transaction code."
    ),
    Code.COUNTER_MISSING: Meaning(
        FINAL, 409, "本机构未开通柜面渠道", "No counter channel is open to this institution."
    ),
    Code.SHIFT_NOT_OPEN: Meaning(
        FINAL, 409, "尚未开班，请先办理 4640", "Your shift is not open: 4640 opens it."
    ),
    Code.SHIFT_ALREADY_OPEN: Meaning(FINAL, 409, "已经开班", "Your shift is open already."),
    Code.SHIFT_DAY_OVER: Meaning(
        FINAL,
        409,
        "班次所属会计日期已日切，请先轧账",
        "The business day of this shift is closed: balance the shift first.",
    ),
    Code.SHIFT_DIFFERENCE: Meaning(
        FINAL,
        409,
        "实点现金与账面不符，须说明原因并经主管授权",
        "The cash counted is not what it should be: a reason and a supervisor are needed.",
    ),
    Code.ENTRY_UNDECIDED: Meaning(
        RETRY,
        409,
        "有结果未知的流水，须先查清",
        "An entry is undecided: find out about it first.",
    ),
    Code.ENTRY_NOT_REVERSIBLE: Meaning(
        FINAL, 409, "该流水不能冲正", "This entry cannot be reversed."
    ),
    Code.RECEIPT_MISSING: Meaning(FINAL, 404, "没有可打印的回单", "There is no receipt to print."),
    Code.BILLER_ELSEWHERE: Meaning(
        FINAL,
        409,
        "该收费单位委托其他联社代收，本机构不能受理",
        "Another county union collects for this biller.",
    ),
    Code.CASH_SHORT: Meaning(FINAL, 400, "收款金额少于应收金额", "Less cash than is to be paid."),
    Code.PARTNER_EXISTS: Meaning(FINAL, 409, "合作方代码已被使用", "This partner code is taken."),
    Code.NOT_READY_FOR_LIVE: Meaning(
        FINAL, 409, "尚不具备上线条件", "The partner cannot go live yet."
    ),
    Code.ALREADY_LIVE: Meaning(FINAL, 409, "合作方已上线", "The partner is live already."),
    Code.OUTAGE_INVALID: Meaning(
        FINAL, 400, "停机时段无效", "The outage must end after it starts, and in the future."
    ),
    Code.KEY_INVALID: Meaning(
        FINAL, 400, "密钥或算法不可用", "This key or algorithm cannot be used."
    ),
    Code.CERTIFYING: Meaning(
        RETRY, 409, "一致性测试进行中", "A conformance run is going on; wait for its end."
    ),
    Code.NOTHING_TO_CERTIFY: Meaning(
        FINAL,
        409,
        "没有可测试的内容：缺少沙箱地址、密钥或报文",
        "There is nothing to test: no sandbox endpoint, key or message yet.",
    ),
    Code.ACCOUNT_UNKNOWN: Meaning(FINAL, 404, "户号不存在", "The account number is not known."),
    Code.PAYABLE_REPEATED: Meaning(
        FINAL, 400, "应缴项重复", "A payable stands twice in one payment."
    ),
    Code.PAYABLE_UNKNOWN: Meaning(FINAL, 404, "应缴项不存在", "The payable is not known."),
    Code.PAYABLE_WITHDRAWN: Meaning(FINAL, 409, "应缴项已撤销", "The payable was withdrawn."),
    Code.ALREADY_PAID: Meaning(FINAL, 409, "应缴项已缴清", "The payable is already paid."),
    Code.PAYABLE_HELD: Meaning(
        RETRY, 409, "应缴项有未决交易", "Another payment of this payable is still open."
    ),
    Code.QUOTE_REQUIRED: Meaning(FINAL, 409, "须先查询报价", "Query first: a quote is required."),
    Code.QUOTE_EXPIRED: Meaning(
        FINAL, 409, "报价已过期，请重新查询", "The quote expired; query again."
    ),
    Code.QUOTE_MISMATCH: Meaning(
        FINAL, 409, "与报价不符", "The payables or amounts are not those of the quote."
    ),
    Code.TOTAL_WRONG: Meaning(
        FINAL, 400, "合计金额与明细不符", "The total is not the sum of the lines."
    ),
    Code.AMOUNT_WRONG: Meaning(
        FINAL, 409, "金额不符合应缴要求", "The amount is not one that the payable accepts."
    ),
    Code.NOTHING_CHOSEN: Meaning(FINAL, 400, "请选择要缴的项目", "Choose what to pay."),
    Code.TOO_MANY_CHOSEN: Meaning(
        FINAL, 400, "一次最多缴 20 项，请分次缴费", "At most 20 items at once: pay in several goes."
    ),
    Code.AMOUNTS_CHANGED: Meaning(
        FINAL,
        409,
        "应缴金额已更新，请核对后再次确认",
        "The amounts have changed: check them and confirm again.",
    ),
    Code.ORDER_UNKNOWN: Meaning(FINAL, 404, "订单不存在", "There is no such order."),
    Code.ORDER_STATE: Meaning(
        FINAL, 409, "订单当前状态不能这样处理", "The order's state does not allow this."
    ),
    Code.ORDER_CLOSED: Meaning(
        FINAL,
        409,
        "订单已关闭，已付款项将原路退回",
        "The order is closed; what was paid goes back the way it came.",
    ),
    Code.PAY_METHOD_UNKNOWN: Meaning(
        FINAL, 404, "此支付方式未开通", "This way of paying is not available."
    ),
    Code.PAY_METHOD_FAULT: Meaning(
        RETRY,
        503,
        "支付机构暂无应答，请稍后再试",
        "The payment provider does not answer now; try again in a moment.",
    ),
    Code.NOTICE_INVALID: Meaning(
        FINAL, 400, "支付通知未通过验证", "The payment notice cannot be trusted."
    ),
    Code.PAID_AMOUNT_WRONG: Meaning(
        FINAL,
        409,
        "实付金额与订单不符，将原路退回",
        "The amount paid is not the order's; it goes back the way it came.",
    ),
    Code.TOO_MANY_TRIES: Meaning(
        RETRY, 429, "操作过于频繁，请稍后再试", "Too many tries; wait a little and try again."
    ),
    Code.PHONE_INVALID: Meaning(
        FINAL, 400, "请输入 11 位手机号", "Enter a mobile number of 11 digits."
    ),
    Code.SMS_CODE_WRONG: Meaning(
        FINAL, 400, "验证码有误或已失效", "The code is wrong or no longer valid."
    ),
    Code.BINDINGS_FULL: Meaning(
        FINAL, 409, "最多绑定 10 个户号", "At most ten accounts can be bound."
    ),
    Code.RECEIPT_UNKNOWN: Meaning(
        FINAL, 404, "查无此回单，请核对回单编号", "No such receipt: check the number."
    ),
    Code.OVER_PAYMENT_LIMIT: Meaning(FINAL, 409, "超过单笔限额", "Over the limit for one payment."),
    Code.OVER_DAY_LIMIT: Meaning(
        RETRY, 409, "超过渠道当日限额", "Over the channel's limit for the business day."
    ),
    Code.BALANCE_SHORT: Meaning(RETRY, 409, "账户余额不足", "An account would go below zero."),
    Code.LEDGER_ACCOUNT_UNKNOWN: Meaning(FINAL, 409, "账户不存在", "No such ledger account."),
    Code.LEDGER_ACCOUNT_CLOSED: Meaning(FINAL, 409, "账户已关闭", "The ledger account is closed."),
    Code.LEDGER_SAME_ACCOUNT: Meaning(
        FINAL, 409, "借贷账户相同", "Debit and credit are the same account."
    ),
    Code.LEDGER_BOOKS_DIFFER: Meaning(
        FINAL, 409, "账户不属同一账簿", "The two accounts belong to different books."
    ),
    Code.LEDGER_AMOUNT_INVALID: Meaning(
        FINAL, 409, "转账金额无效", "A transfer's amount must be 1 to 10^15−1 fen."
    ),
    Code.LEDGER_DAY_CLOSED: Meaning(
        FINAL, 409, "账簿会计日期不符", "The book is not open for that business day."
    ),
    Code.LEDGER_PENDING_UNKNOWN: Meaning(
        FINAL, 409, "预占转账不存在", "No such pending transfer, or it names other accounts."
    ),
    Code.LEDGER_PENDING_RESOLVED: Meaning(
        FINAL, 409, "预占转账已了结", "The pending transfer was posted or voided before."
    ),
    Code.LEDGER_ORIGINAL_UNKNOWN: Meaning(
        FINAL, 409, "原转账不存在", "No such posted transfer to reverse."
    ),
    Code.LEDGER_ALREADY_REVERSED: Meaning(
        FINAL, 409, "原转账已冲正", "The transfer was reversed before."
    ),
    Code.LEDGER_LINKED_FAILED: Meaning(
        FINAL, 409, "关联转账失败", "A transfer linked to this one failed."
    ),
    Code.ORIGINAL_UNKNOWN_BLOCKED: Meaning(
        FINAL,
        404,
        "原交易不存在，已登记拦截",
        "The original is not known; it is blocked should it still arrive.",
    ),
    Code.ORIGINAL_NOT_BOOKED: Meaning(
        FINAL, 409, "原交易未成功，无须冲正", "The original was not booked; nothing to take back."
    ),
    Code.ORIGINAL_MISMATCH: Meaning(
        FINAL, 409, "与原交易金额不符", "The amount is not that of the original."
    ),
    Code.ALREADY_REVERSED: Meaning(
        FINAL, 409, "原交易已冲正", "The original was taken back before."
    ),
    Code.DAY_CLOSED_USE_REFUND: Meaning(
        FINAL, 409, "已日切，请改用退款", "The original's business day is closed: refund instead."
    ),
    Code.DAY_OPEN_USE_REVERSE: Meaning(
        FINAL,
        409,
        "当日交易，请用冲正",
        "The original is of the open business day: reverse instead.",
    ),
    Code.ORIGINAL_PROCESSING: Meaning(
        RETRY, 409, "原交易处理中", "The original is still being decided; try again later."
    ),
    Code.PROCESSING: Meaning(
        RETRY, 202, "处理中，请稍后查询结果", "Accepted, not decided yet: confirm later."
    ),
    Code.BILLER_REJECTED: Meaning(FINAL, 409, "收费单位拒绝", "The biller refused it."),
    Code.BILLER_UNAVAILABLE: Meaning(
        RETRY, 503, "收费单位系统无应答，未受理", "The biller's system is down; nothing was taken."
    ),
    Code.FILE_NOT_READY: Meaning(
        RETRY, 404, "对账文件尚未生成", "The file of that business day is not ready."
    ),
    **FILE_MEANINGS,
    Code.PROFILE_UNKNOWN: Meaning(
        FINAL, 404, "该合作方未设置对账方式", "This partner has no way of reconciling."
    ),
    Code.ITEM_CLOSED: Meaning(FINAL, 409, "该差异已处理完毕", "This difference is closed."),
    Code.ITEM_NOT_PROPOSED: Meaning(
        FINAL, 409, "该差异没有待复核的处理", "Nothing is proposed for this difference."
    ),
    Code.ACTION_NOT_POSSIBLE: Meaning(
        FINAL, 409, "此差异不能这样处理", "This difference cannot be put right in that way."
    ),
    Code.FILE_MISSING: Meaning(
        RETRY, 404, "对方文件尚未收到", "The partner's file has not arrived."
    ),
    Code.ITEM_UNKNOWN: Meaning(FINAL, 404, "该差异不存在", "There is no such difference."),
    Code.REPAIR_UNDER_WAY: Meaning(
        RETRY,
        409,
        "该差异正在处理或待复核",
        "This difference is being put right, or waits for the checker.",
    ),
    Code.REPAIR_NOT_DECIDED: Meaning(
        FINAL, 409, "该差异的处理尚未复核", "Nobody has decided yet how to put this right."
    ),
    Code.REPAIR_DONE_BEFORE: Meaning(
        FINAL, 409, "该差异此前已记账，不得重复", "The books have moved for this before."
    ),
    **SETTLEMENT_MEANINGS,
    Code.DAY_END_RUNNING: Meaning(RETRY, 409, "日终正在运行", "The end of day is running."),
    Code.DAY_END_WAITS: Meaning(
        RETRY, 409, "日终在等待前一步", "The end of day waits for something."
    ),
    Code.DAY_END_NOT_SIGNABLE: Meaning(
        FINAL, 409, "该日终无须签字", "There is nothing to sign for."
    ),
}


def wire_code(code: Code) -> str:
    """The four digits both dialects carry: `0000` is success."""
    return f"{code:04d}"
