"""Fields for what people type: amounts in yuan, numbers in full-width digits."""

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from unicodedata import category

from django import forms
from django.utils.translation import gettext_lazy as _

from yifen.core.facts.days import FIRST_DAY, LAST_DAY, DayError, typed_day
from yifen.core.facts.money import AmountError, typed_yuan


def plain(text: str) -> str:
    """Full-width digits and signs as plain ones, without blanks around them."""
    return unicodedata.normalize("NFKC", text).strip()


def searched(text: str) -> str:
    """What a list is searched for: short, and without what PostgreSQL cannot hold."""
    return text.replace("\x00", "").strip()[:40]


_SHARE = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,20})?)\s*(%|‰)?")
_OF_A_SHARE = {"%": 10_000, "‰": 1_000}  # millionths


def during_our_time(day: date) -> None:
    """Days, or moments, around which weeks and months can be reckoned."""
    if not FIRST_DAY <= (day.date() if isinstance(day, datetime) else day) <= LAST_DAY:
        raise forms.ValidationError(_("日期超出范围"))


class TypedDayField(forms.DateField):
    """A day, however it is typed or pasted (`facts.days.typed_day`); around which weeks and months can be reckoned."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, validators=[during_our_time], **options)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values or isinstance(value, date):
            return super().to_python(value)
        try:
            return typed_day(str(value))
        except DayError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None


class YuanField(forms.CharField):
    """An amount in yuan as text, in fen inside. Empty: None."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(
            {"class": "input-amount", "inputmode": "decimal", "autocomplete": "off"}
        )
        super().__init__(max_length=40, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        text = plain(super().clean(value))
        if not text:
            return None
        try:
            return typed_yuan(text)
        except AmountError:
            raise forms.ValidationError(_("请输入金额，最多两位小数")) from None


class PercentField(forms.CharField):
    """A share typed in per cent, or with ‰ behind it, in millionths inside, exactly: one that is finer than a
    millionth is refused. Empty: None."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput({"class": "input-amount", "inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_length=20, widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        return f"{Decimal(value) / 10_000:f}" if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        text = plain(super().clean(value))
        if not text:
            return None
        typed = _SHARE.fullmatch(text)
        share = Decimal(typed[1]) * _OF_A_SHARE[typed[2] or "%"] if typed else Decimal(-1)
        if not 0 <= share <= 1_000_000 or share != int(share):
            raise forms.ValidationError(_("请输入 0 至 100 之间的百分数，最多四位小数；或带 ‰ 的千分数，最多三位小数"))
        return int(share)


class LineField(forms.CharField):
    """One line as it will be read on pages and paper: nothing in it that cannot be seen."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if any(category(letter)[0] == "C" or category(letter) in ("Zl", "Zp") for letter in text):
            raise forms.ValidationError(_("含有不能显示的字符"))
        return text


class PlainField(forms.CharField):
    """A number or code as it stands on paper: normalised, never longer than it can be."""

    def clean(self, value: Any) -> Any:
        return plain(super().clean(value))
