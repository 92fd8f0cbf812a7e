"""What tables of pages need beside their rows."""

from itertools import zip_longest
from typing import Any

from django import template
from django.forms.boundfield import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def beside(cells: list[Any], columns: list[Any] | None) -> list[tuple[Any, Any]]:
    """Each cell with its column, whose title a phone shows before it."""
    return list(zip_longest(cells, (columns or [])[: len(cells)]))


@register.filter
def in_cell(field: BoundField, row: str = "") -> SafeString:
    """A field that stands in a cell or a head, named by its own label, behind what the row is called; and
    what is wrong with it."""
    shown = field.as_widget(attrs={"aria-label": f"{row} {field.label}".strip()})
    return format_html("{}{}", shown, field.errors)
