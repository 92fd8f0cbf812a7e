"""Forms of batch debit."""

from django import forms
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import LineField, TypedDayField
from yifen.core.access.telling import told
from yifen.trades.debits.deciding import LATE
from yifen.trades.debits.layouts import LAYOUTS


class DebitUploadForm(forms.Form):
    """A biller's file."""

    biller = forms.TypedChoiceField(label=_("收费单位"), coerce=int)
    file = forms.FileField(label=_("批扣文件"), max_length=200, help_text=_("格式按该单位的批扣约定，不超过 64 MB"))


class DebitBuildForm(forms.Form):
    """Of the open bills that fall due in a period."""

    biller = forms.TypedChoiceField(label=_("收费单位"), coerce=int)
    first = TypedDayField(label=_("到期日 起"))
    last = TypedDayField(label=_("到期日 止"))


class DebitRuleForm(forms.Form):
    """A biller's way from a day on."""

    biller_id = forms.TypedChoiceField(label=_("收费单位"), coerce=int)
    from_on = TypedDayField(label=_("生效日"))
    layout = forms.ChoiceField(label=_("文件格式"))
    opens_at = forms.TimeField(label=_("扣款窗口 起"), initial="02:00")
    closes_at = forms.TimeField(label=_("扣款窗口 止"), initial="22:00")
    late = forms.ChoiceField(label=_("违约金"))
    again_most = forms.IntegerField(label=_("失败可再扣次数"), min_value=0, max_value=9, initial=3)


class LetGoForm(forms.Form):
    """Why it goes."""

    reason = LineField(label=_("说明"), max_length=200, required=False)


def worded(form: DebitRuleForm) -> DebitRuleForm:
    """Its choices in the reader's language."""
    said = {name: one.title for name, one in LAYOUTS.items()}
    for field, words in (("layout", said), ("late", LATE)):
        form.fields[field].choices = [(name, told(text)) for name, text in words.items()]  # type: ignore[attr-defined]
    return form
