"""What is asked for to correct a bill 退补 or to make it anew 撤销重出: a form a way."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.fields import YuanField, during_our_time
from yifen.face.forms import ReasonField, day_input
from yifen.trades.billing.rules import (
    XUZHOU_COLD,
    read_scale,
    read_spans,
    read_too_much,
    written_scale,
)


class CorrectionForm(forms.Form):
    """What every way asks for."""

    due_on = forms.DateField(label=_("到期日"), widget=day_input(), validators=[during_our_time])
    reason = ReasonField(label=_("理由"))


class UseForm(CorrectionForm):
    """A use corrected, more or less."""

    quantity = forms.DecimalField(label=_("退补用量"), max_digits=12, decimal_places=3,
                                  help_text=_("退为负数；按该阶梯周期现在的位置往回、往前计价"))  # fmt: skip
    on = forms.DateField(label=_("所属日期"), widget=day_input(), validators=[during_our_time],
                         help_text=_("属于哪个阶梯周期，用哪天的价格"))  # fmt: skip
    field_order = ("quantity", "on", "due_on", "reason")

    @property
    def qty_milli(self) -> int:
        """In thousandths."""
        return int(self.cleaned_data["quantity"] * Decimal(1000))


class ErrorForm(CorrectionForm):
    """A meter that was wrong by so much."""

    read = forms.DecimalField(label=_("有误差期间的用量"), min_value=Decimal("0.001"), max_digits=12, decimal_places=3)
    error = forms.DecimalField(label=_("误差（%）"), min_value=-90, max_value=900, max_digits=6, decimal_places=3,
                               help_text=_("表快为正，表慢为负；退补用量 = 用量 × 误差 ÷（1 + 误差）"))  # fmt: skip
    on = forms.DateField(label=_("所属日期"), widget=day_input(), validators=[during_our_time],
                         help_text=_("属于哪个阶梯周期，用哪天的价格"))  # fmt: skip
    field_order = ("read", "error", "on", "due_on", "reason")

    @property
    def qty_milli(self) -> int:
        """In thousandths; below zero: it showed too much."""
        return -read_too_much(int(self.cleaned_data["read"] * 1000), self.cleaned_data["error"] / 100)


class AreaForm(CorrectionForm):
    """What the bill should have been of."""

    area = forms.DecimalField(label=_("应计费面积"), min_value=Decimal("0.001"), max_digits=9, decimal_places=3,
                              help_text=_("按原账单的价格和天数重算；以后的账单看用户资料，请另行更改"))  # fmt: skip
    field_order = ("area", "due_on", "reason")

    @property
    def area_milli(self) -> int:
        """In thousandths."""
        return int(self.cleaned_data["area"] * 1000)


class AmountForm(CorrectionForm):
    """So much less, or more."""

    way = forms.ChoiceField(label=pgettext_lazy("billing", "方向"),
                            choices=(("less", _("退，少收")), ("more", _("补，多收"))))  # fmt: skip
    amount = YuanField(label=_("金额（元）"))
    field_order = ("way", "amount", "due_on", "reason")

    def clean_amount(self) -> int:
        fen: int | None = self.cleaned_data["amount"]
        if not fen:
            raise forms.ValidationError(_("请输入大于零的金额"))
        return fen

    @property
    def fen(self) -> int:
        """With its sign."""
        return int(self.cleaned_data["amount"]) * (-1 if self.cleaned_data["way"] == "less" else 1)


class ColdForm(CorrectionForm):
    """Measured temperatures, and what is given back for them."""

    spans = forms.CharField(label=_("实测室温"), max_length=2000, widget=forms.Textarea({"rows": 4}),
                            help_text=_("每段一行，如 2026-12-01,2026-12-05,15.5；首尾两日都算"))  # fmt: skip
    scale = forms.CharField(label=_("退费标准"), max_length=200, widget=forms.Textarea({"rows": 3}),
                            initial=written_scale(XUZHOU_COLD),
                            help_text=_("每行：低于几度,退百分之几；所列为徐州 2025 年条例，请按当地文件"))  # fmt: skip
    field_order = ("spans", "scale", "due_on", "reason")

    def clean_spans(self) -> Any:
        found = read_spans(self.cleaned_data["spans"])
        if found is None:
            raise forms.ValidationError(_("每段一行：起,止,温度"))
        return found

    def clean_scale(self) -> Any:
        found = read_scale(self.cleaned_data["scale"])
        if found is None:
            raise forms.ValidationError(_("每行：低于几度,退百分之几；度数由低到高，退的由多到少"))
        return found


class AnewForm(CorrectionForm):
    """Cancelled, and made anew of what the customer is by now."""
