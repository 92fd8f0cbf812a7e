"""The editor of a layout 版式: its head, its columns, a file to try it on."""

from typing import Any

import msgspec
from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.trades.reconciliation.models import Layout, LayoutColumn
from yifen.trades.reconciliation.readers import layout as reader

COLUMNS_MAX = 200
MORE = 4  # empty lines below the last column


class LayoutForm(forms.ModelForm):  # type: ignore[type-arg]
    """The file as a whole."""

    encoding = forms.ChoiceField(label=_("编码"), choices=(("UTF-8",) * 2, ("GB18030",) * 2))
    totals = forms.ChoiceField(
        label=_("汇总行"), required=False,
        choices=(("", _("没有")), ("first", _("第一行")), ("last", _("最后一行"))),
    )  # fmt: skip
    delimiter = forms.CharField(label=pgettext_lazy("field", "分隔符"), max_length=4, required=False, strip=False,
                                initial="|", widget=forms.TextInput({"class": "input-code input-short"}))  # fmt: skip

    class Meta:
        model = Layout
        fields = ("code", "name", "shape", "encoding", "delimiter", "quote", "header_lines",
                  "named", "totals", "totals_mark", "count_at", "amount_at")  # fmt: skip
        labels = {
            "code": _("代码"), "name": _("名称"), "shape": _("形状"), "quote": _("引号"),
            "header_lines": _("表头行数"), "named": _("最后一行表头是列名"),
            "totals_mark": _("汇总行开头"), "count_at": _("汇总笔数在第几格"),
            "amount_at": _("汇总金额在第几格"),
        }  # fmt: skip

    def clean_delimiter(self) -> str:
        return str(self.cleaned_data["delimiter"]).replace("\\t", "\t")


class ColumnForm(forms.Form):
    """One column; a line without position is left out."""

    position = forms.IntegerField(label=pgettext_lazy("layout", "位置"), min_value=1, max_value=1000, required=False)
    name = forms.CharField(label=_("列名"), max_length=40, required=False)
    target = forms.ChoiceField(label=_("含义"), choices=LayoutColumn.Target.choices, required=False)
    type = forms.ChoiceField(label=_("写法"), choices=LayoutColumn.Type.choices)
    width = forms.IntegerField(label=_("宽度（字节）"), min_value=1, max_value=10_000, required=False)
    words = forms.CharField(label=_("代码对照"), max_length=200, required=False,
                            widget=forms.TextInput({"placeholder": "01=sale,04=refund"}))  # fmt: skip


Columns = formset_factory(ColumnForm, extra=MORE, max_num=COLUMNS_MAX, absolute_max=COLUMNS_MAX)


def columns_of(layout: Layout | None, posted: Any) -> "BaseFormSet[Any]":
    """The formset, with the columns that are there."""
    names = ("position", "name", "target", "type", "width", "words")
    initial = [] if layout is None else list(layout.columns.order_by("position").values(*names))
    return Columns(posted, prefix="columns", initial=initial)


def described(form: LayoutForm, columns: "BaseFormSet[Any]") -> reader.FileLayout:
    """What the forms say, as the reader takes it; both forms are valid."""
    head = {name: form.cleaned_data[name] for name in reader.FileLayout.__struct_fields__
            if name != "columns"}  # fmt: skip
    return msgspec.convert(head | {"columns": rows(columns)}, reader.FileLayout)


def rows(columns: "BaseFormSet[Any]") -> list[dict[str, Any]]:
    """The columns that have a position."""
    return [form.cleaned_data for form in columns.forms if form.cleaned_data.get("position")]
