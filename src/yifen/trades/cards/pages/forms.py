"""What is asked for of official cards."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.fields import LineField, YuanField
from yifen.trades.cards.claiming import ClaimPaper
from yifen.trades.cards.papers.einvoice import PAPER_MAX

Choices = list[tuple[Any, Any]]


class PaperField(forms.FileField):
    """A photo or an invoice's file. Empty: none."""

    widget = forms.FileInput({"accept": "image/jpeg,image/png,application/pdf,.pdf,.ofd,.xml"})

    def clean(self, data: Any, initial: Any = None) -> ClaimPaper | None:
        file = super().clean(data, initial)
        return ClaimPaper(file.name, file.read(PAPER_MAX + 1)) if file else None


class CardClaimForm(forms.Form):
    """A claim of one swipe: the photo first, all else is filled in or chosen."""

    paper = PaperField(
        label=_("发票（拍照或电子文件）"),
        required=False,
        max_length=200,
        help_text=_("数电票 XML、OFD、PDF 自动读出号码和金额"),
    )
    item = forms.ChoiceField(label=_("结算目录项目"))
    amount = YuanField(label=_("报账金额（元）"))
    purpose = LineField(label=_("事由"), max_length=200)
    kind = forms.ChoiceField(
        label=_("种类"), choices=(("claim", _("报账")), ("advance", _("借款（还款在先，以后冲账）")))
    )
    indicator = forms.TypedChoiceField(
        label=pgettext_lazy("card", "指标"),
        coerce=int,
        required=False,
        empty_value=None,
        help_text=_("只有一条合适的指标时自动匹配"),
    )
    invoice = LineField(label=_("发票号码"), max_length=40, required=False)
    gross = YuanField(label=_("价税合计（元）"), required=False)
    seller = LineField(label=_("销售方"), max_length=100, required=False)

    def offer(self, items: Choices, indicators: Choices) -> "CardClaimForm":
        self.fields["item"].choices = items  # type: ignore[attr-defined]
        self.fields["indicator"].choices = [("", _("自动匹配")), *indicators]  # type: ignore[attr-defined]
        return self


class CashClaimForm(CardClaimForm):
    """Cash paid by oneself, repaid to one's card."""

    unit = forms.TypedChoiceField(label=_("单位"), coerce=int)
    card = forms.TypedChoiceField(label=_("还到哪张卡"), coerce=int)
    exemption = forms.ChoiceField(label=_("未刷卡的理由"))
    words = LineField(label=_("说明"), max_length=200)
    kind = None  # type: ignore[assignment]
    field_order = ("unit", "card", "exemption", "words")


class SignClaimForm(forms.Form):
    """A level's word; `seen`: the digest of what the page shows."""

    seen = forms.CharField(widget=forms.HiddenInput(), max_length=64)
    note = LineField(label=_("意见"), max_length=200, required=False)


class SettleForm(forms.Form):
    """How a refused row was dealt with."""

    note = LineField(label=_("处理说明"), max_length=200)


class IssuerForm(forms.Form):
    """A bank whose word about a bureau's cards counts."""

    bureau = forms.TypedChoiceField(label=_("财政部门"), coerce=int)
    bank = forms.TypedChoiceField(label=_("发卡行"), coerce=int)
