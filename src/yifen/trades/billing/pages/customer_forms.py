"""What people type about customers, meters and readings."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

from django import forms
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import LineField, during_our_time, plain
from yifen.core.facts.account_numbers import clean_account
from yifen.trades.billing.quantities import factor_of, milli_of

Meters = Sequence[tuple[Any, ...]]  # number, register, fee
REGISTER_WORDS = {"qty": _("总"), "peak": _("峰"), "valley": _("谷")}


class QuantityField(forms.CharField):
    """A number with three decimals at most; thousandths inside."""

    def __init__(self, label: Any, **more: Any) -> None:
        widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label=label, max_length=20, widget=widget, **more)

    def clean(self, value: Any) -> int | None:
        text = plain(super().clean(value)).replace(",", "")
        found = milli_of(text)
        if found is None and (text or self.required):
            raise forms.ValidationError(_("须为不小于零的数，最多三位小数"))
        return found


class FactorField(forms.CharField):
    """A factor above zero."""

    def clean(self, value: Any) -> Decimal:
        found = factor_of(plain(super().clean(value)))
        if found is None:
            raise forms.ValidationError(_("须为大于零的数，最多四位小数"))
        return found


def day_field(label: Any) -> forms.DateField:
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, validators=[during_our_time])


class AccountNoField(LineField):
    """An account number in its one form."""

    def clean(self, value: Any) -> str:
        return clean_account(super().clean(value))


class BillingUploadForm(forms.Form):
    """A biller's file of customers or readings."""

    biller = forms.TypedChoiceField(label=_("收费单位"), coerce=int)
    file = forms.FileField(label=_("文件"), max_length=200, help_text=_("CSV 或 Excel（.xlsx）"))

    @property
    def stream(self) -> BinaryIO:
        found: BinaryIO = self.cleaned_data["file"].file
        return found


class DoubtForm(forms.Form):
    """Why."""

    reason = LineField(label=_("理由"), max_length=200)


class MeterForm(forms.Form):
    """About one meter of those in use."""

    meter = forms.ChoiceField(label=_("表计"))

    def __init__(self, meters: Meters, *given: Any) -> None:
        super().__init__(*given)
        self.fields["meter"].choices = [  # type: ignore[attr-defined]
            (f"{register} {number}", f"{fee} {number} {REGISTER_WORDS[register]}") for number, register, fee in meters]

    @property
    def chosen(self) -> tuple[str, str]:
        """Number and register."""
        register, _, number = self.cleaned_data["meter"].partition(" ")
        return number, register


class ReadingForm(MeterForm):
    """What it showed."""

    day = day_field(_("抄表日"))
    value = QuantityField(_("读数"))
    note = LineField(label=_("说明"), max_length=200, required=False)


class SwapForm(MeterForm):
    """Another takes its place at the end of a day."""

    day = day_field(_("换表日"))
    last = QuantityField(_("旧表止码"))
    new = LineField(label=_("新表号"), max_length=40)
    first = QuantityField(_("新表起码"), initial="0")
    multiplier = FactorField(label=_("倍率"), initial="1", max_length=12)
    digits = forms.IntegerField(label=_("整数位数"), initial=6, min_value=3, max_value=12)


class EndingForm(forms.Form):
    """The last day of a holder, and what his meters show then."""

    day = day_field(_("最后一日"))

    def __init__(self, meters: Meters, *given: Any) -> None:
        super().__init__(*given)
        self.meters = meters
        for place, (number, register, fee) in enumerate(meters):
            label = f"{fee} {number} {REGISTER_WORDS[register]}"
            self.fields[f"meter_{place}"] = QuantityField(label, help_text=_("当日止码"))
        self.fields["reason"] = LineField(label=_("说明"), max_length=200, required=False)

    @property
    def readings(self) -> list[tuple[str, str, int]]:
        return [(number, register, self.cleaned_data[f"meter_{place}"])
                for place, (number, register, _) in enumerate(self.meters)
                if self.cleaned_data[f"meter_{place}"] is not None]  # fmt: skip


class HolderForm(EndingForm):
    """Who comes."""

    account_no = AccountNoField(label=_("新户号"), max_length=40)
    name = LineField(label=_("新户名"), max_length=100)
    phone = forms.RegexField(r"\A\+?[0-9]{5,19}\Z", label=_("手机"), required=False)
    persons = forms.IntegerField(label=_("人口"), initial=1, min_value=1, max_value=99)
    consent = forms.BooleanField(label=_("同意接收短信"), required=False)


class MoveForm(EndingForm):
    """Which fee goes to which account; readings are asked of all its meters."""

    fee = forms.TypedChoiceField(label=_("费种"), coerce=int)
    account_no = AccountNoField(label=_("转到户号"), max_length=40)


class PeriodForm(forms.Form):
    """A fee and a period, both ends."""

    fee = forms.TypedChoiceField(label=_("费种"), coerce=int)
    since = day_field(_("起"))
    until = day_field(_("止"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        since, until = data.get("since"), data.get("until")
        if isinstance(since, date) and isinstance(until, date) and until < since:
            self.add_error("until", _("止日早于起日"))
        return data


class SheetForm(forms.Form):
    """Which meters a reader walks to."""

    fee = forms.TypedChoiceField(label=_("费种"), coerce=int)
    address = LineField(label=_("地址"), max_length=100, help_text=_("小区、楼栋，如“阳光花园 3号楼”"))
