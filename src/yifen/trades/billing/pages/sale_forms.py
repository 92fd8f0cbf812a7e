"""What is asked for to take a sale back, and about a vending system."""

from django import forms
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import LineField
from yifen.face.forms import ReasonField


class UnsellForm(forms.Form):
    """A sale taken back."""

    again = forms.BooleanField(label=_("重新售电"), required=False,
                               help_text=_("作废后用新的流水号再售一次；不选则款项留在预存款，可以退款"))  # fmt: skip
    reason = ReasonField(label=_("理由"))


class VendingForm(forms.Form):
    """Where a vending system is, and its key."""

    endpoint = LineField(label=_("接口地址"), max_length=200, required=False, help_text=_("HTTPS；不填为不发卡密"))
    secret = forms.CharField(label=_("密钥"), max_length=200, required=False, strip=True,
                             widget=forms.PasswordInput({"autocomplete": "off"}),
                             help_text=_("与售电系统共享，20 到 200 个字符；不填为不变"))  # fmt: skip
    reason = LineField(label=_("说明"), max_length=200, required=False)
