"""Forms of the counter's own transactions."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import YuanField
from yifen.core.access.telling import numbered
from yifen.core.facts.paper_numbers import numbers_typed
from yifen.face.desk.forms import AccountField, CodeInput, DeskForm, DeskLineField, SupervisorForm
from yifen.trades.counter.models import SERIAL_MAX
from yifen.trades.counter.rules import DENOMINATIONS_FEN, PIECES_MAX


class LookUpForm(DeskForm):
    """Whose bills: the biller, where there are several, and the account number."""

    biller = forms.ChoiceField(label=_("收费单位"), error_messages={"invalid_choice": _("本网点不代收 %(value)s")})
    account_no = AccountField(_("户号"))

    def __init__(self, *args: Any, billers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["biller"].choices = billers  # type: ignore[attr-defined]
        if len(billers) == 1:
            self.fields["biller"].widget = forms.HiddenInput()
            self.fields["biller"].initial = billers[0][0]


class FindForm(DeskForm):
    """One operation, by serial or payment id; the last one when it is left empty."""

    number = DeskLineField(
        label=_("流水号或缴费号"), max_length=40, required=False, widget=CodeInput(),
        help_text=_("留空为本人最近一笔"),
    )  # fmt: skip


class NumberForm(DeskForm):
    """Anything by a number of its own."""

    number = DeskLineField(label=_("流水号、缴费号、核心流水号或发票号码"), max_length=40, widget=CodeInput())


class ReversalForm(SupervisorForm):
    """Why, and which printed invoices were taken back, where there are any."""

    field_order: tuple[str, ...] = ("papers",)
    papers = DeskLineField(label=_("收回发票号码"), max_length=200, required=False, widget=CodeInput(),
                           help_text=_("录入收回纸张上的号码；多张以逗号分隔"))  # fmt: skip

    def __init__(self, *args: Any, papers: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._papers = papers
        if not papers:
            del self.fields["papers"]

    def papers_back(self) -> tuple[str, ...]:
        """With all their digits."""
        return numbers_typed(self.cleaned_data.get("papers", ""), self._papers)


class RefundForm(ReversalForm):
    """How much goes back, and why; `serial` makes the form sent twice one refund."""

    field_order = ("amount", "papers")
    amount = YuanField(label=_("退款金额（元）"), required=True)
    serial = forms.CharField(max_length=SERIAL_MAX, widget=forms.HiddenInput())


class JournalForm(DeskForm):
    """What of the teller's own journal."""

    text = DeskLineField(label=_("流水号、缴费号或户号"), max_length=40, required=False,
                     widget=CodeInput())  # fmt: skip


class OpenShiftForm(DeskForm):
    """The cash with which the drawer begins."""

    opening = YuanField(label=_("开班现金"), required=True)


class CountForm(DeskForm):
    """The drawer, counted by denomination: `pieces_10000` and so on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for value_fen in DENOMINATIONS_FEN:
            self.fields[f"pieces_{value_fen}"] = forms.IntegerField(
                label=note(value_fen), min_value=0, max_value=PIECES_MAX, required=False,
                widget=forms.TextInput({"inputmode": "numeric", "class": "input-amount",
                                        "autocomplete": "off", "data-value": value_fen}),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """An empty form is no count: whoever has no cash says 0."""
        data = super().clean() or self.cleaned_data
        if not self.errors and all(pieces is None for pieces in data.values()):
            self.add_error(f"pieces_{DENOMINATIONS_FEN[0]}",
                           numbered(gettext("请按券别录入张数；没有现金录入 0")))  # fmt: skip
        return data

    def counted(self) -> dict[int, int]:
        """Value in fen → pieces."""
        return {value: self.cleaned_data[f"pieces_{value}"] or 0 for value in DENOMINATIONS_FEN}


def note(value_fen: int) -> Any:
    """What a note or coin is called: 100 元, 5 角, 1 分."""
    if value_fen >= 100:
        return _("%s 元") % (value_fen // 100)
    return _("%s 角") % (value_fen // 10) if value_fen >= 10 else _("%s 分") % value_fen
