"""Forms of mandates: at the desk, on the console, on the payer's pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import LineField, PlainField, TypedDayField, YuanField
from yifen.face.desk.forms import AccountField, CodeInput, DeskForm, DeskLineField, SupervisorForm
from yifen.trades.mandates.pages.words import ID_KINDS, PAPERS
from yifen.trades.mandates.rules import AccountHolder, Terms

ADD, QUERY, CHANGE, ACCOUNT, END = "1", "2", "3", "4", "5"
FUNCTIONS = ((ADD, _("1 新增")), (QUERY, _("2 查询")), (CHANGE, _("3 修改")), (ACCOUNT, _("4 变更账户（重新签约）")),
             (END, _("5 删除")))  # fmt: skip
RANKS = [(number, str(number)) for number in range(1, 10)]
REASONS = (_("客户申请"), _("客户变更账户"), _("录入有误"))


class MandateKeyForm(DeskForm):
    """功能, whose bills, whose account number; `number`: of which agreement, where there are several."""

    function = forms.ChoiceField(label=_("功能"), choices=FUNCTIONS)
    biller = forms.ChoiceField(label=_("收费单位"))
    customer = AccountField(label=_("户号"))
    number = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput())

    def offer(self, billers: list[tuple[str, str]]) -> "MandateKeyForm":
        self.fields["biller"].choices = billers  # type: ignore[attr-defined]
        return self


class TermsFields(forms.Form):
    """What may be debited."""

    once_fen = YuanField(label=_("单笔限额（元，空为不限）"), required=False)
    month_fen = YuanField(label=_("当月限额（元，空为不限）"), required=False)
    batch = forms.BooleanField(label=_("批量代扣"), required=False, initial=True)
    no_feel = forms.BooleanField(label=_("免密支付"), required=False)
    one_tap = forms.BooleanField(label=_("一键支付"), required=False)
    rank = forms.TypedChoiceField(label=_("扣款顺序"), choices=RANKS, coerce=int, initial=1)
    from_on = TypedDayField(label=_("生效日（空为最早）"), required=False)
    until_on = TypedDayField(label=_("截止日（空为长期）"), required=False)

    def terms(self) -> Terms:
        """As typed; empty limits are none."""
        given = self.cleaned_data
        return Terms(given["once_fen"] or 0, given["month_fen"] or 0, given["batch"], given["no_feel"],
                     given["one_tap"], given["rank"], given["from_on"], given["until_on"])  # fmt: skip


class HolderFields(forms.Form):
    """Whose account."""

    account_no = DeskLineField(label=_("扣款账号或卡号"), max_length=40, widget=CodeInput(inputmode="numeric"))
    name = LineField(label=_("户名"), max_length=60)
    id_kind = forms.ChoiceField(label=_("证件种类"), choices=ID_KINDS)
    id_no = DeskLineField(label=_("证件号码"), max_length=30, widget=CodeInput())
    phone = DeskLineField(label=_("通知手机（扣款即时通知）"), max_length=20, required=False,
                          widget=CodeInput(inputmode="tel"))  # fmt: skip

    def holder(self) -> AccountHolder:
        given = self.cleaned_data
        return AccountHolder(given["name"], given["id_kind"], given["id_no"], given["phone"])


_SIGNED = ["reason", "supervisor", "supervisor_password", "supervisor_code"]
_TERMS = list(TermsFields.base_fields)


class MandateSignForm(SupervisorForm, TermsFields, HolderFields):
    """Add, or another account: what the teller enters, and below it the second person who sees it."""

    field_order = [*HolderFields.base_fields, *_TERMS, *_SIGNED]
    number = forms.CharField(max_length=20, widget=forms.HiddenInput())


class ChangeForm(SupervisorForm, TermsFields):
    """Other limits, kinds, order, dates."""

    field_order = [*_TERMS, *_SIGNED]


class EndForm(SupervisorForm):
    """It is to end."""


class MandatePaperForm(forms.Form):
    """A scanned paper."""

    what = forms.ChoiceField(label=_("内容"), choices=list(PAPERS.items()))
    file = forms.FileField(label=_("扫描件"), max_length=200, help_text=_("PDF、JPEG 或 PNG，至多 4 MB"))


class MandateRuleForm(forms.Form):
    """A biller's rule."""

    biller = forms.TypedChoiceField(label=_("收费单位"), coerce=int)
    start_days = forms.IntegerField(label=_("签约后第几个工作日生效"), min_value=0, max_value=60,
                                    help_text=_("0：签约当日"))  # fmt: skip
    end_days = forms.IntegerField(label=_("解约后第几个工作日终止"), min_value=0, max_value=60,
                                  help_text=_("0：当日；付款人自行停用总是当时"))  # fmt: skip
    once_most_fen = YuanField(label=_("免密支付单笔最高（元）"), required=False, help_text=_("空：不限"))
    month_most_fen = YuanField(label=_("签约当月限额最高（元）"), required=False, help_text=_("空：不限"))

    def offer(self, billers: list[tuple[Any, Any]]) -> "MandateRuleForm":
        self.fields["biller"].choices = [("", _("请选择")), *billers]  # type: ignore[attr-defined]
        return self


class OwnMandateForm(forms.Form):
    """A payer's own: from which account, at most how much; his bank asks him by its own code."""

    account_no = PlainField(label=_("扣款账号或卡号"), max_length=40,
                            widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}))  # fmt: skip
    name = LineField(label=_("户名"), max_length=60)
    id_kind = forms.ChoiceField(label=_("证件种类"), choices=ID_KINDS)
    id_no = PlainField(label=_("证件号码"), max_length=30, widget=forms.TextInput({"autocomplete": "off"}))
    once_fen = YuanField(label=_("每笔最多（元）"))
    month_fen = YuanField(label=_("每月最多（元）"))
    number = forms.CharField(max_length=20, widget=forms.HiddenInput())


class BankCodeForm(forms.Form):
    """The bank's code."""

    code = PlainField(label=_("银行短信验证码"), max_length=8,
                      widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}))  # fmt: skip
