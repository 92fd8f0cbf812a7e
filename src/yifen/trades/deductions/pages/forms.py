"""What is asked for: whose bills, by which bank, from which account, and how its holder agreed."""

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import LineField, PlainField
from yifen.core.access.telling import told
from yifen.trades.deductions import rules

CONSENTS = [("", _("请选择")), *((word, lazy(told, str)(text)) for word, text in rules.CONSENTS.items())]


class BillsForm(forms.Form):
    """Which account's bills."""

    pair = forms.ChoiceField(label=_("收费单位与银行"))
    account_no = PlainField(label=_("户号"), max_length=40)


class DeductForm(forms.Form):
    """From which account, and how its holder agreed."""

    debtor_no = PlainField(label=_("扣款账号或卡号"), max_length=40,
                           widget=forms.TextInput({"autocomplete": "off", "inputmode": "numeric"}))  # fmt: skip
    debtor_name = LineField(label=_("账户户名"), max_length=60, help_text=_("与银行登记的一字不差"))
    consent = forms.ChoiceField(label=_("付款人如何同意"), choices=CONSENTS)
    consent_note = LineField(label=_("授权书编号或同意内容"), max_length=200)


class BankPortForm(forms.Form):
    """Where a channel's bank listens."""

    channel = forms.ChoiceField(label=_("渠道"))
    endpoint = forms.CharField(label=_("接口地址"), max_length=200)
    enabled = forms.BooleanField(label=_("使用中"), required=False, initial=True)

    def offer(self, channels: list[tuple[Any, Any]]) -> "BankPortForm":
        self.fields["channel"].choices = [("", _("请选择")), *channels]  # type: ignore[attr-defined]
        return self
