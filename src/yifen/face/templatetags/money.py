"""Amounts on pages: fen inside, yuan on screen (X1)."""

from django import template

from yifen.core.facts.money import format_yuan

register = template.Library()


@register.filter
def yuan(fen: int | None) -> str:
    """123456 → 1,234.56; nothing for None."""
    if fen is None:
        return ""
    whole, _, cents = format_yuan(fen).partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}.{cents}"
