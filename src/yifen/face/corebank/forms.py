"""A core as people put it before a second person; what became of a move, by evidence."""

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import LineField
from yifen.core.access.telling import told
from yifen.hub.corebank.banks import TITLES
from yifen.hub.corebank.rules import KEY_MOST

_TOLD = lazy(told, str)


class CoreBankForm(forms.Form):
    """An empty key: that of now stays."""

    code = forms.CharField(label=_("代码"), max_length=16, help_text=_("大写字母和数字，核心以此签名"))
    institution_id = forms.TypedChoiceField(label=_TOLD(TITLES["institution"]), coerce=int,
                                            help_text=_("该机构及下级都记入此核心"))  # fmt: skip
    name = LineField(label=_TOLD(TITLES["name"]), max_length=60)
    endpoint = forms.CharField(label=_TOLD(TITLES["endpoint"]), max_length=200)
    secret = forms.CharField(
        label=_("共享密钥"), max_length=KEY_MOST, required=False, strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("20 至 200 个字符；留空则不变"),
    )  # fmt: skip
    cash = forms.CharField(label=_TOLD(TITLES["cash"]), max_length=30, help_text=_("柜员尾箱为此号加“-”加柜员号"))
    clearing = forms.CharField(label=_TOLD(TITLES["clearing"]), max_length=40)
    sundry = forms.CharField(label=_TOLD(TITLES["sundry"]), max_length=40)
    income = forms.CharField(label=_TOLD(TITLES["income"]), max_length=40)
    enabled = forms.BooleanField(label=_TOLD(TITLES["enabled"]), required=False, initial=True)

    def offer(self, institutions: list[tuple[Any, Any]]) -> "CoreBankForm":
        self.fields["institution_id"].choices = [("", _("请选择")), *institutions]  # type: ignore[attr-defined]
        return self


class CloseForm(forms.Form):
    """What became of it, and what proves that."""

    outcome = forms.ChoiceField(label=_("结果"), choices=[("done", _("核心已入账")), ("refused", _("核心未入账"))])
    evidence = LineField(label=_("依据"), max_length=100, help_text=_("核心的凭证号、书面答复编号"))
