"""Result codes of one partner in a night, which keep nobody else."""

from yifen.core.facts.codes import RETRY, ResultCode


class PartnerCode(ResultCode):
    """851x: what could not be done for a partner; the next run tries again."""

    PARTNER_FAILED = (
        8511, RETRY, 500, "该合作方处理出错，其他合作方不受影响",
        "Something failed for this partner; the others went on.",
    )  # fmt: skip
    INBOX_UNUSABLE = (
        8512, RETRY, 500, "收件目录或其中的文件无法读写",
        "The inbox folder, or a file in it, cannot be read or written.",
    )  # fmt: skip
    DAILY_FILE_FAILED = 8513, RETRY, 500, "对账文件无法生成", "The daily file cannot be written."
    STATEMENT_FAILED = 8514, RETRY, 500, "对账单无法生成", "The statement cannot be made."
