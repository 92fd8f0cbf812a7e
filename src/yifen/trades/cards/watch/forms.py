"""What is asked for of monitoring."""

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import LineField, during_our_time
from yifen.core.access.telling import told
from yifen.face import words
from yifen.face.forms import ReasonField, day_input
from yifen.trades.cards.watch.kinds import WatchRule
from yifen.trades.cards.watch.rules import TITLES
from yifen.trades.cards.watch.words import DECISIONS

_TOLD = lazy(told, str)
_HELP = {
    "warn_pct": _("达到限额的这个比例起提醒"),
    "card_pct": _("当月公务消费占卡额度的比例"),
    "free_days": _("15–30；25 即免息 25 至 56 日"),
    "claim_days": _("持卡人最迟这么早报账，否则算持卡人迟"),
    "pay_days": _("审批和凭证最迟这么早完成，否则算审批或单位迟；不多于报账天数"),
    "rate_ppm": _("500 即每日万分之五；利息=金额×日息×逾期天数，四舍五入到分"),
    "split_pct": _("同日多笔都在单笔限额的这个比例以上"),
    "mccs": _("四位类别或其开头，空格分开"),
    "same_count": _("同一金额达到几次；0 不查"),
}


def _field(name: str, usual: Any) -> forms.Field:
    """As its usual value is."""
    said: dict[str, Any] = {"label": _TOLD(TITLES[name]), "help_text": _HELP.get(name, "")}
    if isinstance(usual, bool):
        return forms.BooleanField(required=False, **said)
    if name.endswith("_fen"):
        return forms.DecimalField(min_value=0, max_digits=15, decimal_places=2, **said)
    if name == "mccs":
        return LineField(max_length=500, required=False, **said)
    return forms.IntegerField(min_value=0, max_value=10_000, **said)


class WatchRuleForm(forms.Form):
    """What is looked for from a day on."""

    bureau = forms.TypedChoiceField(label=_("财政部门"), coerce=int)
    valid_from = forms.DateField(label=_("生效日"), widget=day_input(), validators=[during_our_time])

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, usual in WatchRule._field_defaults.items():
            self.fields[name] = _field(name, usual)

    def offer(self, bureaus: list[tuple[int, str]]) -> "WatchRuleForm":
        self.fields["bureau"].choices = bureaus  # type: ignore[attr-defined]
        return self

    def rule(self) -> WatchRule:
        """What was typed; amounts in fen."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "bureau"}
        fen = {name: int(value * 100) for name, value in typed.items() if name.endswith("_fen")}
        return WatchRule(**typed | fen | {"mccs": tuple(typed["mccs"].split())})


def initial_of(rule: WatchRule) -> dict[str, Any]:
    """A form filled with a rule."""
    shown = rule._asdict()
    yuan = {name: f"{fen // 100}.{fen % 100:02d}" for name, fen in shown.items() if name.endswith("_fen")}
    return shown | yuan | {"mccs": " ".join(rule.mccs)}


class HitForm(forms.Form):
    """A word about a hit; `was`: what the page showed of it."""

    was = forms.CharField(widget=forms.HiddenInput(), max_length=20, required=False)
    decision = forms.ChoiceField(label=_("处理"), choices=words.choices(DECISIONS))
    note = ReasonField(label=_("理由"))


class PhoneForm(forms.Form):
    """Where one is told; empty: nowhere."""

    phone = LineField(label=_("手机号"), max_length=11, required=False, help_text=_("留空：不再发短信"))
