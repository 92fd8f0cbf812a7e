"""Forms of arriving: sign-in, second factor, password."""

from django import forms
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import LineField
from yifen.core.access.passkeys import ANSWER_CHARS_MAX


class SignInForm(forms.Form):
    """All three at once, so that a refusal cannot tell which was wrong."""

    username = forms.CharField(
        label=_("账号"), max_length=32,
        widget=forms.TextInput({"autofocus": True, "autocomplete": "username"}),
    )  # fmt: skip
    password = forms.CharField(
        label=_("密码"), max_length=200, strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )  # fmt: skip
    code = forms.CharField(
        label=_("动态码"), max_length=20, required=False,
        help_text=_("身份验证器上的 6 位数字；首次登录留空"),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )  # fmt: skip


    passkey = forms.CharField(
        max_length=ANSWER_CHARS_MAX, required=False, widget=forms.HiddenInput
    )


class PasskeyForm(forms.Form):
    """A passkey that the browser just made, and what its owner calls it."""

    name = LineField(label=_("名称"), max_length=40, help_text=_("例如“办公桌电脑”“蓝色安全密钥”"))
    answer = forms.CharField(max_length=ANSWER_CHARS_MAX, widget=forms.HiddenInput)


class CodeForm(forms.Form):
    """The six digits that the authenticator shows."""

    code = forms.CharField(
        label=_("动态码"), max_length=20,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code",
                                "autofocus": True}),
    )  # fmt: skip


class PasswordForm(forms.Form):
    """A password of one's own."""

    old = forms.CharField(
        label=_("当前密码"), max_length=200, strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password", "autofocus": True}),
    )  # fmt: skip
    new = forms.CharField(
        label=_("新密码"), max_length=200, strip=False,
        help_text=_("至少 10 位，不得全为数字，不得与账号或姓名相近"),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )  # fmt: skip
    again = forms.CharField(
        label=_("再次输入新密码"), max_length=200, strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )  # fmt: skip

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("new"):
            raise forms.ValidationError(_("两次输入不一致"))
        return again
