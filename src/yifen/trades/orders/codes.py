"""Result codes of orders."""

from yifen.core.facts.codes import FINAL, RETRY, ResultCode


class OrderCode(ResultCode):
    """51xx: the payer's own order and what he binds."""

    AMOUNTS_CHANGED = (
        5103, FINAL, 409, "应缴金额已更新，请核对后再次确认",
        "The amounts have changed: check them and confirm again.",
    )  # fmt: skip
    ORDER_UNKNOWN = 5104, FINAL, 404, "订单不存在", "There is no such order."
    ORDER_STATE = (
        5105, FINAL, 409, "订单当前状态不能这样处理",
        "The order's state does not allow this.",
    )  # fmt: skip
    ORDER_CLOSED = (
        5106, FINAL, 409, "订单已关闭，已付款项将原路退回",
        "The order is closed; what was paid goes back the way it came.",
    )  # fmt: skip
    ORDER_NOT_YOURS = (
        5107, FINAL, 403, "只有下单的人（下单所用的浏览器）才能取消",
        "Only who made the order can cancel it, in the browser in which it was made.",
    )  # fmt: skip
    PAYMENT_TAKEN_BACK = (
        5108, FINAL, 409, "这笔缴费已撤销，已付款项原路退回",
        "The payment was taken back; what was paid goes back the way it came.",
    )  # fmt: skip
    ORDER_OPEN = (
        5109, FINAL, 409, "这个户号有一笔未付的订单，金额如下；要改金额请先点“不缴了”",
        "An order of this account waits to be paid, as below; cancel it first to pay another amount.",
    )  # fmt: skip
    PAY_METHOD_UNKNOWN = (
        5111, FINAL, 404, "此支付方式未开通",
        "This way of paying is not available.",
    )  # fmt: skip
    PAY_METHOD_FAULT = (
        5112, RETRY, 503, "支付机构暂无应答，请稍后再试",
        "The payment provider does not answer now; try again in a moment.",
    )  # fmt: skip
    NOTICE_INVALID = 5113, FINAL, 400, "支付通知未通过验证", "The payment notice cannot be trusted."
    PAID_AMOUNT_WRONG = (
        5114, FINAL, 409, "实付金额与订单不符，将原路退回",
        "The amount paid is not the order's; it goes back the way it came.",
    )  # fmt: skip
    ANSWER_UNPROVED = (
        5115, FINAL, 409, "留存的支付应答不是支付方式签名的",
        "What is kept as a pay method's answer was not signed by it.",
    )  # fmt: skip
    TOO_MANY_TRIES = (
        5121, RETRY, 429, "操作过于频繁，请稍后再试",
        "Too many tries; wait a little and try again.",
    )  # fmt: skip
    PHONE_INVALID = 5122, FINAL, 400, "请输入 11 位手机号", "Enter a mobile number of 11 digits."
    SMS_CODE_WRONG = (
        5123, FINAL, 400, "验证码有误或已失效，可重新发送",
        "The code is wrong or no longer valid; ask for a new one.",
    )  # fmt: skip
    SMS_NOT_SENT = (
        5125, RETRY, 503, "短信暂时发不出去，请稍后再试",
        "The message could not be sent now; try again in a minute.",
    )  # fmt: skip
    SMS_REFUSED = (
        5126, FINAL, 409, "这个号码收不到短信，请核对",
        "This number cannot get messages; check it.",
    )  # fmt: skip
    BINDINGS_FULL = 5124, FINAL, 409, "最多绑定 10 个户号", "At most ten accounts can be bound."
