"""What a row of a biller's file means, and what is wrong with it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.money import MAX_FEN
from yifen.face.filed.cells import (
    CODE_MAX,
    TEXT_MAX,
    WRONG,
    YES_NO,
    Cells,
    RowFault,
    Wrong,
    by_key,
    day_of,
    fen_of,
    is_number,
    is_text,
    plain,
    read_header,
    unless,
)
from yifen.face.filed.filing import Filing
from yifen.trades.bills.codes import BillCode

FILING = Filing(
    columns={
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
    },
    needed=("account_no", "name", "ref", "title", "amount"),
    encoding=BillCode.BILLS_ENCODING, too_large=BillCode.BILLS_TOO_LARGE,
    wrong_columns=BillCode.BILLS_COLUMNS, broken=BillCode.BILLS_BROKEN, empty=BillCode.BILLS_EMPTY,
    cells=BillCode.BILL_CELLS,
)  # fmt: skip
"""A file of bills, and what its header calls each column."""

_MODES = {"": "exact", "全额": "exact", "可部分缴": "partial", "不限额": "open",
          "exact": "exact", "partial": "partial", "open": "open"}  # fmt: skip


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


class RowCheck:
    """Checks the rows of one file of one biller, one after another."""

    def __init__(self, header: Sequence[str], biller_code: str, odd: Mapping[str, str]) -> None:
        """`odd`: the biller's accounts of before that stand in another writing, by the one form."""
        self._keys, self._biller, self._odd = read_header(header, FILING), biller_code, odd
        self._lines: dict[tuple[str, str], int] = {}
        self._names: dict[str, str] = {}

    def read(self, line_no: int, cells: Sequence[str]) -> tuple[FiledBill | None, list[RowFault]]:
        """The bill, or all that is wrong with its row."""
        cell = by_key(self._keys, cells, FILING)
        if isinstance(cell, RowFault):
            return None, [cell]
        faults = [fault for fault in (*_faults(cell), *self._beside(line_no, cell)) if fault]
        return (None, faults) if faults else (_bill(line_no, cell), [])

    def _beside(self, line_no: int, cell: Cells) -> Iterator[RowFault | None]:
        """What does not fit the biller or a row before."""
        if plain(cell["biller"]) not in ("", self._biller):
            yield RowFault(BillCode.BILL_OF_ANOTHER, plain(cell["biller"])[:CODE_MAX])
        account_no, name = clean_account(cell["account_no"]), plain(cell["name"])
        first = self._lines.setdefault((account_no, plain(cell["ref"])), line_no)
        if first != line_no:
            yield RowFault(BillCode.BILL_TWICE, str(first))
        if account_no in self._odd:
            yield RowFault(BillCode.BILL_OTHER_WRITING, self._odd[account_no][:CODE_MAX])
        if self._names.setdefault(account_no, name) != name:
            yield RowFault(BillCode.BILL_TWO_NAMES)


def _faults(cell: Cells) -> Iterator[RowFault | None]:
    """What is wrong with a row by itself."""
    account_no = clean_account(cell["account_no"])
    yield unless(is_number(account_no), BillCode.BILL_ACCOUNT)
    yield unless(is_text(cell["name"].strip(), TEXT_MAX), BillCode.BILL_NAME)
    yield unless(is_number(plain(cell["ref"])), BillCode.BILL_REF)
    yield unless(is_text(cell["title"].strip(), TEXT_MAX), BillCode.BILL_TITLE)
    yield unless(plain(cell["withdraw"]).lower() in YES_NO, BillCode.BILL_WITHDRAW)
    yield unless(day_of(cell["due_on"]) is not WRONG, BillCode.BILL_DAY, cell["due_on"])
    mode = _MODES.get(plain(cell["mode"]).lower())
    yield unless(mode is not None, BillCode.BILL_MODE, cell["mode"])
    due, least, most = (fen_of(cell[key]) for key in ("amount", "least", "most"))
    if mode is None or YES_NO.get(plain(cell["withdraw"]).lower()):
        return
    yield unless(due in (0, None) if mode == "open" else isinstance(due, int) and due > 0,
                  BillCode.BILL_AMOUNT, cell["amount"])  # fmt: skip
    fits = least is not WRONG and most is not WRONG
    if fits and mode == "exact":
        fits = least is None and most is None
    elif fits:
        fits = 0 < _or(least, 1) <= _or(most, _or(due, 0) if mode == "partial" else MAX_FEN)
    yield unless(fits, BillCode.BILL_LIMITS)


def _bill(line_no: int, cell: Cells) -> FiledBill:
    """Of a row with nothing wrong; names are as their owner writes them."""
    withdraw = YES_NO[plain(cell["withdraw"]).lower()]
    least, most = (1, MAX_FEN) if withdraw else (_or(fen_of(cell["least"]), 1), _or(fen_of(cell["most"]), MAX_FEN))
    due_on = day_of(cell["due_on"])
    return FiledBill(
        line_no, clean_account(cell["account_no"]), cell["name"].strip(), plain(cell["ref"]),
        cell["title"].strip(), withdraw, _MODES[plain(cell["mode"]).lower()],
        0 if withdraw else _or(fen_of(cell["amount"]), 0), least, most,
        due_on if isinstance(due_on, date) else None,
    )  # fmt: skip


def _or(fen: int | Wrong | None, otherwise: int) -> int:
    return fen if isinstance(fen, int) else otherwise
