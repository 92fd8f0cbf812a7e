"""What is asked for about arrears."""

from datetime import date
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.access.fields import LineField, TypedDayField, YuanField, during_our_time, plain
from yifen.core.access.telling import told
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.days import DayError, typed_day
from yifen.core.facts.money import AmountError, typed_yuan
from yifen.face.forms import ReasonField
from yifen.trades.arrears import rules
from yifen.trades.arrears.pages.lists import areas, billers, fees
from yifen.trades.arrears.rules import LAWS, ROWS_MAX, DunningStep

_said = lazy(told, str)
OUTCOMES = (
    ("reached", _("已通话")),
    ("promised", _("承诺缴费")),
    ("disputed", _("有异议")),
    ("unreached", _("未接通")),
    ("no_phone", _("没有手机或空号")),
)
PLAN_MAX = 36
"""Rows of a plan."""


class CallForm(forms.Form):
    """How a call ended."""

    outcome = forms.ChoiceField(label=_("通话结果"), choices=[("", _("请选择")), *OUTCOMES])
    until = TypedDayField(label=_("承诺缴费日"), required=False, help_text=_("结果为承诺缴费时填"))
    fen = YuanField(label=_("承诺金额（元）"), required=False)
    note = LineField(label=_("备注"), max_length=200, required=False)

    def clean(self) -> None:
        """A promise is never dropped without a word, nor taken by half."""
        given = self.cleaned_data
        said = [name for name in ("until", "fen") if given.get(name) is not None]
        if "outcome" not in given:
            return
        if given["outcome"] != "promised":
            if said:
                self.add_error("outcome", gettext("填了承诺日或金额，结果须为承诺缴费"))
            return
        for name in ("until", "fen"):
            if name in given and given[name] is None:
                self.add_error(name, gettext("承诺缴费须填日期和金额"))


class PromiseForm(forms.Form):
    """So much until a day."""

    until = TypedDayField(label=_("承诺缴费日"), help_text=_("今天起 31 天内"))
    fen = YuanField(label=_("承诺金额（元）"))
    note = LineField(label=_("备注"), max_length=200, required=False)


class DisputeForm(forms.Form):
    """Of which bills, and why."""

    bills = forms.TypedMultipleChoiceField(
        label=_("有异议的账单"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    reason = ReasonField(label=_("理由"))


class PlanForm(forms.Form):
    """Rows of a day and a sum, a line each."""

    rows = forms.CharField(
        label=_("各期"),
        max_length=2000,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("每行一期：日期和金额（元），如 2027-01-15 500.00 或 1月15日 500；合计须等于逾期欠费"),
    )
    reason = ReasonField(label=_("理由"))

    def __init__(self, owed_fen: int, today: date, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.owed_fen, self.today = owed_fen, today

    def clean_rows(self) -> list[tuple[date, int]]:
        """Each fault by itself: a line that is none, a day, then the sum."""
        found, wrong = list[tuple[date, int]](), []
        for number, line in enumerate(plain(self.cleaned_data["rows"]).splitlines(), 1):
            day, _space, yuan = line.strip().replace("\t", " ").partition(" ")
            if not day:
                continue
            try:
                found.append((typed_day(day, self.today), typed_yuan(yuan)))
                during_our_time(found[-1][0])
            except DayError:
                said = gettext("第 %(number)s 行的日期看不懂：%(text)s")
                wrong.append(said % {"number": number, "text": day[:20]})
                continue
            except (AmountError, forms.ValidationError):
                wrong.append(gettext("第 %(number)s 行不是日期和金额") % {"number": number})
                continue
            wrong += self._wrong(number, found)
        fen = sum(fen for _on, fen in found)
        if not wrong and fen != self.owed_fen:
            wrong.append(gettext("合计 %(sum)s 元，欠费 %(owed)s 元，差 %(rest)s 元") % {
                "sum": grouped_yuan(fen), "owed": grouped_yuan(self.owed_fen),
                "rest": grouped_yuan(self.owed_fen - fen)})  # fmt: skip
        if len(found) > PLAN_MAX:
            wrong.append(gettext("最多 %(most)s 期") % {"most": PLAN_MAX})
        if wrong:
            raise forms.ValidationError(wrong)
        return found

    def _wrong(self, number: int, found: list[tuple[date, int]]) -> list[str]:
        """What is wrong with the row that came last."""
        (on, fen), before = found[-1], [day for day, _fen in found[:-1]]
        faults = ((on < self.today, gettext("第 %(number)s 行的日期已过")),
                  (on in before, gettext("第 %(number)s 行的日期重复")),
                  ((on - self.today).days > 1096, gettext("第 %(number)s 行的日期在三年之后")),
                  (fen <= 0, gettext("第 %(number)s 行的金额须大于零")))  # fmt: skip
        return [said % {"number": number} for is_so, said in faults if is_so]


class SettleForm(forms.Form):
    """Whether a dispute is right."""

    upheld = forms.TypedChoiceField(label=_("结论"), coerce=lambda said: said == "yes", choices=(
        ("", _("请选择")), ("no", _("异议不成立，继续催缴")),
        ("yes", _("异议成立：账单更正或撤销之前不催缴"))))  # fmt: skip
    note = ReasonField(label=_("说明"))


class ServeForm(forms.Form):
    """How a notice was served, when, to whom."""

    how = forms.ChoiceField(
        label=_("送达方式"), choices=[(word, _said(text)) for word, text in rules.SERVED.items()]
    )
    on = TypedDayField(label=_("送达日"))
    note = LineField(label=_("签收人、快递单号或见证人"), max_length=200)


class BatchForm(forms.Form):
    """Which debts a batch is of; sent by GET."""

    biller = forms.TypedChoiceField(label=_("收费单位"), coerce=int)
    fee = forms.TypedChoiceField(label=_("费种"), coerce=int, required=False, empty_value=None)
    area = forms.TypedChoiceField(label=_("小区"), coerce=int, required=False, empty_value=None)

    def __init__(self, access: Access, *args: Any) -> None:
        super().__init__(*args)
        every = [("", gettext("全部"))]
        self.fields["biller"].choices = [("", gettext("请选择")), *billers(access)]  # type: ignore[attr-defined]
        self.fields["fee"].choices = [*every, *fees(access)]  # type: ignore[attr-defined]
        self.fields["area"].choices = [*every, *areas(access)]  # type: ignore[attr-defined]


class CutForm(forms.Form):
    """Why a list is put forward."""

    reason = ReasonField(label=_("理由"))


class WriteOffForm(forms.Form):
    """Which evidence, and why."""

    evidence = LineField(
        label=_("依据文号"), max_length=100, help_text=_("如裁定书、注销证明、董事会决议编号")
    )
    reason = ReasonField(label=_("理由"))


class RuleForm(forms.Form):
    """A rule: whose, by which law, its steps in order; an empty kind ends them."""

    biller = forms.TypedChoiceField(label=_("收费单位"), coerce=int)
    fee = forms.TypedChoiceField(
        label=_("费种"), coerce=int, required=False, empty_value=None, help_text=_("不选为全部费种")
    )
    class_ = LineField(
        label=_("用户类别"), max_length=40, required=False, help_text=_("不填为全部类别")
    )
    law = forms.ChoiceField(
        label=_("停供依据"), choices=[(word, _said(law.name)) for word, law in LAWS.items()]
    )
    restore_hours = forms.IntegerField(label=_("缴清后几小时内恢复"), min_value=1, max_value=72)
    reason = LineField(label=_("说明"), max_length=200, required=False)

    def __init__(self, access: Access, law: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["biller"].choices = [("", gettext("请选择")), *billers(access)]  # type: ignore[attr-defined]
        self.fields["fee"].choices = [("", gettext("全部")), *fees(access)]  # type: ignore[attr-defined]
        kinds = [("", "—"), *((word, told(text)) for word, text in rules.STEPS.items())]
        steps = LAWS[law].steps
        for number in range(ROWS_MAX):
            step = steps[number] if number < len(steps) else None
            self.fields[f"kind{number}"] = forms.ChoiceField(
                choices=kinds, required=False, initial=step and step.kind
            )
            for name, value in (
                ("overdue", step and step.overdue_days),
                ("after", step and step.after_days),
            ):
                self.fields[f"{name}{number}"] = forms.IntegerField(min_value=0, max_value=3660, required=False,
                                                                    initial=value)  # fmt: skip
            self.fields[f"least{number}"] = YuanField(required=False)

    def table(self) -> list[tuple[int, list[forms.BoundField]]]:
        """The rows of its steps, as the page shows them."""
        return [(number + 1, [self[f"{name}{number}"] for name in ("kind", "overdue", "after", "least")])
                for number in range(ROWS_MAX)]  # fmt: skip

    def head(self) -> list[forms.BoundField]:
        return [
            self[name] for name in ("biller", "fee", "class_", "law", "restore_hours", "reason")
        ]

    def steps(self) -> tuple[DunningStep, ...]:
        """Those that name a kind, in order."""
        given = self.cleaned_data
        return tuple(
            DunningStep(given[f"kind{number}"], given[f"overdue{number}"] or 0, given[f"after{number}"] or 0,
                        given[f"least{number}"] or 0)
            for number in range(ROWS_MAX) if given.get(f"kind{number}"))  # fmt: skip


class OfficeForm(forms.Form):
    """Where a company is found by whom it dunned."""

    phone = LineField(label=_("联系电话"), max_length=40)
    address = LineField(label=_("办公地址"), max_length=100)


class CollectorForm(forms.Form):
    """Who collects at a place; nobody: none any more."""

    place = forms.IntegerField(widget=forms.HiddenInput())
    user = forms.TypedChoiceField(coerce=int, required=False, empty_value=None)
