"""Kinds of billers 缴费类别: those that the plugs bring, and the rest."""

from functools import cache

from yifen.core.facts.plug import Category, Text
from yifen.core.plugs import plugs

OTHER = Category("other", Text("其他", "Other"), "receipt-text")


@cache
def categories() -> dict[str, Category]:
    """Every kind by its code, in order; `other` is the last."""
    return {row.code: row for row in (*(row for plug in plugs() for row in plug.categories), OTHER)}


def category(code: str) -> Category:
    """The known one, else the rest's by its own code."""
    return categories().get(code, OTHER._replace(code=code))
