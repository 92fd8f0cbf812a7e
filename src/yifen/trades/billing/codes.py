"""Result codes of utility billing."""

from yifen.core.facts.codes import FINAL, ResultCode


class BillingCode(ResultCode):
    """88xx: 880x settings and prices, 881x–2x customers and meters, 883x rows of files, 884x late fees, 885x runs and
    bills, 886x sales, 887x customers whole, 889x what was billed elsewhere, again or in part."""

    PRICE_MISSING = (
        8801, FINAL, 409, "该费种、类别、地区在此日没有价格",
        "No price of this fee, class and region is in force on that day.",
    )  # fmt: skip
    # 8811-8839: customers, meters, readings, and rows of their files
    CUSTOMERS_ENCODING = (
        8811, FINAL, 400, "文件须是 UTF-8 或 GB18030 编码的 CSV，或 Excel（.xlsx）",
        "A file is CSV in UTF-8 or GB18030, or Excel (.xlsx).",
    )  # fmt: skip
    CUSTOMERS_TOO_LARGE = (
        8812, FINAL, 413, "文件过大，或行数过多，请分成几个",
        "The file has too many bytes or rows: split it.",
    )  # fmt: skip
    CUSTOMERS_COLUMNS = (
        8813, FINAL, 400, "文件缺少一列，或有不认识、重复的列",
        "A column of the file is missing, unknown or repeated.",
    )  # fmt: skip
    CUSTOMERS_BROKEN = (
        8814, FINAL, 400, "文件无法读取",
        "The file cannot be read.",
    )  # fmt: skip
    CUSTOMERS_EMPTY = (
        8815, FINAL, 400, "文件中没有数据行",
        "The file has no rows.",
    )  # fmt: skip
    CUSTOMERS_ROWS_WRONG = (
        8816, FINAL, 409, "文件有错误的行，整份不收",
        "Rows of the file are wrong, so that it is refused whole.",
    )  # fmt: skip
    CUSTOMERS_CHANGED = (
        8817, FINAL, 409, "文件的行与复核时不符，不得导入",
        "The rows of the file are not those that were agreed to.",
    )  # fmt: skip
    CUSTOMERS_NOT_AGREED = (
        8818, FINAL, 409, "此变更没有经另一人同意",
        "Nobody agreed to this.",
    )  # fmt: skip
    BILLER_NOT_BILLING = (
        8819, FINAL, 409, "该收费单位不在此计费",
        "This biller does not bill here.",
    )  # fmt: skip
    CUSTOMER_CLOSED = (
        8820, FINAL, 409, "没有此用户，或已销户",
        "There is no such customer, or the account is closed.",
    )  # fmt: skip
    METER_UNKNOWN = (
        8821, FINAL, 409, "没有此表计，或已拆除",
        "There is no such meter in use.",
    )  # fmt: skip
    METER_IN_USE = (
        8822, FINAL, 409, "此表号正在使用",
        "A meter of this number is in use.",
    )  # fmt: skip
    READING_BILLED = (
        8823, FINAL, 409, "此日或之后已出账，读数不得更改",
        "Bills were made of that day or a later one: the reading stays.",
    )  # fmt: skip
    READING_DAY = (
        8824, FINAL, 409, "抄表日须在装表之后、拆表之前，不得晚于今天",
        "A reading is of a day after the meter was fitted, before it was removed, and not to come.",
    )  # fmt: skip
    DOUBT_GONE = (
        8825, FINAL, 409, "此异常已不在，请重新查看",
        "This is no longer in doubt as it was shown: look again.",
    )  # fmt: skip
    ESTIMATE_IMPOSSIBLE = (
        8826, FINAL, 409, "没有以往用量，无法估抄",
        "There is no earlier use from which to estimate.",
    )  # fmt: skip
    ACCOUNT_IN_USE = (
        8827, FINAL, 409, "此户号已有用户",
        "There is a customer of this account number.",
    )  # fmt: skip
    ROW_CELLS = (
        8828, FINAL, 400, "这一行的列数与表头不同",
        "The row has not as many cells as the header.",
    )  # fmt: skip
    ROW_ACCOUNT = (
        8829, FINAL, 400, "户号须为 1–40 个字符，且未被表格软件改写（如 3.2E+09）",
        "An account number has 1–40 characters, as its owner wrote them, not a spreadsheet (3.2E+09).",
    )  # fmt: skip
    ROW_NAME = (
        8830, FINAL, 400, "户名须为 1–100 个字符",
        "A holder's name has 1–100 characters.",
    )  # fmt: skip
    ROW_PLACE = (
        8831, FINAL, 400, "地址各级须为 1–100 个字符，小区必填，上级不得空缺",
        "Parts of an address have 1–100 characters; the community is needed, and none above another is empty.",
    )  # fmt: skip
    ROW_FEE = (
        8832, FINAL, 400, "该收费单位没有此费种",
        "The biller has no such fee.",
    )  # fmt: skip
    ROW_CLASS = (
        8833, FINAL, 400, "用户类别须为 1–40 个字符，地区至多 40 个",
        "A class has 1–40 characters, a region at most 40.",
    )  # fmt: skip
    ROW_NUMBER = (
        8834, FINAL, 400, "此处须为数，且在允许的范围内",
        "This is no number, or one that is not allowed here.",
    )  # fmt: skip
    ROW_DAY = (
        8835, FINAL, 400, "日期须是存在的日期，如 2026-11-30",
        "A day is a date that exists, such as 2026-11-30.",
    )  # fmt: skip
    ROW_METER = (
        8836, FINAL, 400, "表号须为 1–40 个字符；计量类别须为总、峰、谷之一",
        "A meter number has 1–40 characters; a register is total, peak or valley.",
    )  # fmt: skip
    ROW_TWICE = (
        8837, FINAL, 400, "文件中已有同一行",
        "The file has this already.",
    )  # fmt: skip
    ROW_DIFFERS = (
        8838, FINAL, 400, "与同一户号前面的行不一致",
        "The row differs from one before of the same account.",
    )  # fmt: skip
    ROW_OTHER_WRITING = (
        8839, FINAL, 400, "此户号在该收费单位另有写法",
        "The biller has this account number in another writing.",
    )  # fmt: skip
    # Fees and prices
    PRICE_INVALID = (
        8802, FINAL, 400, "价格版本不成立",
        "These are no prices: a name, parts and rising limits without gaps, at most 8 decimals.",
    )  # fmt: skip
    PRICE_BEGUN = (
        8803, FINAL, 409, "价格不得从过去的日子起",
        "A price does not begin in the past, but for the first one: what was used by then was asked for by the one "
        "in force.",
    )  # fmt: skip
    PRICE_BILLED = (
        8804, FINAL, 409, "该类用户在生效日或以后的用量已发布账单，价格须从其后起",
        "Use of this class from that day on is billed and published: the price has to begin after it.",
    )  # fmt: skip
    PRICE_UNTRIED = (
        8805, FINAL, 409, "提交的价格未经试算，或试算后结果已变，请重新试算",
        "This price was not tried as it stands, or the trial comes out otherwise by now: try it again.",
    )  # fmt: skip
    TRIAL_EMPTY = (
        8806, FINAL, 404, "该户在此期间没有该费种的计费项，或没有用量",
        "This account has no service of the fee in that period, or nothing was used in it.",
    )  # fmt: skip
    FEE_INVALID = (
        8807,
        FINAL,
        400,
        "费种不成立",
        "This is no fee: a code, a name, a unit, how it is tiered and paid.",
    )
    FEE_PRICED = (
        8808, FINAL, 409, "费种已有价格，单位、计量方式、阶梯周期不能再改",
        "The fee has prices: its unit, what it is measured by and the cycle of its tiers stay as they are.",
    )  # fmt: skip
    # Late fees
    LATE_NOT_AGREED = (
        8840, FINAL, 409, "没有经另一人同意，或已经办理",
        "Nobody agreed to this about late fees, or it was done before.",
    )  # fmt: skip
    WAIVER_TOO_LARGE = (
        8841, FINAL, 409, "减免超过此账单今天未缴的违约金",
        "More than what is unpaid of this bill's late fee today.",
    )  # fmt: skip
    FREEZE_WRONG = (
        8842,
        FINAL,
        400,
        "停计的止日不得早于起日",
        "The last day is before the first one.",
    )
    LATE_RULE_PAST = (
        8843, FINAL, 409, "规则只能从今天或以后的到期日起适用",
        "A rule counts for bills that are due today or later.",
    )  # fmt: skip
    LATE_RULE_TAKEN = (
        8844, FINAL, 409, "该费种、类别从此日起已有规则",
        "This fee and class have a rule from that day on already.",
    )  # fmt: skip
    LATE_RULE_WRONG = (
        8845, FINAL, 400, "违约金规则有误：费率为每日千分之 0 到 100，宽限 0 到 366 天，金额不为负",
        "The rule is wrong: permille a day from 0 to 100, grace from 0 to 366 days, no amount below zero.",
    )  # fmt: skip
    # Runs and bills
    FEE_UNKNOWN = 8850, FINAL, 404, "没有此费种", "There is no such fee."
    PERIOD_WRONG = (
        8851, FINAL, 400, "账期有误：止日不得早于起日，不超过 400 天；到期日不早于起日，按表计量的不早于止日；"
        "退补日期须在该账单的阶梯周期内",
        "The period is wrong: it ends before it begins, is longer than 400 days, or is due before it begins (what is "
        "measured: before it ends); or a correction is of another cycle of tiers than its bill.",
    )  # fmt: skip
    RUN_OPEN = (
        8852, FINAL, 409, "该费种另有一批未发布的账单，请先发布或放弃",
        "Another run of this fee is not published yet: publish it or give it up first.",
    )  # fmt: skip
    RUN_UNKNOWN = 8853, FINAL, 404, "没有此出账批次", "There is no such run of bills."
    RUN_NOT_AGREED = (
        8854, FINAL, 409, "此出账批次没有经另一人同意，或其数字已与复核时不符",
        "Nobody agreed to this run of bills, or its figures are not those that were agreed to.",
    )  # fmt: skip
    RUN_PUBLISHED = (
        8855, FINAL, 409, "此批账单已发布，不能放弃，请逐笔更正或撤销",
        "This run is published and cannot be given up: correct or cancel its bills.",
    )  # fmt: skip
    RUN_NOT_MADE = (
        8856, FINAL, 409, "此批账单尚未全部算出",
        "The bills of this run are not all made yet.",
    )  # fmt: skip
    BILL_UNKNOWN = (
        8857, FINAL, 404, "没有此账单，或尚未发布、已撤销",
        "There is no such bill, it is not published, or it was cancelled.",
    )  # fmt: skip
    SERVICE_UNKNOWN = 8858, FINAL, 404, "没有此计费项", "There is no such service of a customer."
    RUN_STALE = (
        8859, FINAL, 409, "此后同一用户另有账单发布，阶梯位置已变；请放弃此批后重新出账",
        "Another bill of one of these customers was published since, so that its tiers are elsewhere: give this run up "
        "and make it again.",
    )  # fmt: skip
    # 8870-8878: customers merged, split, arrears taken over, contacts, pieces
    FEE_TWICE = (
        8870, FINAL, 409, "对方户号已有同一费种，一个户号不能有两项同一费种",
        "The other account has this fee already, and no account has two services of one.",
    )  # fmt: skip
    RUN_HAS_SERVICE = (
        8871, FINAL, 409, "该户有一批未发布的账单，请先发布或放弃",
        "A run of bills that is not published has this customer: publish it or give it up first.",
    )  # fmt: skip
    SPLIT_SERVICES = (
        8872, FINAL, 409, "分户须至少分出一项、留下一项在用的费种；全部转出请办过户",
        "A split takes at least one service in use and leaves one; all of them is a change of holder.",
    )  # fmt: skip
    TIERS_UNBILLED = (
        8873, FINAL, 409, "阶梯用量随迁，须先抄表出账并发布到最后一日",
        "What the tiers have come to goes along only when it is billed and published up to the last day.",
    )  # fmt: skip
    ARREARS_CHANGED = (
        8874, FINAL, 409, "没有欠费，或欠费已与提交时不同",
        "Nothing is owed, or something else than when this was put forward.",
    )  # fmt: skip
    TAKER_LACKS_FEE = (
        8875, FINAL, 409, "接收的户号没有同费种、同类别的计费项",
        "The account that takes it over has no service of this fee and class.",
    )  # fmt: skip
    ARREARS_WAIVED = (
        8876, FINAL, 409, "有账单的违约金经过减免或停计，不能转给他人，请在原户号收取",
        "The late fee of a bill was waived or is not counted, which goes with nobody: collect it where it is.",
    )  # fmt: skip
    CONTACT_WRONG = (
        8877, FINAL, 400, "同意须有手机号；同意或撤回的日期须在开户以后，不得晚于今天",
        "A consent is of a phone; the day it was given or taken back lies between the opening and today.",
    )  # fmt: skip
    RUN_EMPTY = (
        8878, FINAL, 409, "此账期没有该费种的计费项",
        "Nobody has this fee in that period.",
    )  # fmt: skip
    # 8879: estimates in bulk
    ESTIMATE_RUNNING = (
        8879, FINAL, 409, "该费种的批量估抄正在办理，请等它办完",
        "Estimates of this fee are under way: wait until they are done.",
    )  # fmt: skip
    # 8880-8889: bills corrected by an area or an amount, made anew
    NO_AREA = (
        8880, FINAL, 409, "此账单不能按面积退补：不按面积计费，或其价格已不能还原；请按金额退补",
        "This bill is not corrected to an area: it goes by none, or is not what its prices say by now. "
        "Correct it by an amount.",
    )  # fmt: skip
    CORRECTS_NOTHING = (
        8881, FINAL, 409, "没有差别，不用退补、重出",
        "Nothing would change: there is nothing to correct, or to make anew.",
    )  # fmt: skip
    BILL_CORRECTED = (
        8882, FINAL, 409, "此账单另有按面积、按金额补收的账单，请先撤销补收的账单",
        "Another bill asks for more of this one, to another area or by an amount: cancel that one first.",
    )  # fmt: skip
    RUN_OF_ANOTHER = (
        8883, FINAL, 409, "此批随撤销原账单的那一批一起复核、放弃",
        "This run is agreed to, and given up, with the one that cancels the bill before it.",
    )  # fmt: skip
    COLD_WRONG = (
        8884, FINAL, 400, "不热的天数须在账单的供热期内，逐段不重叠，温度低于达标温度",
        "Cold days lie in the bill's period, in spans without a day in common, below the warmth that is due.",
    )  # fmt: skip
    BILLER_NOT_BILLED = (
        8860, FINAL, 409, "该收费单位不能在此计费：须没有自己的系统，并已设报价有效期，由另一人同意",
        "This biller cannot bill here: it must have no system of its own, ask for quotes, and a second person agrees.",
    )  # fmt: skip
    # Prepaid services, their sales and tokens
    SERVICE_PREPAID = (
        8861, FINAL, 409, "预付费的计费项先购后用，不出账单",
        "A prepaid service is bought ahead: it has no bills.",
    )  # fmt: skip
    SALE_SERVICES = (
        8862, FINAL, 409, "该户没有、或有多个预付费的计费项，不知应售哪一项",
        "The account has no prepaid service in force, or several: it cannot be said what its money buys.",
    )  # fmt: skip
    SALE_METER = (
        8863, FINAL, 409, "该计费项须正好有一块在用的表计",
        "A prepaid service needs just one meter in use.",
    )  # fmt: skip
    SALE_PRICE = (
        8864, FINAL, 409, "此价格不能由金额算出数量：含峰谷、面积、按月、固定、保底或封顶的计价，或单价为零",
        "This price has no inverse: it goes by the clock, the area or the month, has a fixed part, a minimum or a cap, "
        "or costs nothing.",
    )  # fmt: skip
    SALE_FAILED = (
        8865, FINAL, 500, "售电时出错，款项未动，请看日志",
        "The sale failed with a fault; the money is where it was. See the log.",
    )  # fmt: skip
    SALE_NOT_AGREED = (
        8866, FINAL, 409, "作废此售电没有经另一人同意",
        "Nobody agreed to take this sale back.",
    )  # fmt: skip
    SALE_TOKEN = (
        8867, FINAL, 409, "卡密已发出或正在索取，此售电不能作废",
        "The token of this sale is given, or under way: only a sale whose token was rejected is taken back.",
    )  # fmt: skip
    VENDING_INVALID = (
        8868, FINAL, 400, "售电系统的地址或密钥不成立：地址须为 HTTPS，密钥 20 到 200 个字符",
        "This is no vending system: its address is HTTPS, its key has 20 to 200 characters.",
    )  # fmt: skip
    # 8869: written off (trade arrears)
    BILL_WRITTEN_OFF = (
        8869, FINAL, 409, "此账单已核销，不能撤销或退补，请先恢复催收",
        "This bill is written off: take it up again before it is cancelled or corrected.",
    )  # fmt: skip
    # 8891-8895: what is not given back, or billed, twice
    BILL_GIVEN_BACK = (
        8891, FINAL, 409, "此账单已退过：退的合计不得多于账单的用量、金额，同一天的不热只退一次",
        "More of this bill would be given back than it has, or a cold day twice: corrections gave it back already.",
    )  # fmt: skip
    BILL_TAKEN = (
        8892, FINAL, 409, "此账单的欠费已由另一户接收，不能退补；要撤销，请先撤销接收户的账单",
        "Another account took over what was owed of this bill: it is not corrected, and cancelled only when that "
        "account's bill is.",
    )  # fmt: skip
    BILL_PAST = (
        8893, FINAL, 409, "期初账单的钱不在此收取，不能退补",
        "This bill was paid before the company came here: nothing of it is given back here.",
    )  # fmt: skip
    DAY_BILLED = (
        8894, FINAL, 409, "不按表计量的费用已出账到此日以后，请先撤销该账单，或用账单止日及以后的日期",
        "What is not measured is billed beyond this day: cancel that bill first, or take the bill's last day or a "
        "later one.",
    )  # fmt: skip
    TIERS_GONE = (
        8895, FINAL, 409, "该计费项的阶梯用量已随并户、分户迁走，不能退补；请撤销账单后重新出账",
        "What this service used counts in another account's tiers by now: cancel the bill and make it anew.",
    )  # fmt: skip
    PAST_LATER = (
        8890, FINAL, 409, "期初账期须早于本费种在此收款的账单",
        "What was billed before the company came here lies before the bills of the fee that are asked for here.",
    )  # fmt: skip
    # 8896-8897: shares of what follows no quantity
    SHARE_BILLED = (
        8896, FINAL, 409, "这些天已出账，账单不重算：请先撤销该账单，办理后再出账",
        "These days are billed, and no bill is rated again: cancel that bill first, then bill anew.",
    )  # fmt: skip
    SHARE_WRONG = (
        8897, FINAL, 409, "份额须不小于 0、小于 1，在计费项的起止之内，且不与另一份额重叠",
        "A share is from 0 up to below 1, lies in the life of its service, and over no other share.",
    )  # fmt: skip
    # What one person, or an old word, may not do
    DOUBT_OWN = (
        8898, FINAL, 409, "表由您本人换上，倍率或位数已变，须由另一人确认",
        "You fitted this meter, and its multiplier or digits are others than before: another person accepts it.",
    )  # fmt: skip
    BILLER_BILLS_HERE = (
        8899, FINAL, 409, "该单位在此计费：不能改用自己的系统，也不能取消报价有效期",
        "This biller bills here: it can have no system of its own, and goes on asking for quotes.",
    )  # fmt: skip
