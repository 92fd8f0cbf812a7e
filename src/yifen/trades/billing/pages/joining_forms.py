"""What people type about accounts that are merged, split or owe, and about a customer's phone."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yifen.face.forms import ReasonField
from yifen.trades.billing.pages.customer_forms import (
    AccountNoField,
    EndingForm,
    HolderForm,
    Meters,
    day_field,
)

TIERS = _("本周期已用量随迁")
TIERS_HELP = _("不选则从头计阶梯；随迁须先出账并发布到最后一日")


class MergeForm(EndingForm):
    """Which account takes all of it."""

    account_no = AccountNoField(label=_("并入户号"), max_length=40)
    tiers = forms.BooleanField(label=TIERS, required=False, help_text=TIERS_HELP)


class SplitForm(HolderForm):
    """What goes to a new account; of the meters only those that go are read."""

    services = forms.TypedMultipleChoiceField(label=_("分出的费种"), coerce=int, widget=forms.CheckboxSelectMultiple)
    tiers = forms.BooleanField(label=TIERS, required=False, help_text=TIERS_HELP)

    def __init__(self, meters: Meters, services: list[tuple[int, str]], *given: Any) -> None:
        super().__init__(meters, *given)
        self.fields["services"].choices = services  # type: ignore[attr-defined]
        for place, _meter in enumerate(meters):
            self.fields[f"meter_{place}"].required = False
            self.fields[f"meter_{place}"].help_text = _("当日止码；留下的表不填")


class TakeOverForm(forms.Form):
    """Who takes it over."""

    account_no = AccountNoField(label=_("接收户号"), max_length=40)
    reason = ReasonField(label=_("理由"))


class ContactForm(forms.Form):
    """A phone, and what its owner said."""

    phone = forms.RegexField(r"\A\+?[0-9]{5,19}\Z", label=_("手机"), required=False, help_text=_("留空则不改"))
    remove = forms.BooleanField(label=_("不再留手机"), required=False)
    consent = forms.ChoiceField(label=_("同意接收短信"), choices=(("yes", _("是")), ("no", _("否"))))
    day = day_field(_("同意或撤回日"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("remove") and data.get("phone"):
            self.add_error("remove", _("不能同时填写和删除手机"))
        return data
