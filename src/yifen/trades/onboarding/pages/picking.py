"""A field in which one picks a row by searching in its name: an input with suggestions, which needs no script."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import plain
from yifen.core.access.telling import numbered

OFFERED_MAX = 500  # suggestions in a page; more rows are still found by their code or whole name
Offer = tuple[str, str]  # code, name


def not_offered() -> str:
    """What is said of a choice that is none, with its number."""
    return numbered(str(_("不在可选之列，请从列表中选择")))


class PickInput(forms.TextInput):
    """Suggestions by `<datalist>`."""

    template_name = "console/partners/pick.html"
    offers: Iterable[str] = ()

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context(name, value, attrs)
        found["widget"]["attrs"]["list"] = f"{found['widget']['attrs'].get('id', name)}_offers"
        return found | {"offers": self.offers}


class SuggestField(forms.CharField):
    """Free text, with what others wrote there before."""

    widget = PickInput

    def offer(self, texts: Iterable[str]) -> None:
        widget: Any = self.widget
        widget.offers = list(texts)[:OFFERED_MAX]


class PickField(SuggestField):
    """One of the offered rows, as its code; typed as suggested, or its code or whole name alone. Refused with a
    number: what is none of them, or is the name of several."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=160, **options)
        self.rows: list[Offer] = []

    def offer_rows(self, rows: Iterable[Offer]) -> None:
        self.rows = list(rows)
        self.offer(f"{code} {name}" for code, name in self.rows)

    def clean(self, value: Any) -> str:
        text = plain(super().clean(value))
        if not text:
            return ""
        found = {code for code, name in self.rows if text.upper() == code or text in (name, f"{code} {name}")}
        if len(found) != 1:
            raise forms.ValidationError(not_offered())
        return found.pop()
