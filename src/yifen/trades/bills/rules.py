"""What a row of a biller's file means, and what is wrong with it. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from typing import NamedTuple

from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.money import MAX_FEN, AmountError, parse_yuan
from yifen.core.facts.refused import Refused
from yifen.trades.bills.codes import BillCode

COLUMNS: dict[str, tuple[str, ...]] = {
    "account_no": ("户号", "account number"),
    "name": ("户名", "account name"),
    "ref": ("账单号", "bill reference"),
    "title": ("名称", "title"),
    "amount": ("应缴金额", "amount due"),
    "due_on": ("到期日", "due date"),
    "mode": ("缴法", "mode"),
    "least": ("最低金额", "min"),
    "most": ("最高金额", "max"),
    "biller": ("收费单位", "biller"),
    "withdraw": ("撤销", "withdraw"),
    "why": ("错误原因", "what is wrong"),  # of a file that came back: it is read past
}
"""Columns and what headers call them; NEEDED ones are always there."""

NEEDED = ("account_no", "name", "ref", "title", "amount")
_PLACES = {name: key for key, names in COLUMNS.items() for name in names}
_MODES = {"": "exact", "全额": "exact", "可部分缴": "partial", "不限额": "open",
          "exact": "exact", "partial": "partial", "open": "open"}  # fmt: skip
_YES_NO = {"是": True, "yes": True, "y": True, "1": True, "": False, "否": False, "no": False, "n": False,
           "0": False}  # fmt: skip
_DAY = re.compile(r"([0-9]{4})([-/.]?)([0-9]{1,2})\2([0-9]{1,2})")
_UNSEEN = ("Cc", "Cs", "Cf", "Zl", "Zp")
CODE_MAX, TEXT_MAX = 40, 100
Cells = Mapping[str, str]
_SPOILT = re.compile(r"[0-9](\.[0-9]+)?E[+-]?[0-9]+|[='].*", re.IGNORECASE)  # by a spreadsheet: 3.2E+09
UNREADABLE = "\ufffd"
"""Stands for a number that a spreadsheet no longer has whole."""


class FiledBill(NamedTuple):
    """A bill of the file; amounts in fen."""

    line_no: int
    account_no: str
    name: str
    ref: str
    title: str
    withdraw: bool
    mode: str
    due_fen: int
    min_fen: int
    max_fen: int
    due_on: date | None


class RowFault(NamedTuple):
    """What is wrong with a row; `detail`: what stands there, or the line that it repeats."""

    code: BillCode
    detail: str = ""

    def text(self, language: str) -> str:
        return Refused(self.code, detail=self.detail).text(language)


class _Wrong(Enum):
    """A cell that does not hold what its column says."""

    WRONG = 0


_WRONG = _Wrong.WRONG


def is_reason(cell: str) -> bool:
    """Is this the column in which a file came back with what is wrong?"""
    return _PLACES.get(_plain(cell).lower()) == "why"


def read_header(cells: Sequence[str]) -> list[str]:
    """The key of each column. Refused BILLS_COLUMNS, with the name of the column."""
    keys = []
    for cell in cells:
        key = _PLACES.get(_plain(cell).lower())
        if key is None or key in keys:
            raise Refused(BillCode.BILLS_COLUMNS, "file", cell[:CODE_MAX])
        keys.append(key)
    for key in NEEDED:
        if key not in keys:
            raise Refused(BillCode.BILLS_COLUMNS, "file", " / ".join(COLUMNS[key]))
    return keys


class RowCheck:
    """Checks the rows of one file of one biller, one after another."""

    def __init__(self, header: Sequence[str], biller_code: str, odd: Mapping[str, str]) -> None:
        """`odd`: the biller's accounts of before that stand in another writing, by the one form."""
        self._keys, self._biller, self._odd = read_header(header), biller_code, odd
        self._lines: dict[tuple[str, str], int] = {}
        self._names: dict[str, str] = {}

    def read(self, line_no: int, cells: Sequence[str]) -> tuple[FiledBill | None, list[RowFault]]:
        """The bill, or all that is wrong with its row."""
        if len(cells) != len(self._keys):
            return None, [RowFault(BillCode.BILL_CELLS, f"{len(cells)} ≠ {len(self._keys)}")]
        cell = dict.fromkeys(COLUMNS, "") | dict(zip(self._keys, cells, strict=True))
        faults = [fault for fault in (*_faults(cell), *self._beside(line_no, cell)) if fault]
        return (None, faults) if faults else (_bill(line_no, cell), [])

    def _beside(self, line_no: int, cell: Cells) -> Iterator[RowFault | None]:
        """What does not fit the biller or a row before."""
        if _plain(cell["biller"]) not in ("", self._biller):
            yield RowFault(BillCode.BILL_OF_ANOTHER, _plain(cell["biller"])[:CODE_MAX])
        account_no, name = clean_account(cell["account_no"]), _plain(cell["name"])
        first = self._lines.setdefault((account_no, _plain(cell["ref"])), line_no)
        if first != line_no:
            yield RowFault(BillCode.BILL_TWICE, str(first))
        if account_no in self._odd:
            yield RowFault(BillCode.BILL_OTHER_WRITING, self._odd[account_no][:CODE_MAX])
        if self._names.setdefault(account_no, name) != name:
            yield RowFault(BillCode.BILL_TWO_NAMES)


def _faults(cell: Cells) -> Iterator[RowFault | None]:
    """What is wrong with a row by itself."""
    account_no = clean_account(cell["account_no"])
    yield _unless(_is_number(account_no), BillCode.BILL_ACCOUNT)
    yield _unless(_is_text(_plain(cell["name"]), TEXT_MAX), BillCode.BILL_NAME)
    yield _unless(_is_number(_plain(cell["ref"])), BillCode.BILL_REF)
    yield _unless(_is_text(_plain(cell["title"]), TEXT_MAX), BillCode.BILL_TITLE)
    yield _unless(_plain(cell["withdraw"]).lower() in _YES_NO, BillCode.BILL_WITHDRAW)
    yield _unless(_day(cell["due_on"]) is not _WRONG, BillCode.BILL_DAY, cell["due_on"])
    mode = _MODES.get(_plain(cell["mode"]).lower())
    yield _unless(mode is not None, BillCode.BILL_MODE, cell["mode"])
    due, least, most = (_fen(cell[key]) for key in ("amount", "least", "most"))
    if mode is None or _YES_NO.get(_plain(cell["withdraw"]).lower()):
        return
    yield _unless(due in (0, None) if mode == "open" else isinstance(due, int) and due > 0,
                  BillCode.BILL_AMOUNT, cell["amount"])  # fmt: skip
    fits = least is not _WRONG and most is not _WRONG
    if fits and mode == "exact":
        fits = least is None and most is None
    elif fits:
        fits = 0 < _or(least, 1) <= _or(most, _or(due, 0) if mode == "partial" else MAX_FEN)
    yield _unless(fits, BillCode.BILL_LIMITS)


def _is_number(text: str) -> bool:
    """Of an account or a bill, whole as its owner wrote it."""
    return _is_text(text, CODE_MAX) and not _SPOILT.fullmatch(text)


def _bill(line_no: int, cell: Cells) -> FiledBill:
    """Of a row with nothing wrong."""
    withdraw = _YES_NO[_plain(cell["withdraw"]).lower()]
    least, most = (1, MAX_FEN) if withdraw else (_or(_fen(cell["least"]), 1), _or(_fen(cell["most"]), MAX_FEN))
    due_on = _day(cell["due_on"])
    return FiledBill(
        line_no, clean_account(cell["account_no"]), _plain(cell["name"]), _plain(cell["ref"]),
        _plain(cell["title"]), withdraw, _MODES[_plain(cell["mode"]).lower()],
        0 if withdraw else _or(_fen(cell["amount"]), 0), least, most,
        due_on if isinstance(due_on, date) else None,
    )  # fmt: skip


def _unless(is_right: bool, code: BillCode, detail: str = "") -> RowFault | None:
    return None if is_right else RowFault(code, detail[:CODE_MAX])


def _is_text(text: str, longest: int) -> bool:
    """As the wire has texts: something, and nothing that cannot be seen."""
    return 0 < len(text) <= longest and not any(
        letter == UNREADABLE or unicodedata.category(letter) in _UNSEEN for letter in text
    )


def _fen(cell: str) -> int | _Wrong | None:
    """An amount in yuan; None: the cell is empty."""
    text = _plain(cell)
    try:
        return parse_yuan(text) if text else None
    except AmountError:
        return _WRONG


def _or(fen: int | _Wrong | None, otherwise: int) -> int:
    return fen if isinstance(fen, int) else otherwise


def _day(cell: str) -> date | _Wrong | None:
    """2026-11-30, 2026/11/30, 20261130; None: the cell is empty."""
    text = _plain(cell)
    if not text:
        return None
    found = _DAY.fullmatch(text)
    try:
        return date(int(found[1]), int(found[3]), int(found[4])) if found else _WRONG
    except ValueError:
        return _WRONG


def _plain(cell: str) -> str:
    """Full-width digits and signs as plain ones, no blanks around."""
    return unicodedata.normalize("NFKC", cell).strip()
