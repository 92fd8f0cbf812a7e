"""What a cell of a handed-in file holds, and a row of them. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Generic, NamedTuple, TypeVar

from yifen.core.facts.codes import ResultCode
from yifen.core.facts.money import AmountError, typed_yuan
from yifen.core.facts.refused import Refused
from yifen.face.filed.filing import Filing

REASON = "why"
"""The column in which a file came back with what is wrong; it is read past."""
YES_NO = {"是": True, "yes": True, "y": True, "1": True, "": False, "否": False, "no": False, "n": False,
          "0": False}  # fmt: skip
CODE_MAX, TEXT_MAX = 40, 100
UNREADABLE = "\ufffd"
"""Stands for a number that a spreadsheet no longer has whole."""
Cells = Mapping[str, str]
T = TypeVar("T")
_DAY = re.compile(r"([0-9]{4})([-/.]?)([0-9]{1,2})\2([0-9]{1,2})")
_TIME_BEHIND = re.compile(r"(?<=-[0-9]{2}) [0-9]{2}:[0-9]{2}:[0-9]{2}$")
_WRITTEN_DAY = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
_UNIT = re.compile(r"[(\[](?:元|人民币|人民币元|rmb|cny|yuan|￥|¥)[)\]]$")
_UNSEEN = ("Cc", "Cs", "Cf", "Zl", "Zp")
_SPOILT = re.compile(r"[0-9](\.[0-9]+)?E[+-]?[0-9]+|[='].*", re.IGNORECASE)  # by a spreadsheet: 3.2E+09


class RowFault(NamedTuple):
    """What is wrong with a row; `detail`: what stands there, or the line that it repeats."""

    code: ResultCode
    detail: str = ""

    def text(self, language: str) -> str:
        return Refused(self.code, detail=self.detail).text(language)


class CheckedRow(NamedTuple, Generic[T]):
    """A line of the file: its cells, what they are or what is wrong with them."""

    line_no: int
    cells: list[str]
    row: T | None
    faults: list[RowFault]


class Wrong(Enum):
    """A cell that does not hold what its column says."""

    WRONG = 0


WRONG = Wrong.WRONG


def read_header(cells: Sequence[str], filing: Filing) -> list[str]:
    """The key of each column; of one that is read past none. Refused: the kind's `wrong_columns`, with the name of the
    column."""
    places = {word_of(name): key for key, names in filing.columns.items() for name in names}
    keys: list[str] = []
    for cell in cells:
        key = places.get(word_of(cell))
        if filing.loose and key is None:
            key = ""
        elif key is None or key in keys:
            raise Refused(filing.wrong_columns, "file", cell[:CODE_MAX])
        keys.append(key)
    for key in filing.needed:
        if key not in keys:
            raise Refused(filing.wrong_columns, "file", " / ".join(filing.columns[key]))
    return keys


def by_key(keys: Sequence[str], cells: Sequence[str], filing: Filing) -> Cells | RowFault:
    """A row's cells by the key of their column; a column that the file has not is empty."""
    if filing.loose:
        cells = [*cells[: len(keys)], *filter(str.strip, cells[len(keys) :])]
    if len(cells) != len(keys):
        return RowFault(filing.cells, f"{len(cells)} ≠ {len(keys)}")
    return dict.fromkeys(filing.columns, "") | dict(zip(keys, cells, strict=True))


def unless(is_right: bool, code: ResultCode, detail: str = "") -> RowFault | None:
    return None if is_right else RowFault(code, detail[:CODE_MAX])


def is_number(text: str) -> bool:
    """Of an account, a bill, a meter: whole as its owner wrote it."""
    return is_text(text, CODE_MAX) and not _SPOILT.fullmatch(text)


def is_text(text: str, longest: int) -> bool:
    """As the wire has texts: something, and nothing that cannot be seen."""
    if not 0 < len(text) <= longest or UNREADABLE in text:
        return False
    return text.isprintable() or not any(unicodedata.category(letter) in _UNSEEN for letter in text)


def fen_of(cell: str) -> int | Wrong | None:
    """An amount in yuan; None: the cell is empty."""
    text = plain(cell)
    try:
        return typed_yuan(text) if text else None
    except AmountError:
        return WRONG


def day_of(cell: str) -> date | Wrong | None:
    """2026-11-30, 2026/11/30, 20261130, 2026年11月30日, also of a spreadsheet's cell with a time; None: it is empty."""
    text = _WRITTEN_DAY.sub(r"\1-\2-\3", _TIME_BEHIND.sub("", plain(cell)))
    if not text:
        return None
    found = _DAY.fullmatch(text)
    try:
        return date(int(found[1]), int(found[3]), int(found[4])) if found else WRONG
    except ValueError:
        return WRONG


def word_of(cell: str) -> str:
    """A heading without what differs by who made it: blanks, widths, the unit behind it."""
    return _UNIT.sub("", "".join(plain(cell).lower().split()))


def plain(cell: str) -> str:
    """Full-width digits and signs as plain ones, no blanks around."""
    return cell.strip() if cell.isascii() else unicodedata.normalize("NFKC", cell).strip()
