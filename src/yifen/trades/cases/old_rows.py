"""What a row of a court's old balances means: so much of the main account was this case's on a day, and what is wrong
with it. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from yifen.core.facts.bank_accounts import typed_name
from yifen.core.facts.days import ZONE
from yifen.face.filed.cells import RowFault, by_key, day_of, fen_of, plain, read_header, unless
from yifen.face.filed.filing import Filing
from yifen.trades.cases import caseno
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.statement_rows import WORDS_MAX, StatementLine

FILING = Filing(
    columns={
        "number": ("案号", "case number"), "party": ("当事人", "被执行人", "party"), "balance": ("余额", "balance"),
        "came_on": ("到账日期", "came on"), "words": ("备注", "memo"),
        "why": ("错误原因", "what is wrong"),  # of a file that came back: it is read past
    },
    needed=("number", "party", "balance"),
    encoding=CaseCode.STATEMENT_ENCODING, too_large=CaseCode.STATEMENT_TOO_LARGE,
    wrong_columns=CaseCode.STATEMENT_COLUMNS, broken=CaseCode.STATEMENT_BROKEN, empty=CaseCode.STATEMENT_EMPTY,
    cells=CaseCode.LINE_CELLS, bytes_max=2 << 20, rows_max=2_000, loose=True,
)  # fmt: skip


class KnownCase(NamedTuple):
    """An open case to which a number leads: its sub-account, the names of its parties."""

    account_no: str
    names: frozenset[str]


class OldCheck:
    """Checks the rows of one file; each becomes a line as a statement has them, with the sum so far as its balance."""

    def __init__(self, header: Sequence[str], day: date, known: Mapping[str, KnownCase]) -> None:
        self._keys, self._day, self._known = read_header(header, FILING), day, known
        self._sum = 0

    def read(self, line_no: int, cells: Sequence[str]) -> tuple[StatementLine | None, list[RowFault]]:
        """The line, or all that is wrong with it. A number that leads to no open case: the money is unidentified, and
        the number stays in its words."""
        cell = by_key(self._keys, cells, FILING)
        if isinstance(cell, RowFault):
            return None, [cell]
        fen, came_on, party = fen_of(cell["balance"]), day_of(cell["came_on"]), typed_name(cell["party"])
        case = self._known.get(number_in(cell["number"]))
        faults = [fault for fault in (
            unless(isinstance(fen, int) and fen > 0, CaseCode.OLD_AMOUNT, cell["balance"]),
            unless(came_on is None or (isinstance(came_on, date) and came_on <= self._day), CaseCode.OLD_DAY,
                   cell["came_on"]),
            unless(case is None or party in case.names, CaseCode.OLD_PARTY, party),
        ) if fault]  # fmt: skip
        if faults or not isinstance(fen, int):
            return None, faults
        self._sum += fen
        came = came_on if isinstance(came_on, date) else self._day
        words = " ".join(filter(None, (plain(cell["number"]), plain(cell["words"]))))[:WORDS_MAX]
        return StatementLine(
            line_no, f"OLD-{line_no:06d}", "in", fen, self._sum, datetime(came.year, came.month, came.day, tzinfo=ZONE),
            case.account_no if case else "", "", "", party[:100], "", words,
        ), []  # fmt: skip


def number_in(cell: str) -> str:
    """A case number in its one form; empty: it is none."""
    try:
        return str(caseno.parse(cell))
    except caseno.CaseNoWrong:
        return ""
