"""What is asked of electronic invoices: a buyer, a seller with its rates, a day."""

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import LineField, TypedDayField
from yifen.core.access.telling import numbered, told
from yifen.face.desk.forms import CodeInput, DeskForm, DeskLineField
from yifen.hub.corebank.rules import KEY_MOST
from yifen.trades.invoices.codes import InvoiceCode
from yifen.trades.invoices.electronic.issuers import TITLES
from yifen.trades.invoices.electronic.rules import NAME_MOST, Buyer

_TOLD = lazy(told, str)
TAX_HELP = _("个人不填；单位填 18 位统一社会信用代码，或 15、20 位的纳税人识别号")


def typed_buyer(form: forms.Form) -> Buyer:
    """As a form has it."""
    data = form.cleaned_data
    return Buyer(data["buyer_name"], data["buyer_tax_no"], data["buyer_mail"])


class BuyerDeskForm(DeskForm):
    """购方, at the desk."""

    buyer_name = LineField(label=_("购方名称"), max_length=NAME_MOST)
    buyer_tax_no = DeskLineField(label=_("购方纳税人识别号"), max_length=20, required=False, widget=CodeInput(),
                                 help_text=TAX_HELP)  # fmt: skip
    buyer_mail = forms.EmailField(label=_("接收邮箱"), max_length=100, required=False, widget=CodeInput())

    def buyer(self) -> Buyer:
        return typed_buyer(self)


class BuyerForm(forms.Form):
    """The same, of one that failed."""

    buyer_name = LineField(label=_("购方名称"), max_length=NAME_MOST)
    buyer_tax_no = LineField(label=_("购方纳税人识别号"), max_length=20, required=False, help_text=TAX_HELP)
    buyer_mail = forms.EmailField(label=_("接收邮箱"), max_length=100, required=False)

    def buyer(self) -> Buyer:
        return typed_buyer(self)


class OwnBuyerForm(BuyerForm):
    """The same, of who paid: for himself, or for a firm with its tax number."""

    field_order = ("kind",)
    kind = forms.ChoiceField(label=_("抬头"), choices=[("person", _("个人")), ("firm", _("企业单位"))],
                             initial="person", widget=forms.RadioSelect)  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == "person":
            data["buyer_tax_no"] = ""
        elif not data.get("buyer_tax_no") and "buyer_tax_no" not in self.errors:
            self.add_error("buyer_tax_no", numbered(gettext("单位须填纳税人识别号"), InvoiceCode.INVOICE_BUYER_INVALID))
        return data


class ElectronicFindForm(DeskForm):
    """Of which payment."""

    number = DeskLineField(label=_("流水号或缴费号"), max_length=40, widget=CodeInput())


class TaxIssuerForm(forms.Form):
    """A seller; an empty key: that of now stays."""

    biller_id = forms.TypedChoiceField(label=_TOLD(TITLES["biller"]), coerce=int)
    seller = LineField(label=_TOLD(TITLES["seller"]), max_length=NAME_MOST)
    tax_no = LineField(label=_TOLD(TITLES["tax_no"]), max_length=20)
    platform = forms.RegexField("^[A-Z0-9]{2,16}$", label=_TOLD(TITLES["platform"]),
                                help_text=_("大写字母和数字，双方以此签名"))  # fmt: skip
    endpoint = forms.CharField(label=_TOLD(TITLES["endpoint"]), max_length=200)
    secret = forms.CharField(
        label=_("共享密钥"), max_length=KEY_MOST, required=False, strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}), help_text=_("20 至 200 个字符；留空则不变"),
    )  # fmt: skip
    rates = forms.CharField(
        label=_TOLD(TITLES["rates"]), max_length=5000, widget=forms.Textarea({"rows": 5, "class": "input-code"}),
        help_text=_("每行：费种（账单名称的开头，留空为任何）,19 位编码,名称,税率% 或 免税,客户类别,自,至；后三项可省"),
    )  # fmt: skip
    enabled = forms.BooleanField(label=_TOLD(TITLES["enabled"]), required=False, initial=True)


class InvoiceDayForm(forms.Form):
    """Whose numbers of which day."""

    biller = forms.TypedChoiceField(label=_("收费单位"), coerce=int)
    day = TypedDayField(label=_("开具日期"))

    def __init__(self, *args: Any, sellers: list[tuple[Any, ...]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["biller"].choices = [row[:2] for row in sellers]  # type: ignore[attr-defined]
