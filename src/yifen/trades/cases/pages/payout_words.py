"""The words of payouts and held money."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.face import words

KINDS: words.Words = {"payout": (_("发放"), "neutral"), "refund": (pgettext_lazy("court", "退款"), "neutral"),
                      "fee": (_("扣费"), "neutral"), "deposit": (_("提存"), "neutral")}  # fmt: skip
"""What a judge applies for."""
ALL_KINDS: words.Words = KINDS | {"back": (_("退回原付款人"), "neutral")}
LEVELS: words.Words = {"panel": (_("合议庭"), "neutral"), "check": (_("案款会计"), "neutral"),
                       "bureau": (_("执行局长"), "neutral"), "head": (_("院领导"), "neutral")}  # fmt: skip
STATES: words.Words = {
    "at_panel": (_("待合议庭"), "waiting"), "at_check": (_("待案款会计"), "waiting"),
    "at_bureau": (_("待执行局长"), "waiting"), "at_head": (_("待院领导"), "waiting"),
    "approved": (_("已批准，待付款"), "waiting"), "stopped": (_("已批准，不能付款"), "bad"),
    "sent": (_("银行办理中"), "waiting"), "unknown": (_("付款结果未知"), "bad"),
    "paid": (pgettext_lazy("court", "已付款"), "ok"), "returned": (pgettext_lazy("court", "退汇"), "bad"),
    "rejected": (_("银行拒付"), "bad"), "refused": (_("未获批准"), "neutral"), "withdrawn": (_("已撤回"), "neutral"),
}  # fmt: skip
HOLDS: words.Words = {"order": (_("其他法院协助执行"), "waiting"), "objection": (_("异议"), "waiting"),
                      "stay": (_("中止执行"), "waiting"), "bankruptcy": (_("破产受理"), "bad")}  # fmt: skip
PURPOSES: words.Words = {"fee": (_("执行费、评估拍卖费"), "neutral"), "deposit": (_("提存"), "neutral")}
WORD: words.Words = {"yes": (_("同意"), "ok"), "no": (_("不同意"), "bad")}
BACK: words.Words = {"same": (_("是原付款账户"), "ok"), "other": (_("不是原付款账户"), "bad"),
                     "unknown": (_("不知原付款账户"), "waiting")}  # fmt: skip
