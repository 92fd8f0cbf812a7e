"""Forms of the agency's pages; those of 4690 and 4692 have their fields in the order of the union's own screens."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.fields import LineField, TypedDayField
from yifen.face import words
from yifen.face.forms import ReasonField, offered
from yifen.trades.agency.pages.words import CHANNELS, OPEN, PRODUCTS

MODES = ((1, _("1 联机")), (2, _("2 批量")), (3, _("3 两者都有")))
BATCH_MODES = ((1, _("1 代收")),)
NO_MERCHANT = _("还没有商户：省联社先在“职能分工”登记")
Choices = list[tuple[Any, Any]]


class MerchantsForm(forms.Form):
    """商户基本信息."""

    code = forms.CharField(label=_("商户编码"), max_length=4, help_text=_("四位数字，如 0006"))
    name = LineField(label=_("商户名称"), max_length=60)
    industry = LineField(label=_("商户行业"), max_length=20)
    suspended = forms.BooleanField(label=pgettext_lazy("agency", "停用"), required=False)


class CountyAdmitForm(forms.Form):
    """4690 中间业务准入信息维护, for one's own county."""

    merchant = forms.ChoiceField(label=_("商户编码"))
    product = forms.ChoiceField(label=_("业务种类"), choices=words.choices(PRODUCTS))
    mode = forms.TypedChoiceField(label=_("业务方式"), coerce=int, choices=MODES)
    region = forms.CharField(label=_("地区码"), max_length=12)
    channel = forms.ChoiceField(label=_("渠道"), choices=words.choices(CHANNELS))
    valid_from = TypedDayField(label=_("生效日"))
    valid_until = TypedDayField(label=_("截止日"), required=False, help_text=_("留空为长期"))
    state = forms.ChoiceField(label=_("状态"), choices=words.choices(OPEN))

    def offer(self, merchants: Choices) -> "CountyAdmitForm":
        offered(self, "merchant", merchants, NO_MERCHANT)
        return self


class AccountsForm(forms.Form):
    """4692 中间业务商户账户维护."""

    merchant = forms.ChoiceField(label=_("商户编码"))
    biller_id = forms.TypedChoiceField(label=_("商户名称"), coerce=int)
    unit = LineField(label=_("核算单位"), max_length=40)
    customer_no = LineField(label=_("客户编号"), max_length=40, required=False)
    contract_no = LineField(label=_("签约合同号"), max_length=40, required=False)
    contracting_id = forms.TypedChoiceField(label=_("签约机构"), coerce=int)
    signed_on = TypedDayField(label=_("签约日期"))
    mode = forms.TypedChoiceField(label=_("业务方式"), coerce=int, choices=MODES, initial=3)
    batch_mode = forms.TypedChoiceField(label=_("批量方式"), coerce=int, choices=BATCH_MODES)
    transit = LineField(label=_("过渡户账号"), max_length=40)
    settlement = LineField(label=_("商户结算账号"), max_length=40)
    settlement_name = LineField(label=_("商户结算账号名称"), max_length=60, help_text=_("须与核心户名一致"))

    def offer(self, merchants: Choices, billers: Choices, counties: Choices) -> "AccountsForm":
        offered(self, "merchant", merchants, NO_MERCHANT)
        offered(self, "biller_id", billers, _("还没有收费单位：先在“合作方”登记"))
        offered(self, "contracting_id", counties)
        return self


class SlipsForm(forms.Form):
    """A company's file of slips."""

    biller_id = forms.TypedChoiceField(label=_("收费单位"), coerce=int)
    file = forms.FileField(label=_("缴款单文件"), max_length=200, widget=forms.FileInput({"accept": ".csv"}),
                           help_text=_("CSV：核算单位,缴款编号,缴款金额,缴款人"))  # fmt: skip

    def offer(self, billers: Choices) -> "SlipsForm":
        offered(self, "biller_id", billers, _("还没有商户账户：先办“商户账户（4692）”"))
        return self


class SeenForm(forms.Form):
    """Whoever closes a session was shown that it collects these cheques."""

    count = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    fen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)


class SessionForm(SeenForm):
    """What is done with the exchange's session."""

    act = forms.ChoiceField(choices=[(one, one) for one in ("open", "present", "close")])


class ReturnForm(forms.Form):
    """退票, with the reason on its slip."""

    reason = ReasonField(label=_("退票理由"))
