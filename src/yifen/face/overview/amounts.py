"""Amounts and shares as people write them in a picture: 14.1 万 in Chinese, 141k in English."""

from django.utils.translation import get_language

from yifen.core.documents import figures

BP = 10_000


def short_yuan(fen: int) -> str:
    """In the reader's language."""
    return figures.short_yuan(fen, chinese=not (get_language() or "").startswith("en"))


def short_count(number: int) -> str:
    """The same of a number of payments."""
    return short_yuan(number * 100)


def percent(share_bp: int) -> str:
    """9 987 hundredths of a percent → 99.87."""
    whole, rest = divmod(abs(share_bp), 100)
    return f"{'-' if share_bp < 0 else ''}{whole}.{rest:02d}"


def change(now: int, then: int) -> str:
    """How much more than then, in percent with its sign; empty: then there was nothing."""
    if not then:
        return ""
    tenths = (abs(now - then) * 2000 + then) // (then * 2)
    return f"{'+' if now >= then else '−'}{tenths // 10}.{tenths % 10} %"
