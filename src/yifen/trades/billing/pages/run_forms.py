"""What is asked for to make bills."""

from django import forms
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import LineField, during_our_time
from yifen.face.forms import day_input


class BeginForm(forms.Form):
    """A run of a fee and a period."""

    fee = forms.TypedChoiceField(label=_("费种"), coerce=int)
    from_on = forms.DateField(label=_("账期起"), widget=day_input(), validators=[during_our_time],
                              help_text=_("整个账期（如整个采暖季）：期中开户、销户的按其天数折算"))  # fmt: skip
    to_on = forms.DateField(label=_("账期止"), widget=day_input(), validators=[during_our_time])
    due_on = forms.DateField(label=_("到期日"), widget=day_input(), validators=[during_our_time])
    past = forms.BooleanField(label=_("期初账"), required=False,
                              help_text=_("起用前已在别处收清：只计阶梯、比较和历史，不收款"))  # fmt: skip
    service = forms.IntegerField(label=_("计费项编号"), required=False, min_value=1, max_value=2**63 - 1,
                                 help_text=_("只为一户出账时填写，如销户结清、漏出补出"))  # fmt: skip


class AgreeForm(forms.Form):
    """What the second person is told."""

    reason = LineField(label=_("说明"), max_length=200, required=False)
