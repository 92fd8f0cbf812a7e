"""Money at the edge: text in yuan or fen to integer fen, and back. Inside, money is int fen."""

import re
import unicodedata
from decimal import Decimal

from yifen.core.facts.bilingual import Bilingual

MAX_FEN = 10**15 - 1
"""The largest amount one field may hold, in fen (9,999,999,999,999.99 yuan)."""

_TEXT_MAX = 40
_YUAN = re.compile(r"(-?)([0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)?(?:\.([0-9]+))?")
_CURRENCY = re.compile(r"^(?:[¥¥]|CNY|RMB|人民币)|(?:元整?|圆整?|CNY|RMB)$", re.IGNORECASE)
_FEN = re.compile(r"-?[0-9]+")


class AmountError(ValueError):
    """The text is not an amount; its one argument is Bilingual."""


def parse_yuan(text: str, *, signed: bool = False) -> int:
    """Fen of an amount written in yuan: "150.00", "150", ".54", "1,234.56", "0.04000".

    A minus sign is read only with `signed=True`; a plus sign never. Raises AmountError for
    anything else: more than two decimals that are not zeros, exponents, blanks, full-width
    digits, NaN, or an amount beyond MAX_FEN.
    """
    found = _YUAN.fullmatch(text) if len(text) <= _TEXT_MAX else None
    if found is None or (found[2] is None and found[3] is None):
        raise AmountError(Bilingual("不是有效金额：“{}”", "not an amount in yuan: {!r}", text[:_TEXT_MAX]))
    if found[3] and found[3][2:].strip("0"):
        raise AmountError(Bilingual("金额细于一分：“{}”", "finer than one fen: {!r}", text))
    whole = Decimal((found[2] or "0").replace(",", "") + "." + (found[3] or "0"))
    return _within_bounds(int(whole * 100), negative=bool(found[1]), signed=signed, text=text)


def typed_yuan(text: str) -> int:
    """Fen of an amount as people type or paste it: full-width digits, blanks, a currency before or after:
    "１，２３４．５６ 元", "¥ 150". Raises AmountError as parse_yuan does, which also knows no sign."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()) if len(text) <= _TEXT_MAX else text
    return parse_yuan(_CURRENCY.sub("", plain))


def parse_fen(text: str, *, signed: bool = False) -> int:
    """Fen of an amount written in fen, leading zeros allowed: "000002500000".

    A minus sign is read only with `signed=True`. Raises AmountError as parse_yuan does.
    """
    if len(text) > _TEXT_MAX or not _FEN.fullmatch(text):
        raise AmountError(Bilingual("不是以分为单位的金额：“{}”", "not an amount in fen: {!r}", text[:_TEXT_MAX]))
    negative = text.startswith("-")
    return _within_bounds(int(text.lstrip("-")), negative=negative, signed=signed, text=text)


def format_yuan(fen: int) -> str:
    """Yuan with two decimals and no thousands separator: -28968 gives "-289.68"."""
    whole, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole}.{rest:02d}"


def _within_bounds(fen: int, *, negative: bool, signed: bool, text: str) -> int:
    if negative and not signed:
        raise AmountError(Bilingual("此处不得有负号：“{}”", "a sign is not allowed here: {!r}", text))
    if fen > MAX_FEN:
        raise AmountError(Bilingual("超过 {} 分：“{}”", "beyond {} fen: {!r}", MAX_FEN, text))
    return -fen if negative else fen
