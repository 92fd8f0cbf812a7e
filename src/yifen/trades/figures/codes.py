"""Result codes of figures."""

from yifen.core.facts.codes import FINAL, ResultCode


class FigureCode(ResultCode):
    """868x-869x: 统计报表, what was billed, collected and is owing."""

    REPORT_WRONG = (
        8690, FINAL, 400, "报表的行、列、指标、条件或期间有误",
        "The report's rows, columns, measures, filters or period are not right.",
    )  # fmt: skip
    REPORT_MIXED = (
        8691, FINAL, 400, "所选指标不能按所选维度或条件统计",
        "A chosen measure is not told by a chosen dimension or filter.",
    )  # fmt: skip
    REPORT_UNKNOWN = (
        8692,
        FINAL,
        404,
        "报表不存在，或不是您的",
        "There is no such report, or it is not yours.",
    )
    REPORTS_TOO_MANY = (
        8693, FINAL, 409, "您的报表或定时已达上限，请先删除一项",
        "You have as many reports or schedules as may be: remove one first.",
    )  # fmt: skip
    ROLE_NOT_SHARED = (
        8694, FINAL, 400, "没有共享报表的权限，或角色不能看统计",
        "You may not share reports, or the role may not see figures.",
    )  # fmt: skip
    PERIOD_TOO_LONG = (
        8695,
        FINAL,
        400,
        "期间有误：止不早于起，最多十年",
        "The period ends before it begins, or is over ten years.",
    )
    SCHEDULE_WRONG = (
        8696,
        FINAL,
        400,
        "定时的周期、时刻、格式或邮箱有误",
        "How often, the hour, the form or the mail is not right.",
    )
    COST_WRONG = (
        8697,
        FINAL,
        400,
        "成本假设有误：金额、费率不为负，每个渠道一行",
        "The assumptions are not right: no amount or rate is below zero, one row for each channel.",
    )
    FIGURES_TOO_MUCH = (
        8698, FINAL, 400, "数据太多，一时统计不完：请缩短期间、加条件或减少维度",
        "Too much to be told in time: choose a shorter period, add filters or take fewer dimensions.",
    )  # fmt: skip
    FIGURES_NOT_YOURS = (
        8699,
        FINAL,
        403,
        "没有该单位的统计权限",
        "You may not do this to figures of this company.",
    )
    FOLDER_NOT_AGREED = (
        8680, FINAL, 409, "送到合作方目录须经两人同意，且两人都能把报表送给该合作方",
        "Two people agree to a report into a partner's folder, and both may send reports to that partner.",
    )  # fmt: skip
    FOLDER_TWICE = (
        8681, FINAL, 409, "这份报表已定时送给该合作方，请先停止",
        "The report goes to this partner already: stop that first.",
    )  # fmt: skip
    FOLDER_NOBODY = (
        8682, FINAL, 400, "合作方不在您的范围内，或尚未上线，或没有收取报表（report.ready）的推送通道",
        "The partner is not in your reach or not live, or none of its pipes takes reports (report.ready).",
    )  # fmt: skip
