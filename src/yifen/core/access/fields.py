"""Fields for what people type: amounts in yuan, numbers in full-width digits."""

import unicodedata
from typing import Any
from unicodedata import category

from django import forms
from django.utils.translation import gettext_lazy as _

from yifen.core.facts.money import AmountError, parse_yuan


def plain(text: str) -> str:
    """Full-width digits and signs as plain ones, without blanks around them."""
    return unicodedata.normalize("NFKC", text).strip()


def searched(text: str) -> str:
    """What a list is searched for: short, and without what PostgreSQL cannot hold."""
    return text.replace("\x00", "").strip()[:40]


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
            return parse_yuan(text)
        except AmountError:
            raise forms.ValidationError(_("请输入金额，最多两位小数")) from None


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
