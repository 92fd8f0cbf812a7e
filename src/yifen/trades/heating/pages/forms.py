"""What is asked for: a season, a request, a mark, a day."""

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.fields import LineField, PlainField, during_our_time
from yifen.core.access.telling import told
from yifen.face.forms import ReasonField, day_input
from yifen.face.lists.filters import DAY_FORMATS
from yifen.trades.heating.rules import ANSWER_DAYS, ASKERS, CITIES, KINDS, MARKS, read_terms


class AnyDayField(forms.DateField):
    """A day as people type it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=day_input(), input_formats=DAY_FORMATS, validators=[during_our_time], **options)


def _choices(known: dict[str, Any]) -> list[tuple[str, Any]]:
    return [("", _("请选择")), *((word, lazy(told, str)(text)) for word, text in known.items())]


class CityForm(forms.Form):
    """Which city's terms to begin with."""

    city = forms.ChoiceField(label=_("按城市惯例填写"), required=False,
                             choices=[("", _("不用")), *((one.key, lazy(told, str)(one.name)) for one in CITIES)])
    year = forms.IntegerField(label=_("起始年"), min_value=2000, max_value=2190)  # fmt: skip


class SeasonForm(forms.Form):
    """A season; its terms a line a class and region."""

    fee = forms.TypedChoiceField(label=_("费种"), coerce=int)
    name = LineField(label=pgettext_lazy("heating", "名称"), max_length=40)
    from_on = AnyDayField(label=_("采暖期起"))
    to_on = AnyDayField(label=_("采暖期止"))
    heated_from = AnyDayField(label=_("实际供热起"), help_text=_("提前供热时早于采暖期起；不影响费用"))
    heated_to = AnyDayField(label=_("实际供热止"), help_text=_("延长供热时晚于采暖期止；不影响费用"))
    ask_until = AnyDayField(label=_("报停截止日"))
    answer_days = forms.IntegerField(label=_("答复天数"), min_value=1, max_value=90, initial=ANSWER_DAYS)
    by_days = forms.BooleanField(label=_("停供、恢复按天计费"), required=False,
                                 help_text=_("不选：停供只按整季，季中恢复的按整季全额"))  # fmt: skip
    paid_first = forms.BooleanField(label=_("有逾期未缴的不受理报停"), required=False, initial=True)
    terms = forms.CharField(label=_("基本费比例"), widget=forms.Textarea({"rows": 3}), max_length=2000,
                            help_text=_("每行“类别,地区,千分之几”；类别、地区留空为其他，如 ,,300"))  # fmt: skip
    reason = ReasonField(label=_("依据"), help_text=_("文件名称、文号"))

    def clean_terms(self) -> Any:
        found = read_terms(self.cleaned_data["terms"])
        if found is None:
            raise forms.ValidationError(_("每行须是“类别,地区,千分之几”"))
        return found


class RequestForm(forms.Form):
    """A stop or a start as the holder's paper says."""

    kind = forms.ChoiceField(label=_("申请"), choices=_choices(KINDS))
    season = forms.TypedChoiceField(label=_("采暖季"), coerce=int)
    from_on = AnyDayField(label=_("自"), required=False, help_text=_("按整季停供的采暖季不用填"))
    asked_by = forms.ChoiceField(label=_("申请人"), choices=_choices(ASKERS))
    document = PlainField(label=_("申请书编号"), max_length=40)
    reason = LineField(label=_("理由"), max_length=200, required=False)


class RequestFileForm(forms.Form):
    """A file of requests of one season."""

    season = forms.TypedChoiceField(label=_("采暖季"), coerce=int)
    file = forms.FileField(label=_("文件"), max_length=200, help_text=_("CSV 或 Excel（.xlsx）"))


class FlatMarkForm(forms.Form):
    """Why a flat cannot be stopped."""

    kind = forms.ChoiceField(label=_("标记"), choices=_choices(MARKS))
    until = AnyDayField(label=_("最后一日"), required=False, help_text=_("保修期须填"))
    note = LineField(label=_("说明"), max_length=200, required=False)
    ends = forms.BooleanField(label=_("取消此标记"), required=False)


class ChargeForm(forms.Form):
    """From which day on the fee is whole again."""

    day = AnyDayField(label=_("恢复全额计费自"))
    reason = ReasonField(label=_("理由"))


class BuildingCheckForm(forms.Form):
    """Until when somebody is to have looked."""

    due = AnyDayField(label=_("完成期限"))
