"""Forms of settlement: agreements with their tiers, places in a group, payees, banks, days."""

from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.fields import LineField, PercentField, YuanField, during_our_time, plain
from yifen.core.facts.money import AmountError, typed_yuan
from yifen.face.forms import ReasonField, day_input
from yifen.face.lists.filters import DAY_FORMATS
from yifen.trades.settlement.models import Agreement, CalendarDay, Merchant
from yifen.trades.settlement.rules import TIERS_MAX, FeeTerms, Tier


class AgreementForm(forms.Form):
    """Everything but the tiers."""

    valid_from = forms.DateField(label=_("生效日"), input_formats=DAY_FORMATS, widget=day_input(),
                                 validators=[during_our_time])  # fmt: skip
    mode = forms.ChoiceField(label=_("收取方式"), choices=Agreement.Mode.choices)
    period = forms.ChoiceField(label=_("计费期"), choices=Agreement.Period.choices)
    measure = forms.ChoiceField(label=_("计费依据"), choices=Agreement.Measure.choices)
    min_fen = YuanField(label=_("每期保底（元）"), required=False)
    cap_fen = YuanField(label=_("每期封顶（元）"), required=False)
    lag_days = forms.IntegerField(label=_("T+N 工作日划付"), min_value=0, max_value=30, initial=1)
    make_up_days = forms.BooleanField(label=_("调休上班日也划付"), required=False, initial=True)
    payout = forms.BooleanField(label=_("划付到收款账户（否则留在结算账户）"), required=False)
    refunds = forms.ChoiceField(label=_("结算后的退款"), choices=Agreement.Refunds.choices,
                                initial=Agreement.Refunds.ACCOUNT)  # fmt: skip


class TierForm(forms.Form):
    """One tier; a line without a beginning is left out."""

    beginning = forms.CharField(label=_("起点"), max_length=20, required=False,
                                widget=forms.TextInput({"class": "input-amount"}))  # fmt: skip
    rate_ppm = PercentField(label=_("费率（%）"), required=False)
    each_fen = YuanField(label=_("每笔（元）"), required=False)


def tiers_fit(form: AgreementForm, tiers: Any) -> bool:
    """Nothing that was typed is left out, and nothing that was not is taken for 0: a tier has its beginning and
    what its measure asks. Says so at the tier."""
    of_amount = form.cleaned_data["measure"] == Agreement.Measure.AMOUNT
    needed, idle = ("rate_ppm", "each_fen") if of_amount else ("each_fen", "rate_ppm")
    for tier in tiers.forms:
        row = tier.cleaned_data
        if not row.get("beginning"):
            if row.get(needed) or row.get(idle):
                tier.add_error("beginning", _("请填写起点"))
        elif row.get(needed) is None:
            tier.add_error(needed, _("请填写，不收费填 0"))
        elif row.get(idle):
            tier.add_error(idle, _("按金额计费只填费率，按笔数计费只填每笔"))
    return not any(tier.errors for tier in tiers.forms)


Tiers = formset_factory(TierForm, extra=2, max_num=TIERS_MAX, absolute_max=TIERS_MAX)


def terms_of(form: AgreementForm, tiers: Any) -> FeeTerms:
    """What the forms say, as the rules read it. AmountError, ValueError: a tier's beginning is no
    amount or number."""
    data = form.cleaned_data
    found = [
        Tier(beginning(row["beginning"], data["measure"]), row["rate_ppm"] or 0, row["each_fen"] or 0)
        for row in (tier.cleaned_data for tier in tiers.forms) if row.get("beginning")
    ]  # fmt: skip
    return FeeTerms(data["measure"], data["period"], tuple(found), data["min_fen"] or 0,
                 data["cap_fen"], data["mode"], data["valid_from"])  # fmt: skip


def beginning(text: str, measure: str) -> int:
    """Yuan as fen, or a number of payments."""
    found = plain(text)
    if measure == "amount":
        return typed_yuan(found)
    if not found.isascii() or not found.isdigit():
        raise AmountError(found)
    return int(found)


class PlaceForm(forms.Form):
    """A biller's place in its group."""

    biller = forms.TypedChoiceField(label=_("收费单位"), coerce=int)
    level = forms.ChoiceField(label=_("层级"), choices=Merchant.Level.choices)
    parent = forms.TypedChoiceField(label=_("上级"), coerce=int, required=False, empty_value=None)
    pooled = forms.BooleanField(label=_("资金归集到上级"), required=False)

    def __init__(self, *args: Any, billers: Any, merchants: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["biller"].choices = [("", _("请选择")), *billers]  # type: ignore[attr-defined]
        self.fields["parent"].choices = [("", _("没有")), *merchants]  # type: ignore[attr-defined]


class ShareForm(forms.Form):
    """One share; a line without a beneficiary is left out."""

    beneficiary = forms.TypedChoiceField(label=_("分给"), coerce=int, required=False, empty_value=None)
    share_ppm = PercentField(label=_("比例（%）"), required=False)

    def __init__(self, *args: Any, merchants: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["beneficiary"].choices = [("", _("没有")), *merchants]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if bool(found.get("beneficiary")) != bool(found.get("share_ppm")) and not self.errors:
            self.add_error("share_ppm", _("分给谁和比例须一起填写；要取消一行，两格都清空"))
        return found


class BaseShares(forms.BaseFormSet):  # type: ignore[type-arg]  # at run time it takes none
    """Each beneficiary once: of two lines none is the one that was meant."""

    def clean(self) -> None:
        found = [form.cleaned_data.get("beneficiary") for form in self.forms if form.is_valid()]
        for form in self.forms:
            one = form.cleaned_data.get("beneficiary") if form.is_valid() else None
            if one and found.count(one) > 1:
                form.add_error("beneficiary", _("同一收费单位只能列一行"))


Shares = formset_factory(ShareForm, BaseShares, extra=2, max_num=50, absolute_max=50)


class PayeeForm(forms.Form):
    """Where a biller's money goes."""

    bank_id = forms.TypedChoiceField(label=_("经由银行"), coerce=int)
    account_no = forms.CharField(label=_("收款账号"), max_length=64)
    account_name = LineField(label=_("收款户名"), max_length=100)
    bank_code = forms.CharField(label=_("联行号"), max_length=24)
    bank_name = LineField(label=_("开户行"), max_length=100)

    def __init__(self, *args: Any, banks: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bank_id"].choices = [("", _("请选择")), *banks]  # type: ignore[attr-defined]


class BankForm(forms.Form):
    """Our account at a bank."""

    account_no = forms.CharField(label=pgettext_lazy("bank", "账号"), max_length=64)
    account_name = LineField(label=pgettext_lazy("bank", "户名"), max_length=100)
    endpoint = forms.CharField(label=_("接口地址"), max_length=200, required=False,
                               help_text=_("没有接口不填，划付出文件"))  # fmt: skip


class NewBankForm(BankForm):
    """With the bank, which becomes a partner."""

    code = forms.CharField(label=_("代码"), max_length=13)
    name = LineField(label=_("名称"), max_length=100)
    book_id = forms.TypedChoiceField(label=_("账簿"), coerce=int)
    field_order = ("code", "name", "book_id")

    def __init__(self, *args: Any, books: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["book_id"].choices = books  # type: ignore[attr-defined]


class MarkForm(forms.Form):
    """What the bank's paper says of a payout."""

    state = forms.ChoiceField(label=_("结果"), choices=[("done", _("已到账")), ("returned", _("已退汇"))])
    bank_serial = LineField(label=_("银行流水号"), max_length=64)
    left = forms.BooleanField(label=_("汇出后退回"), required=False)
    reason = ReasonField(label=_("凭证与理由"))


class DayKindForm(forms.Form):
    """What a day is."""

    day = forms.DateField(label=_("日期"), input_formats=DAY_FORMATS, widget=day_input(),
                          validators=[during_our_time])  # fmt: skip
    kind = forms.ChoiceField(label=_("性质"), required=False,
                             choices=[("", _("按星期")), *CalendarDay.Kind.choices])  # fmt: skip
    name = LineField(label=_("名称"), max_length=40, required=False)
