"""What is asked for: an overview's period, a report's rows, columns, measures; how it is kept and made; what
collecting costs."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.fields import LineField, YuanField, during_our_time
from yifen.core.access.telling import told
from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.face.forms import day_input
from yifen.trades.figures import periods
from yifen.trades.figures.asking import BY_NAME, TOP_MAX, ReportAsk, read_ask
from yifen.trades.figures.catalogue import DIMENSIONS, MEASURES, SOURCES
from yifen.trades.figures.codes import FigureCode
from yifen.trades.figures.folders import EVERY
from yifen.trades.figures.keeping import TITLE_MAX
from yifen.trades.figures.pages import filtering
from yifen.trades.figures.periods import FIXED, RELATIVE

_said = lazy(told, str)
PERIODS = [*((name, _said(text)) for name, text in RELATIVE.items()), (FIXED, _("起止日期"))]
BY = [("", "—"), *((name, _said(one.text)) for name, one in DIMENSIONS.items())]
FILTERS = 4
ROLES_SEE = "figures.open"
RIGHT = ("measures",)


class ReportForm(forms.Form):
    """What a report asks, as an address carries it."""

    row1 = forms.ChoiceField(label=_("行维度 1"), choices=BY[1:])
    row2 = forms.ChoiceField(label=_("行维度 2"), choices=BY, required=False)
    row3 = forms.ChoiceField(label=_("行维度 3"), choices=BY, required=False)
    column = forms.ChoiceField(label=_("列维度"), choices=BY, required=False)
    measures = forms.MultipleChoiceField(
        label=_("指标"), choices=[(name, _said(one.text)) for name, one in MEASURES.items()],
        widget=forms.CheckboxSelectMultiple())  # fmt: skip
    period = forms.ChoiceField(label=_("期间"), choices=PERIODS)
    since = forms.DateField(
        label=_("起日"), required=False, widget=day_input(), validators=[during_our_time]
    )
    until = forms.DateField(
        label=_("止日"), required=False, widget=day_input(), validators=[during_our_time]
    )
    compare = forms.ChoiceField(label=_("对比"), required=False,
                                choices=[(name, _said(text)) for name, text in periods.COMPARED.items()])  # fmt: skip
    sort = forms.ChoiceField(label=_("排序"), required=False, choices=[
        (BY_NAME, _("按名称")), *((name, _said(Text(f"{one.text.zh}，从大到小", f"{one.text.en}, the most first")))
                                  for name, one in MEASURES.items())])  # fmt: skip
    top = forms.IntegerField(label=_("只列前几行"), required=False, min_value=0, max_value=TOP_MAX,
                             help_text=_("其余合为一行；0 为全部"))  # fmt: skip
    chart = forms.ChoiceField(
        label=_("图"),
        required=False,
        choices=[
            ("bar", pgettext_lazy("chart", "柱")),
            ("line", pgettext_lazy("chart", "线")),
            ("none", _("不画")),
        ],
    )

    def __init__(self, topics: set[str], *args: Any, **kwargs: Any) -> None:
        """`topics`: the permissions by which who asks is told figures; what is of none of them is not offered."""
        super().__init__(*args, **kwargs)
        views = {name for name, one in SOURCES.items() if one.permission in topics}
        told_by = [one for one in BY if not one[0] or views & DIMENSIONS[one[0]].of.keys()]
        for name in ("row1", "row2", "row3", "column"):
            self.fields[name].choices = told_by[name == "row1" :]  # type: ignore[attr-defined]
        for name in ("measures", "sort"):
            field: Any = self.fields[name]
            field.choices = [one for one in field.choices if one[0] == BY_NAME or MEASURES[one[0]].view in views]
        for number in range(1, FILTERS + 1):
            self.fields[f"filter{number}"] = forms.ChoiceField(
                label=_("条件 %d") % number, choices=told_by, required=False
            )
            self.fields[f"value{number}"] = LineField(
                label=_("等于"), required=False, max_length=2000, help_text=_("几个值用 | 隔开；空值写 —"))  # fmt: skip

    @property
    def left(self) -> list[Any]:
        """Fields of the left column, whatever is in neither among them."""
        return [field for field in self.visible_fields() if field.name not in RIGHT and not _is_filter(field.name)]

    @property
    def right(self) -> list[Any]:
        """Measures and filters."""
        return [field for field in self.visible_fields() if field.name in RIGHT or _is_filter(field.name)]

    def ask(self, conn: Any, scope: dict[str, Any]) -> ReportAsk:
        """Refused: REPORT_WRONG, of a filter by a word that is none or twice by one dimension; as asking.read_ask."""
        given = self.cleaned_data
        filters: dict[str, list[str]] = {}
        for n in range(1, FILTERS + 1):
            if name := given[f"filter{n}"]:
                if name in filters:
                    by = DIMENSIONS[name].text
                    raise Refused(FigureCode.REPORT_WRONG, "filters", Bilingual(f"{by.zh}：两次", f"{by.en}: twice"))
                filters[name] = filtering.keys(conn, name, given[f"value{n}"], scope)
        rows = [given[name] for name in ("row1", "row2", "row3") if given[name]]
        return read_ask({
            "rows": rows, "measures": given["measures"], "column": given["column"], "filters": filters,
            "period": given["period"], "since": given["since"], "until": given["until"], "compare": given["compare"],
            "sort": given["sort"] or BY_NAME, "top": given["top"] or 0, "chart": given["chart"] or "none"})  # fmt: skip


def _is_filter(name: str) -> bool:
    return name.startswith(("filter", "value"))


# Where a refusal's field stands in the form.
PLACES = {"rows": "row1", "filters": "filter1"}
STARTER = QueryDict(
    "row1=fee&measures=asked&measures=settled&measures=owing&measures=rate&period=this_season&chart=bar"
)
OF_CARDS = QueryDict("row1=unit&measures=spending&measures=repaid&measures=quota_used&period=this_year&chart=bar")


class KeepForm(forms.Form):
    """A report's title, and which roles of one's people see it."""

    title = LineField(label=_("名称"), max_length=TITLE_MAX)
    roles = forms.MultipleChoiceField(
        label=_("共享给本单位的"), required=False, widget=forms.CheckboxSelectMultiple()
    )


class ScheduleForm(forms.Form):
    """How often a report is made, and whom it is mailed to; or which partner's folder it goes into."""

    every = forms.ChoiceField(label=_("周期"), choices=[(name, _said(text)) for name, text in EVERY.items()])
    hour = forms.TypedChoiceField(label=_("时刻"), coerce=int, initial=7,
                                  choices=[(hour, f"{hour:02d}:00") for hour in range(24)])  # fmt: skip
    format = forms.ChoiceField(label=_("格式"), choices=[("xlsx", "Excel"), ("csv", "CSV"), ("pdf", "PDF")])
    mail = LineField(
        label=_("发到邮箱"), required=False, max_length=200, help_text=_("不填：只列在“已制作”")
    )
    partner = forms.TypedChoiceField(
        label=_("或送到合作方目录"), required=False, coerce=int, empty_value=None,
        help_text=_("由合作方的推送通道送去，仅该合作方自己的数据；须另一人复核"))  # fmt: skip

    def __init__(self, partners: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if partners:
            self.fields["partner"].choices = [("", "—"), *partners]  # type: ignore[attr-defined]
        else:
            del self.fields["partner"]


class OverviewForm(forms.Form):
    """The overview's period and fee."""

    period = forms.ChoiceField(
        label=_("期间"), required=False, choices=PERIODS, initial="this_month"
    )
    since = forms.DateField(
        label=_("起日"), required=False, widget=day_input(), validators=[during_our_time]
    )
    until = forms.DateField(
        label=_("止日"), required=False, widget=day_input(), validators=[during_our_time]
    )
    fee = forms.ChoiceField(label=_("费种"), required=False)
    by = forms.CharField(required=False, widget=forms.HiddenInput())


class SpendingForm(forms.Form):
    """What of official cards, of which days, held against which."""

    what = forms.ChoiceField(label=_("内容"), required=False)
    period = forms.ChoiceField(label=_("期间"), required=False, choices=[
        one for one in PERIODS if not one[0].endswith("season")])  # fmt: skip
    since = forms.DateField(label=_("起日"), required=False, widget=day_input(), validators=[during_our_time])
    until = forms.DateField(label=_("止日"), required=False, widget=day_input(), validators=[during_our_time])
    compare = forms.ChoiceField(label=_("对比"), required=False,
                                choices=[(name, _said(text)) for name, text in periods.COMPARED.items()])  # fmt: skip
    by = forms.CharField(required=False, widget=forms.HiddenInput())


class CostForm(forms.Form):
    """Which company and months."""

    biller = forms.TypedChoiceField(label=_("收费单位"), coerce=int)
    since = forms.DateField(label=_("月份 起"), widget=day_input(), validators=[during_our_time])
    until = forms.DateField(label=_("月份 止"), widget=day_input(), validators=[during_our_time],
                            help_text=_("按整月计算"))  # fmt: skip


class AssumeForm(forms.Form):
    """Wages, and a row each channel."""

    wages = YuanField(label=_("收费员工资合计（元/月）"))

    def __init__(self, channels: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, _name in channels:
            self.fields[f"staff_{number}"] = forms.BooleanField(required=False)
            self.fields[f"bill_{number}"] = YuanField(required=False)
            self.fields[f"permille_{number}"] = forms.DecimalField(required=False, min_value=0, max_value=1000,
                                                                   decimal_places=3)  # fmt: skip
        self.rows = [{"name": name, "staff": self[f"staff_{number}"], "bill": self[f"bill_{number}"],
                      "permille": self[f"permille_{number}"]} for number, name in channels]  # fmt: skip
