"""The words of settlement and payouts as pages show them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yifen.face.words import Words

PAYOUT_STATES: Words = {
    "instructed": (gettext_lazy("已指令"), "waiting"),
    "sent": (gettext_lazy("已发出"), "waiting"),
    "unknown": (gettext_lazy("结果未知"), "bad"),
    "done": (gettext_lazy("已到账"), "ok"),
    "returned": (gettext_lazy("已退汇"), "bad"),
}
REASONS: Words = {
    "own": (gettext_lazy("本户"), "neutral"),
    "pooled": (gettext_lazy("归集"), "neutral"),
    "split": (gettext_lazy("分账"), "neutral"),
    "commission": (gettext_lazy("手续费"), "neutral"),
}
COMMISSIONS: Words = {
    "day": (gettext_lazy("当日"), "neutral"),
    "true_up": (gettext_lazy("期末清算"), "accent"),
}
MODES: Words = {
    "net": (gettext_lazy("净额（坐扣）"), "neutral"),
    "gross": (gettext_lazy("全额（另收）"), "neutral"),
}


def tabs(current: str) -> list[dict[str, Any]]:
    """What is agreed with billers, under one heading."""
    names = (("agreements", _("手续费协议")), ("merchants", _("商户与分账")),
             ("payees", _("收款账户")), ("banks", _("银行")))  # fmt: skip
    return [{"title": title, "url": reverse(name), "current": name == current}
            for name, title in names]  # fmt: skip


def payout_tabs(current: str) -> list[dict[str, Any]]:
    """Payouts one by one, and as files."""
    names = (("payouts", _("划付")), ("payout_files", _("划付文件")))
    return [{"title": title, "url": reverse(name), "current": name == current}
            for name, title in names]  # fmt: skip
