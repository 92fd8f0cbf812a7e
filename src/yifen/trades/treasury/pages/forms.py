"""Forms of the treasury."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.fields import LineField, YuanField, during_our_time
from yifen.face.forms import day_input

Choices = list[tuple[Any, Any]]


class VoucherWordForm(forms.Form):
    """The second person's word; `seen`: of what the page shows."""

    seen = forms.CharField(widget=forms.HiddenInput(), max_length=64)
    note = LineField(label=_("意见"), max_length=200, required=False)


class CardReturnForm(forms.Form):
    """What came back."""

    amount = YuanField(label=_("退回金额（元）"))
    reason = LineField(label=_("原因"), max_length=200, help_text=_("退货、退票，或银行的说法"))


class EndingForm(forms.Form):
    """How a claim or a detail of quota ends: `take`: it is quota of an indicator."""

    how = forms.ChoiceField(label=_("了结方式"), widget=forms.RadioSelect())
    indicator = forms.ChoiceField(label=pgettext_lazy("voucher", "指标"), required=False)
    reason = LineField(label=_("原因"), max_length=200)

    def offer(self, hows: Choices, indicators: Choices) -> "EndingForm":
        self.fields["how"].choices = hows  # type: ignore[attr-defined]
        self.fields["indicator"].choices = indicators  # type: ignore[attr-defined]
        if not indicators:
            del self.fields["indicator"]
        return self


class TreasuryRuleForm(forms.Form):
    """What is so from a day on."""

    bureau = forms.TypedChoiceField(label=_("财政机构"), coerce=int)
    valid_from = forms.DateField(label=_("生效日"), widget=day_input(), validators=[during_our_time])
    bank = forms.TypedChoiceField(label=_("代理银行"), coerce=int)
    treasury = forms.TypedChoiceField(label=_("国库"), coerce=int, required=False, empty_value=None,
                                      help_text=_("接收对账单的端口；没有就不核对"))  # fmt: skip
    treasury_no = LineField(label=_("国库代码"), max_length=10, help_text=_("10 位数字"))
    purpose = LineField(label=pgettext_lazy("voucher", "用途"), max_length=60, required=False,
                        help_text=_("每张凭证相同；留空：取金额最大一笔的事由"))  # fmt: skip
    quota_at_once = forms.BooleanField(label=_("额度通知直接生效"), required=False,
                                       help_text=_("通知对上唯一指标即到账；不选：每笔由两人办理"))  # fmt: skip
    class_digits = forms.TypedChoiceField(label=_("汇总级次"), coerce=int, choices=[
        (3, _("类（3 位）")), (5, _("款（5 位）")), (7, _("项（7 位）"))])  # fmt: skip

    def offer(self, bureaus: Choices, banks: Choices) -> "TreasuryRuleForm":
        self.fields["bureau"].choices = bureaus  # type: ignore[attr-defined]
        self.fields["bank"].choices = banks  # type: ignore[attr-defined]
        self.fields["treasury"].choices = [("", "—"), *banks]  # type: ignore[attr-defined]
        return self
