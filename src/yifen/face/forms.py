"""What forms of several trades share: days, hours, and the second person's signature."""

from django import forms
from django.utils.translation import gettext_lazy as _


def day_input() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


def time_input() -> forms.TimeInput:
    return forms.TimeInput({"type": "time"}, format="%H:%M")


class ReasonForm(forms.Form):
    """Why: asked before what cannot be undone by one person."""

    reason = forms.CharField(label=_("理由"), max_length=200)


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
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
