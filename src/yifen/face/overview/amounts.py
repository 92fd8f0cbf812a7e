"""Amounts and shares as people write them in a picture: 14.1 万 in Chinese, 141k in English."""

from django.utils.translation import get_language

BP = 10_000
# Of each language: from so many yuan on, what one of the unit is, its name.
_UNITS = {
    "zh": ((100_000_000, 100_000_000, " 亿"), (10_000, 10_000, " 万")),
    "en": ((1_000_000_000, 1_000_000_000, "bn"), (1_000_000, 1_000_000, "M"), (10_000, 1_000, "k")),
}


def short_yuan(fen: int) -> str:
    """Three figures or a few more, rounded half up, with the unit of the reader's language."""
    return short(fen, 100)


def short_count(number: int) -> str:
    """The same of a number of payments."""
    return short(number, 1)


def short(number: int, parts: int) -> str:
    """`parts` of the number make one."""
    sign, number = ("-" if number < 0 else ""), abs(number)
    for start, unit, name in _UNITS["en" if (get_language() or "").startswith("en") else "zh"]:
        if number >= start * parts:
            whole = unit * parts
            digits = 0 if number >= 100 * whole else 1 if number >= 10 * whole else 2
            whole_units, rest = divmod((number * 10**digits * 2 + whole) // (whole * 2), 10**digits)
            tail = f"{rest:0{digits}d}".rstrip("0") if digits else ""
            return f"{sign}{whole_units:,}{'.' + tail if tail else ''}{name}"
    return f"{sign}{(number * 2 + parts) // (parts * 2):,}"


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
