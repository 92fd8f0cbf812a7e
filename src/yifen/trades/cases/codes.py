"""Result codes of court funds: 901x courts and cases, 903x statements of the main account, 905x their money, 906x
lists, 908x and 909x what goes out, 912x clocks, 914x what is put right, 915x and 916x receipts."""

from yifen.core.facts.codes import FINAL, RETRY, ResultCode


class CaseCode(ResultCode):
    """9010–9199."""

    CASE_NOT_AGREED = 9010, FINAL, 409, "此事没有经另一人同意", "Nobody agreed to this."
    COURT_UNKNOWN = (
        9011, FINAL, 404, "该单位未登记为法院，或今日尚无生效的规则",
        "This is no court here, or no rule of it is in force today.",
    )  # fmt: skip
    COURT_RULE_WRONG = (
        9012, FINAL, 400, "法院代字、主账号、子账号规则或期限有误，或生效日早于今日",
        "Code, main account, number rule or clocks are wrong, or it begins before today.",
    )  # fmt: skip
    COURT_REMOTE = (
        9013, FINAL, 409, "须是没有自己系统的收费单位",
        "A court has to be a biller without a system of its own.",
    )  # fmt: skip
    CASE_NUMBER_WRONG = (
        9014, FINAL, 400, "案号有误，应如 (2018)桂0304执123号",
        "This is no case number, such as (2018)桂0304执123号.",
    )  # fmt: skip
    CASE_EXISTS = 9015, FINAL, 409, "该案号已有案件", "There is a case of this number."
    CASE_UNKNOWN = 9016, FINAL, 404, "没有该案件", "There is no such case."
    CASE_NOT_OPEN = 9017, FINAL, 409, "案件已关闭或已并案", "The case is closed or was merged."
    CASE_ACCOUNT_TAKEN = (
        9018, RETRY, 409, "子账号已被占用，或不合本院规则，请重试",
        "The sub-account number is taken, or is not by the court's rule: try again.",
    )  # fmt: skip
    CASE_HAS_MONEY = (
        9019, FINAL, 409, "子账号还有款，或有款在途，不能关闭",
        "There is money on the sub-account, or on its way: it cannot be closed.",
    )  # fmt: skip
    CASE_NOT_CLOSED = 9020, FINAL, 409, "案件没有关闭，或已并案", "The case is not closed, or was merged."
    CASE_PARTY_UNKNOWN = 9021, FINAL, 404, "案件没有该当事人", "The case has no such party."
    CASE_PAYEE_WRONG = (
        9022, FINAL, 400, "收款账号、户名、开户行或联行号有误",
        "The payee's account, name or bank is wrong.",
    )  # fmt: skip
    CASE_MERGE_WRONG = (
        9023, FINAL, 409, "只能并入本院另一件未关闭的案件",
        "A case is merged into another open case of the same court.",
    )  # fmt: skip
    CASE_FIELDS = (
        9024, FINAL, 400, "须有一名被执行人；当事人姓名须为 1–100 个字符",
        "A case needs a debtor; parties' names have 1–100 characters.",
    )  # fmt: skip
    STATEMENT_ENCODING = (
        9030, FINAL, 400, "对账单须是 UTF-8 或 GB18030 编码的 CSV、Excel（.xlsx）、camt.053 或 MT940",
        "A statement is CSV in UTF-8 or GB18030, Excel (.xlsx), camt.053 or MT940.",
    )  # fmt: skip
    STATEMENT_TOO_LARGE = 9031, FINAL, 413, "对账单过大", "The statement is too large."
    STATEMENT_COLUMNS = (
        9032, FINAL, 400, "对账单缺少一列，或有不认识、重复的列",
        "A column of the statement is missing, unknown or repeated.",
    )  # fmt: skip
    STATEMENT_BROKEN = 9033, FINAL, 400, "对账单无法读取", "The statement cannot be read."
    STATEMENT_EMPTY = 9034, FINAL, 400, "对账单中没有明细", "The statement has no lines."
    STATEMENT_ROWS_WRONG = (
        9035, FINAL, 409, "对账单有错误的行，整份不收",
        "Lines of the statement are wrong, so that it is refused whole.",
    )  # fmt: skip
    STATEMENT_GAP = (
        9036, FINAL, 409, "对账单没有接上已入账的上一份：期初余额不符",
        "The statement does not begin with the balance at which the last one ended.",
    )  # fmt: skip
    STATEMENT_TWICE = 9037, FINAL, 409, "有一笔银行流水号先前已入账", "A serial of the bank was booked before."
    STATEMENT_BOOKED = 9038, FINAL, 409, "该对账单已入账", "This statement is booked."
    LINE_CELLS = 9039, FINAL, 400, "对账单此行的列数与表头不符", "The line has more or fewer cells than the header."
    LINE_OTHER_ACCOUNT = 9040, FINAL, 400, "不是本院案款主账号的明细", "This line is not of the court's main account."
    LINE_SERIAL = 9041, FINAL, 400, "银行流水号须为 1–40 个字符，一份中不得重复", "A serial has 1–40 characters, once."
    LINE_AMOUNT = 9042, FINAL, 400, "收入、支出须恰有一项大于零", "Just one of money in and out is above zero."
    LINE_BALANCE = 9043, FINAL, 400, "余额与上一行接不上", "The balance does not follow from the line before."
    LINE_TIME = 9044, FINAL, 400, "交易时间有误，如 2026-11-30 09:15:00", "A time is as 2026-11-30 09:15:00."
    MONEY_UNKNOWN = 9050, FINAL, 404, "没有这笔不明款", "There is no such unidentified money."
    CLAIM_TOO_MUCH = 9051, FINAL, 409, "认领金额超过未认领的余额", "More is claimed than is left of it."
    ENTRY_STAYS = (
        9052, FINAL, 409, "只有转入或认领的款可以撤销认领，且只能一次",
        "Only what was transferred or claimed is un-claimed, once.",
    )  # fmt: skip
    CASE_SHORT = 9053, FINAL, 409, "子账号余额不足：款已付出", "The sub-account has less: the money was paid out."
    LIST_ENCODING = (
        9060, FINAL, 400, "案件清单须是 UTF-8 或 GB18030 编码的 CSV，或 Excel（.xlsx）",
        "A list of cases is CSV in UTF-8 or GB18030, or Excel (.xlsx).",
    )  # fmt: skip
    LIST_TOO_LARGE = (
        9061, FINAL, 413, "案件清单超过 2 MB 或 2,000 行，请分成几个",
        "A list has 2 MB or 2,000 rows at most.",
    )  # fmt: skip
    LIST_COLUMNS = (
        9062, FINAL, 400, "案件清单缺少一列，或有不认识、重复的列",
        "A column of the list is missing, unknown or repeated.",
    )  # fmt: skip
    LIST_BROKEN = 9063, FINAL, 400, "案件清单无法读取", "The list of cases cannot be read."
    LIST_EMPTY = 9064, FINAL, 400, "案件清单中没有案件", "The list has no cases."
    LIST_CELLS = 9065, FINAL, 400, "清单此行的列数与表头不符", "The case's row has more or fewer cells than the header."
    LIST_NAME = 9066, FINAL, 400, "申请执行人、被执行人须为 1–100 个字符", "A party's name has 1–100 characters."
    LIST_AMOUNT = (
        9067, FINAL, 400, "执行标的单位元，最多两位小数",
        "What is to be enforced is in yuan, two decimals at most.",
    )  # fmt: skip
    LIST_DAY = (
        9068, FINAL, 400, "立案日期须是存在的日期，如 2026-11-30",
        "A day is one that exists, such as 2026-11-30.",
    )  # fmt: skip
    LIST_TWICE = 9069, FINAL, 400, "案号在清单中出现过", "The list has this case twice."
    LIST_ACCOUNT = (
        9070, FINAL, 400, "子账号不是银行预生成而未用的号",
        "The number is none that the bank made and nobody has.",
    )  # fmt: skip
    LIST_OTHER_COURT = 9071, FINAL, 400, "案号不是本院的", "The number is of another court."
    # --- payouts, held parts (decision 0043) ---
    CASE_PAYOUT_NOT_HIS = 9080, FINAL, 403, "只有本案承办人可以申请", "Only the judge of the case applies."
    CASE_PAYOUT_WRONG = 9081, FINAL, 400, "种类、金额或事由有误", "Kind, amount or words are wrong."
    CASE_PAYOUT_PAYEE = (
        9082, FINAL, 409, "收款账户不适用于此款，或已有更新的收款账户",
        "This payee does not fit the kind or the case, or there is a newer one.",
    )  # fmt: skip
    CASE_PAYOUT_RECEIPT = (
        9083, FINAL, 409, "退款须指明本案的一笔到账，不得超过其可退的余额",
        "A refund names a receipt of the case, and is not more than is left of it.",
    )  # fmt: skip
    CASE_PAYOUT_SHORT = (
        9084, FINAL, 409, "可用余额不足：在途、冻结或已申请的款不能动用",
        "Less is free: what is on its way, held or applied for already does not leave.",
    )  # fmt: skip
    CASE_PAYOUT_UNKNOWN = 9085, FINAL, 404, "没有该结退申请", "There is no such application."
    CASE_PAYOUT_STATE = 9086, FINAL, 409, "申请的状态已不容此事", "The application is in another state."
    CASE_PAYOUT_SAME_PERSON = (
        9087, FINAL, 409, "同一人不能申请又审批，也不能审批两级",
        "One person neither applies and agrees, nor agrees at two levels.",
    )  # fmt: skip
    CASE_PAYOUT_CHANGED = (
        9088, RETRY, 409, "所示内容已变化，请重新查看后再决定",
        "What was shown is otherwise by now: look again, then decide.",
    )  # fmt: skip
    CASE_PAYOUT_UNSIGNED = (
        9089, FINAL, 409, "审批不齐，或与申请不符",
        "Signatures are missing, or are of something else.",
    )  # fmt: skip
    CASE_PAYOUT_OTHER = (
        9099, FINAL, 409, "收款账户不是原付款账户：请写明退到此账户的理由，合议庭将据此审批",
        "This is not the account that paid: say why it goes here; the panel decides on that.",
    )  # fmt: skip
    CASE_HOLD_WRONG = (
        9090, FINAL, 400, "冻结的种类、金额、来源或日期有误；破产的须全部留置",
        "Kind, amount, source or days of a hold are wrong; bankruptcy holds the whole.",
    )  # fmt: skip
    CASE_HOLD_UNKNOWN = 9091, FINAL, 404, "没有该冻结，或已解除", "There is no such hold, or it was released."
    CASE_PROMISED = (
        9092, FINAL, 409, "此款有冻结、未办结的申请或正在付款",
        "Money of the case is held, applied for, or on its way to a payee.",
    )  # fmt: skip
    CASE_JUDGE_UNKNOWN = 9093, FINAL, 404, "没有该法官", "There is no such judge."
    CASE_LEVELS_WRONG = (
        9094, FINAL, 400, "审批级次有误：每行一级，如“院领导 100000 退款”；各类都须有案款会计和另一级",
        "Levels are wrong: one a line, such as “head 100000 refund”; every kind needs the cashier and one more.",
    )  # fmt: skip
    CASE_PLAN_UNKNOWN = 9095, FINAL, 404, "没有该分配方案，或已被新方案代替", "There is no such plan in force."
    CASE_PLAN_EARLY = (
        9096, FINAL, 409, "方案未全部送达，或异议期未满",
        "The plan is not served on everybody, or there is still time to object.",
    )  # fmt: skip
    CASE_PLAN_OBJECTED = 9097, FINAL, 409, "该份额有异议，尚未处理完毕", "This share is objected to."
    CASE_PLAN_WRONG = (
        9098, FINAL, 400, "分配方案、债权、送达日或异议有误",
        "The plan, its claims, the day of service or the objection is wrong.",
    )  # fmt: skip

    # --- receipts, old balances, push notices: 9150–9189
    CASE_NUMBER_OPEN = (
        9150, FINAL, 409, "该案号是另一件未关闭的案件：先关闭它，或并案",
        "Another open case has this number: close it first, or merge them.",
    )  # fmt: skip
    CASE_NUMBER_LEADS = (
        9151, FINAL, 409, "该案号已关联到另一件未关闭的案件",
        "This number is linked to another open case.",
    )  # fmt: skip
    OLD_AMOUNT = 9153, FINAL, 400, "余额须大于零，单位元", "A balance is above zero, in yuan."
    OLD_PARTY = 9154, FINAL, 400, "案件中没有这名当事人", "The case has no party of this name."
    OLD_DAY = (
        9155, FINAL, 400, "日期有误，或不早于今日、晚于结转日",
        "The day is wrong, not over, or behind the day of the balances.",
    )  # fmt: skip
    OLD_NOT_BANK = (
        9156, FINAL, 409, "各行合计与当日银行余额不符",
        "The rows do not add up to the bank's balance of that day.",
    )  # fmt: skip
    OLD_LATE = (
        9157, FINAL, 409, "期初余额只能结转一次，须在第一份对账单之前，结转日须早于首笔到款",
        "Old balances come once, before the first statement, and of a day before any money was booked here.",
    )  # fmt: skip
    PUSH_UNPROVED = 9158, FINAL, 401, "到账推送的签名不是银行的", "The push is not signed by the bank."
    PUSH_FOREIGN = (
        9159, FINAL, 404, "没有以该银行、该账号为案款专户的法院",
        "No court has this main account at this bank.",
    )  # fmt: skip
    PUSH_SHOWN = 9160, FINAL, 409, "对账单已有这笔流水号", "A statement has this serial already."
    PUSH_NO_CASE = (
        9161, FINAL, 409, "没有该子账号的未关闭案件，等对账单入不明款",
        "No open case has this number: the statement makes it unidentified money.",
    )  # fmt: skip
    PUSH_OTHERWISE = 9162, FINAL, 409, "同一流水号先前推送的内容不同", "This serial was told of otherwise before."
    PUSH_STANDS = (
        9168, FINAL, 409, "没有对账单与之不符的到账推送，或对账单的那一行已变化",
        "No statement contradicts this push, or the line is another one by now.",
    )  # fmt: skip
    PUSH_UNREADABLE = 9163, FINAL, 400, "到账推送的内容有误", "The push cannot be read."
    ASK_UNPROVED = 9164, FINAL, 401, "开立案件的请求不是法院签名的", "The request is not signed by the court."
    ASK_OTHERWISE = 9165, FINAL, 409, "同一请求号先前的内容不同", "This request was made otherwise before."
    ASK_UNREADABLE = 9166, FINAL, 400, "开立案件的请求有误", "The request cannot be read."
    CLAIM_PARTS_WRONG = (
        9152, FINAL, 400, "认领须分到 1–50 件不同的案件，每件有凭据",
        "A claim is for 1–50 different cases, each with evidence.",
    )  # fmt: skip

    # What an attacker tried: 9140–9149
    CASE_NUMBERS_GONE = (
        9141, FINAL, 409, "本院规则的子账号已用完：请改规则，或导入银行预生成的号",
        "The rule has no number left: put another rule, or take in numbers that the bank made.",
    )  # fmt: skip

    # Case data put right: 9142–9149
    CASE_NUMBER_NONE = (
        9142, FINAL, 409, "本院没有该案号的案件；系统里没有的案号，只能作为本案的原案号或依据案号关联",
        "No case here has this number: it may be linked as an older number of this case, or as the judgment's.",
    )  # fmt: skip
    CASE_NAME_UNKNOWN = (
        9143, FINAL, 404, "没有该关联案号，或因并案而来，不能解除",
        "There is no such linked number, or it came by merging and stays.",
    )  # fmt: skip
    CASE_OTHER_COURT = (
        9144, FINAL, 409, "案号不是本院的：受托执行的案件须写明委托法院和委托文书",
        "The number is another court's: of a case that was entrusted, say which court did so, and by what paper.",
    )  # fmt: skip
    CASE_CORRECTION = (
        9145, FINAL, 409, "更正须改一项以上，姓名为 1–100 个字符",
        "A correction changes something; a name has 1–100 characters.",
    )  # fmt: skip

    CHECKS_TOO_MANY = 9125, RETRY, 429, "查验过于频繁，请稍后再试", "Too many checks; wait a little."

    # Clocks: notices and pauses.
    PAUSE_WRONG = (
        9120, FINAL, 400, "延缓的起止日期、事由或说明有误：不得早于提出之日，不超过一年",
        "The days, the reason or the words of the pause are wrong: from the day of asking on, a year at most.",
    )  # fmt: skip
    PAUSE_MONEY = 9121, FINAL, 409, "该笔款已不在案，或余额不足", "The money is not on the case, or less of it."
    PAUSE_NOT_MINE = 9122, FINAL, 403, "只有承办人可以提出延缓", "Only the case's own judge proposes a pause."
    PAUSE_OVER = 9123, FINAL, 409, "该延缓已结束", "The pause is over."
    NOTICE_WRONG = (
        9124, FINAL, 400, "通知对象、方式、时间或说明有误：不得早于到账，不得晚于现在",
        "Who was told, how, when or the words are wrong: not before the money came, not after now.",
    )  # fmt: skip

    # Lines out that nothing explains, and what a page's fields lack: 9175–9199.
    LINE_EXPLAINED = (
        9175, FINAL, 409, "该明细不是支出，或已有说明",
        "This line is none out of the account, or something explains it.",
    )  # fmt: skip
    EXPLAIN_FIELDS = 9176, FINAL, 400, "请选是什么支出，并写明凭据", "Say what it is, and what proves it."
    SHARE_SERVED = 9177, FINAL, 409, "该债权人已登记送达", "The plan is served on this creditor already."
    SHARE_DAY = (
        9178, FINAL, 400, "送达日不得早于方案复核之日，不得晚于今天",
        "The day of service is neither before the plan stood nor after today.",
    )  # fmt: skip
    SHARE_UNSERVED = 9179, FINAL, 409, "请先登记送达，再登记书面同意", "First write down the day of service."
    SHARE_AGREED = 9180, FINAL, 409, "该债权人已书面同意", "This creditor agreed in writing already."
    SHARE_WORDS = 9181, FINAL, 400, "请写明内容，至多 200 字", "Say what it is, in 200 characters at most."
    SHARE_NO_OBJECTION = 9182, FINAL, 409, "该份额没有待处理的异议", "No objection to this share is to be settled."
    CASE_PLAN_LINE = (
        9183, FINAL, 400, "债权每行为：编号 姓名 债权额（元），优先的加“优先”，如 12 王某 5000.00 优先",
        "A claim is a line: number, name, yuan, and 优先 if it goes first, such as 12 王某 5000.00 优先.",
    )  # fmt: skip
    CASE_PLAN_POT = (
        9184, FINAL, 400, "拟分配金额须大于执行费与费用之和，且至少有一名债权人",
        "The amount is more than fee and costs, and there is a creditor.",
    )  # fmt: skip
    COURT_RULE_DAY = (
        9185, FINAL, 400, "生效日不得早于今日，且当日还没有规则",
        "A rule begins today at the earliest, on a day that has none yet.",
    )  # fmt: skip
    COURT_RULE_CODE = (
        9186, FINAL, 400, "法院代字有误、已改变，或是别院的",
        "The court's code is wrong, is not its own, or is another court's.",
    )  # fmt: skip
    COURT_RULE_MAIN = (
        9187, FINAL, 400, "案款专户账号有误，或是别院的、某子账号的",
        "The main account is no number of 6 to 30 digits, or is another court's, or a sub-account's.",
    )  # fmt: skip
    COURT_RULE_PREFIX = (
        9188, FINAL, 400, "子账号前缀、位数有误，或与别院的相同、相包含",
        "Prefix or width of sub-accounts are wrong, or numbers of another court begin alike.",
    )  # fmt: skip
    NOTICE_TIME = (
        9190, FINAL, 400, "送达时间不得早于到账，不得晚于现在",
        "Nobody is told before the money came, or after now.",
    )  # fmt: skip
    CASE_PAYEE_OLD = 9192, FINAL, 409, "已有更新的收款账户，请选新的", "There is a newer account: choose that."
    CASE_PAYEE_KIND = (
        9193, FINAL, 409, "扣费、提存只付法院的收款账户；发放付给申请执行人等，不付被执行人",
        "Fees and deposits go to the court's own payees, payouts to parties other than the debtor.",
    )  # fmt: skip
    CASE_PAYEE_NONE = (
        9194, FINAL, 409, "还没有收款账户：先在案件页登记并复核",
        "There is no account to pay to yet: put one before another on the case's page first.",
    )  # fmt: skip
    COURT_RULE_MAIL = (
        9195, FINAL, 400, "报表邮箱有误：至多 5 个，用空格隔开",
        "Reports are mailed to five addresses at most, with a blank between them.",
    )  # fmt: skip
