"""What kinds, channels, states and reasons of reminders are called."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.notifications.carriers import Medium
from yifen.face.words import Words

CHANNELS: Words = {
    Medium.SMS: (_("短信"), "neutral"),
    Medium.MAIL: (_("邮件"), "neutral"),
    Medium.WECHAT: (_("微信"), "neutral"),
    Medium.APP: (pgettext_lazy("channel", "应用"), "neutral"),
}
KINDS: Words = {
    "new": (_("新账单"), "neutral"),
    "soon": (pgettext_lazy("reminder", "将到期"), "waiting"),
    "overdue": (_("已逾期"), "bad"),
}
STATES: Words = {
    "planned": (pgettext_lazy("reminder", "待发"), "waiting"),
    "sending": (pgettext_lazy("reminder", "发送中"), "waiting"),
    "sent": (pgettext_lazy("reminder", "已发"), "ok"),
    "failed": (pgettext_lazy("reminder", "失败"), "bad"),
    "unsure": (pgettext_lazy("reminder", "不明，不重发"), "bad"),
    "skipped": (pgettext_lazy("reminder", "未发"), "neutral"),
}
WHY = {
    "late": _("等得太久"), "paid": _("已缴"), "withdrawn": _("账单已撤"), "changed": _("到期日已变"),
    "past": _("已过到期日"),
    "unbound": _("已解绑"), "stopped": _("已退订"), "off": _("本人关闭"), "word": _("短信退订"), "link": _("链接退订"),
    "wechat": _("未在微信里允许"),
    "page": _("本人全部关闭"), "nowhere": _("没有可送达的地址"), "died": _("发送中断"), "fault": _("程序出错"),
}  # fmt: skip
