"""Result codes of the POS door."""

from yifen.core.facts.codes import FINAL, RETRY, ResultCode


class PosCode(ResultCode):
    """9200–9299: what a terminal is refused for, and what an acquirer says of a card, and in its files."""

    POS_TERMINAL_UNKNOWN = 9200, FINAL, 404, "终端未登记", "The terminal is not registered."
    POS_TERMINAL_STOPPED = (
        9201, FINAL, 403, "终端或收单机构已停用", "The terminal is blacklisted, or its acquirer is shut.",
    )  # fmt: skip
    POS_MAC_WRONG = 9202, FINAL, 401, "MAC 校验错，请重新签到", "The MAC is wrong: sign on again."
    POS_SIGN_ON_FIRST = 9203, FINAL, 401, "请先签到", "Sign on first."
    POS_BATCH_OTHER = (
        9204, FINAL, 409, "不是当前批次，请重新签到", "This is not the terminal's open batch: sign on again.",
    )  # fmt: skip
    POS_TRACE_REUSED = (
        9205, FINAL, 409, "终端流水号重复且内容不同", "This trace was used in the batch before, for something else.",
    )  # fmt: skip
    POS_NOT_SUPPORTED = 9206, FINAL, 400, "不支持的交易", "The door has no such transaction."
    POS_FIELD_MISSING = 9207, FINAL, 400, "报文缺域或域有误", "A field is missing, or cannot be used."
    POS_UNKNOWN = (
        9208, FINAL, 503, "结果未知，请冲正", "What became of it is not known: reverse it.",
    )  # fmt: skip
    POS_ORIGINAL_UNKNOWN = 9209, FINAL, 404, "无此原交易", "There is no such original."
    POS_ORIGINAL_UNFIT = (
        9210, FINAL, 409, "原交易不在本批次、金额不同或不能这样撤销",
        "The original is of another batch or amount, or cannot be taken back in this way.",
    )  # fmt: skip
    POS_ACQUIRER_AWAY = 9211, RETRY, 503, "收单机构不可用，未扣款", "The acquirer is away; no card was charged."
    POS_BATCH_CLOSED = 9212, FINAL, 409, "批次已结算，须人工处理", "The batch is settled: people must see to it."
    POS_CARD_REFUSED = 9220, FINAL, 409, "发卡行不承兑", "The card's bank refuses it."
    POS_CARD_SHORT = 9221, FINAL, 409, "卡余额不足", "The card's balance does not cover it."
    POS_CARD_PIN = 9222, FINAL, 403, "密码错误或次数超限", "The PIN is wrong, or was wrong too often."
    POS_CARD_INVALID = 9223, FINAL, 409, "卡号无效或卡已过期", "The card is not valid, or has expired."
    POS_CARD_STOPPED = 9224, FINAL, 409, "卡已挂失、被盗或没收", "The card was reported lost or stolen."
    POS_CARD_LIMIT = 9225, FINAL, 409, "超出卡的限额", "Over a limit of the card."
    POS_EXCEPTION_CLOSED = 9230, FINAL, 409, "该差错已处理", "This was seen to before."
    POS_FILE_BROKEN = (
        9240, FINAL, 400, "收单文件无法读取", "The acquirer's file cannot be read.",
    )  # fmt: skip
    POS_FILE_TOTALS = (
        9241, FINAL, 400, "收单文件的合计与明细不符", "The totals of the acquirer's file are not those of its rows.",
    )  # fmt: skip
    POS_FILE_DAY = (
        9242, FINAL, 400, "收单文件没有唯一的清算日期", "The acquirer's file does not say one day of settlement.",
    )  # fmt: skip
