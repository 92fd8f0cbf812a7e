"""The words of batch debit's states and kinds."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.face import words

BATCHES: words.Words = {
    "checking": (pgettext_lazy("debit", "检查中"), "waiting"), "checked": (_("检查不符，待复核"), "bad"),
    "waiting": (_("待扣款窗口"), "waiting"), "running": (pgettext_lazy("debit", "扣款中"), "waiting"),
    "done": (pgettext_lazy("debit", "已结束"), "ok"), "dropped": (pgettext_lazy("debit", "已撤下"), "neutral"),
}  # fmt: skip
ITEMS: words.Words = {
    "new": (pgettext_lazy("debit", "待检查"), "neutral"), "refused": (_("检查不符"), "bad"),
    "ready": (pgettext_lazy("debit", "待扣款"), "waiting"), "asked": (_("核心处理中"), "waiting"),
    "posted": (_("已扣款，销账中"), "waiting"), "booked": (_("已扣款销账"), "ok"),
    "back": (pgettext_lazy("debit", "退回中"), "waiting"), "failed": (_("扣款失败"), "bad"),
}  # fmt: skip
SOURCES: words.Words = {
    "file": (_("收费单位文件"), "neutral"), "bills": (_("账期账单"), "neutral"), "again": (_("失败再扣"), "neutral"),
}  # fmt: skip
