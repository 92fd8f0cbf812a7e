"""Result codes of the end of day."""

from yifen.core.facts.codes import FINAL, RETRY, ResultCode


class NightCode(ResultCode):
    """85xx: end of day."""

    DAY_END_RUNNING = 8501, RETRY, 409, "日终正在运行", "The end of day is running."
    DAY_END_WAITS = 8502, RETRY, 409, "日终在等待前一步", "The end of day waits for something."
    DAY_END_NOT_SIGNABLE = 8503, FINAL, 409, "该日终无须签字", "There is nothing to sign for."
    DAY_CUT_ALREADY = 8504, FINAL, 409, "该会计日期已日切", "That business day is closed already."
    DAY_NEVER_WAS = (
        8505, FINAL, 409, "账簿没有过该会计日期", "The book never had that business day.",
    )  # fmt: skip
