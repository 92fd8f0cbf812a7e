"""The words of the agency's states and kinds, for its lists, forms and transactions."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.face import words

STATES: words.Words = {
    "asked": (pgettext_lazy("core", "结果未知"), "waiting"), "booked": (pgettext_lazy("core", "已入账"), "ok"),
    "refused": (pgettext_lazy("core", "未入账"), "bad"), "reversed": (_("已冲正"), "neutral"),
}  # fmt: skip
CHANNELS: words.Words = {
    "counter": (_("柜面"), "neutral"), "atm": (_("ATM"), "neutral"), "kiosk": (_("自助终端"), "neutral"),
    "webbank": (_("网上银行"), "neutral"), "phonebank": (_("电话银行"), "neutral"),
    "app": (_("手机与第三方"), "neutral"), "card": (_("银行卡、POS"), "neutral"),
    "passbook": (_("存折"), "neutral"), "other": (_("其他"), "neutral"),
}  # fmt: skip
PRODUCTS: words.Words = {"collect": (pgettext_lazy("agency", "代收"), "neutral"), "debit": (_("批量代扣"), "neutral")}
OPEN: words.Words = {"open": (pgettext_lazy("agency", "开通"), "ok"),
                     "closed": (pgettext_lazy("agency", "停办"), "neutral")}  # fmt: skip
MEANS: words.Words = {"cash": (_("现金"), "neutral"), "cheque": (_("本行支票"), "neutral"),
                      "internal": (_("内部户（他行支票）"), "neutral")}  # fmt: skip
CHEQUES: words.Words = {
    "accepted": (pgettext_lazy("cheque", "已受理"), "waiting"),
    "presented": (pgettext_lazy("cheque", "已提出"), "waiting"),
    "collecting": (pgettext_lazy("cheque", "收款中"), "waiting"),
    "collected": (pgettext_lazy("cheque", "已收妥"), "ok"),
    "applied": (pgettext_lazy("cheque", "已缴费"), "ok"), "returned": (pgettext_lazy("cheque", "已退票"), "bad"),
    "refunding": (pgettext_lazy("cheque", "退回中"), "waiting"), "refunded": (pgettext_lazy("cheque", "已退回"), "bad"),
    "exception": (pgettext_lazy("cheque", "缴费后退票，待处理"), "bad"),
}  # fmt: skip
CODES: words.Words = {"4623": (_("电费代收"), "neutral"), "4625": (_("冲正"), "neutral"),
                      "4626": (_("退款"), "neutral"), "4628": (_("电力方缴费"), "neutral"),
                      "4629": (_("电力方缴费冲正"), "neutral"),
                      "1078": (_("手续费"), "neutral")}  # fmt: skip
