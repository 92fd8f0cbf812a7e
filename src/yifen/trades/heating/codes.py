"""Result codes of heating service."""

from yifen.core.facts.codes import FINAL, ResultCode


class HeatingCode(ResultCode):
    """863x-864x: 供热服务, seasons, stops and starts, checks."""

    # 8630-8633: seasons
    SEASON_UNKNOWN = (
        8630, FINAL, 409, "该费种没有此采暖季，或此日不供热",
        "There is no such season of this fee in force, or there is no heat on that day.",
    )  # fmt: skip
    SEASON_WRONG = (
        8631, FINAL, 400, "采暖季的日期或基本费比例不成立：须有“其他”一行，每类、每地区只一行",
        "The days or terms of the season do not fit: a term for all others is needed, and one a class and region.",
    )  # fmt: skip
    SEASON_TAKEN = (
        8632, FINAL, 409, "该费种已有采暖季包含这些日期",
        "Another season of this fee has some of these days.",
    )  # fmt: skip
    SEASON_USED = (
        8633, FINAL, 409, "该采暖季已有申请，不能再改",
        "Something was asked for in this season: it does not change any more.",
    )  # fmt: skip
    # 8634-8641: why a request is not taken, in this order
    DAY_OUTSIDE = (
        8634, FINAL, 400, "日期已过，或不在采暖季、计费项的起止之内；只按整季停供的采暖季不填日期",
        "The day is past, or not in the season or the life of the service; a season that is stopped whole has no day.",
    )  # fmt: skip
    NOT_STOPPED = 8635, FINAL, 409, "该日没有停供，不能报开", "It is not stopped on that day."
    ASKED_LATE = 8636, FINAL, 409, "已过本采暖季的报停截止日", "The last day on which a stop can be asked for is over."
    NOT_SEPARATE = (
        8637, FINAL, 409, "非分户供热，停供会影响邻户",
        "This flat's pipe is not separate: its neighbours would be cold.",
    )  # fmt: skip
    IN_WARRANTY = 8638, FINAL, 409, "在保修期内，不能停供", "This flat is inside its warranty: it is not stopped."
    ARREARS_FIRST = (
        8639, FINAL, 409, "有逾期未缴，须先缴清",
        "Something is overdue: it is to be paid first.",
    )  # fmt: skip
    STOPPED_ALREADY = 8640, FINAL, 409, "本采暖季已停供", "It is stopped in this season already."
    REQUEST_OPEN = 8641, FINAL, 409, "该户另有申请在办", "Another request of this service is under way."
    # 8642-8645: decisions
    REQUEST_UNKNOWN = (
        8642, FINAL, 404, "没有此申请，或已办结",
        "There is no such request, or it has ended.",
    )  # fmt: skip
    NOT_INSPECTED = 8643, FINAL, 409, "还没有验收，不能同意", "Nobody has inspected it yet: it is not agreed to."
    INSPECTION_DIFFERS = (
        8644, FINAL, 409, "最近一次验收不合格，不能同意",
        "The newest inspection found it otherwise: it is not agreed to.",
    )  # fmt: skip
    HEATING_NOT_AGREED = 8645, FINAL, 409, "没有经另一人同意", "Nobody agreed to this."
    # 8646-8647: checks
    MARK_WRONG = (
        8646, FINAL, 409, "标记不成立：保修须写最后一日，其他不写；同一标记只有一个",
        "No such mark: a warranty has its last day, no other has; there is one of a kind at a time.",
    )  # fmt: skip
    NOT_WARM = (
        8647, FINAL, 409, "没有入户检查见热，表计也没有走数",
        "No visit found this stopped flat warm, and its meter did not move.",
    )  # fmt: skip
    # 8648-8649: files, checks of many
    HEATING_FILE_TAKEN = 8648, FINAL, 409, "此文件的申请已经受理", "The requests of this file were taken in already."
    CHECK_TOO_LARGE = (
        8649, FINAL, 409, "一次至多为 1,000 户派检查，请分楼栋",
        "At most 1,000 doors are checked at a time: a building each.",
    )  # fmt: skip
