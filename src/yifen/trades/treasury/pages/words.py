"""The words of states and kinds of the treasury."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.face import words

VOUCHER_STATES: words.Words = {
    "asked": (_("待复核"), "waiting"), "refused": (_("未同意"), "bad"),
    "agreed": (_("待发送"), "waiting"), "sent": (_("已发送，待回单"), "waiting"), "unknown": (_("结果未知"), "bad"),
    "answered": (_("已回单"), "ok"), "rejected": (_("银行拒收"), "bad"),
}  # fmt: skip
RESULTS: words.Words = {
    "open": (_("待回单"), "waiting"), "paid": (_("已还款"), "ok"), "failed": (_("未还款"), "bad"),
    "dropped": (_("未发出"), "neutral"),
}  # fmt: skip
RETURN_STATES: words.Words = {
    "told": (_("银行通知，待办理"), "waiting"), "asked": (_("待复核"), "waiting"),
    "refused": (_("未同意"), "bad"), "done": (_("已退"), "ok"),
}  # fmt: skip
CLEARING_KINDS: words.Words = {"2301": (_("申请划款"), "neutral"), "2302": (_("申请退款"), "neutral")}
CLEARING_STATES: words.Words = {"differs": (pgettext_lazy("clearing", "不符"), "bad"), "cleared": (_("已清算"), "ok"),
                                "refused": (_("不予清算"), "neutral")}
DIFFERENCES: words.Words = {
    "claim": (_("划款与还款不符"), "bad"), "refund": (_("退款与退票不符"), "bad"),
    "codes": (_("银行、单位或科目不符"), "bad"),
    "unclaimed": (_("已还款未申请划款"), "waiting"),
    "line": (_("国库明细不符"), "bad"), "total": (_("国库汇总不符"), "bad"),
}  # fmt: skip
QUOTA_KINDS: words.Words = {"5101": (_("实拨"), "neutral"), "5102": (_("直接支付额度"), "neutral"),
                            "5103": (_("授权支付额度"), "neutral")}  # fmt: skip
QUOTA_STATES: words.Words = {"waits": (pgettext_lazy("quota", "待处理"), "waiting"),
                             "taken": (pgettext_lazy("quota", "已到账"), "ok"),
                             "ended": (_("不增减额度"), "neutral")}  # fmt: skip
PAPER_STATES: words.Words = {"open": (pgettext_lazy("paper", "未处理"), "bad"),
                             "replaced": (_("后有更正"), "ok"), "old": (_("逾一个月"), "neutral")}  # fmt: skip
FORMS: words.Words = {"voucher": (pgettext_lazy("voucher", "支付凭证"), "neutral"),
                      "detail": (_("还款明细表"), "neutral"),
                      "summary": (_("还款汇总表"), "neutral")}  # fmt: skip
