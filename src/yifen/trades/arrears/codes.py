"""Result codes of arrears."""

from yifen.core.facts.codes import FINAL, ResultCode


class ArrearsCode(ResultCode):
    """866x–868x: 欠费催缴."""

    ARREARS_UNKNOWN = (
        8660, FINAL, 409, "该户没有这一费种的逾期欠费，或已缴清",
        "This account has nothing overdue of this fee, or paid it meanwhile.",
    )  # fmt: skip
    STEP_NOT_DUE = (
        8661, FINAL, 409, "此催缴步骤现在不该办：可能已办过、已承诺、分期或有异议，请重新查看",
        "This step is not due now: it was done, or a promise, a plan or a dispute holds it. Look again.",
    )  # fmt: skip
    RULE_WRONG = (
        8662, FINAL, 400, "催缴规则有误：1 到 12 步，逾期天数 0 到 3660 且不减，间隔 0 到 366 天，复供 1 到 72 小时",
        "The rule is wrong: 1 to 12 steps, days overdue from 0 to 3660 that never fall, days between from 0 to 366, "
        "restored within 1 to 72 hours.",
    )  # fmt: skip
    RULE_UNLAWFUL = (
        8663,
        FINAL,
        400,
        "停供不合规定：须为最后一步，紧接唯一的停供通知，间隔不少于法定天数；供水另须两次催缴，燃气须逾期两个月",
        "A cut is the last step, right behind the one notice, and not sooner than the law allows; water needs two "
        "demands before it, gas two months.",
    )
    ARREARS_NOT_AGREED = (
        8664, FINAL, 409, "没有经另一人同意，或已经办理",
        "Nobody agreed to this about arrears, or it was done before.",
    )  # fmt: skip
    PROMISE_WRONG = (
        8665, FINAL, 400, "承诺日须在今天起 31 天内",
        "A promise is for a day within 31 days from today.",
    )  # fmt: skip
    HOLD_RUNS = (
        8666, FINAL, 409, "已有承诺或分期在执行，或同一欠费已承诺三次",
        "A promise or a plan runs already, or there were three promises of this debt.",
    )  # fmt: skip
    PLAN_WRONG = (
        8667, FINAL, 400, "分期须 1 到 36 期，每期大于零，合计等于欠费",
        "A plan has 1 to 36 rows, each more than nothing, whose sum is what is owed.",
    )  # fmt: skip
    PLAN_CHANGED = (
        8668, FINAL, 409, "欠费账单已与提交时不同，或已有缴费，请重新提交",
        "Other bills are overdue than were shown, or something was paid: put it forward again.",
    )  # fmt: skip
    DISPUTE_WRONG = (
        8669, FINAL, 400, "异议须选逾期且未有异议的账单，并写明理由",
        "A dispute names overdue bills without one, and a reason.",
    )  # fmt: skip
    HOLD_UNKNOWN = (
        8670, FINAL, 404, "没有此异议，或已了结",
        "There is no such dispute, or it is settled.",
    )  # fmt: skip
    LETTER_UNKNOWN = 8671, FINAL, 404, "没有此函件", "There is no such letter or notice."
    SERVED_DAY = (
        8672, FINAL, 400, "送达日不得早于打印日，不得晚于今天",
        "A notice is served between the day on which it was printed and today.",
    )  # fmt: skip
    COLLECTOR_WRONG = (
        8673, FINAL, 400, "没有此小区或楼栋，或此人不为该单位催缴、上门或收款",
        "There is no such community or building, or this person neither duns, visits nor takes money for the company.",
    )  # fmt: skip
    BATCH_EMPTY = (
        8674, FINAL, 409, "所选的户现在都不该办这一步",
        "This step is due for none of those that were chosen.",
    )  # fmt: skip
    CUT_UNKNOWN = (
        8675, FINAL, 409, "没有此停供单，或不是未停成",
        "There is no such cut that was not done.",
    )  # fmt: skip
    BATCH_TOO_LARGE = (
        8676, FINAL, 400, "一次最多选 100 户，且须同属一个收费单位",
        "At most 100 accounts at a time, all of one biller.",
    )  # fmt: skip
    WRITE_OFF_BARE = (
        8677, FINAL, 400, "核销须写明依据文号",
        "A write-off names the number of its evidence.",
    )  # fmt: skip
    PROMISE_SUM = (
        8678, FINAL, 400, "承诺金额须大于零且不超过欠费",
        "A promise is for more than nothing and no more than what is overdue.",
    )  # fmt: skip
    PLAN_DAYS = (
        8679, FINAL, 400, "分期日期须互不重复，从今天起三年内",
        "The rows of a plan are on different days, from today on, within three years.",
    )  # fmt: skip
