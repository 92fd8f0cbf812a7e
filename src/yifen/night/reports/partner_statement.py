"""A partner's statement 对账单 of a day or a month: what stood, was paid, parked, kept and passed on, day by day.

Every amount stands on the day on which it was booked, so that a row adds up to what stood at its cut, and begins
with what stood at the one before: of a biller its money with us (transit), of a channel what it owes (clearing).

The same data give the same bytes, as PDF and as CSV.
"""

import csv
import io
from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg
from msgspec import Struct

from yifen.core.documents.figures import grouped_yuan, red_capitals, shown_day
from yifen.core.documents.statement import Cell, Fact, Statement, StatementColumn, statement
from yifen.core.facts.codes import Code
from yifen.core.facts.money import format_yuan
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries

_SQL = queries(__package__)
PARTNER = _SQL["partner"]


class StatementParty(NamedTuple):
    """How one side is told: `lines` are the signs of its amounts between opening and closing."""

    zh: str
    en: str
    lines: str
    query: str
    columns: tuple[StatementColumn, ...]

    @property
    def closing(self) -> int:
        """Which column it is."""
        return [column.en for column in self.columns].index("Closing")

    @property
    def sum_said(self) -> str:
        """How a row adds up: 期末 = 期初 + 缴费金额 - 退回金额 …"""
        amounts = [column.zh for column in self.columns[1 : self.closing] if column.holds == "fen"]
        steps = (f" {sign} {zh}" for sign, zh in zip(self.lines, amounts[1:], strict=True))
        return f"{self.columns[self.closing].zh} = {amounts[0]}{''.join(steps)}"


def _columns(*between: tuple[str, str], after: tuple[tuple[str, str], ...] = ()) -> tuple[StatementColumn, ...]:
    """The same for both sides: opening, what was paid and taken back, `between`, closing; and what explains no
    balance: `after`, differences."""
    fen = [StatementColumn(zh=zh, en=en, holds="fen", share=3) for zh, en in (
        ("期初", "Opening"), ("缴费金额", "Amount"), ("退回金额", "Returned"), *between, ("期末", "Closing"), *after)]
    count = [StatementColumn(zh=zh, en=en, holds="count", share=2) for zh, en in (
        ("缴费笔数", "Payments"), ("退回笔数", "Returns"), ("差异笔数", "Differences"), ("未平差异", "Open"))]
    day = StatementColumn(zh="会计日期", en="Business day", share=3)
    return (day, fen[0], count[0], fen[1], count[1], *fen[2:], *count[2:])  # fmt: skip


PARTIES = {
    "biller": StatementParty(
        zh="收费单位", en="Biller", lines="+-+-",
        query=_SQL["biller"].format(side="biller_id", sign="-1",
                                    accounts="SELECT transit_id FROM biller WHERE partner_id = %(partner)s"),
        columns=_columns(
            ("已结款承担", "Borne settled"), ("结算", "Settled"),
            after=(("其中手续费", "Commission"), ("划付", "Paid out")),
        ),
    ),
    "channel": StatementParty(
        zh="渠道", en="Channel", lines="+-+--",
        query=_SQL["channel"].format(side="channel_id", sign="1",
                                     accounts="SELECT clearing_id FROM admission WHERE channel_id = %(partner)s"),
        columns=_columns(("挂账", "Parked"), ("已到账", "Arrived"), ("手续费", "Fee")),
    ),
}  # fmt: skip
Row = tuple[Any, ...]
"""The business day, then an integer a column."""


class PartnerStatement(Struct, frozen=True):
    """What it says. `party`: biller or channel; a row a business day, as the columns are."""

    party: str
    code: str
    name: str
    issuer: str
    first: date
    last: date
    rows: tuple[Row, ...]

    @property
    def side(self) -> StatementParty:
        return PARTIES[self.party]

    @property
    def closing_fen(self) -> int:
        """What stands with the partner after the last row."""
        return int(self.rows[-1][self.side.closing]) if self.rows else 0

    def total(self, column: int) -> int:
        return sum(int(row[column]) for row in self.rows)


def read(
    conn: psycopg.Connection[Any], partner_id: int, first: date, last: date
) -> PartnerStatement:
    """The statement of the closed days from `first` to `last`. Refused PARTNER_UNKNOWN: neither a
    channel nor a biller."""
    partner = conn.execute(PARTNER, (partner_id,)).fetchone()
    if partner is None or partner[3] is None:
        raise Refused(Code.PARTNER_UNKNOWN, "partner", str(partner_id))
    code, name, issuer, party = partner
    params = {"partner": partner_id, "first": first, "last": last}
    rows = tuple(tuple(row) for row in conn.execute(PARTIES[party].query, params).fetchall())
    return PartnerStatement(party, code, name, issuer, first, last, rows)


def as_pdf(data: PartnerStatement, made_at: datetime) -> bytes:
    """On A4, across; what stands at the end once more in capitals 大写."""
    side, period = data.side, shown_day(data.first)
    if data.last != data.first:
        period += f" – {shown_day(data.last)}"
    said = Statement(
        issuer=data.issuer, title=f"{side.zh}对账单", title_en=f"{side.en} statement",
        columns=side.columns, rows=data.rows, made_at=made_at, made_by="日终 End of day",
        facts=(
            Fact(zh=side.zh, en=side.en, value=f"{data.code} {data.name}"),
            Fact(zh="会计日期", en="Business days", value=period),
            Fact(zh="期末", en="Closing", value=f"¥{grouped_yuan(data.closing_fen)}"),
            Fact(zh="大写", en="In words", value=red_capitals(data.closing_fen)),
            Fact(zh="勾稽", en="Adds up", value=side.sum_said),
        ),
        totals=_totals(data), across=True,
    )  # fmt: skip
    return statement(said)


def as_csv(data: PartnerStatement) -> bytes:
    """UTF-8 with a mark for spreadsheets, a row a day, yuan with two decimals."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([f"{column.zh} {column.en}" for column in data.side.columns])
    for row in data.rows:
        writer.writerow(
            [_cell(column, cell) for column, cell in zip(data.side.columns, row, strict=True)]
        )
    return out.getvalue().encode("utf-8-sig")


def _totals(data: PartnerStatement) -> tuple[Cell, ...]:
    """What stood is no sum of its days."""
    balances = (1, data.side.closing)
    return ("合计 Total", *(None if number in balances else data.total(number)
                          for number in range(1, len(data.side.columns))))  # fmt: skip


def _cell(column: StatementColumn, cell: Cell) -> str:
    if isinstance(cell, int) and column.holds == "fen":
        return format_yuan(cell)
    return shown_day(cell) if isinstance(cell, date) else str(cell)
