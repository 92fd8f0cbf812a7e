"""What is asked for about collection orders."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import LineField, PlainField, TypedDayField
from yifen.core.access.telling import told
from yifen.face.forms import time_input
from yifen.trades.collection import rules

Choices = Sequence[tuple[Any, Any]]
_KINDS = [(name, lazy(told, str)(text)) for name, text in rules.KINDS.items()]
_PAPER = forms.FileInput({"accept": "image/jpeg,image/png,application/pdf"})


class SealedPaperField(forms.FileField):
    """A scanned paper, as its bytes."""

    widget = _PAPER

    def clean(self, data: Any, initial: Any = None) -> bytes:
        file = super().clean(data, initial)
        return file.read(rules.PAPER_MAX + 1) if file else b""


class CollectContractForm(forms.Form):
    """A contract that a large user signed."""

    biller = forms.TypedChoiceField(label=_("收款人"), coerce=int)
    number = PlainField(label=_("合同号"), max_length=32)
    account_no = PlainField(label=_("户号"), max_length=40)
    payer = LineField(label=_("付款人户名"), max_length=60, help_text=_("与核心登记的一字不差"))
    bank_account = PlainField(
        label=_("付款账号"), max_length=34, widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"})
    )
    kind = forms.ChoiceField(label=_("托收种类"), choices=_KINDS)
    medium = forms.ChoiceField(
        label=_("通知方式"),
        required=False,
        choices=[(name, lazy(told, str)(text)) for name, text in rules.MEDIA.items()],
    )
    to = LineField(label=_("手机号或邮箱"), max_length=100, required=False, help_text=_("纸质送达的留空"))
    valid_from = TypedDayField(label=_("生效日"))
    valid_until = TypedDayField(label=_("截止日"), required=False)
    paper = SealedPaperField(
        label=_("签章的合同（扫描件）"), max_length=200, help_text=_("JPG、PNG 或 PDF，至多 8 MB")
    )

    def offer(self, pairs: Choices) -> "CollectContractForm":
        self.fields["biller"].choices = [("", _("请选择")), *pairs]  # type: ignore[attr-defined]
        return self


class DemandForm(forms.Form):
    """By which contract."""

    contract = forms.TypedChoiceField(label=_("托收合同"), coerce=int)

    def offer(self, contracts: Choices) -> "DemandForm":
        self.fields["contract"].choices = [("", _("请选择")), *contracts]  # type: ignore[attr-defined]
        return self


class ToldForm(forms.Form):
    """That the paper was handed over."""

    day = TypedDayField(label=_("送达日"))
    note = LineField(label=_("签收人"), max_length=60)


class PayerAnswerForm(forms.Form):
    """What the payer's paper says."""

    agrees = forms.ChoiceField(
        label=_("答复"), choices=[("", _("请选择")), ("yes", _("同意付款")), ("no", _("拒付"))]
    )
    reason = LineField(label=_("拒付理由"), max_length=200, required=False)
    places = forms.TypedMultipleChoiceField(
        label=_("拒付哪些账单"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不选为全部拒付"),
    )
    paper = SealedPaperField(
        label=_("签章的答复（扫描件）"), max_length=200, help_text=_("JPG、PNG 或 PDF，至多 8 MB")
    )

    def offer(self, lines: Choices) -> "PayerAnswerForm":
        self.fields["places"].choices = list(lines)  # type: ignore[attr-defined]
        if not lines:
            del self.fields["places"]
        return self


class CollectKindForm(forms.Form):
    """A kind's rule from a day on."""

    kind = forms.ChoiceField(label=_("托收种类"), choices=_KINDS)
    valid_from = TypedDayField(label=_("生效日"))
    days = forms.IntegerField(
        label=_("答复工作日"), min_value=0, max_value=30, help_text=_("特约委托收款为 0：凭合同付款，不等答复")
    )
    silence = forms.BooleanField(label=_("不答复视同同意"), required=False)
    part = forms.BooleanField(label=_("可部分拒付，不足时可部分付款（按账单）"), required=False)
    opens_at = forms.TimeField(label=_("开始划款"), widget=time_input())
