"""Result codes 结果码: every answer Yifen gives, numbered once and never re-used.

Here are those of the messages and of the people at the pages; a trade brings its own (`codes` of its
plug). In order of precedence: when several apply, the first one is answered. They feed the SQL
functions (`@NAME`), both wire dialects, OpenAPI and `docs/reference/codes.md`.
"""

from enum import IntEnum
from typing import NamedTuple, Self

RETRY, FINAL = True, False


class Meaning(NamedTuple):
    """What a code tells: may it be retried, the HTTP status of the JSON dialect, both texts."""

    retryable: bool
    status: int
    zh: str
    en: str


class ResultCode(IntEnum):
    """A number with its meaning. `final`: the same request gets the same answer for ever (it is
    stored with the serial). `retryable`: nothing was kept, the same serial may be sent again."""

    meaning: Meaning

    def __new__(
        cls, number: int, retryable: bool = FINAL, status: int = 200, zh: str = "", en: str = ""
    ) -> Self:
        made = int.__new__(cls, number)
        made._value_ = number
        made.meaning = Meaning(retryable, status, zh, en)
        return made


class Code(ResultCode):
    """Of messages, and of people at the pages."""

    OK = 0, FINAL, 200, "成功", "Done."
    # 1xxx: the message cannot be read
    PATH_UNKNOWN = 1001, FINAL, 404, "无此接口", "There is no such interface."
    METHOD_NOT_ALLOWED = 1002, FINAL, 405, "须用 POST 方法", "Use the POST method."
    MESSAGE_TOO_LARGE = 1003, FINAL, 413, "报文过大", "The message is too large."
    DOCTYPE_REFUSED = 1004, FINAL, 400, "XML 不得含 DOCTYPE", "XML with a DOCTYPE is refused."
    ENCODING_INVALID = (
        1005, FINAL, 400, "字符编码有误",
        "The bytes are not in the encoding that they declare.",
    )  # fmt: skip
    MESSAGE_INVALID = (
        1006, FINAL, 400, "报文格式错误",
        "The message does not follow its field table.",
    )  # fmt: skip
    MESSAGE_TOO_SLOW = 1007, RETRY, 408, "报文传送过慢", "The message came too slowly."
    # 2xxx: who speaks
    PARTNER_UNKNOWN = 2001, FINAL, 401, "合作方不存在", "The partner is not known."
    PARTNER_SUSPENDED = 2002, FINAL, 403, "合作方已停用", "The partner is suspended."
    DIALECT_NOT_ALLOWED = (
        2003, FINAL, 403, "未开通此报文方式",
        "The partner may not use this dialect.",
    )  # fmt: skip
    KEY_UNKNOWN = (
        2004, FINAL, 401, "密钥版本不存在或已停用",
        "The key version is not known or no longer valid.",
    )  # fmt: skip
    SIGNATURE_INVALID = 2005, FINAL, 401, "签名错误", "The signature does not fit the message."
    MESSAGE_STALE = (
        2006, FINAL, 401, "报文时间超出允许范围",
        "The message's time is outside the accepted window.",
    )  # fmt: skip
    SHA1_SWITCHED_OFF = (
        2007, FINAL, 403, "SHA-1 签名已停用，请改用 JSON + RFC 9421",
        "Signatures by SHA-1 are switched off: use JSON with RFC 9421.",
    )  # fmt: skip
    # 21xx: people
    SIGN_IN_FAILED = (
        2101, FINAL, 401, "账号、密码或动态码有误，或账号已锁定",
        "The login, password or code is wrong, or the login is locked.",
    )  # fmt: skip
    PERMISSION_MISSING = 2102, FINAL, 403, "无此权限", "You may not do this."
    OUT_OF_SCOPE = (
        2103, FINAL, 404, "不存在或不在管辖范围",
        "There is no such thing within your organisation.",
    )  # fmt: skip
    CHECKER_IS_MAKER = (
        2104, FINAL, 409, "经办与复核须为两人",
        "The maker and the checker must be two people.",
    )  # fmt: skip
    AUTHORISATION_INVALID = (
        2105, FINAL, 403, "授权未通过：复核人未能证明是本人，或没有可复核的提议",
        "It was not authorised: the second person did not prove who he is, or there is nothing to decide.",
    )  # fmt: skip
    AUTHORISATION_USED = (
        2106, FINAL, 409, "该提议已经复核（已同意或已退回）",
        "This was decided before: agreed to, or refused.",
    )  # fmt: skip
    ROLES_CLASH = (
        2107, FINAL, 409, "角色互斥，不得由一人兼任",
        "One person must not hold these roles together.",
    )  # fmt: skip
    ROLE_NOT_GRANTABLE = (
        2108, FINAL, 403, "无权授予该角色",
        "You may not give this role to anybody.",
    )  # fmt: skip
    PASSWORD_WEAK = 2109, FINAL, 400, "密码不符合要求", "The password does not follow the rules."
    CODE_WRONG = 2110, FINAL, 400, "动态码有误", "The six digits are wrong or too old."
    INPUT_INVALID = 2111, FINAL, 400, "输入有误", "The input cannot be used."
    FORM_STALE = (
        2112, FINAL, 403, "页面已过期，请返回后重试；本次未作任何处理",
        "This page is too old; go back and try again. Nothing was done.",
    )  # fmt: skip
    REASON_MISSING = 2113, FINAL, 400, "须写明理由", "Say why: a reason is needed."
    TEXT_TOO_LONG = 2114, FINAL, 400, "文字过长", "The text is too long."
    PROPOSAL_OPEN = (
        2120, FINAL, 409, "该事项已有待复核的提议，请先复核或撤回",
        "A proposal about this already waits to be decided; decide or withdraw it first.",
    )  # fmt: skip
    PROPOSAL_CHANGED = (
        2121, FINAL, 409, "内容与您所见不同，请重新查看后再复核；本次未作任何处理",
        "It is no longer what you were shown; look again before you decide. Nothing was done.",
    )  # fmt: skip
    PROPOSAL_LAPSED = (
        2122, FINAL, 409, "提议已失效（所议之事已另行了结、超过 30 天，或提议人已无此权限），仍需办理请重新提出",
        "The proposal has lapsed (what it is about ended otherwise, 30 days are over, or its maker may no longer"
        " make it); propose it again if it is still needed.",
    )  # fmt: skip
    PROPOSAL_WITHDRAWN = (
        2139, FINAL, 409, "提议已由提议人撤回", "The proposal was withdrawn by its maker.",
    )  # fmt: skip
    PROPOSAL_UNREADABLE = (
        2128, FINAL, 409, "此提议无法显示：内容不完整，请提议人撤回或由复核人退回",
        "This proposal cannot be shown: its content is not whole. Its maker withdraws it, or it is refused.",
    )  # fmt: skip
    SECOND_PERSON_NEEDED = (
        2123, FINAL, 403, "须由另一人复核后生效", "This takes effect only when a second person decides.",
    )  # fmt: skip
    CONFIRM_YOURSELF = (
        2131, FINAL, 403, "请先确认是您本人；尚未作任何处理",
        "Confirm first that it is you. Nothing was done yet.",
    )  # fmt: skip
    PASSKEY_REFUSED = (
        2132, FINAL, 400, "通行密钥无效、已过期或不是本账号的",
        "The passkey's answer is wrong, too late, or not of this login.",
    )  # fmt: skip
    SIGN_IN_BUSY = (
        2133, RETRY, 503, "登录请求过多，请稍候再试",
        "Too many are signing in at this moment; try again.",
    )  # fmt: skip
    SECOND_FACTOR_UNREADABLE = (
        2134, RETRY, 503, "第二因素无法打开：请管理员检查密钥环（YIFEN_KEY_RING），或由两人重置此用户",
        "The second factor cannot be opened: an administrator looks after the key ring (YIFEN_KEY_RING), or two"
        " people reset this user.",
    )  # fmt: skip
    OLD_PASSWORD_WRONG = 2135, FINAL, 400, "原密码不正确", "The current password is wrong."
    INSTITUTION_INVALID = (
        2136, FINAL, 400, "上级机构须级别更高、未撤销，且不在本机构之下",
        "The institution above must be of a higher level, open, and not below this one.",
    )  # fmt: skip
    INSTITUTION_IN_USE = (
        2137, FINAL, 409, "机构名下还有下级、可用账号、未停用的合作方或未清零的账户，不能撤销",
        "The institution has others below it, users, partners or accounts with money: it cannot be closed.",
    )  # fmt: skip
    INSTITUTION_CLOSED = 2138, FINAL, 409, "机构已撤销", "The institution is closed."
    TELLER_MOVED = (
        2141, FINAL, 409, "该柜员号已调离并停用，本人请用新柜员号",
        "Its owner has moved and has another number now.",
    )  # fmt: skip
    TELLER_MOVE_UNFIT = (
        2142, FINAL, 409, "只有在岗柜员可以调动、顶岗，且须到另一未撤销的机构",
        "Only a teller at work moves, and to another institution that is open.",
    )  # fmt: skip
    TELLER_AWAY = (
        2143, FINAL, 409, "该柜员正在或即将顶岗，返回后方可再调",
        "The teller substitutes, or is about to: after his return.",
    )  # fmt: skip
    TELLER_HAS_CASH = (
        2148, FINAL, 409, "该柜员库箱尚有现金，须先上缴或交接并轧账为零",
        "There is cash in the teller's drawer: it is handed in or over first, and balanced with none.",
    )  # fmt: skip
    TELLER_SHIFT_OPEN = 2144, FINAL, 409, "该柜员尚未轧账签退", "The teller's shift is open: balance it first."
    TELLER_HAS_PAPERS = (
        2145, FINAL, 409, "该柜员名下尚有空白凭证，或交接未了结",
        "The teller has papers in his hand, or a hand-over is open.",
    )  # fmt: skip
    PERIOD_ARCHIVED = (
        2140, FINAL, 409, "该期间的明细已归档，请选择之后的日期",
        "Details of this period are archived: choose later days.",
    )  # fmt: skip
    NOT_CALLED = (
        2146, RETRY, 503, "本程序不得访问对方系统的地址，未发出：请在环境变量 YIFEN_OUTBOUND_ALLOW 列入，重启后再办",
        "This process may not call the other system's address: nothing was sent. Export YIFEN_OUTBOUND_ALLOW with it, "
        "start this process again and repeat.",
    )  # fmt: skip
    # 3xxx, 5xxx the message contradicts itself
    BILLER_UNKNOWN = 3001, FINAL, 404, "收费单位不存在", "The biller is not known."
    PAYABLE_REPEATED = 5002, FINAL, 400, "应缴项重复", "A payable stands twice in one payment."
    TOTAL_WRONG = 5010, FINAL, 400, "合计金额与明细不符", "The total is not the sum of the lines."
    LINES_UNCLEAR = (
        5013, FINAL, 400, "未指明账单，且金额不等于全部欠费",
        "No bill is named, and the amount is not all that is owed.",
    )  # fmt: skip
    # 9xxx before the books are opened: the hub itself
    BUSY = 9001, RETRY, 503, "系统繁忙，未受理", "The hub is busy; nothing was taken. Send again."
    UNAVAILABLE = (
        9002, RETRY, 503, "系统暂不可用，请用原流水号重发或查询结果",
        "The hub cannot answer now; confirm, or send the same serial again.",
    )  # fmt: skip
    FAULT = (
        9003, RETRY, 500, "系统错误，请用原流水号查询结果",
        "The hub failed; confirm, or send the same serial again.",
    )  # fmt: skip
    # 4xxx: serials
    SERIAL_REUSED = (
        4001, FINAL, 409, "流水号重复且内容不同",
        "This serial was used before with other content.",
    )  # fmt: skip
    REVERSED_BEFORE_CHARGE = (
        4002, FINAL, 409, "该流水已先行冲正",
        "This serial was reversed before it arrived.",
    )  # fmt: skip
    SERIAL_UNKNOWN = 4003, FINAL, 404, "流水号不存在", "No payment has this serial."
    # 3xxx: may this channel speak to this biller now
    NOT_ADMITTED = (
        3002, FINAL, 403, "渠道未准入该收费单位",
        "The channel is not admitted to this biller.",
    )  # fmt: skip
    BILLER_SUSPENDED = 3007, FINAL, 403, "收费单位已停用", "The biller is suspended."
    CHANNEL_CLOSED = (
        3003, RETRY, 409, "渠道不在服务时间",
        "The channel is outside its service hours.",
    )  # fmt: skip
    BILLER_OUTAGE = 3004, RETRY, 503, "收费单位停机维护", "The biller has an outage now."
    AGENCY_SUSPENDED = (
        8952, FINAL, 403, "商户已停用，不能代收",
        "The merchant of this biller is suspended.",
    )  # fmt: skip
    AGENCY_NOT_ADMITTED = (
        8950, FINAL, 403, "签约联社未准入（4690）该商户和渠道，或准入未生效、已到期",
        "The contracting county has no admission (4690) in force for this merchant and channel.",
    )  # fmt: skip
    AGENCY_ELSEWHERE = (
        8951, FINAL, 403, "该供电公司的用户只能在其签约联社及辖内机构或自助渠道缴费",
        "This company's customers pay at its contracting county, below it, or by self-service.",
    )  # fmt: skip
    DAY_CLOSED = 3005, FINAL, 409, "会计日期已日切", "That business day is closed."
    DAY_NOT_OPEN = 3006, FINAL, 409, "会计日期未开", "That business day is not open yet."
    # 5xxx: what is paid
    ACCOUNT_UNKNOWN = 5001, FINAL, 404, "户号不存在", "The account number is not known."
    PAYABLE_UNKNOWN = 5003, FINAL, 404, "应缴项不存在", "The payable is not known."
    PAYABLE_WITHDRAWN = 5004, FINAL, 409, "应缴项已撤销", "The payable was withdrawn."
    ALREADY_PAID = 5005, FINAL, 409, "应缴项已缴清", "The payable is already paid."
    PAYABLE_HELD = (
        5006, RETRY, 409, "应缴项有未决交易",
        "Another payment of this payable is still open.",
    )  # fmt: skip
    QUOTE_REQUIRED = 5007, FINAL, 409, "须先查询报价", "Query first: a quote is required."
    QUOTE_EXPIRED = 5008, FINAL, 409, "报价已过期，请重新查询", "The quote expired; query again."
    QUOTE_MISMATCH = (
        5009, FINAL, 409, "与报价不符",
        "The payables or amounts are not those of the quote.",
    )  # fmt: skip
    AMOUNT_WRONG = (
        5011, FINAL, 409, "金额不符合应缴要求",
        "The amount is not one that the payable accepts.",
    )  # fmt: skip
    OLDER_UNPAID = (
        5012, FINAL, 409, "须先缴清较早的应缴项",
        "An older payable of this account must be paid in full first, or together with it.",
    )  # fmt: skip
    NOTHING_CHOSEN = 5101, FINAL, 400, "请选择要缴的项目", "Choose what to pay."
    TOO_MANY_CHOSEN = (
        5102, FINAL, 400, "一次最多缴 20 项，请分次缴费",
        "At most 20 items at once: pay in several goes.",
    )  # fmt: skip
    PAGE_UNKNOWN = 5132, FINAL, 404, "没有这个页面", "There is no such page."
    RECEIPT_UNKNOWN = (
        5131, FINAL, 404, "查无此回单，请核对回单编号",
        "No such receipt: check the number.",
    )  # fmt: skip
    # 6xxx: limits and the ledger
    OVER_PAYMENT_LIMIT = 6001, FINAL, 409, "超过单笔限额", "Over the limit for one payment."
    OVER_DAY_LIMIT = (
        6002, RETRY, 409, "超过渠道当日限额",
        "Over the channel's limit for the business day.",
    )  # fmt: skip
    BALANCE_SHORT = 6003, RETRY, 409, "账户余额不足", "An account would go below zero."
    LEDGER_ACCOUNT_UNKNOWN = 6011, FINAL, 409, "账户不存在", "No such ledger account."
    LEDGER_ACCOUNT_CLOSED = 6012, FINAL, 409, "账户已关闭", "The ledger account is closed."
    LEDGER_SAME_ACCOUNT = 6013, FINAL, 409, "借贷账户相同", "Debit and credit are the same account."
    LEDGER_BOOKS_DIFFER = (
        6014, FINAL, 409, "账户不属同一账簿",
        "The two accounts belong to different books.",
    )  # fmt: skip
    LEDGER_AMOUNT_INVALID = (
        6015, FINAL, 409, "转账金额无效",
        "A transfer's amount must be 1 to 10^15−1 fen.",
    )  # fmt: skip
    LEDGER_DAY_CLOSED = (
        6016, FINAL, 409, "账簿会计日期不符",
        "The book is not open for that business day.",
    )  # fmt: skip
    LEDGER_PENDING_UNKNOWN = (
        6017, FINAL, 409, "预占转账不存在",
        "No such pending transfer, or it names other accounts.",
    )  # fmt: skip
    LEDGER_PENDING_RESOLVED = (
        6018, FINAL, 409, "预占转账已了结",
        "The pending transfer was posted or voided before.",
    )  # fmt: skip
    LEDGER_ORIGINAL_UNKNOWN = (
        6019, FINAL, 409, "原转账不存在",
        "No such posted transfer to reverse.",
    )  # fmt: skip
    LEDGER_ALREADY_REVERSED = 6020, FINAL, 409, "原转账已冲正", "The transfer was reversed before."
    LEDGER_LINKED_FAILED = 6021, FINAL, 409, "关联转账失败", "A transfer linked to this one failed."
    # 7xxx: taking it back
    ORIGINAL_UNKNOWN_BLOCKED = (
        7001, FINAL, 404, "原交易不存在，已登记拦截",
        "The original is not known; it is blocked should it still arrive.",
    )  # fmt: skip
    ORIGINAL_NOT_BOOKED = (
        7002, FINAL, 409, "原交易未成功，无须冲正",
        "The original was not booked; nothing to take back.",
    )  # fmt: skip
    ORIGINAL_MISMATCH = (
        7003, FINAL, 409, "与原交易金额不符",
        "The amount is not that of the original.",
    )  # fmt: skip
    ALREADY_REVERSED = 7004, FINAL, 409, "原交易已冲正", "The original was taken back before."
    DAY_CLOSED_USE_REFUND = (
        7005, FINAL, 409, "已日切，请改用退款",
        "The original's business day is closed: refund instead.",
    )  # fmt: skip
    DAY_OPEN_USE_REVERSE = (
        7006, FINAL, 409, "当日交易，请用冲正",
        "The original is of the open business day: reverse instead.",
    )  # fmt: skip
    ORIGINAL_PROCESSING = (
        7007, RETRY, 409, "原交易处理中",
        "The original is still being decided; try again later.",
    )  # fmt: skip
    REFUND_WHOLE_ONLY = (
        7008, FINAL, 409, "该笔只能全额退款",
        "This payment can only be refunded whole.",
    )  # fmt: skip
    AMOUNT_ABOVE_LEFT = (
        7009, FINAL, 409, "超过可退余额",
        "More than what is left of the original.",
    )  # fmt: skip
    PAYMENT_ARCHIVED = (
        7010, FINAL, 410, "该笔缴费早已受理并已归档，请线下处理",
        "The payment was taken long ago and is archived: settle it outside of the hub.",
    )  # fmt: skip
    PREPAID_USED = (
        7011, FINAL, 409, "款项已被账单或售电使用，或已随撤销、退补转为预存：请看缴费页上先办什么，或少退一些",
        "Bills or sales have used what was paid ahead, or a cancelled or corrected bill has moved it to the balance: "
        "see the payment's page for what to do first, or give back less.",
    )  # fmt: skip
    REVERSAL_BARRED = (
        7012, FINAL, 409, "该笔的凭证已重打，不能再冲正",
        "A paper of this payment was printed again: it cannot be reversed any more.",
    )  # fmt: skip
    MONEY_TIED = (
        7013, FINAL, 409, "该款已冻结、已申请付出或已在收款单位账上，渠道不能退回：请由收款单位退",
        "It is held, promised to somebody or in the biller's own account: the biller gives it back, no channel does.",
    )  # fmt: skip
    # 8xxx: the biller's own system
    PROCESSING = (
        8001, RETRY, 202, "处理中，请稍后查询结果",
        "Accepted, not decided yet: confirm later.",
    )  # fmt: skip
    BILLER_REJECTED = 8002, FINAL, 409, "收费单位拒绝", "The biller refused it."
    BILLER_UNAVAILABLE = (
        8003, RETRY, 503, "收费单位系统无应答，未受理",
        "The biller's system is down; nothing was taken.",
    )  # fmt: skip
    FILE_NOT_READY = (
        8101, RETRY, 404, "对账文件尚未生成",
        "The file of that business day is not ready.",
    )  # fmt: skip


MEANINGS: dict[Code, Meaning] = {code: code.meaning for code in Code}
OF_PAGES = frozenset({21, 51})
"""Hundreds whose codes only people at the pages are told."""


def wire_code(code: Code) -> str:
    """The four digits both dialects carry: `0000` is success."""
    return f"{code:04d}"
