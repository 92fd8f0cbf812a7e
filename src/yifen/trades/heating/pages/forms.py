"""What is asked for: a season, a request, a mark, a day."""

import re
import unicodedata
from itertools import zip_longest
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.fields import LineField, PlainField, during_our_time
from yifen.core.access.telling import told
from yifen.face.forms import ReasonField, day_input
from yifen.face.lists.filters import DAY_FORMATS
from yifen.trades.heating.rules import (
    ANSWER_DAYS,
    ASKERS,
    CITIES,
    KINDS,
    MARKS,
    NEIGHBOURS,
    SCAN_BYTES_MAX,
    HeatPaper,
    Term,
    percent,
    read_percent,
)


class AnyDayField(forms.DateField):
    """A day as people type it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=day_input(), input_formats=DAY_FORMATS, validators=[during_our_time], **options)


def _choices(known: dict[str, Any]) -> list[tuple[str, Any]]:
    return [("", _("请选择")), *((word, lazy(told, str)(text)) for word, text in known.items())]


PHONE = re.compile(r"[+]?[0-9][0-9 -]{4,18}")
WHO_MAX = 40  # characters of a class, a region


class TermsWidget(forms.Widget):
    """A row a class and region, with its per cent; rows that say nothing are left out."""

    template_name = "console/heating/terms.html"
    use_fieldset = True
    spare = 2  # empty rows behind those there are

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[tuple[str, ...]]:
        columns = (data.getlist(f"{name}_{part}") for part in ("class", "region", "percent"))
        rows = (tuple(map(str.strip, row)) for row in zip_longest(*columns, fillvalue=""))
        return [row for row in rows if any(row)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}_percent" not in data

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        rows = [(one.class_, one.region, percent(one.permille)[:-2]) if isinstance(one, Term) else one
                for one in value or ()]  # fmt: skip
        context: dict[str, Any] = super().get_context(name, None, attrs)
        return context | {"rows": [*rows, *[("", "", "")] * (self.spare if rows else 3)]}


class TermsField(forms.Field):
    """Clean: Terms."""

    widget = TermsWidget

    def clean(self, value: Any) -> list[Term]:
        found = [(read_percent(part), who, where) for who, where, part in super().clean(value)]
        if any(permille is None or len(who) > WHO_MAX or len(where) > WHO_MAX for permille, who, where in found):
            raise forms.ValidationError(_("比例须是 0 至 99.9，至多一位小数；类别、地区至多 40 字"))
        return [Term(permille or 0, who, where) for permille, who, where in found]


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
    terms = TermsField(label=_("基本费比例"), help_text=_("类别、地区留空为其他"))
    reason = ReasonField(label=_("依据"), help_text=_("文件名称、文号"))


class RequestForm(forms.Form):
    """A stop or a start as the holder's paper says."""

    kind = forms.ChoiceField(label=_("申请"), choices=_choices(KINDS))
    season = forms.TypedChoiceField(label=_("采暖季"), coerce=int)
    from_on = AnyDayField(label=_("自"), required=False, help_text=_("按整季停供的采暖季不用填"))
    asked_by = forms.ChoiceField(label=_("申请人"), choices=_choices(ASKERS))
    name = LineField(label=_("申请人姓名"), max_length=40, required=False, help_text=_("受托人须填"))
    phone = forms.CharField(label=_("联系电话"), max_length=20, required=False, help_text=_("受托人须填"))
    neighbours = forms.ChoiceField(label=_("邻居"), choices=_choices(NEIGHBOURS), required=False,
                                   help_text=_("报停须选"))  # fmt: skip
    document = PlainField(label=_("申请书编号"), max_length=40)
    reason = LineField(label=_("理由"), max_length=200, required=False)
    scan = forms.FileField(label=_("申请书扫描件"), required=False, max_length=200,
                           help_text=_("PDF、JPEG 或 PNG，至多 4 MB"),
                           widget=forms.FileInput({"accept": ".pdf,image/jpeg,image/png"}))  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("name", "phone") if data.get("asked_by") == "agent" else ():
            if name in data and not data[name]:
                self.add_error(name, _("受托人须填"))
        if data.get("kind") == "stop" and not data.get("neighbours"):
            self.add_error("neighbours", _("报停须选"))
        return data

    def clean_phone(self) -> str:
        """Digits of any width, with what is usual between them."""
        typed = unicodedata.normalize("NFKC", self.cleaned_data["phone"]).strip()
        if typed and not PHONE.fullmatch(typed):
            raise forms.ValidationError(_("不是电话号码"))
        return typed

    def clean_scan(self) -> bytes | None:
        file = self.cleaned_data["scan"]
        scan = file.read(SCAN_BYTES_MAX + 1) if file else None
        if scan is not None and (len(scan) > SCAN_BYTES_MAX or HeatPaper("", "", "", scan).kind is None):
            raise forms.ValidationError(_("须是 PDF、JPEG 或 PNG，至多 4 MB"))
        return scan

    @property
    def paper(self) -> HeatPaper:
        """As it was typed and scanned."""
        given = self.cleaned_data
        neighbours = given["neighbours"] if given["kind"] == "stop" else ""
        return HeatPaper(given["name"], given["phone"], neighbours, given["scan"])


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
