"""Forms of budget indicators."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.fields import LineField, YuanField, during_our_time
from yifen.core.facts.money import AmountError, parse_yuan
from yifen.face import words
from yifen.face.forms import ReasonField, day_input
from yifen.trades.budget import bureaus
from yifen.trades.budget.pages.words import CONTROLS, LIST_KINDS, YEAR_ENDS

Choices = list[tuple[Any, Any]]
MOVES = (("quota", _("额度到账")), ("quota_back", _("额度收回")), ("grant", _("追加指标")), ("cut", _("追减指标")))


class _OfBureau(forms.Form):
    """A form of one bureau."""

    def offer(self, found: Choices) -> Any:
        self.fields["bureau"].choices = found  # type: ignore[attr-defined]
        return self


class BureauRuleForm(_OfBureau):
    """A bureau's rule, from a day on."""

    bureau = forms.TypedChoiceField(label=_("财政部门"), coerce=int)
    code = LineField(label=_("区划代码"), max_length=9, help_text=_("九位，如 450300000"))
    valid_from = forms.DateField(label=_("生效日"), widget=day_input(), validators=[during_our_time])
    control = forms.ChoiceField(label=_("控制方式"), choices=words.choices(CONTROLS), initial="quota")
    due_day = forms.IntegerField(label=_("还款日（次月）"), min_value=1, max_value=28, initial=20)
    buy = YuanField(label=_("单笔购买限额（元）"))
    cut_off = forms.TimeField(label=_("当日截止时间"), initial="14:00")
    return_days = forms.IntegerField(label=_("退回期限（工作日）"), min_value=1, max_value=30, initial=3)
    levels = forms.CharField(label=_("审批级次"), widget=forms.Textarea({"rows": 4}), max_length=2_000, help_text=_(
        "一行一级：级别 起始金额 种类（可不写）。级别：单位经办、单位负责人、国库管理；"
        "种类：报账、现金上卡、借款"))  # fmt: skip
    year_end = forms.ChoiceField(label=_("年终结转"), choices=words.choices(YEAR_ENDS), initial="projects")

    def clean_levels(self) -> tuple[tuple[Any, ...], ...]:
        """As the rule has them."""
        named = {text.zh: level for level, text in bureaus.LEVELS.items()} | {level: level for level in bureaus.LEVELS}
        kinds = {text.zh: kind for kind, text in bureaus.KINDS.items()} | {kind: kind for kind in bureaus.KINDS}
        found = []
        for line in filter(None, map(str.strip, self.cleaned_data["levels"].splitlines())):
            level, *rest = line.split()
            try:
                of = [kinds[kind] for kind in rest[1:]]
                found.append((named[level], parse_yuan(rest[0]), *([of] if of else [])))
            except (KeyError, IndexError, AmountError):
                raise forms.ValidationError(_("每行须为：级别 起始金额 种类")) from None
        return tuple(found)


class BudgetFileForm(_OfBureau):
    """A list of a bureau."""

    bureau = forms.TypedChoiceField(label=_("财政部门"), coerce=int)
    kind = forms.ChoiceField(label=pgettext_lazy("budget", "种类"), choices=words.choices(LIST_KINDS))
    file = forms.FileField(label=_("文件"), max_length=200, help_text=_("CSV 或 Excel（.xlsx），至多 2 MB、5,000 行"))


class IndicatorMoveForm(forms.Form):
    """More or less of an indicator, or of its quota."""

    move = forms.ChoiceField(label=_("事项"), choices=MOVES)
    fen = YuanField(label=_("金额（元）"))
    doc_no = LineField(label=_("文号或到账通知书号"), max_length=60)
    reason = ReasonField(label=_("说明"))


class YearForm(_OfBureau):
    """A year that ended."""

    bureau = forms.TypedChoiceField(label=_("财政部门"), coerce=int)
    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2999)
