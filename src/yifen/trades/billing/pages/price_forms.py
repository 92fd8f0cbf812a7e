"""What is asked for to make a price and to try it, and to make a fee."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.fields import LineField, PercentField, YuanField, during_our_time, plain
from yifen.core.access.telling import told
from yifen.face.forms import day_input
from yifen.face.lists.filters import DAY_FORMATS
from yifen.trades.billing.prices.fees import DUE_DAYS_MAX, MODES
from yifen.trades.billing.prices.tariffs import TARIFFS
from yifen.trades.billing.prices.telling import CYCLES, month_spans, plain_number
from yifen.trades.billing.prices.trial import TrialUse
from yifen.trades.billing.prices.versions import (
    ALL_MONTHS,
    BASES,
    PARTS_MAX,
    TIERS_MAX,
    PricePart,
    PriceVersion,
    TierLimit,
    month_bits,
)

LIMITS_MAX = 4 * TIERS_MAX
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,8})?")
_MONTHS = re.compile(r"([0-9]{1,2})(?:[-–~]([0-9]{1,2}))?")


class ExactField(forms.CharField):
    """A number with at most so many decimals, exactly. Empty: None."""

    def __init__(self, places: int, **options: Any) -> None:
        self.places = places
        widget = forms.TextInput({"class": "input-amount", "inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_length=20, widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        return plain_number(value) if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Any:
        text = plain(super().clean(value)).replace(",", "")
        if not text:
            return None
        try:
            found = Decimal(text) if _NUMBER.fullmatch(text) else None
        except InvalidOperation:
            found = None
        if found is None or found != round(found, self.places):
            raise forms.ValidationError(_("请输入数字，最多 %(places)s 位小数"), params={"places": self.places})
        return found


class MonthsField(forms.CharField):
    """Months as bits, typed as 5-10 or 1,2,11-12. Empty: all of them."""

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        return "" if value == ALL_MONTHS else month_spans(value)

    def clean(self, value: Any) -> int:
        text, bits = plain(super().clean(value)), 0
        for part in re.split(r"[,，、 ]+", text) if text else ():
            span = _MONTHS.fullmatch(part)
            first, last = (int(span[1]), int(span[2] or span[1])) if span else (0, 0)
            if not 1 <= first <= last <= 12:
                raise forms.ValidationError(_("月份如 5-10，或 1,2,11-12"))
            bits |= month_bits(*range(first, last + 1))
        return bits or ALL_MONTHS


def _choices(texts: Any) -> list[tuple[str, str]]:
    return [(value, told(text)) for value, text in texts.items()]


class StartForm(forms.Form):
    """Of which fee, and what it begins from."""

    fee = forms.TypedChoiceField(label=_("费种"), coerce=int)
    tariff = forms.ChoiceField(label=_("从公布的价格开始"), required=False)
    like = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, fees: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fee"].choices = [("", _("请选择")), *fees]  # type: ignore[attr-defined]
        known = [(tariff.key, f"{told(tariff.title)}（{tariff.unit}）") for tariff in TARIFFS]
        self.fields["tariff"].choices = [("", _("从执行中的价格，或空白开始")), *known]  # type: ignore[attr-defined]


class PriceForm(forms.Form):
    """A version but its parts and limits."""

    class_ = LineField(label=_("用户类别"), max_length=40, initial="residential",
                       widget=forms.TextInput({"list": "classes", "autocomplete": "off"}),
                       help_text=_("从列出的已有类别中选；新类别须与用户登记的一致"))  # fmt: skip
    region = LineField(label=_("地区"), max_length=40, required=False)
    name = LineField(label=_("名称"), max_length=100)
    valid_from = forms.DateField(label=_("生效日"), input_formats=DAY_FORMATS, widget=day_input(),
                                 validators=[during_our_time])  # fmt: skip
    minimum_fen = YuanField(label=_("每单保底（元）"), required=False)
    cap_price = ExactField(8, label=_("每单封顶（元/单位面积）"), required=False)
    tax_rate = PercentField(label=_("税率（%，含在价内）"), required=False)


class PartForm(forms.Form):
    """One part; a line without a name is left out."""

    name = LineField(label=_("名称"), max_length=40, required=False)
    basis = forms.ChoiceField(label=_("计价依据"), required=False)
    tier = forms.IntegerField(label=pgettext_lazy("price", "阶梯"), required=False, min_value=0, max_value=TIERS_MAX)
    price = ExactField(8, label=_("单价（元）"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["basis"].choices = _choices({key: basis.text for key, basis in BASES.items()})  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        if bool(self.cleaned_data.get("name")) != (self.cleaned_data.get("price") is not None) and not self.errors:
            self.add_error("price", _("名称和单价须一起填写；要取消一行，两格都清空"))
        if self.cleaned_data.get("name") and self.cleaned_data.get("basis") == "":
            self.add_error("basis", _("请选择计价依据"))
        return self.cleaned_data


class LimitForm(forms.Form):
    """One limit; a line without a tier is left out."""

    tier = forms.IntegerField(label=pgettext_lazy("price", "阶梯"), required=False, min_value=1,
                              max_value=TIERS_MAX - 1)  # fmt: skip
    limit = ExactField(3, label=_("上限"), required=False)
    months = MonthsField(label=_("月份"), required=False, max_length=40)
    persons_over = forms.IntegerField(label=_("超过人数"), required=False, min_value=1, max_value=99)
    add = ExactField(3, label=_("增加"), required=False)
    add_each = forms.BooleanField(label=_("每多一人"), required=False)

    def clean(self) -> dict[str, Any]:
        if (self.cleaned_data.get("tier") is None) != (self.cleaned_data.get("limit") is None) and not self.errors:
            self.add_error("limit", _("阶梯和上限须一起填写；要取消一行，两格都清空"))
        return self.cleaned_data


Parts = formset_factory(PartForm, extra=3, max_num=PARTS_MAX, absolute_max=PARTS_MAX)
Limits = formset_factory(LimitForm, extra=2, max_num=LIMITS_MAX, absolute_max=LIMITS_MAX)


def version_of(form: PriceForm, parts: Any, limits: Any) -> PriceVersion:
    """What the forms say."""
    data = form.cleaned_data
    rows, ends = ([one.cleaned_data for one in filled(of)] for of in (parts, limits))
    return PriceVersion(
        data["name"],
        tuple(PricePart(row["name"], row["basis"], row["price"], row["tier"] or 0) for row in rows),
        tuple(TierLimit(row["tier"], milli(row["limit"]), row["months"], row["persons_over"], milli(row["add"]),
                        row["add_each"]) for row in ends),
        data["minimum_fen"] or 0, data["cap_price"], Decimal(data["tax_rate"] or 0) / 1_000_000,
    )  # fmt: skip


def filled(of: Any) -> list[forms.Form]:
    """The lines of parts, or of limits, that are some."""
    return [one for one in of.forms if one.cleaned_data.get("name") or one.cleaned_data.get("limit") is not None]


def at_fault(form: PriceForm, parts: Any, limits: Any, name: str) -> tuple[forms.Form, str]:
    """The form and the field of it that a fault is of, as `prices.faults` names it: `parts-2-price` of the third filled
    line; what is of all lines stands at the first field of the first."""
    which, _dash, rest = name.partition("-")
    of = {"parts": parts, "limits": limits}.get(which)
    if of is None:
        return form, name
    lines = filled(of) or of.forms
    place, _dash, column = rest.partition("-")
    return lines[int(place or 0)], column or next(iter(lines[0].fields))


def milli(value: Decimal | None) -> int:
    """Units as thousandths."""
    return int((value or 0) * 1000)


class TrialForm(forms.Form):
    """On what a price is tried: a customer's use between two days, or quantities."""

    account_no = LineField(label=_("户号"), max_length=32, required=False,
                           help_text=_("填户号和期间，按该户实际用量试算；不填则按下面的数量"))  # fmt: skip
    from_on = forms.DateField(label=_("期间起"), input_formats=DAY_FORMATS, widget=day_input(), required=False,
                              validators=[during_our_time])  # fmt: skip
    to_on = forms.DateField(label=_("期间止"), input_formats=DAY_FORMATS, widget=day_input(), required=False,
                            validators=[during_our_time])  # fmt: skip
    quantity = ExactField(3, label=_("用量"), required=False)
    peak = ExactField(3, label=_("其中峰"), required=False)
    valley = ExactField(3, label=_("其中谷"), required=False)
    used = ExactField(3, label=_("周期内先前已用"), required=False)
    area = ExactField(3, label=_("面积"), required=False)
    persons = forms.IntegerField(label=_("人数"), required=False, min_value=1, max_value=99)
    month = forms.IntegerField(label=_("所在月份"), required=False, min_value=1, max_value=12)

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if found.get("account_no") and not self.errors:
            if not (found.get("from_on") and found.get("to_on")):
                self.add_error("from_on", _("按户试算须填期间起止"))
            elif found["from_on"] > found["to_on"]:
                self.add_error("to_on", _("止日不得早于起日"))
        return found

    def use(self, month: int) -> TrialUse:
        """The quantities that were typed; in this month, unless another was."""
        found = self.cleaned_data
        return TrialUse(
            found["month"] or month, milli(found["quantity"]), milli(found["peak"]), milli(found["valley"]),
            milli(found["area"]) or None, persons=found["persons"] or 1, used_milli=milli(found["used"]),
        )  # fmt: skip


class FeeForm(forms.Form):
    """A fee; its company and code stay."""

    biller_id = forms.TypedChoiceField(label=_("收费单位"), coerce=int)
    code = forms.CharField(label=_("代码"), max_length=20, help_text=_("大写字母和数字，登记后不改"))
    name = LineField(label=_("名称"), max_length=40)
    unit = LineField(label=_("单位"), max_length=8, help_text=_("如 kWh、m³、GJ、m²"))
    metered = forms.BooleanField(label=_("按表计量（否则按面积、月或定额）"), required=False)
    cycle = forms.ChoiceField(label=_("阶梯周期"))
    cycle_from = forms.IntegerField(label=_("周期起始月"), min_value=1, max_value=12, initial=1)
    by_months = forms.BooleanField(label=_("上限按实际用电（水、气）月数计"), required=False)
    mode = forms.ChoiceField(label=_("缴法"))
    due_days = forms.IntegerField(label=_("发布后到期天数"), min_value=0, max_value=DUE_DAYS_MAX, initial=30)
    whole_yuan = forms.BooleanField(label=_("账单取整到元，余额结转下期"), required=False)

    def __init__(self, *args: Any, billers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["biller_id"].choices = [("", _("请选择")), *billers]  # type: ignore[attr-defined]
        self.fields["cycle"].choices = _choices(CYCLES)  # type: ignore[attr-defined]
        self.fields["mode"].choices = _choices(MODES)  # type: ignore[attr-defined]
