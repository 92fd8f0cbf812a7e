"""Kinds of fields: what a value may be, once for both dialects, OpenAPI, XSD and the docs."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from yifen.core.facts.codes import Code
from yifen.core.wire import moments

AMOUNT_MAX_FEN = 10**15 - 1
KNOWN_CODES = frozenset(Code)
ID_MAX = 2**63 - 1
FORBIDDEN = "\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufffe\\uffff"  # controls and non-characters


class Kind(Struct, frozen=True, eq=False):
    """`pattern`: the whole text of a value on the XML wire (not anchored); `plain`: the same where
    the text needs no XML escape; `parse` and `write`: text ⇄ value, ValueError when it has no
    meaning; `json`: its JSON Schema; `xsd`: (base type, pattern); `zh`, `en`: for people."""

    name: str
    pattern: str
    json: dict[str, Any]
    xsd: tuple[str, str]
    zh: str
    en: str
    parse: Callable[[str], Any] | None = None
    write: Callable[[Any], str] | None = None
    free: bool = False  # free text: may need escaping

    @property
    def plain(self) -> str:
        return self.pattern.replace("[^", "[^<>&") if self.free else self.pattern


def code_kind(name: str, pattern: str, zh: str, en: str) -> Kind:
    """A string of few characters that never needs an escape."""
    return Kind(
        name, pattern, {"type": "string", "pattern": f"^{pattern}$"}, ("string", pattern), zh, en
    )


def text_kind(longest: int) -> Kind:
    """Free text of 1 to `longest` characters, Chinese welcome, control characters not."""
    return Kind(
        f"text{longest}",
        f"[^{FORBIDDEN}]{{1,{longest}}}",
        {"type": "string", "pattern": f"^[^{FORBIDDEN}]{{1,{longest}}}$"},
        ("string", f"[^\\p{{Cc}}]{{1,{longest}}}"),
        f"1–{longest} 个字符，不含控制字符",
        f"1–{longest} characters, no control characters",
        free=True,
    )


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Reader of a number within bounds, both included."""

    def parse(text: str) -> int:
        number = int(text)
        if not least <= number <= most:
            raise ValueError(f"must be {least} to {most}")
        return number

    return parse


def number_kind(name: str, pattern: str, least: int, most: int, zh: str, en: str) -> Kind:
    """An integer: a JSON number, decimal digits in XML."""
    schema = {"type": "integer", "minimum": least, "maximum": most}
    parse = whole_number(least, most)
    return Kind(name, pattern, schema, ("string", pattern), zh, en, parse, str)


def known_code(text: str) -> Code | str:
    """One of our codes, or the text of a code that only the other side knows."""
    number = int(text) if len(text) == 4 and text.isdigit() else -1
    return Code(number) if number in KNOWN_CODES else text



NAME = code_kind("name", "[A-Za-z0-9_-]{1,16}", "1–16 位字母、数字、_ -", "1–16 of A-Z a-z 0-9 _ -")
SERIAL = code_kind(
    "serial", "[A-Za-z0-9_.-]{1,32}", "1–32 位字母、数字、_ . -", "1–32 of A-Z a-z 0-9 _ . -"
)
STATE = code_kind("state", "[a-z_]{1,24}", "小写单词", "a lower-case word")
RESULT = code_kind("result", "[0-9]{4}", "四位结果码", "a result code of four digits")
VERSION = code_kind("version", "1", "固定为 1", "always 1")
VERB = code_kind("verb", "[a-z]{1,16}", "接口名", "the verb")
MODE = code_kind("mode", "(?:exact|partial|open)", "exact、partial 或 open", "exact|partial|open")
TEXT32, TEXT40, TEXT100 = text_kind(32), text_kind(40), text_kind(100)
DETAIL = text_kind(400)
AMOUNT = number_kind(
    "amount", "[1-9][0-9]{0,14}", 1, AMOUNT_MAX_FEN, "整数，单位分，1–10¹⁵−1", "fen, 1 to 10¹⁵−1"
)
AMOUNT_OR_ZERO = number_kind(
    "amount0", "(?:0|[1-9][0-9]{0,14})", 0, AMOUNT_MAX_FEN, "整数，单位分，0–10¹⁵−1", "fen, from 0"
)
KEY_VERSION = number_kind("key_version", "[1-9][0-9]{0,3}", 1, 9999, "1–9999", "1–9999")
ID = Kind(
    "id",
    "[1-9][0-9]{0,18}",
    {"type": "string", "pattern": "^[1-9][0-9]{0,18}$"},
    ("string", "[1-9][0-9]{0,18}"),
    "数字串，1–19 位",
    "digits in a string, 1–19",
    whole_number(1, ID_MAX),
    str,
)
DAY = Kind(
    "day",
    "2[01][0-9]{6}",
    {"type": "string", "format": "date", "pattern": "^2[01][0-9]{2}-[0-9]{2}-[0-9]{2}$"},
    ("string", "2[01][0-9]{6}"),
    "日期：XML yyyyMMdd，JSON yyyy-MM-dd",
    "date: XML yyyyMMdd, JSON yyyy-MM-dd",
    moments.day_of,
    moments.day_text,
)
MOMENT = Kind(
    "moment",
    "2[01][0-9]{12}",
    {"type": "string", "format": "date-time", "pattern": "^2[01][0-9]{2}-"},
    ("string", "2[01][0-9]{12}"),
    "时刻：XML yyyyMMddHHmmss（+08:00），JSON RFC 3339 带时区",
    "moment: XML yyyyMMddHHmmss at +08:00, JSON RFC 3339 with an offset",
    moments.moment_of,
    moments.moment_text,
)
CLOCK = Kind(
    "clock",
    MOMENT.pattern,
    MOMENT.json,
    MOMENT.xsd,
    "发送时刻 yyyyMMddHHmmss（+08:00）",
    "when it was sent, yyyyMMddHHmmss at +08:00",
    moments.epoch_of,
    moments.clock_text,
)
CODE = Kind(
    "code",
    "[A-Za-z0-9]{1,16}",
    {"type": "string", "pattern": "^[0-9]{4}$"},
    ("string", "[0-9]{4}"),
    "四位结果码，0000 成功",
    "the result code, 0000 is success",
    known_code,
    lambda code: f"{code:04d}",
)
