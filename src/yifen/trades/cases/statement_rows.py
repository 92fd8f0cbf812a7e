"""What a line of the main account's statement means, and what is wrong with it. Pure."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.days import ZONE
from yifen.core.facts.money import AmountError, typed_yuan
from yifen.core.facts.refused import Refused
from yifen.face.filed.cells import (
    CODE_MAX,
    WRONG,
    Cells,
    RowFault,
    by_key,
    day_of,
    fen_of,
    is_number,
    plain,
    read_header,
    unless,
)
from yifen.face.filed.filing import Filing
from yifen.trades.cases.codes import CaseCode

FILING = Filing(
    columns={
        "account": ("账号", "本方账号", "账户号", "account"),
        "day": ("交易日期", "记账日期", "入账日期", "日期", "date"),
        "at": ("交易时间", "时间", "入账时间", "记账时间", "time"),
        "serial": ("流水号", "交易流水号", "交易流水", "银行流水号", "serial"),
        "in": ("收入", "收入金额", "贷方发生额", "贷方金额", "贷方", "贷方发生额(收入)", "credit"),
        "out": ("支出", "支出金额", "借方发生额", "借方金额", "借方", "借方发生额(支取)", "debit"),
        "balance": ("余额", "账户余额", "当前余额", "balance"),
        "sub": ("子账号", "收款子账号", "sub-account"),
        "business": ("业务类型", "business"),
        "reference": ("客户参考号", "reference"),
        "payer": ("对方户名", "对方账户名称", "对方名称", "counterparty"),
        "payer_no": ("对方账号", "对方账户", "counterparty account"),
        "words": ("附言", "摘要", "用途", "备注", "memo"),
        "why": ("错误原因", "what is wrong"),  # of a file that came back: it is read past
    },
    needed=("serial", "in", "out", "balance"),
    encoding=CaseCode.STATEMENT_ENCODING, too_large=CaseCode.STATEMENT_TOO_LARGE,
    wrong_columns=CaseCode.STATEMENT_COLUMNS, broken=CaseCode.STATEMENT_BROKEN, empty=CaseCode.STATEMENT_EMPTY,
    cells=CaseCode.LINE_CELLS, bytes_max=2 << 20, rows_max=2_000, loose=True,
)  # fmt: skip
BUSINESS = {"利息": "interest", "结息": "interest", "存款利息": "interest", "interest": "interest",
            "手续费": "fee", "收费": "fee", "工本费": "fee", "fee": "fee"}  # fmt: skip
"""The bank's own kinds that say what a line is; whatever a payer writes says nothing."""
WORDS_MAX = 200
_TIME = re.compile(r"(.{8,11}?)(?:[ T]?([0-9]{2}):?([0-9]{2})(?::?([0-9]{2}))?)?")


class StatementLine(NamedTuple):
    """A line; amounts in fen. `business`: interest, fee or empty."""

    line_no: int
    serial: str
    kind: str
    amount_fen: int
    balance_fen: int
    at: datetime
    account_no: str
    business: str
    reference: str
    payer: str
    payer_no: str
    words: str

    @property
    def signed_fen(self) -> int:
        return self.amount_fen if self.kind == "in" else -self.amount_fen


class StatementCheck:
    """Checks the lines of one statement, in the order of the bank: each balance follows from the one before."""

    def __init__(self, header: Sequence[str], main_no: str, above: Sequence[str] = ()) -> None:
        """`above`: what stands above the heading, where banks write the account. Refused: STATEMENT_COLUMNS."""
        self._keys, self._main_no = read_header(header, FILING), main_no
        self._of_main = "account" not in self._keys and any(main_no in clean_account(text) for text in above)
        for key, is_there in (("account", self._of_main or "account" in self._keys),
                              ("at", not {"at", "day"}.isdisjoint(self._keys))):  # fmt: skip
            if not is_there:
                raise Refused(CaseCode.STATEMENT_COLUMNS, "file", " / ".join(FILING.columns[key]))
        self._serials: set[str] = set()
        self._balance: int | None = None

    def read(self, line_no: int, cells: Sequence[str]) -> tuple[StatementLine | None, list[RowFault]]:
        """The line, or all that is wrong with it."""
        cell = by_key(self._keys, cells, FILING)
        if isinstance(cell, RowFault):
            return None, [cell]
        serial, balance = plain(cell["serial"]), _balance(cell["balance"])
        at = moment_of(f"{cell['day']} {cell['at']}".strip())
        moved = _moved(cell)
        faults = [fault for fault in (
            unless(self._of_main or clean_account(cell["account"]) == self._main_no, CaseCode.LINE_OTHER_ACCOUNT,
                   cell["account"]),
            unless(is_number(serial) and serial not in self._serials, CaseCode.LINE_SERIAL, serial),
            unless(moved is not None, CaseCode.LINE_AMOUNT), unless(at is not None, CaseCode.LINE_TIME, cell["at"]),
            *self._follows(balance, moved),
        ) if fault]  # fmt: skip
        self._serials.add(serial)
        self._balance = balance
        if faults or moved is None or balance is None or at is None:
            return None, faults
        return StatementLine(
            line_no, serial, "in" if moved > 0 else "out", abs(moved), balance, at, clean_account(cell["sub"])[:30],
            BUSINESS.get(plain(cell["business"]).lower(), ""), plain(cell["reference"])[:CODE_MAX],
            plain(cell["payer"])[:100], clean_account(cell["payer_no"])[:CODE_MAX], plain(cell["words"])[:WORDS_MAX],
        ), []  # fmt: skip

    def _follows(self, balance: int | None, moved: int | None) -> Iterator[RowFault | None]:
        before = self._balance
        yield unless(balance is not None and (before is None or moved is None or before + moved == balance),
                     CaseCode.LINE_BALANCE)  # fmt: skip


def moment_of(cell: str) -> datetime | None:
    """2026-11-30 09:15:00 by the business clock, a day alone at its midnight; None: it is none."""
    found = _TIME.fullmatch(plain(cell))
    day = day_of(found[1]) if found else None
    if found is None or day is None or day is WRONG:
        return None
    try:
        return datetime(day.year, day.month, day.day, int(found[2] or 0), int(found[3] or 0), int(found[4] or 0),
                        tzinfo=ZONE)
    except ValueError:
        return None


def _moved(cell: Cells) -> int | None:
    """Fen in, below zero out; None: not just one of them."""
    came, went = fen_of(cell["in"]) or 0, fen_of(cell["out"]) or 0
    if came is WRONG or went is WRONG or (came > 0) == (went > 0):
        return None
    return came - went


def _balance(cell: str) -> int | None:
    text = plain(cell)
    try:
        return -typed_yuan(text[1:]) if text.startswith("-") else typed_yuan(text)
    except AmountError:
        return None
