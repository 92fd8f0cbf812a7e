"""What is asked for of official cards."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.fields import LineField, PlainField, TypedDayField, YuanField
from yifen.face.forms import day_input
from yifen.trades.cards.claiming import ClaimLine, ClaimPaper
from yifen.trades.cards.papers.einvoice import PAPER_MAX

Choices = list[tuple[Any, Any]]
LINES_MOST = 50
PREFIX = "line"


class PaperField(forms.FileField):
    """A photo or an invoice's file. Empty: none."""

    widget = forms.FileInput({"accept": "image/jpeg,image/png,application/pdf,.pdf,.ofd,.xml"})

    def clean(self, data: Any, initial: Any = None) -> ClaimPaper | None:
        file = super().clean(data, initial)
        return ClaimPaper(file.name, file.read(PAPER_MAX + 1)) if file else None


class ClaimLineForm(forms.Form):
    """A line of a claim: the photo first, all else is read from it, filled in or chosen. Without an amount: none."""

    swipe = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    of_line = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    paper = PaperField(
        label=_("发票（拍照或电子文件）"), required=False, max_length=200, help_text=_("每个至多 8 MB")
    )
    item = forms.ChoiceField(label=_("结算目录项目"), required=False)
    amount = YuanField(label=_("报账金额（元）"), required=False)
    indicator = forms.TypedChoiceField(
        label=pgettext_lazy("card", "指标"), coerce=int, required=False, empty_value=None
    )
    exemption = forms.ChoiceField(label=_("未刷卡的理由"), required=False)
    words = LineField(label=_("说明"), max_length=200, required=False)
    invoice = PlainField(label=_("发票号码"), max_length=40, required=False)
    no_number = forms.BooleanField(label=_("票据没有号码"), required=False)
    gross = YuanField(label=_("价税合计（元）"), required=False)
    seller = LineField(label=_("销售方"), max_length=100, required=False)
    issued_on = TypedDayField(label=_("开票日期"), required=False)

    def offer(self, kind: str, items: Choices, indicators: Choices, exemptions: Choices) -> "ClaimLineForm":
        self.fields["item"].choices = [("", _("请选择")), *items]  # type: ignore[attr-defined]
        self.fields["indicator"].choices = [("", _("自动匹配")), *indicators]  # type: ignore[attr-defined]
        self.fields["exemption"].choices = exemptions  # type: ignore[attr-defined]
        for name in {
            "cash": ["of_line", "swipe"],
            "settle": ["indicator", "exemption", "words", "swipe"],
        }.get(kind, ["exemption", "words", "of_line"]):
            del self.fields[name]
        return self

    def line(self, **more: Any) -> tuple[ClaimLine, list[ClaimPaper]] | None:
        """What it asks for; None: nothing."""
        data = self.cleaned_data
        if not data["amount"]:
            return None
        line = ClaimLine(
            fen=data["amount"],
            item=data["item"],
            swipe=data.get("swipe"),
            of_line=data.get("of_line"),
            indicator=data.get("indicator"),
            exemption=data.get("exemption") or "",
            words=data.get("words") or "",
            invoice=data["invoice"],
            gross_fen=data["gross"],
            seller=data["seller"],
            issued_on=data["issued_on"],
            file_says={"no_number": True} if data["no_number"] and not data["invoice"] else {},
            **more,
        )
        return line, [data["paper"]] if data["paper"] else []


ClaimLines = forms.formset_factory(ClaimLineForm, extra=0, max_num=LINES_MOST, absolute_max=LINES_MOST)


class ClaimHeadForm(forms.Form):
    """What is said of a claim as a whole."""

    purpose = LineField(label=_("事由"), max_length=200)
    kind = forms.ChoiceField(
        label=_("种类"),
        choices=(("claim", _("报账")), ("advance", _("借款（还款在先，以后冲账）"))),
    )
    unit = forms.TypedChoiceField(label=_("单位"), coerce=int)
    card = forms.TypedChoiceField(label=_("还到哪张卡"), coerce=int)
    field_order = ("unit", "card", "purpose", "kind")

    def offer(self, kind: str, units: Choices, cards: Choices) -> "ClaimHeadForm":
        for name in {"cash": ["kind"], "claim": ["unit", "card"]}.get(kind, ["kind", "unit", "card"]):
            del self.fields[name]
        if kind == "cash":
            self.fields["unit"].choices = units  # type: ignore[attr-defined]
            self.fields["card"].choices = cards  # type: ignore[attr-defined]
        return self


class SignClaimForm(forms.Form):
    """A level's word; `seen`: the digest of what the page shows."""

    seen = forms.CharField(widget=forms.HiddenInput(), max_length=64)
    note = LineField(label=_("意见"), max_length=200, required=False)


class RefusedRowForm(forms.Form):
    """How a refused row was dealt with."""

    note = LineField(label=_("处理说明"), max_length=200)


class CardIssuerForm(forms.Form):
    """A bank whose word about a bureau's cards counts."""

    bureau = forms.TypedChoiceField(label=_("财政部门"), coerce=int)
    bank = forms.TypedChoiceField(label=_("发卡行"), coerce=int)


class CardFileForm(CardIssuerForm):
    """A file of cards or swipes, as the bank gave it."""

    file = forms.FileField(
        label=_("文件"),
        max_length=200,
        help_text=_("发卡行的 XML 报文，或 0310-PURCH、0310-CDOPN、0310-CDREP 定长文件，文件名照发卡行原样；至多 2 MB"),
    )


class CardQueryForm(forms.Form):
    """A swipe that has not come: by days, or by the bank's number."""

    card = forms.TypedChoiceField(label=_("卡"), coerce=int)
    from_on = TypedDayField(label=_("刷卡日期 起"))
    until_on = TypedDayField(label=_("止"))
    number = PlainField(
        label=_("银行交易号"),
        max_length=40,
        required=False,
        help_text=_("填了交易号，就只按交易号查，不看日期"),
    )


class _CodesField(forms.CharField):
    """Codes with blanks or commas between them."""

    def clean(self, value: Any) -> tuple[str, ...]:
        return tuple(super().clean(value).replace("，", " ").replace("、", " ").replace(",", " ").split())


class CatalogueForm(forms.Form):
    """A row of the catalogue, from a day on."""

    bureau = forms.TypedChoiceField(label=_("财政部门"), coerce=int)
    kind = forms.ChoiceField(label=_("种类"), choices=(("item", _("目录项目")), ("exemption", _("免刷卡理由"))))
    code = PlainField(
        label=pgettext_lazy("catalogue", "编码"),
        max_length=2,
        help_text=_("两位数字；与已有编码相同的，从起始日起替换它"),
    )
    valid_from = forms.DateField(label=_("起始日"), widget=day_input())
    name = LineField(label=_("名称"), max_length=60)
    dep = _CodesField(
        label=_("部门经济分类"),
        max_length=200,
        required=False,
        help_text=_("如 30211，几个之间用空格；免刷卡理由不填"),
    )
    gov = _CodesField(
        label=_("政府经济分类"),
        max_length=200,
        required=False,
        help_text=_("三位或五位；不填：不限"),
    )
    func = _CodesField(label=_("功能分类"), max_length=200, required=False, help_text=_("三、五或七位；不填：不限"))
    ended = forms.BooleanField(label=_("从起始日起取消该编码"), required=False)


class DeputyForm(forms.Form):
    """Who stands in for whom."""

    unit_id = forms.TypedChoiceField(label=_("单位（及下级）"), coerce=int)
    level = forms.ChoiceField(label=_("级次"), choices=(("head", _("单位负责人")), ("cashier", _("单位经办"))))
    absent = PlainField(label=_("不在岗的审批人（工号）"), max_length=20)
    deputy = PlainField(label=_("代理人（工号）"), max_length=20, help_text=_("须有岗位和登录；不能是提出、复核的人"))
    from_on = forms.DateField(label=_("起"), widget=day_input())
    until_on = forms.DateField(label=_("止"), widget=day_input(), help_text=_("至多 92 天"))
    reason = LineField(label=_("事由"), max_length=200)


class WaiverForm(forms.Form):
    """Why a unit does not pay a leaver's swipe."""

    reason = LineField(label=_("理由"), max_length=200)
