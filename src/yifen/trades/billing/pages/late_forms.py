"""What is asked for about late fees: how much is waived, which days are not counted, what a rule says."""

from django import forms
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import LineField, YuanField, during_our_time
from yifen.face.forms import day_input
from yifen.trades.billing.late.ruling import CAP_MAX, DAYS_MAX, RATE_MAX


class WaiveForm(forms.Form):
    """So much of a bill's late fee; nothing typed: all of it."""

    amount = YuanField(label=_("减免金额（元）"), required=False, help_text=_("不填为今天未缴的全部违约金"))
    reason = LineField(label=_("理由"), max_length=200)


class OnForm(forms.Form):
    """Of which day a late fee is shown."""

    on = forms.DateField(label=_("算到"), widget=day_input(), validators=[during_our_time])


class FreezeForm(forms.Form):
    """Days that ask for no late fee."""

    from_on = forms.DateField(label=_("停计起日"), widget=day_input(), validators=[during_our_time])
    to_on = forms.DateField(label=_("停计止日"), widget=day_input(), required=False, validators=[during_our_time],
                            help_text=_("不填为不再计收"))  # fmt: skip
    of_all = forms.BooleanField(label=_("该户全部账单"), required=False)
    reason = LineField(label=_("理由"), max_length=200)


class LateRuleForm(forms.Form):
    """A version of a fee's rule."""

    fee = forms.TypedChoiceField(label=_("费种"), coerce=int)
    class_ = LineField(label=_("用户类别"), max_length=40, required=False, help_text=_("不填为全部类别"))
    valid_from = forms.DateField(label=_("适用于到期日自"), widget=day_input(), validators=[during_our_time])
    rate = forms.DecimalField(label=_("到期当年每日（‰）"), min_value=0, max_value=RATE_MAX, decimal_places=4)
    later_rate = forms.DecimalField(label=_("跨年后每日（‰）"), min_value=0, max_value=RATE_MAX, decimal_places=4)
    grace_days = forms.IntegerField(label=_("宽限天数"), min_value=0, max_value=DAYS_MAX, initial=0)
    count_first = forms.BooleanField(label=_("到期日也计一天"), required=False)
    least = YuanField(label=_("每次最低（元）"), required=False, help_text=_("同一户一次收取只计一次"))
    cap_permille = forms.IntegerField(label=_("封顶（本金的 ‰）"), min_value=1, max_value=CAP_MAX, required=False)
    truncated = forms.BooleanField(label=_("分以下舍去"), required=False, help_text=_("不选为四舍五入"))
    fee_first = forms.BooleanField(label=_("部分缴费先抵违约金"), required=False, initial=True)
    reason = LineField(label=_("说明"), max_length=200, required=False)
