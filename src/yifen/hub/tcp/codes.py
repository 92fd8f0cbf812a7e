"""Result codes of the TCP dialect."""

from yifen.core.facts.codes import FINAL, ResultCode


class TcpCode(ResultCode):
    """9500–9519: what only this dialect can say."""

    TCP_MESSAGE_UNKNOWN = 9500, FINAL, 404, "无此交易码", "There is no such message."
    TCP_NOTICE_UNFIT = (
        9502, FINAL, 400, "通知内容有误，或该合作方不能这样通知",
        "The notice cannot be used, or is not this partner's to give.",
    )  # fmt: skip
    TCP_NUMBER_TAKEN = 9503, FINAL, 409, "该机构号已用于另一专线", "Another line has this number."
