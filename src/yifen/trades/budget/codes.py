"""Result codes of budget indicators: 930x bureaus and who acts, 931x lists, 932x indicators and holds, 933x matching,
934x the year's end; 9345 on: lists as files."""

from yifen.core.facts.codes import FINAL, ResultCode


class BudgetCode(ResultCode):
    """9300–9349."""

    BUDGET_NOT_AGREED = (
        9300, FINAL, 409, "此事没有经另一人同意，或其中一人已无财政岗位",
        "Nobody agreed to this, or one of the two has no post at the bureau any more.",
    )  # fmt: skip
    BUREAU_UNKNOWN = (
        9301, FINAL, 404, "该单位未登记为财政部门，或今日尚无生效的规则",
        "This is no finance bureau here, or no rule of it is in force today.",
    )  # fmt: skip
    BUREAU_REMOTE = (
        9302, FINAL, 409, "财政部门须是没有自己系统的收费单位",
        "A finance bureau has to be a biller without a system of its own.",
    )  # fmt: skip
    BUDGET_RULE_WRONG = (
        9303, FINAL, 400, "区划代码、控制方式、期限或限额有误，或生效日早于今日",
        "Division code, control, days or limit are wrong, or it begins before today.",
    )  # fmt: skip
    BUDGET_LEVELS_WRONG = (
        9304, FINAL, 400, "审批级次有误：每类、每个金额都须有单位经办审核，且至少两级",
        "Levels are wrong: each kind and amount needs the cashier's check, and two levels at least.",
    )  # fmt: skip
    BUDGET_NO_POST = (
        9305, FINAL, 403, "在该单位及其上级没有在任岗位",
        "There is no running post at this unit or above it.",
    )  # fmt: skip
    BUDGET_UNIT_UNKNOWN = 9306, FINAL, 404, "没有该预算单位", "There is no such unit."
    BUDGET_LIST_EMPTY = 9310, FINAL, 400, "清单中没有数据", "The list has no rows."
    BUDGET_LIST_LONG = (
        9311, FINAL, 413, "清单超过 2 MB 或 5000 行，请分开上传",
        "The list has more than 2 MB or 5,000 rows: upload it in parts.",
    )  # fmt: skip
    BUDGET_LIST_ROW_TWICE = 9312, FINAL, 400, "清单中重复的行", "The row is there twice."
    BUDGET_LIST_UNIT_WRONG = (
        9313, FINAL, 400, "单位编码、名称、上级、账号、行号或撤销日有误",
        "Code, name, what is above it, account, bank or last day of the unit is wrong.",
    )  # fmt: skip
    BUDGET_LIST_CIRCLE = 9314, FINAL, 400, "单位会成为自己的下级", "The unit would be below itself."
    BUDGET_LIST_POST_WRONG = (
        9315, FINAL, 400, "工号、姓名、职务或起止日有误",
        "Staff number, name, duty or days of the post are wrong.",
    )  # fmt: skip
    BUDGET_LIST_NAMES_DIFFER = 9316, FINAL, 400, "同一工号有不同姓名", "One staff number has two names."
    BUDGET_LIST_POSTS_OVERLAP = (
        9317, FINAL, 409, "此人在该单位的任职期与另一任职重叠",
        "He has another post at this unit in those days.",
    )  # fmt: skip
    BUDGET_LIST_INDICATOR_WRONG = (
        9318, FINAL, 400, "指标的编号、年度、分类、项目、文号或金额有误",
        "Number, year, classes, project, document or amount of the indicator is wrong.",
    )  # fmt: skip
    BUDGET_LIST_QUOTA_WRONG = (
        9319, FINAL, 400, "到账通知书号或金额有误",
        "Notice number or amount of the quota is wrong.",
    )  # fmt: skip
    INDICATOR_UNKNOWN = 9320, FINAL, 404, "没有该指标", "There is no such indicator."
    BUDGET_YEAR_CLOSED = (
        9321, FINAL, 409, "不是本年度的指标，或该年度已结转",
        "The indicator is not of this year, or its year has ended.",
    )  # fmt: skip
    BUDGET_SHORT = 9322, FINAL, 409, "指标余额不足", "There is not enough left of the indicator."
    BUDGET_NOT_ARRIVED = (
        9323, FINAL, 409, "指标够用，但额度尚未到账",
        "The indicator would do, but so much of it is not in quota yet.",
    )  # fmt: skip
    BUDGET_HOLD_UNKNOWN = 9324, FINAL, 404, "没有该笔预留", "There is no such hold."
    BUDGET_HOLD_OTHER = (
        9325, FINAL, 409, "同一业务已有另一笔预留，或其预留已结束",
        "Something else was held under this key, or its hold has ended.",
    )  # fmt: skip
    BUDGET_HOLD_FIELDS = 9326, FINAL, 400, "预留的金额或说明有误", "Amount or words of the hold are wrong."
    BUDGET_HOLD_TOO_MUCH = 9327, FINAL, 409, "超过该笔尚预留的金额", "That is more than is still held."
    RESTORE_TOO_MUCH = (
        9328, FINAL, 409, "超过该笔已支付且未退回的金额",
        "That is more than was paid and has not come back.",
    )  # fmt: skip
    INDICATOR_OTHER = (
        9329, FINAL, 409, "该编号是另一条指标：单位、年度、分类或项目不同",
        "The number is another indicator's: its unit, year, classes or project differ.",
    )  # fmt: skip
    BUDGET_NONE = (
        9330, FINAL, 404, "没有符合单位、年度、功能、经济分类和项目的指标",
        "There is no indicator of this unit, year, function, economic class and project.",
    )  # fmt: skip
    BUDGET_FUND = (
        9331, FINAL, 409, "有符合的指标，但资金性质不符",
        "There is such an indicator, but of another fund nature.",
    )  # fmt: skip
    BUDGET_MANY = (
        9332, FINAL, 409, "不止一条指标符合，请指明用哪一条",
        "More than one indicator would do: say which one.",
    )  # fmt: skip
    DOC_TWICE = 9333, FINAL, 409, "该文号先前已用于这条指标", "This document changed the indicator before."
    YEAR_NOT_OVER = 9340, FINAL, 409, "该年度尚未结束", "The year is not over."
    FIGURES_MOVED = (
        9341, FINAL, 409, "年终数字已变动，请重新查看后再提出",
        "The figures are not what was agreed to any more: look and propose again.",
    )  # fmt: skip
    BUDGET_LIST_FORM = (
        9345, FINAL, 400, "清单须是 UTF-8 或 GB18030 编码的 CSV，或 Excel（.xlsx）",
        "A list is CSV in UTF-8 or GB18030, or Excel (.xlsx).",
    )  # fmt: skip
    BUDGET_LIST_COLUMNS = (
        9346, FINAL, 400, "清单缺少一列，或有不认识、重复的列",
        "A column of the list is missing, unknown or repeated.",
    )  # fmt: skip
    BUDGET_LIST_CELLS = 9347, FINAL, 400, "此行的列数与表头不符", "The row has more or fewer cells than the header."
    BUDGET_LIST_ROWS_WRONG = (
        9348, FINAL, 409, "清单有错误的行，整份不收",
        "Rows of the list are wrong, so that it is refused whole.",
    )  # fmt: skip
