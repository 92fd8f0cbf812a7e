"""What states of mandates and debits are called."""

from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.telling import told
from yifen.face import words
from yifen.trades.mandates import rules

_said = lazy(told, str)
STATES: words.Words = {
    "open": (pgettext_lazy("mandate", "生效"), "ok"),
    "waiting": (pgettext_lazy("mandate", "待生效"), "waiting"),
    "asked": (pgettext_lazy("mandate", "待付款人确认"), "waiting"),
    "ended": (pgettext_lazy("mandate", "已终止"), "neutral"),
    "refused": (pgettext_lazy("mandate", "未成立"), "bad"),
}
SINGLES: words.Words = {
    "asked": (pgettext_lazy("debit", "扣款中"), "waiting"),
    "taken": (pgettext_lazy("debit", "已扣款，销账中"), "waiting"),
    "booked": (pgettext_lazy("debit", "已销账"), "ok"),
    "refused": (pgettext_lazy("debit", "未扣款"), "bad"),
    "back_due": (pgettext_lazy("debit", "退回中"), "waiting"),
    "back": (pgettext_lazy("debit", "已退回账户"), "neutral"),
}
WAYS: words.Words = {way: (_said(text), "neutral") for way, text in rules.WAYS.items()}
SOURCES: words.Words = {
    "counter": (_("柜面"), "neutral"), "payer": (_("付款人自助"), "neutral"), "partner": (_("合作方申请"), "neutral"),
}  # fmt: skip
ENDS: dict[str, Any] = {
    "counter": _("柜面解约"), "payer": _("付款人自行停用"), "link": _("付款人点链接停用"), "partner": _("合作方取消"),
    "replaced": _("变更账户，由新签约替代"), "refused": _("银行未确认"),
}  # fmt: skip
EVENTS: dict[str, Any] = {
    "asked": _("申请"), "signed": _("签约"), "changed": _("修改"), "ended": _("终止"),
}  # fmt: skip
BY: dict[str, Any] = {
    "payer": _("付款人"), "link": _("付款人，点通知里的链接"), "core": _("付款人的银行"),
}  # fmt: skip
PAPERS: dict[str, Any] = {
    "agreement": _("三方协议"), "document": _("身份证件"), "other": _("其他"),
}  # fmt: skip
ID_KINDS = [(key, _said(text)) for key, text in rules.ID_KINDS.items()]
