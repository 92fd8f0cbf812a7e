"""Forms of the desk about papers: by keyboard alone."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yifen.core.facts.refused import Refused
from yifen.face.desk.forms import CodeInput, DeskForm, DeskLineField, SupervisorForm
from yifen.trades.invoices import printing
from yifen.trades.invoices.rules import NumberSpan, spans

WHAT = ((printing.REPRINT, _("1 重打：当日，新号码，主管授权")),
        (printing.SUPPLEMENTARY, _("2 补打：最近 6 个月，至多两次")),
        (printing.FIRST, _("3 首次打印：当日未打印的")))  # fmt: skip


class SpansField(DeskLineField):
    """Numbers, as `00012346-00012400, 00012500`."""

    def __init__(self, **given: Any) -> None:
        super().__init__(max_length=400, widget=CodeInput(), **given)

    def clean(self, value: Any) -> list[NumberSpan]:
        try:
            return spans(super().clean(value))
        except Refused as refused:
            raise ValidationError(refused.text(get_language() or "zh-hans")) from None


class InvoiceFindForm(DeskForm):
    """Which function, and of which payment."""

    what = forms.ChoiceField(label=_("功能"), choices=WHAT)
    number = DeskLineField(label=_("流水号或缴费号"), max_length=40, widget=CodeInput())


class PaperForm(DeskForm):
    """The number on the paper that is in the printer."""

    paper = DeskLineField(label=_("打印机中的发票号码"), max_length=12, widget=CodeInput(inputmode="numeric"),
                          help_text=_("核对纸上的号码，一致按 F5；不一致录入纸上的号码"))  # fmt: skip


class ReprintPaperForm(SupervisorForm):
    """The same, with a supervisor beside the teller."""

    field_order = ("paper",)
    paper = DeskLineField(label=_("新发票号码"), max_length=12, widget=CodeInput(inputmode="numeric"))


class CountPapersForm(DeskForm):
    """What is in hand, kind by kind; an empty field says that nothing is."""

    def __init__(self, *args: Any, kinds: Sequence[tuple[Any, ...]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind_id, name, prefix, _digits in kinds:
            self.fields[f"kind_{kind_id}"] = SpansField(
                label=f"{name} {prefix}".strip(), required=False,
                help_text=_("手中的号码，如 00012346-00012400；没有则留空"),
            )  # fmt: skip

    def counted(self) -> dict[int, list[NumberSpan]]:
        """Kind → what was counted."""
        return {int(name.partition("_")[2]): found for name, found in self.cleaned_data.items()}
