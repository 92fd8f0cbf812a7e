"""What words on a collection order are called."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.face import words

WHAT = {
    "made": pgettext_lazy("collection", "受理"),
    "told": _("送达付款人"),
    "agreed": _("付款人同意"),
    "refused": _("付款人拒付"),
    "silent": _("期满未答复，视同同意"),
    "paid": _("核心已划款"),
    "booked": _("已销账"),
    "backing": _("销账不成，款项退还"),
    "returned": _("退回收款人"),
}
HOW = {
    "two": _("两人"),
    "message": _("消息"),
    "link": _("付款人链接"),
    "paper": _("纸质"),
    "biller": _("收费单位"),
    "clock": _("期满"),
    "core": _("核心"),
    "hub": _("系统"),
}
LINES: words.Words = {
    "out": (pgettext_lazy("collection", "托收"), "neutral"),
    "refused": (pgettext_lazy("collection", "已拒付"), "bad"),
    "short": (pgettext_lazy("collection", "不足未付"), "bad"),
}
