"""How amounts, times and foreign text stand on paper."""

import re
from datetime import date, datetime

from yifen.core.facts.capitals import capitals
from yifen.core.facts.days import ZONE
from yifen.core.facts.money import format_yuan

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_DIRECTIONS = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")


def grouped_yuan(fen: int) -> str:
    """Yuan in groups of three: 140950 gives "1,409.50", -100 gives "-1.00"."""
    whole, cents = format_yuan(abs(fen)).split(".")
    return f"{'-' if fen < 0 else ''}{int(whole):,}.{cents}"


_SHORT = {True: ((10**10, "亿"), (10**6, "万")), False: ((10**8, "M"), (10**5, "k"))}


def short_yuan(fen: int, *, chinese: bool) -> str:
    """Yuan as people say it where there is little room: "14.1 万" or "141k", cut off, never rounded up."""
    for unit_fen, word in _SHORT[chinese]:
        if abs(fen) >= unit_fen:
            whole, tenths = divmod(abs(fen) * 10 // unit_fen, 10)
            figure = f"{whole:,}" + (f".{tenths}" if tenths and whole < 1000 else "")
            return f"{'-' if fen < 0 else ''}{figure}{' ' if chinese else ''}{word}"
    return grouped_yuan(fen).partition(".")[0]


def red_capitals(fen: int) -> str:
    """The amount in words; one below zero is written without its sign behind the word 红字."""
    return capitals(fen) if fen >= 0 else f"（红字）{capitals(-fen)}"


def shown_at(moment: datetime) -> str:
    """Local time to the second, "2026-11-24 10:43:05"; ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone: {moment}")
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"


def shown_day(day: date) -> str:
    """A business day, "2026-11-24"."""
    return f"{day:%Y-%m-%d}"


def plain(text: str) -> str:
    """One line that shows what it holds.

    Control characters and line breaks become blanks; marks that turn the direction of text are
    dropped, because they could make a number read backwards; half a surrogate pair becomes □.
    """
    visible = _DIRECTIONS.sub("", _BREAKS.sub(" ", text))
    return _SURROGATES.sub("□", visible)
