"""What forms of several trades share: days, hours, and the second person's signature."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yifen.core.facts.reasons import REASON_MAX
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused


def day_input() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


def offered(form: forms.Form, name: str, choices: list[tuple[Any, Any]], comes_first: Any = "") -> None:
    """What may be chosen; where there is nothing, the field says what comes first."""
    form.fields[name].choices = choices  # type: ignore[attr-defined]
    if not choices and comes_first:
        form.fields[name].help_text = comes_first


def time_input() -> forms.TimeInput:
    return forms.TimeInput({"type": "time"}, format="%H:%M")


class ReasonField(forms.CharField):
    """A reason as `core.facts.reasons` has it, refused with its numbers."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=REASON_MAX, **options)

    def clean(self, value: Any) -> str:
        try:
            return needed(value or "")
        except Refused as refused:
            raise forms.ValidationError(refused.text(get_language() or "zh-hans")) from None


class ReasonForm(forms.Form):
    """Why: asked before what cannot be undone by one person."""

    reason = ReasonField(label=_("理由"))


class SignForm(forms.Form):
    """The second person, at the first one's screen."""

    checker = forms.CharField(label=_("复核人"), max_length=40,
                              widget=forms.TextInput({"autocomplete": "off"}))  # fmt: skip
    checker_password = forms.CharField(
        label=_("复核人密码"), max_length=128,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )  # fmt: skip
    checker_code = forms.CharField(
        label=_("复核人动态码"), max_length=8,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "data-unkept": True}),
    )  # fmt: skip


TYPE_AGAIN = _("为安全起见不再显示，请重新填写")


class Unsaid(forms.Textarea):
    """Never shows again what was typed into it."""

    def __init__(self, attrs: dict[str, Any]) -> None:
        super().__init__(attrs | {"data-unkept": True})

    def format_value(self, value: Any) -> str:
        return ""


def say_lost(form: forms.Form) -> None:
    """A form that is shown again says which secrets it lost: they are not sent back."""
    for name in lost(form):
        if name not in form.errors:
            form.add_error(name, TYPE_AGAIN)


def lost(form: forms.Form) -> list[str]:
    """The fields whose secret was typed and is not shown again."""
    return [name for name, field in form.fields.items() if form.is_bound and form.data.get(name)
            and (isinstance(field.widget, forms.PasswordInput) or "data-unkept" in field.widget.attrs)]  # fmt: skip
