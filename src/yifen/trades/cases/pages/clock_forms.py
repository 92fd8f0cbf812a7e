"""Forms of clocks: a pause, a notice that was served."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import YuanField, during_our_time
from yifen.face.forms import ReasonField, day_input


class PauseForm(forms.Form):
    """A pause of a case's money."""

    entry = forms.TypedChoiceField(label=_("哪笔款"), coerce=int, empty_value=None, required=False)
    amount = YuanField(label=_("其中金额（元）"), required=False, help_text=_("留空为全部；只有选了一笔款才能填"))
    why = forms.ChoiceField(label=_("延缓事由"))
    from_on = forms.DateField(label=_("延缓自"), widget=day_input(), validators=[during_our_time])
    until_on = forms.DateField(label=_("延缓至"), widget=day_input(), validators=[during_our_time])
    words = ReasonField(label=_("说明"))

    def offer(self, entries: list[tuple[int, str]], whys: list[tuple[str, str]]) -> "PauseForm":
        found: Any = self.fields
        found["entry"].choices = [("", _("全部案款（含之后到账）")), *entries]
        found["why"].choices = whys
        return self


class ServedForm(forms.Form):
    """Who was told, how, when."""

    who = forms.TypedChoiceField(label=_("通知谁"), coerce=int)
    channel = forms.ChoiceField(label=_("方式"))
    told_at = forms.DateTimeField(label=_("送达时间"), input_formats=["%Y-%m-%d %H:%M"],
                                  widget=forms.DateTimeInput({"autocomplete": "off"}, "%Y-%m-%d %H:%M"),
                                  help_text=_("如 2026-11-30 14:05"))  # fmt: skip
    said = ReasonField(label=_("凭据"), help_text=_("信函编号、签收人等"))

    def offer(self, people: list[tuple[int, str]], channels: list[tuple[str, str]]) -> "ServedForm":
        found: Any = self.fields
        found["who"].choices, found["channel"].choices = people, channels
        return self
