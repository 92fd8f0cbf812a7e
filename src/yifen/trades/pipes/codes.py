"""Result codes of pipes."""

from yifen.core.facts.codes import FINAL, ResultCode


class PipeCode(ResultCode):
    """33xx: why a pipe is not made as asked."""

    PIPE_ADDRESS_INVALID = (
        3301, FINAL, 400, "推送地址不可用", "Nothing can be sent to this address.",
    )  # fmt: skip
    PIPE_WANTS_INVALID = (
        3302, FINAL, 400, "须选择至少一种事件，且均为已有事件",
        "Choose at least one kind of event, of those there are.",
    )  # fmt: skip
    PIPE_SETTING_INVALID = 3310, FINAL, 400, "推送设置不可用", "This setting of the pipe cannot be used."
    PIPE_UNCHANGED = 3303, FINAL, 409, "没有改动", "Nothing is changed."
    PIPE_OFF = 3304, FINAL, 409, "推送通道已停用", "The pipe is switched off."
    REPLAY_TOO_MANY = (
        3305, FINAL, 409, "重发超过 10000 条，请缩短时段",
        "More than 10,000 would be sent again: choose a later moment.",
    )  # fmt: skip
    REPLAY_MOVED = (
        3306, FINAL, 409, "待重发的条数已变，请重新确认", "What would be sent again is no longer what was counted.",
    )  # fmt: skip
    PIPE_TESTED = (
        3308, FINAL, 409, "上一测试事件尚未发出，或一小时内已测试 10 次，请稍后再试",
        "The test before is not sent yet, or ten were sent within the hour: try again later.",
    )  # fmt: skip
    PIPE_TWICE = (
        3311, FINAL, 409, "这个合作方已有同一方式、同一地址的推送通道",
        "The partner has a pipe of this kind to this address already.",
    )  # fmt: skip
    DELIVERY_UNDER_WAY = (
        3312, FINAL, 409, "没有可立即再试的：正在推送，或不久就会再试",
        "Nothing to try now: it is under way, or its next try is near.",
    )  # fmt: skip
    REPLAY_AHEAD = 3313, FINAL, 400, "起始时间还没到", "This moment is still to come."
    PIPE_SECRET_INVALID = 3307, FINAL, 400, "密码或密钥不可用", "This password or key cannot be used."
