"""Forms of reconciliation and repair."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.fields import LineField, PercentField, YuanField, during_our_time
from yifen.face.forms import day_input, time_input
from yifen.face.lists.filters import DAY_FORMATS
from yifen.trades.reconciliation.models import DifferenceClass, Profile, RepairActionChoice
from yifen.trades.reconciliation.pages import words

ITEMS_MAX = 1_000


class DayForm(forms.Form):
    """Which day is looked at."""

    day = forms.DateField(label=_("会计日期"), required=False, input_formats=DAY_FORMATS, validators=[during_our_time],
                          widget=day_input())  # fmt: skip


class UploadForm(forms.Form):
    """A partner's file; what it does not say itself may be said beside it."""

    partner = forms.TypedChoiceField(label=_("合作方"), coerce=int)
    file = forms.FileField(label=pgettext_lazy("one", "对账文件"), max_length=200,
                           allow_empty_file=True)  # a day without business  # fmt: skip
    day = forms.DateField(label=_("会计日期"), required=False, input_formats=DAY_FORMATS, validators=[during_our_time],
                          widget=day_input(), help_text=_("文件自己写明日期时不必填"))  # fmt: skip
    format = forms.ChoiceField(label=_("格式"), required=False,
                               help_text=_("不选则按该合作方的对账规则"))  # fmt: skip
    replaces_all = forms.BooleanField(
        label=_("取代当日已收的全部文件"), required=False,
        help_text=_("同名或同一约定部分的文件总被取代；不同名的并列为当日的一部分"),
    )  # fmt: skip
    reason = LineField(label=_("理由"), max_length=200, required=False,
                       help_text=_("当日已对过账时必填"))  # fmt: skip

    def __init__(self, *args: Any, sides: Any, formats: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partner"].choices = [("", _("请选择")), *sides]  # type: ignore[attr-defined]
        self.fields["format"].choices = [("", _("按规则")), *formats]  # type: ignore[attr-defined]


class ActForm(forms.Form):
    """What is to be done about differences, and why."""

    action = forms.ChoiceField(
        label=_("处理办法"), choices=[(key, word) for key, (word, _t) in words.ACTIONS.items()]
    )
    note = LineField(label=_("说明"), max_length=200, required=False)


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """How a partner's file is read and matched."""

    fee_ppm = PercentField(label=_("约定费率（%）"), required=False, help_text=_("不填则不核对手续费"))

    class Meta:
        model = Profile
        fields = ("party", "format", "layout", "owner", "truth", "cut_off", "slack_min", "fee_ppm",
                  "by_rule", "rule_window_min", "by_group", "deadline_days", "file_late_after", "parts",
                  "whole")  # fmt: skip
        labels = {
            "party": _("对方身份"), "format": _("文件格式"), "layout": pgettext_lazy("one", "版式"),
            "owner": _("文件中的商户号或账号"), "truth": _("以谁为准"), "cut_off": _("对方日切时间"),
            "slack_min": _("日切前后等待（分钟）"),
            "by_rule": _("流水号不符时按户号、金额、时间勾对"), "rule_window_min": _("时间窗口（分钟）"),
            "by_group": _("按批次或日合计勾对"), "deadline_days": _("处理期限（天）"),
            "file_late_after": _("次日几点后算迟到"), "parts": _("每日应有的文件"),
            "whole": _("收到即视为完整"),
        }  # fmt: skip
        help_texts = {
            "layout": _("格式为“按版式描述的文件”时必选"), "cut_off": _("与账簿相同时不填"),
            "slack_min": _("日切前后这些时间内的单边先等次日文件"),
            "parts": _("文件名样式，以空格分开，* 代表任意字符；每个样式每日一份"),
            "whole": _("文件自身没有合计，也以收齐为当日全部；未勾选且无合计时，缺行不自动动账"),
        }  # fmt: skip
        widgets = {"cut_off": time_input(), "file_late_after": time_input()}

    def __init__(self, *args: Any, formats: Any, layouts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label = self.fields["format"].label
        self.fields["format"] = forms.ChoiceField(label=label, choices=formats)
        self.fields["layout"].queryset = layouts  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("format") == "layout" and data.get("layout") is None:
            self.add_error("layout", _("请选择版式"))
        return data


class PolicyForm(forms.Form):
    """What happens to one class; without an action the default counts."""

    action = forms.ChoiceField(label=_("处理办法"), required=False)
    automatic = forms.BooleanField(label=_("自动"), required=False)
    automatic_fen_max = YuanField(label=_("自动上限（元）"), required=False)
    automatic_items_max = forms.IntegerField(label=_("每日笔数上限"), required=False, min_value=0,
                                             max_value=ITEMS_MAX)  # fmt: skip
    automatic_sum_fen_max = YuanField(label=_("每日金额上限（元）"), required=False)

    def __init__(self, data: Any, *, kind: DifferenceClass, default: Any, initial: Any) -> None:
        super().__init__(data, prefix=f"policy_{kind.value}", initial=initial)
        self.kind, self.default = kind, default
        self.fields["action"].choices = [("", _("按默认")), *RepairActionChoice.choices]  # type: ignore[attr-defined]
