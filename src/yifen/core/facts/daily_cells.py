"""What one cell of the hub's daily file may hold, in its text form and in its JSON form.

In a text line `%XX` stands for a `|`, a control character and the `%` itself, by its code in hex, so that
whatever the door lets in can be written, and is read back as it was. JSON has escapes of its own.
"""

import re
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from yifen.core.facts.bilingual import Bilingual

Holds = Literal["text", "optional", "kind", "number", "moment", "day", "hash"]

_PLAIN = r"[^\x00\ud800-\udfff]"
_MARKS = re.compile(r"[%|\x00-\x1f\x7f]")
_ESCAPES = re.compile("%(25|7C|7F|[01][0-9A-F])")
_BARE = re.compile(r"[\x00-\x1f\x7f]")
_PATTERNS: dict[Holds, re.Pattern[str]] = {
    "text": re.compile(f"{_PLAIN}{{1,128}}", re.DOTALL),
    "optional": re.compile(f"{_PLAIN}{{0,128}}", re.DOTALL),
    "kind": re.compile("charge|reverse|refund"),
    "number": re.compile("0|[1-9][0-9]{0,14}"),
    "moment": re.compile("[0-9]{14}"),
    "day": re.compile("[0-9]{8}"),
    "hash": re.compile("(?:[0-9a-f]{2}){16,64}"),
}
_ISO: dict[Holds, re.Pattern[str]] = {
    "moment": re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\+08:00", re.ASCII),
    "day": re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII),
}

_WORDS: dict[Holds, str] = {"text": "文字", "optional": "文字", "kind": "种类", "number": "数字", "moment": "时间",
                            "day": "日期", "hash": "摘要"}  # fmt: skip


class DailyFileError(ValueError):
    """A value does not fit its column of the daily file; `column` names it."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(f"column {column}: {reason}")
        self.column, self.reason = column, reason


class DailyColumn(NamedTuple):
    """One column: its name, the same in both forms, and what kind of value it holds."""

    name: str
    holds: Holds

    def refuse(self, value: object) -> DailyFileError:
        holds = Bilingual(_WORDS[self.holds], self.holds)
        why = Bilingual("不是有效的{}：“{}”", "not a valid {}: {!r}", holds, str(value)[:60])
        return DailyFileError(self.name, why)


def text_of_value(column: DailyColumn, value: Any) -> str:
    """The text cell of a value; DailyFileError when the column cannot hold it."""
    match column.holds, value:
        case "optional", None:
            return ""
        case "optional", "":
            raise column.refuse(value)
        case (("text" | "optional" | "kind" | "hash"), str()):
            return checked(column, value)
        case "number", int():
            return checked(column, str(value))
        case "moment", datetime() if value.tzinfo is None:
            return checked(column, f"{value:%Y%m%d%H%M%S}")
        case "day", date() if not isinstance(value, datetime):
            return checked(column, f"{value:%Y%m%d}")
    raise column.refuse(value)


def escaped(cell: str) -> str:
    """A cell as it stands in a text line."""
    return _MARKS.sub(lambda found: f"%{ord(found[0]):02X}", cell)


def unescaped(column: DailyColumn, written: str) -> str:
    """The cell of what stands in a text line; a `%` that begins no escape is itself. DailyFileError for
    a control character."""
    if _BARE.search(written):
        raise column.refuse(written)
    return _ESCAPES.sub(lambda found: chr(int(found[1], 16)), written)


def value_of_text(column: DailyColumn, cell: str) -> Any:
    """The value of a text cell; DailyFileError when it is not written exactly as defined."""
    checked(column, cell)
    try:
        match column.holds:
            case "optional":
                return cell or None
            case "number":
                return int(cell)
            case "moment":
                return datetime.fromisoformat(f"{cell[:8]}T{cell[8:]}")
            case "day":
                return date.fromisoformat(cell)
    except ValueError as error:
        raise column.refuse(cell) from error
    return cell


def json_of_text(column: DailyColumn, cell: str) -> str | int | None:
    """The JSON value of a text cell: numbers are integers, an empty optional is null."""
    match column.holds:
        case "optional":
            return cell or None
        case "number":
            return int(cell)
        case "moment":
            clock = f"{cell[8:10]}:{cell[10:12]}:{cell[12:]}"
            return f"{cell[:4]}-{cell[4:6]}-{cell[6:8]}T{clock}+08:00"
        case "day":
            return f"{cell[:4]}-{cell[4:6]}-{cell[6:]}"
    return cell


def text_of_json(column: DailyColumn, raw: Any) -> str:
    """The text cell of a JSON value; DailyFileError when type or form is another."""
    match column.holds, raw:
        case "optional", None:
            return ""
        case "number", int():
            return checked(column, str(raw))
        case (("moment" | "day"), str()):
            if found := _ISO[column.holds].fullmatch(raw):
                return checked(column, "".join(found.groups()))
        case (("text" | "kind" | "hash" | "optional"), str()) if raw:
            return checked(column, raw)
    raise column.refuse(raw)


def checked(column: DailyColumn, cell: str) -> str:
    """The cell itself when its text fits the column; DailyFileError otherwise."""
    if not _PATTERNS[column.holds].fullmatch(cell):
        raise column.refuse(cell)
    return cell
