"""Result codes of the bill import: of a file, and of each of its rows."""

from yifen.core.facts.codes import FINAL, ResultCode


class BillCode(ResultCode):
    """86xx: 861x and above say what is wrong with one row."""

    BILLS_ENCODING = (
        8601, FINAL, 400, "账单文件须是 UTF-8 或 GB18030 编码的 CSV，或 Excel（.xlsx）",
        "A file of bills is CSV in UTF-8 or GB18030, or Excel (.xlsx).",
    )  # fmt: skip
    BILLS_TOO_LARGE = (
        8602, FINAL, 413, "账单文件超过 25 MB 或 200,000 行，请分成几个",
        "A file of bills has more than 25 MB or 200,000 rows: split it.",
    )  # fmt: skip
    BILLS_COLUMNS = (
        8603, FINAL, 400, "账单文件缺少一列，或有不认识、重复的列",
        "A column of the file of bills is missing, unknown or repeated.",
    )  # fmt: skip
    BILLS_BROKEN = 8604, FINAL, 400, "账单文件无法读取", "The file of bills cannot be read."
    BILLS_EMPTY = 8605, FINAL, 400, "账单文件中没有账单", "The file of bills has no bills."
    BILLS_ROWS_WRONG = (
        8606, FINAL, 409, "账单文件有错误的行，整份不收",
        "Rows of the file of bills are wrong, so that it is refused whole.",
    )  # fmt: skip
    BILLS_REMOTE = (
        8607, FINAL, 409, "该收费单位有自己的系统，账单由它回答",
        "This biller has a system of its own, which tells its bills.",
    )  # fmt: skip
    BILLS_CHANGED = (
        8608, FINAL, 409, "账单文件的行与复核时不符，不得导入",
        "The rows of the file of bills are not those that were agreed to.",
    )  # fmt: skip
    BILLS_NOT_AGREED = (
        8609, FINAL, 409, "此账单文件没有经另一人同意",
        "Nobody agreed to this file of bills.",
    )  # fmt: skip
    BILLS_SOLE = (
        8610, FINAL, 409, "该单位的款项由其业务自行登记（如法院案款），不收账单文件",
        "What is paid to this biller is kept by a trade of its own, such as court funds: no file of bills is taken.",
    )  # fmt: skip
    BILL_CELLS = (
        8611, FINAL, 400, "列数与表头不符",
        "The row has more or fewer cells than the header.",
    )  # fmt: skip
    BILL_ACCOUNT = (
        8612, FINAL, 400, "户号须为 1–40 个字符，不得是表格软件改写过的数（如 3.2E+09）",
        "An account number has 1–40 characters, and is none that a spreadsheet rewrote (3.2E+09).",
    )  # fmt: skip
    BILL_NAME = 8613, FINAL, 400, "户名须为 1–100 个字符", "An account name has 1–100 characters."
    BILL_REF = (
        8614, FINAL, 400, "账单号须为 1–40 个字符，不得是表格软件改写过的数（如 3.2E+09）",
        "A bill reference has 1–40 characters, and is none that a spreadsheet rewrote (3.2E+09).",
    )  # fmt: skip
    BILL_TITLE = 8615, FINAL, 400, "名称须为 1–100 个字符", "A title has 1–100 characters."
    BILL_AMOUNT = (
        8616, FINAL, 400, "应缴金额须大于零，单位元，最多两位小数",
        "An amount due is above zero, in yuan, with two decimals at most.",
    )  # fmt: skip
    BILL_DAY = (
        8617, FINAL, 400, "到期日须是存在的日期，如 2026-11-30",
        "A due date is a date that exists, such as 2026-11-30.",
    )  # fmt: skip
    BILL_MODE = (
        8618, FINAL, 400, "缴法须为全额、可部分缴、不限额之一",
        "A mode is exact, partial or open.",
    )  # fmt: skip
    BILL_LIMITS = (
        8619, FINAL, 400, "最低、最高金额与缴法不符，或最低大于最高",
        "Least and most do not fit the mode or each other.",
    )  # fmt: skip
    BILL_TWICE = (
        8620, FINAL, 400, "同一户号、账单号在文件中出现过",
        "The file has this bill of this account twice.",
    )  # fmt: skip
    BILL_TWO_NAMES = (
        8621, FINAL, 400, "同一户号在文件中有两个户名",
        "The file has two names of this account.",
    )  # fmt: skip
    BILL_OF_ANOTHER = (
        8622, FINAL, 400, "这是别的收费单位的账单",
        "This is a bill of another biller.",
    )  # fmt: skip
    BILL_WITHDRAW = (
        8623, FINAL, 400, "撤销一列须为“是”“否”或空",
        "Withdraw is yes, no or empty.",
    )  # fmt: skip
    BILL_OTHER_WRITING = (
        8624, FINAL, 400, "该收费单位已有同一户号的另一种写法",
        "The biller has an account of this number in another writing.",
    )  # fmt: skip
