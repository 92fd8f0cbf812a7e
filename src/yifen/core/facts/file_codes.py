"""82xx: the ways in which a partner's file can be broken, each by its name."""

from yifen.core.facts.code_meaning import FINAL, Meaning
from yifen.core.facts.code_numbers import Code

FILE_MEANINGS: dict[Code, Meaning] = {
    Code.FILE_BROKEN: Meaning(FINAL, 400, "文件格式错误", "The file does not follow its format."),
    Code.FILE_EMPTY: Meaning(FINAL, 400, "文件是空的", "The file is empty."),
    Code.FILE_CUT_OFF: Meaning(
        FINAL, 400, "文件不完整，在中途截断", "The file ends in the middle."
    ),
    Code.FILE_ENCODING: Meaning(
        FINAL, 400, "文件编码不符", "The bytes are not in the file's encoding."
    ),
    Code.FILE_BOM: Meaning(
        FINAL,
        400,
        "文件开头不应有 BOM",
        "The file begins with a byte order mark, which its format has not.",
    ),
    Code.FILE_LINE_TOO_LONG: Meaning(
        FINAL, 400, "文件中有超长行", "A line is longer than the format allows."
    ),
    Code.FILE_LINE_END: Meaning(
        FINAL, 400, "换行符不符或前后不一", "Lines do not end as the format says, or not all alike."
    ),
    Code.FILE_LINE_BLANK: Meaning(
        FINAL, 400, "文件中有空行", "A blank line stands where none may be."
    ),
    Code.FILE_CONTROL: Meaning(FINAL, 400, "文件中有控制字符", "A cell has a control character."),
    Code.FILE_COLUMN_MISSING: Meaning(FINAL, 400, "缺少一列", "A column is missing."),
    Code.FILE_COLUMN_UNKNOWN: Meaning(
        FINAL, 400, "有不认识或重复的列", "A column is unknown or repeated."
    ),
    Code.FILE_CELLS_WRONG: Meaning(
        FINAL, 400, "行的列数或长度不符", "A line has too many or too few cells or bytes."
    ),
    Code.FILE_CELL_INVALID: Meaning(
        FINAL, 400, "单元格内容不符", "A cell does not hold what its column says."
    ),
    Code.FILE_AMOUNT_INVALID: Meaning(
        FINAL, 400, "文件中的金额无法识别", "An amount in the file cannot be read exactly."
    ),
    Code.FILE_TIME_INVALID: Meaning(
        FINAL, 400, "日期或时间无法识别", "A date or time in the file does not exist."
    ),
    Code.FILE_KIND_UNKNOWN: Meaning(
        FINAL, 400, "交易类型或状态不认识", "A kind or state of transaction is unknown."
    ),
    Code.FILE_SERIAL_MISSING: Meaning(
        FINAL, 400, "行中缺少有效的流水号", "A line has no valid serial."
    ),
    Code.FILE_ORIGINAL_WRONG: Meaning(
        FINAL,
        400,
        "原流水号与交易类型不符",
        "An original serial is missing, or stands where none may be.",
    ),
    Code.FILE_ROW_SUM: Meaning(
        FINAL, 400, "同一行中的金额互相矛盾", "The amounts of one line contradict each other."
    ),
    Code.FILE_TOTAL_COUNT: Meaning(
        FINAL, 400, "笔数合计与明细不符", "The stated count is not the number of lines."
    ),
    Code.FILE_TOTAL_AMOUNT: Meaning(
        FINAL, 400, "金额合计与明细不符", "A stated total is not the sum of the lines."
    ),
    Code.FILE_DIGEST: Meaning(FINAL, 400, "文件摘要不符", "The digest is not that of the bytes."),
    Code.FILE_HEAD_MISSING: Meaning(FINAL, 400, "缺少文件头", "The head of the file is missing."),
    Code.FILE_TAIL_MISSING: Meaning(
        FINAL, 400, "缺少文件尾或合计行", "The tail or the totals of the file are missing."
    ),
    Code.FILE_AFTER_END: Meaning(
        FINAL, 400, "文件尾之后还有内容", "Something stands after the end of the file."
    ),
    Code.FILE_VERSION: Meaning(
        FINAL, 400, "文件格式版本不支持", "The version of the file's format is not read here."
    ),
    Code.FILE_NAME: Meaning(
        FINAL, 400, "文件名不符", "The file's name is not the one that its format prescribes."
    ),
    Code.FILE_OF_ANOTHER: Meaning(
        FINAL,
        400,
        "这是别人的文件，账户或商户不符",
        "The file is of another merchant, account or partner.",
    ),
    Code.FILE_OF_ANOTHER_DAY: Meaning(
        FINAL, 400, "这是另一天的文件", "The file or one of its lines is of another day."
    ),
    Code.FILE_ARCHIVE: Meaning(FINAL, 400, "压缩包无法使用", "The archive cannot be used."),
    Code.FILE_ARCHIVE_TOO_LARGE: Meaning(
        FINAL, 400, "压缩包解开后过大", "The archive unpacks to more than is allowed."
    ),
    Code.FILE_XML_BROKEN: Meaning(
        FINAL, 400, "XML 不完整或结构不符", "The XML is broken or not built as its format says."
    ),
    Code.FILE_XML_REFUSED: Meaning(
        FINAL,
        400,
        "XML 中有禁用的声明或实体",
        "The XML has a document type or an entity, which is refused.",
    ),
    Code.FILE_CURRENCY: Meaning(
        FINAL, 400, "币种不符", "The currency is another, or there is more than one."
    ),
    Code.FILE_BALANCE: Meaning(
        FINAL,
        400,
        "余额与明细不符",
        "A balance does not follow from the one before and the entries.",
    ),
    Code.FILE_LAYOUT_INVALID: Meaning(
        FINAL, 400, "文件版式设置有误", "The description of the file's layout cannot be used."
    ),
    Code.FILE_FORMAT_UNKNOWN: Meaning(
        FINAL, 400, "没有这种文件格式", "There is no such file format."
    ),
    Code.FILE_NOT_SUPPORTED: Meaning(
        FINAL,
        400,
        "文件中有暂不支持的业务",
        "The file has a kind of business that is not read here.",
    ),
    Code.FILE_DAY_MISSING: Meaning(
        FINAL, 400, "文件没有写明会计日期，须另行指定", "The file does not say its day: name it."
    ),
}
