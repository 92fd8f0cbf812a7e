"""Result codes of utility billing."""

from yifen.core.facts.codes import FINAL, ResultCode


class BillingCode(ResultCode):
    """88xx: 880x settings and prices, 881x customers and meters, 883x rows of files, 885x runs and bills."""

    PRICE_MISSING = (
        8801, FINAL, 409, "该费种、类别、地区在此日没有价格",
        "No price of this fee, class and region is in force on that day.",
    )  # fmt: skip
