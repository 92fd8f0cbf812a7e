"""What the console asks about papers."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import LineField
from yifen.core.facts.refused import Refused
from yifen.face.forms import ReasonField, offered
from yifen.trades.invoices.rules import NumberSpan, spans

Choices = Iterable[tuple[Any, ...]]
LAYOUTS = (("a5", _("A5 横向")), ("a4", _("A4")), ("slip", _("窄幅 80 毫米")))
ACTS = (("void", _("作废：撕破、打坏、印制不良")), ("lost", _("挂失：立即停用")), ("found", _("解除挂失：已找回")))


class NumbersField(LineField):
    """`00012346-00012400`: spans, as many as `most`."""

    def __init__(self, most: int = 200, **options: Any) -> None:
        super().__init__(max_length=2000, **options)
        self.most = most

    def clean(self, value: Any) -> list[NumberSpan]:
        try:
            found = spans(super().clean(value), self.most)
        except Refused as refused:
            raise ValidationError(refused.text(get_language() or "zh-hans")) from None
        if len(found) > self.most:
            raise ValidationError(_("只能是一段连续的号码"))
        return found


class PaperKindForm(forms.Form):
    """A kind of paper of a company."""

    biller = forms.TypedChoiceField(label=_("收费单位"), coerce=int)
    name = LineField(label=_("名称"), max_length=60)
    paper_prefix = LineField(label=_("发票代码"), max_length=20, required=False,
                             help_text=_("印在号码之前；没有则留空"))  # fmt: skip
    digits = forms.IntegerField(label=_("号码位数"), min_value=4, max_value=12, initial=8)
    layout = forms.ChoiceField(label=_("版式"), choices=LAYOUTS)

    def clean_paper_prefix(self) -> str:
        prefix: str = self.cleaned_data["paper_prefix"].upper()
        if prefix and not (prefix.isascii() and prefix.isalnum()):
            raise ValidationError(_("只能是数字和字母"))
        return prefix


class OneSpanForm(forms.Form):
    """Numbers of one kind, one span of them."""

    kind = forms.TypedChoiceField(label=_("票据"), coerce=int)
    numbers = NumbersField(1, label=_("起止号"), help_text=_("如 00012346-00012400，或一个号码"))

    @property
    def span(self) -> NumberSpan:
        found: list[NumberSpan] = self.cleaned_data["numbers"]
        return found[0]

    def clean_numbers(self) -> list[NumberSpan]:
        if not self.cleaned_data["numbers"]:
            raise ValidationError(_("请录入号码"))
        return list(self.cleaned_data["numbers"])


class ReceivePapersForm(OneSpanForm):
    """What the company brought."""

    faulty = NumbersField(label=_("残次号码"), required=False, help_text=_("缺页、重号、印制不良的；入库即作废"))
    reason = LineField(label=_("说明"), max_length=100, required=False)


class DestroyPapersForm(OneSpanForm):
    """Void papers of the store."""

    reason = ReasonField(label=_("理由"))


HANDS = [("own", _("本人手中")), ("store", _("本机构库中"))]


class GivePapersForm(OneSpanForm):
    """Out of which hand, to whom."""

    source = forms.ChoiceField(label=_("从哪里交出"))
    void = forms.BooleanField(label=_("是作废凭证（上缴）"), required=False)
    to = forms.ChoiceField(label=_("交给"))


class MarkPapersForm(OneSpanForm):
    """What happened to them."""

    field_order = ("act", "holder", "kind", "numbers", "reason")
    act = forms.ChoiceField(label=_("事项"))
    holder = forms.TypedChoiceField(label=_("保管"), coerce=int, required=False, empty_value=None)
    reason = ReasonField(label=_("理由"))


class CountedPapersForm(forms.Form):
    """What a holder has of a kind; nothing typed: nothing is there."""

    cadence = forms.ChoiceField(label=_("周期"))
    holder = forms.TypedChoiceField(label=_("保管"), coerce=int, required=False, empty_value=None)
    kind = forms.TypedChoiceField(label=_("票据"), coerce=int)
    numbers = NumbersField(label=_("实点号码"), required=False, help_text=_("如 00012346-00012400, 00012500"))


class TakePapersForm(forms.Form):
    """What the receiver counted: it must be what the giver wrote."""

    numbers = NumbersField(1, label=_("实收起止号"))


class CompareBooksForm(forms.Form):
    """The company's file of used numbers."""

    kind = forms.TypedChoiceField(label=_("票据"), coerce=int)
    file = forms.FileField(label=_("收费单位的已用号码文件"), max_length=200,
                           help_text=pgettext_lazy("paper", "每行一个号码，或 起号-止号；首行可以是标题"))  # fmt: skip


COMES_FIRST = {
    "kind": _("还没有票据种类：先在“凭证库存”登记票据种类"), "biller": _("还没有收费单位：先在“合作方”登记"),
}  # fmt: skip


def offer(form: forms.Form, **choices: Choices) -> forms.Form:
    """What may be chosen in it."""
    for name, rows in choices.items():
        offered(form, name, [(row[0], row[1]) for row in rows], COMES_FIRST.get(name, ""))
    return form
