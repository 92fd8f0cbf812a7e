"""Result codes of visits."""

from yifen.core.facts.codes import FINAL, ResultCode


class VisitCode(ResultCode):
    """874x: 外勤, what is asked for at a door and what was found there."""

    VISIT_ENDED = 8740, FINAL, 409, "该外勤已完成或已撤销", "The visit is done or was dropped."
    VISIT_NOT_YOURS = 8741, FINAL, 409, "该外勤未派给您", "The visit was not given to you."
    VISIT_ASKED_ALREADY = (
        8742, FINAL, 409, "该户已有同类外勤未完成",
        "A visit of this kind to this customer is still open.",
    )  # fmt: skip
    VISIT_ANOTHERS = (
        8743, FINAL, 409, "由其他业务提出的外勤，随其原因消失而撤销，不能在此撤销",
        "Another part asked for this visit: it ends with its reason, not here.",
    )  # fmt: skip
    VISIT_KIND_UNFIT = (
        8744, FINAL, 400, "停供、复供不能手工发起",
        "Nobody asks by hand to cut or restore a service.",
    )  # fmt: skip
    DUE_DAY_PAST = 8745, FINAL, 400, "期限不能早于今天", "The day until when lies in the past."
    GOER_UNFIT = (
        8746, FINAL, 400, "此人不能办理该收费单位的外勤",
        "This person may not visit this company's customers.",
    )  # fmt: skip
    FINDING_UNFIT = 8747, FINAL, 400, "此类外勤没有这种结果", "A visit of this kind cannot end so."
    PHOTO_UNFIT = 8748, FINAL, 400, "照片须为 JPEG 或 PNG", "A photo has to be a JPEG or PNG."
    PHOTO_TOO_LARGE = 8749, FINAL, 400, "每张照片最大 4 MB", "A photo has at most 4 MB."
    POSITION_INVALID = 8750, FINAL, 400, "位置无效", "The position is not one on earth."
    ACCOUNT_NOT_THERE = 8751, FINAL, 404, "该收费单位没有这个户号", "The company has no such account."
    NOTHING_TO_ASSIGN = 8752, FINAL, 409, "该处没有可派的外勤", "There is no visit to give out at this place."
