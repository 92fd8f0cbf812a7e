"""A terminal, an acquirer, and what was done about an exception, as people put them before a second person."""

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import LineField
from yifen.core.access.telling import told
from yifen.core.wire.pos_keys import ALGORITHMS
from yifen.hub.pos.registering import OF_ACQUIRER, OF_TERMINAL, STATES

_TOLD = lazy(told, str)
_SECRET = {"autocomplete": "new-password"}
ACCOUNTS = [("62", _("62 域全部")), ("62-actn", _("62 域 ACTN 之后")), ("62-5f01", _("62 域标签 5F01")),
            ("48", _("48 域")), ("63", _("63 域"))]  # fmt: skip


class PosTerminalForm(forms.Form):
    """An empty key: that of now stays."""

    terminal_no = forms.CharField(label=_("终端号"), max_length=8, help_text=_("8 位大写字母和数字"))
    merchant_no = forms.CharField(label=_TOLD(OF_TERMINAL["merchant_no"]), max_length=15, help_text=_("15 位"))
    merchant_name = LineField(label=_TOLD(OF_TERMINAL["merchant_name"]), max_length=20, help_text=_("印在签购单上"))
    biller_id = forms.TypedChoiceField(label=_TOLD(OF_TERMINAL["biller"]), coerce=int)
    channel_id = forms.TypedChoiceField(label=_TOLD(OF_TERMINAL["channel"]), coerce=int)
    acquirer_code = forms.ChoiceField(label=_TOLD(OF_TERMINAL["acquirer"]))
    algorithm = forms.ChoiceField(label=_TOLD(OF_TERMINAL["algorithm"]), choices=[(one, one) for one in ALGORITHMS])
    account_in = forms.ChoiceField(label=_TOLD(OF_TERMINAL["account_in"]), choices=ACCOUNTS)
    key = forms.CharField(label=_("主密钥"), max_length=32, required=False, widget=forms.PasswordInput(_SECRET),
                          help_text=_("32 位十六进制；留空则不变"))  # fmt: skip
    state = forms.ChoiceField(label=_TOLD(OF_TERMINAL["state"]),
                              choices=[(state, _TOLD(text)) for state, text in STATES.items()])  # fmt: skip

    def offer(self, **choices: list[tuple[Any, Any]]) -> "PosTerminalForm":
        for name, offered in choices.items():
            self.fields[name].choices = [("", _("请选择")), *offered]  # type: ignore[attr-defined]
        return self


    def only_told(self, named: dict[str, str]) -> None:
        """Nothing of it can be changed; `named`: what the chosen ones are called."""
        del self.fields["key"]
        for name, text in named.items():
            self.fields[name].choices = [(self.initial[name], text)]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.disabled = True


class PosAcquirerForm(forms.Form):
    """Empty keys: those of now stay."""

    code = forms.CharField(label=_("代码"), max_length=16, help_text=_("大写字母和数字"))
    institution_id = forms.TypedChoiceField(label=_TOLD(OF_ACQUIRER["institution"]), coerce=int)
    name = LineField(label=_TOLD(OF_ACQUIRER["name"]), max_length=40)
    host = forms.CharField(label=_TOLD(OF_ACQUIRER["host"]), max_length=100)
    port = forms.IntegerField(label=_TOLD(OF_ACQUIRER["port"]), min_value=1, max_value=65535)
    algorithm = forms.ChoiceField(label=_TOLD(OF_ACQUIRER["algorithm"]), choices=[(one, one) for one in ALGORITHMS])
    key = forms.CharField(label=_("共享密钥"), max_length=64, required=False, widget=forms.PasswordInput(_SECRET),
                          help_text=_("64 位十六进制，前半用于 PIN，后半用于 MAC；留空则不变"))  # fmt: skip
    timeout_s = forms.IntegerField(label=_TOLD(OF_ACQUIRER["timeout_s"]), min_value=1, max_value=30, initial=15)
    enabled = forms.BooleanField(label=_TOLD(OF_ACQUIRER["enabled"]), required=False, initial=True)

    def offer(self, institutions: list[tuple[Any, Any]]) -> "PosAcquirerForm":
        self.fields["institution_id"].choices = [("", _("请选择")), *institutions]  # type: ignore[attr-defined]
        return self


class SeenToForm(forms.Form):
    """What was done, and what proves it."""

    note = LineField(label=_("处理结果"), max_length=100, help_text=_("怎样了结、凭据编号"))
