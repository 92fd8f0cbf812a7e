"""Forms of the agency's transactions, with the fields of the union's own screens in their order."""

from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import LineField, TypedDayField, YuanField
from yifen.core.access.telling import numbered
from yifen.core.facts.codes import Code
from yifen.core.facts.sqlfiles import queries
from yifen.face.desk.forms import CodeInput, DeskForm, DeskLineField, SupervisorForm
from yifen.face.plain import plain_connection
from yifen.trades.agency import rules

_BANKS = queries("yifen.trades.agency.pages")["banks"]

RECEIPT = "receipt"
"""Means of a cheque of another bank that is only taken in: its receipt is stamped."""
MEANS = (("cash", _("0 现金")), ("cheque", _("1 本行支票")), ("internal", _("2 内部户（他行支票已收妥）")),
         (RECEIPT, _("3 他行支票受理（回单盖章，提出交换）")))  # fmt: skip
RETURN_REASONS = (_("录入有误"), _("系统超时"), _("客户撤回"))


class BankInput(CodeInput):
    """A bank's number 行号; F2 offers those of the list, while they are not too many for it."""

    template_name = "desk/agency/bank.html"
    MOST = 1000

    def __init__(self) -> None:
        super().__init__(inputmode="numeric", list="banks")

    def get_context(self, *args: Any) -> dict[str, Any]:
        with plain_connection() as conn:
            banks = conn.execute(_BANKS).fetchall()
        return super().get_context(*args) | {"banks": banks if len(banks) <= self.MOST else []}


class SlipForm(DeskForm):
    """核算单位, 缴款编号, how it is paid."""

    unit = DeskLineField(label=_("核算单位"), max_length=40, widget=CodeInput())
    number = DeskLineField(label=_("缴款编号"), max_length=40, widget=CodeInput())
    means = forms.ChoiceField(label=_("账户类别"), choices=MEANS)


class YesNoForm(DeskForm):
    """是否缴款: 1 是, 0 否."""

    confirm = forms.ChoiceField(label=_("是否缴款？是 1，否 0"), choices=(("1", _("1 是")), ("0", _("0 否"))))


class OwnChequeForm(YesNoForm):
    """A cheque of this bank: whose account, which number, which day."""

    from_account = DeskLineField(label=_("付款账号"), max_length=40, widget=CodeInput())
    cheque_no = DeskLineField(label=_("支票号码"), max_length=16, widget=CodeInput(inputmode="numeric"))
    cheque_on = TypedDayField(label=_("出票日期"))


class OtherChequeForm(YesNoForm):
    """A cheque of another bank, with its slip 进账单."""

    drawer_bank = DeskLineField(label=_("付款行行号"), max_length=12, widget=BankInput())
    drawer = LineField(label=_("出票人"), max_length=60)
    cheque_no = DeskLineField(label=_("支票号码"), max_length=16, widget=CodeInput(inputmode="numeric"))
    cheque_on = TypedDayField(label=_("出票日期"))
    amount = YuanField(label=_("支票金额"))

    def clean_cheque_no(self) -> str:
        number = str(self.cleaned_data["cheque_no"])
        if not (number.isascii() and number.isdigit() and 8 <= len(number) <= 16):
            raise ValidationError(gettext("支票号码为 8 至 16 位数字"))
        return number


class BackForm(SupervisorForm):
    """4629: the supervisor signs at this screen; the serial stands in the address."""


class SerialForm(DeskForm):
    """One by its serial."""

    number = DeskLineField(label=_("流水号"), max_length=40, widget=CodeInput())


class DetailForm(DeskForm):
    """4654: whose, which, in which days; a period of at most 92."""

    teller = DeskLineField(label=_("柜员"), max_length=32, required=False, widget=CodeInput())
    code = DeskLineField(label=_("交易码"), max_length=8, required=False, widget=CodeInput(inputmode="numeric"))
    means = forms.ChoiceField(label=_("缴费方式"), required=False, choices=(
        ("", _("全部")), ("cash", _("现金")), ("personal", _("个人卡/存折")), ("cheque", _("支票户")),
        ("corporate", _("对公存折")), ("internal", _("内部户")), ("transfer", _("转账"))))  # fmt: skip
    since = TypedDayField(label=_("起"))
    until = TypedDayField(label=_("止"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not 0 <= (data["until"] - data["since"]).days <= 92:
            self.add_error("until", numbered(gettext("止日不早于起日，至多 92 天"), Code.INPUT_INVALID))
        return data


class MonthForm(DeskForm):
    """1078: whose commission, of which month."""

    unit = DeskLineField(label=_("核算单位"), max_length=40, widget=CodeInput())
    month = DeskLineField(label=_("收费月份"), max_length=7, widget=CodeInput(inputmode="numeric"),
                          help_text=_("如 202611"))  # fmt: skip

    def clean_month(self) -> Any:
        found = rules.month_of(self.cleaned_data["month"])
        if found is None:
            raise ValidationError(gettext("月份如 202611"))
        return found


QUERY = "0"
FUNCTIONS = ((QUERY, _("0 查询")), ("1", _("1 新增")), ("2", _("2 修改")), ("3", _("3 终止")))


class KeptForm(DeskForm):
    """4690: what is to be done, of which merchant."""

    function = forms.ChoiceField(label=_("功能号"), choices=FUNCTIONS)
    merchant = forms.ChoiceField(label=_("商户编码"))

    def offer(self, merchants: list[tuple[Any, Any]]) -> Self:
        self.fields["merchant"].choices = merchants  # type: ignore[attr-defined]
        return self


class KeptUnitForm(KeptForm):
    """4692: the same, and whose accounts; they have no end of their own."""

    function = forms.ChoiceField(label=_("功能号"), choices=FUNCTIONS[:3])

    unit = DeskLineField(label=_("核算单位"), max_length=40, required=False, widget=CodeInput(),
                         help_text=_("留空即列全部"))  # fmt: skip
