"""Result codes of utility billing."""

from yifen.core.facts.codes import FINAL, ResultCode


class BillingCode(ResultCode):
    """88xx: 880x settings and prices, 881x customers and meters, 883x rows of files, 885x runs and bills."""

    PRICE_MISSING = (
        8801, FINAL, 409, "该费种、类别、地区在此日没有价格",
        "No price of this fee, class and region is in force on that day.",
    )  # fmt: skip
    # Fees and prices
    PRICE_INVALID = (
        8802, FINAL, 400, "价格版本不成立",
        "These are no prices: a name, parts and rising limits without gaps, at most 8 decimals.",
    )  # fmt: skip
    PRICE_BEGUN = (
        8803, FINAL, 409, "价格不得从过去的日子起",
        "A price does not begin in the past: what was used by then was asked for by the one in force.",
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
    FEE_INVALID = 8807, FINAL, 400, "费种不成立", "This is no fee: a code, a name, a unit, how it is tiered and paid."
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
    FREEZE_WRONG = 8842, FINAL, 400, "停计的止日不得早于起日", "The last day is before the first one."
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
        8851, FINAL, 400, "账期有误：止日不得早于起日，不超过 400 天，到期日不早于起日",
        "The period is wrong: it ends before it begins, is longer than 400 days, or is due before it begins.",
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
    BILLER_NOT_BILLED = (
        8860, FINAL, 409, "该收费单位不能在此计费：须没有自己的系统，并已设报价有效期，由另一人同意",
        "This biller cannot bill here: it must have no system of its own, ask for quotes, and a second person agrees.",
    )  # fmt: skip
