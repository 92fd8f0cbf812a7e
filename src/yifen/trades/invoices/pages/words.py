"""What states, acts and papers are called."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.face import words

STATES: words.Words = {
    "hand": (pgettext_lazy("paper", "在手"), "ok"),
    "transit": (pgettext_lazy("paper", "在途"), "waiting"),
    "blocked": (pgettext_lazy("paper", "挂失停用"), "bad"),
    "used": (pgettext_lazy("paper", "已使用"), "accent"),
    "void": (pgettext_lazy("paper", "作废"), "neutral"),
    "void_transit": (pgettext_lazy("paper", "作废在途"), "waiting"),
    "destroyed": (pgettext_lazy("paper", "已销毁"), "neutral"),
}
ACTS: words.Words = {
    "receive": (_("入库"), "ok"),
    "faulty": (_("残次作废"), "bad"),
    "give": (pgettext_lazy("paper", "交出"), "waiting"),
    "take": (pgettext_lazy("paper", "接收"), "ok"),
    "refuse": (pgettext_lazy("paper", "拒收"), "bad"),
    "withdraw": (pgettext_lazy("paper", "撤回"), "neutral"),
    "use": (pgettext_lazy("paper", "使用"), "accent"),
    "void": (pgettext_lazy("paper", "作废"), "bad"),
    "undo": (_("退回作废"), "bad"),
    "lost": (_("挂失"), "bad"),
    "found": (_("解除挂失"), "ok"),
    "destroy": (pgettext_lazy("paper", "销毁"), "neutral"),
}
TRANSFERS: words.Words = {
    "offered": (_("待接收"), "waiting"),
    "taken": (_("已接收"), "ok"),
    "refused": (_("已拒收"), "bad"),
    "withdrawn": (pgettext_lazy("paper", "已撤回"), "neutral"),
}
PRINTS: words.Words = {
    "first": (_("首次打印"), "ok"),
    "reprint": (_("重打"), "waiting"),
    "supplementary": (pgettext_lazy("paper", "补打"), "accent"),
}
CADENCES: words.Words = {"day": (_("每日"), "neutral"), "week": (_("每周"), "neutral"), "month": (_("每月"), "neutral")}
WHAT = {name: text for name, (text, _tone) in PRINTS.items()}
