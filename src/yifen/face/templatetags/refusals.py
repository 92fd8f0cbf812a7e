"""What a form says of its input, each with the number of a refusal."""

import re

from django import template

from yifen.core.access import telling

register = template.Library()
_NUMBER = re.compile(r"[0-9]{4} ")


@register.filter
def numbered(text: object) -> str:
    """"2111 …", unless it has a number of its own."""
    said = str(text)
    return said if _NUMBER.match(said) else telling.numbered(said)
