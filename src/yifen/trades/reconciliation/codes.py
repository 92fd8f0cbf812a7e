"""Result codes of reconciliation: files, and repair."""

from yifen.core.facts.codes import FINAL, RETRY, ResultCode


class FileCode(ResultCode):
    """82xx: the ways in which a partner's file can be broken, each by its name."""

    FILE_BROKEN = 8201, FINAL, 400, "文件格式错误", "The file does not follow its format."
    FILE_EMPTY = 8202, FINAL, 400, "文件是空的", "The file is empty."
    FILE_CUT_OFF = 8203, FINAL, 400, "文件不完整，在中途截断", "The file ends in the middle."
    FILE_ENCODING = 8204, FINAL, 400, "文件编码不符", "The bytes are not in the file's encoding."
    FILE_BOM = (
        8205, FINAL, 400, "文件开头不应有 BOM",
        "The file begins with a byte order mark, which its format has not.",
    )  # fmt: skip
    FILE_LINE_TOO_LONG = (
        8206, FINAL, 400, "文件中有超长行",
        "A line is longer than the format allows.",
    )  # fmt: skip
    FILE_LINE_END = (
        8207, FINAL, 400, "换行符不符或前后不一",
        "Lines do not end as the format says, or not all alike.",
    )  # fmt: skip
    FILE_LINE_BLANK = 8208, FINAL, 400, "文件中有空行", "A blank line stands where none may be."
    FILE_CONTROL = 8209, FINAL, 400, "文件中有控制字符", "A cell has a control character."
    FILE_COLUMN_MISSING = 8210, FINAL, 400, "缺少一列", "A column is missing."
    FILE_COLUMN_UNKNOWN = 8211, FINAL, 400, "有不认识或重复的列", "A column is unknown or repeated."
    FILE_CELLS_WRONG = (
        8212, FINAL, 400, "行的列数或长度不符",
        "A line has too many or too few cells or bytes.",
    )  # fmt: skip
    FILE_CELL_INVALID = (
        8213, FINAL, 400, "单元格内容不符",
        "A cell does not hold what its column says.",
    )  # fmt: skip
    FILE_AMOUNT_INVALID = (
        8214, FINAL, 400, "文件中的金额无法识别",
        "An amount in the file cannot be read exactly.",
    )  # fmt: skip
    FILE_TIME_INVALID = (
        8215, FINAL, 400, "日期或时间无法识别",
        "A date or time in the file does not exist.",
    )  # fmt: skip
    FILE_KIND_UNKNOWN = (
        8216, FINAL, 400, "交易类型或状态不认识",
        "A kind or state of transaction is unknown.",
    )  # fmt: skip
    FILE_SERIAL_MISSING = 8217, FINAL, 400, "行中缺少有效的流水号", "A line has no valid serial."
    FILE_ORIGINAL_WRONG = (
        8218, FINAL, 400, "原流水号与交易类型不符",
        "An original serial is missing, or stands where none may be.",
    )  # fmt: skip
    FILE_ROW_SUM = (
        8219, FINAL, 400, "同一行中的金额互相矛盾",
        "The amounts of one line contradict each other.",
    )  # fmt: skip
    FILE_TOTAL_COUNT = (
        8220, FINAL, 400, "笔数合计与明细不符",
        "The stated count is not the number of lines.",
    )  # fmt: skip
    FILE_TOTAL_AMOUNT = (
        8221, FINAL, 400, "金额合计与明细不符",
        "A stated total is not the sum of the lines.",
    )  # fmt: skip
    FILE_DIGEST = 8222, FINAL, 400, "文件摘要不符", "The digest is not that of the bytes."
    FILE_HEAD_MISSING = 8223, FINAL, 400, "缺少文件头", "The head of the file is missing."
    FILE_TAIL_MISSING = (
        8224, FINAL, 400, "缺少文件尾或合计行",
        "The tail or the totals of the file are missing.",
    )  # fmt: skip
    FILE_AFTER_END = (
        8225, FINAL, 400, "文件尾之后还有内容",
        "Something stands after the end of the file.",
    )  # fmt: skip
    FILE_VERSION = (
        8226, FINAL, 400, "文件格式版本不支持",
        "The version of the file's format is not read here.",
    )  # fmt: skip
    FILE_NAME = (
        8227, FINAL, 400, "文件名不符",
        "The file's name is not the one that its format prescribes.",
    )  # fmt: skip
    FILE_OF_ANOTHER = (
        8228, FINAL, 400, "这是别人的文件，账户或商户不符",
        "The file is of another merchant, account or partner.",
    )  # fmt: skip
    FILE_OF_ANOTHER_DAY = (
        8229, FINAL, 400, "这是另一天的文件",
        "The file or one of its lines is of another day.",
    )  # fmt: skip
    FILE_ARCHIVE = 8230, FINAL, 400, "压缩包无法使用", "The archive cannot be used."
    FILE_ARCHIVE_TOO_LARGE = (
        8231, FINAL, 400, "压缩包解开后过大",
        "The archive unpacks to more than is allowed.",
    )  # fmt: skip
    FILE_XML_BROKEN = (
        8232, FINAL, 400, "XML 不完整或结构不符",
        "The XML is broken or not built as its format says.",
    )  # fmt: skip
    FILE_XML_REFUSED = (
        8233, FINAL, 400, "XML 中有禁用的声明或实体",
        "The XML has a document type or an entity, which is refused.",
    )  # fmt: skip
    FILE_CURRENCY = (
        8234, FINAL, 400, "币种不符",
        "The currency is another, or there is more than one.",
    )  # fmt: skip
    FILE_BALANCE = (
        8235, FINAL, 400, "余额与明细不符",
        "A balance does not follow from the one before and the entries.",
    )  # fmt: skip
    FILE_LAYOUT_INVALID = (
        8236, FINAL, 400, "文件版式设置有误",
        "The description of the file's layout cannot be used.",
    )  # fmt: skip
    FILES_TOO_MANY = (
        8241, RETRY, 429, "该合作方一个会计日的文件过多，其余留在原处，次日再收",
        "The partner laid down too many files for a day; the rest lie there and come next day.",
    )  # fmt: skip
    FILE_FORMAT_UNKNOWN = 8237, FINAL, 400, "没有这种文件格式", "There is no such file format."
    FILE_NOT_SUPPORTED = (
        8238, FINAL, 400, "文件中有暂不支持的业务",
        "The file has a kind of business that is not read here.",
    )  # fmt: skip
    FILE_DAY_MISSING = (
        8239, FINAL, 400, "文件没有写明会计日期，须另行指定",
        "The file does not say its day: name it.",
    )  # fmt: skip
    FILE_CHANGED = (
        8240, FINAL, 409, "文件的行与收到时不符，不得使用",
        "The file's rows are no longer those it came with.",
    )  # fmt: skip
    FILE_CHAIN = (
        8249, FINAL, 400, "不是本平台当日的文件，账本链摘要不符",
        "The file is not of this hub's day: its chain hash is another.",
    )  # fmt: skip
    FILE_BESIDE = (
        8250, FINAL, 409, "同一文件先前已作为并列的一份收下，不能再用它取代当日的文件",
        "The same file is in as one beside the others: it cannot take their place now.",
    )  # fmt: skip


class RepairCode(ResultCode):
    """83xx: reconciliation and repair."""

    PROFILE_UNKNOWN = (
        8301, FINAL, 404, "该合作方未设置对账方式",
        "This partner has no way of reconciling.",
    )  # fmt: skip
    ITEM_CLOSED = 8302, FINAL, 409, "该差异已处理完毕", "This difference is closed."
    ITEM_NOT_PROPOSED = (
        8303, FINAL, 409, "该差异没有待复核的处理",
        "Nothing is proposed for this difference.",
    )  # fmt: skip
    ACTION_NOT_POSSIBLE = (
        8304, FINAL, 409, "此差异不能这样处理",
        "This difference cannot be put right in that way.",
    )  # fmt: skip
    FILE_MISSING = 8305, RETRY, 404, "对方文件尚未收到", "The partner's file has not arrived."
    ITEM_UNKNOWN = 8306, FINAL, 404, "该差异不存在", "There is no such difference."
    REPAIR_UNDER_WAY = (
        8307, RETRY, 409, "该差异正在处理或待复核",
        "This difference is being put right, or waits for the checker.",
    )  # fmt: skip
    REPAIR_NOT_DECIDED = (
        8308, FINAL, 409, "该差异的处理尚未复核",
        "Nobody has decided yet how to put this right.",
    )  # fmt: skip
    REPAIR_DONE_BEFORE = (
        8309, FINAL, 409, "该差异此前已记账，不得重复",
        "The books have moved for this before.",
    )  # fmt: skip
    DAY_COMPARED = (
        8310, FINAL, 409, "该日已日终关闭，且正是这些文件已对过账；须由两人先撤回文件，才重新对账",
        "The day is closed and was compared by these very files: it is compared anew once two people withdrew one.",
    )  # fmt: skip


class ChargebackCode(ResultCode):
    """872x: 退单 by two people."""

    CHARGEBACK_UNDER_WAY = (
        8720, RETRY, 409, "这笔缴费有一笔退单正在办理",
        "A chargeback of this payment is under way.",
    )  # fmt: skip
    CHARGEBACK_UNKNOWN = 8721, FINAL, 404, "该退单不存在", "There is no such chargeback."
    CHARGEBACK_NOT_DUE = (
        8722, FINAL, 409, "该退单没有待外部办理的款项，或已登记",
        "Nobody outside has to give anything for this chargeback, or it was noted before.",
    )  # fmt: skip
