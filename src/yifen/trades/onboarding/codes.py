"""Result codes of onboarding."""

from yifen.core.facts.codes import FINAL, RETRY, ResultCode


class OnboardingCode(ResultCode):
    """32xx: letting a partner in."""

    PARTNER_EXISTS = 3201, FINAL, 409, "合作方代码已被使用", "This partner code is taken."
    NOT_READY_FOR_LIVE = 3202, FINAL, 409, "尚不具备上线条件", "The partner cannot go live yet."
    ALREADY_LIVE = 3203, FINAL, 409, "合作方已上线", "The partner is live already."
    OUTAGE_INVALID = (
        3204, FINAL, 400, "停机时段无效",
        "The outage must end after it starts, and in the future.",
    )  # fmt: skip
    KEY_INVALID = 3205, FINAL, 400, "密钥或算法不可用", "This key or algorithm cannot be used."
    CERTIFYING = (
        3206, RETRY, 409, "一致性测试进行中",
        "A conformance run is going on; wait for its end.",
    )  # fmt: skip
    NOTHING_TO_CERTIFY = (
        3207, FINAL, 409, "没有可测试的内容：缺少沙箱地址、密钥或报文",
        "There is nothing to test: no sandbox endpoint, key or message yet.",
    )  # fmt: skip
    DIALECT_NOT_READY = (
        3209, FINAL, 409, "新报文方式尚未备好：缺密钥，或沙箱未以该方式通过全部条款",
        "The new dialect is not ready: a key is missing, or the sandbox has not passed every clause in it.",
    )  # fmt: skip
