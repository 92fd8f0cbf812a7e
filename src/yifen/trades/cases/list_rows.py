"""What a row of the court's list of cases means, and what is wrong with it. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.bank_accounts import typed_name
from yifen.core.facts.plug import Text
from yifen.face.filed.cells import (
    TEXT_MAX,
    WRONG,
    RowFault,
    by_key,
    day_of,
    fen_of,
    is_text,
    plain,
    read_header,
    unless,
)
from yifen.face.filed.filing import Filing
from yifen.trades.cases import caseno
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.rules import CaseParty, NewCase, several

FILING = Filing(
    columns={
        "number": ("案号", "case number"), "applicant": ("申请执行人", "applicant"),
        "debtor": ("被执行人", "debtor"), "judge": ("承办人", "承办法官", "judge"),
        "filed_on": ("立案日期", "立案时间", "filed on"),
        "amount": ("执行标的", "执行标的额", "标的", "标的额", "申请标的", "amount"),
        "account": ("子账号", "sub-account"),
        "entrusted": ("委托执行", "委托法院", "entrusted by"),
        "why": ("错误原因", "what is wrong"),  # of a file that came back: it is read past
    },
    needed=("number", "applicant", "debtor"),
    encoding=CaseCode.LIST_ENCODING, too_large=CaseCode.LIST_TOO_LARGE, wrong_columns=CaseCode.LIST_COLUMNS,
    broken=CaseCode.LIST_BROKEN, empty=CaseCode.LIST_EMPTY, cells=CaseCode.LIST_CELLS, bytes_max=2 << 20,
    rows_max=2_000, loose=True,
)  # fmt: skip


class ListedCase(NamedTuple):
    """A row: the case to open, and what a person should know of it."""

    new: NewCase
    warnings: tuple[Text, ...]
    is_open: bool = False  # since the list came


SPLIT = Text("一格写了几名当事人，已分开", "several parties in one cell were told apart")
ENTRUSTED = Text("其他法院的案号，受托执行", "another court's number, entrusted")


class ListCheck:
    """Checks the rows of one court's list."""

    def __init__(self, header: Sequence[str], code: str) -> None:
        self._keys, self._code = read_header(header, FILING), code
        self._lines: dict[str, int] = {}

    def read(self, line_no: int, cells: Sequence[str]) -> tuple[ListedCase | None, list[RowFault]]:
        """The case, or all that is wrong with its row; names between 、 or ； are several parties."""
        cell = by_key(self._keys, cells, FILING)
        if isinstance(cell, RowFault):
            return None, [cell]
        try:
            number = caseno.parse(cell["number"])
        except caseno.CaseNoWrong:
            return None, [RowFault(CaseCode.CASE_NUMBER_WRONG, cell["number"][:40])]
        names = {role: _names(cell[role]) for role in ("applicant", "debtor")}
        first = self._lines.setdefault(str(number), line_no)
        entrusted = plain(cell["entrusted"])[:200]
        due, filed = fen_of(cell["amount"]), day_of(cell["filed_on"])
        faults = [fault for fault in (
            unless(number.is_old or number.court == self._code or bool(entrusted), CaseCode.LIST_OTHER_COURT,
                   number.court),
            unless(first == line_no, CaseCode.LIST_TWICE, str(first)),
            *(unless(bool(found) and all(is_text(name, TEXT_MAX) for name in found), CaseCode.LIST_NAME)
              for found in names.values()),
            unless(due is not WRONG and (due or 0) >= 0, CaseCode.LIST_AMOUNT, cell["amount"]),
            unless(filed is not WRONG, CaseCode.LIST_DAY, cell["filed_on"]),
        ) if fault]  # fmt: skip
        if faults:
            return None, faults
        parties = tuple(CaseParty(role, name) for role, found in names.items() for name in found)
        new = NewCase(str(number), parties, plain(cell["judge"])[:60], filed if isinstance(filed, date) else None,
                      due if isinstance(due, int) else 0, clean_account(cell["account"]), entrusted)  # fmt: skip
        warnings = [*number.warnings, *([SPLIT] if any(len(found) > 1 for found in names.values()) else []),
                    *([ENTRUSTED] if not number.is_old and number.court != self._code else [])]  # fmt: skip
        return ListedCase(new, tuple(warnings)), []


def _names(cell: str) -> list[str]:
    name = typed_name(plain(cell))
    return [typed_name(one) for one in several(name)] or ([name] if name else [])
