"""Icons: Lucide's, each drawn once; a page has dozens."""

from functools import lru_cache
from typing import Any

from django import template
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide as drawn

register = template.Library()


@register.simple_tag
def lucide(name: str, **how: Any) -> SafeString:
    """`{% lucide "arrow-up" size=12 aria_hidden="true" %}`; ValueError-like error of the library: there is none."""
    return _once(name, tuple(how.items()))


@lru_cache(maxsize=2_000)
def _once(name: str, how: tuple[tuple[str, Any], ...]) -> SafeString:
    return SafeString(drawn(name, **dict(how)))
