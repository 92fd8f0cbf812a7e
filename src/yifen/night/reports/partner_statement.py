"""A partner's statement 对账单 of a day or a month: what was paid, kept and passed on, day by day.

The same data give the same bytes, as PDF and as CSV.
"""

import csv
import io
from datetime import date, datetime
from typing import Any

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
BILLER = _SQL["biller"].format(side="biller_id")
CHANNEL = _SQL["channel"].format(side="channel_id")
BILLER_COLUMNS = (
    StatementColumn(zh="会计日期", en="Business day", share=3),
    StatementColumn(zh="缴费笔数", en="Payments", holds="count", share=2),
    StatementColumn(zh="缴费金额", en="Amount", holds="fen", share=3),
    StatementColumn(zh="退回笔数", en="Returns", holds="count", share=2),
    StatementColumn(zh="退回金额", en="Returned", holds="fen", share=3),
    StatementColumn(zh="手续费", en="Commission", holds="fen", share=2),
    StatementColumn(zh="结算金额", en="Settled", holds="fen", share=3),
    StatementColumn(zh="结转下日", en="Carried", holds="fen", share=2),
    StatementColumn(zh="划付金额", en="Paid out", holds="fen", share=3),
    StatementColumn(zh="未平差异", en="Open", holds="count", share=2),
)
CHANNEL_COLUMNS = (
    StatementColumn(zh="会计日期", en="Business day", share=3),
    StatementColumn(zh="缴费笔数", en="Payments", holds="count", share=2),
    StatementColumn(zh="缴费金额", en="Amount", holds="fen", share=3),
    StatementColumn(zh="退回笔数", en="Returns", holds="count", share=2),
    StatementColumn(zh="退回金额", en="Returned", holds="fen", share=3),
    StatementColumn(zh="手续费", en="Fee", holds="fen", share=2),
    StatementColumn(zh="应到账", en="Expected", holds="fen", share=3),
    StatementColumn(zh="已到账", en="Arrived", holds="fen", share=3),
    StatementColumn(zh="差异笔数", en="Differences", holds="count", share=2),
    StatementColumn(zh="未平差异", en="Open", holds="count", share=2),
)
TOTALLED = (1, 2, 3, 4, 5, 6, 8, 9)
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
    def columns(self) -> tuple[StatementColumn, ...]:
        return BILLER_COLUMNS if self.party == "biller" else CHANNEL_COLUMNS

    @property
    def settled_fen(self) -> int:
        """What was settled to a biller, or was to arrive of a channel."""
        return sum(row[6] for row in self.rows)

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
    query = BILLER if party == "biller" else CHANNEL
    params = {"partner": partner_id, "first": first, "last": last}
    rows = tuple(tuple(row) for row in conn.execute(query, params).fetchall())
    return PartnerStatement(party, code, name, issuer, first, last, rows)


def as_pdf(data: PartnerStatement, made_at: datetime) -> bytes:
    """On A4, across; the sum once more in capitals 大写."""
    settled_zh, settled_en = (
        ("结算合计", "Settled") if data.party == "biller" else ("应到账合计", "Expected")
    )
    period = shown_day(data.first)
    if data.last != data.first:
        period += f" – {shown_day(data.last)}"
    party_zh, party_en = ("收费单位", "Biller") if data.party == "biller" else ("渠道", "Channel")
    said = Statement(
        issuer=data.issuer, title=f"{party_zh}对账单", title_en=f"{party_en} statement",
        columns=data.columns, rows=data.rows, made_at=made_at, made_by="日终 End of day",
        facts=(
            Fact(zh=party_zh, en=party_en, value=f"{data.code} {data.name}"),
            Fact(zh="会计日期", en="Business days", value=period),
            Fact(zh=settled_zh, en=settled_en, value=f"¥{grouped_yuan(data.settled_fen)}"),
            Fact(zh="大写", en="In words", value=red_capitals(data.settled_fen)),
        ),
        totals=_totals(data), across=True,
    )  # fmt: skip
    return statement(said)


def as_csv(data: PartnerStatement) -> bytes:
    """UTF-8 with a mark for spreadsheets, a row a day, yuan with two decimals."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([f"{column.zh} {column.en}" for column in data.columns])
    for row in data.rows:
        writer.writerow(
            [_cell(column, cell) for column, cell in zip(data.columns, row, strict=True)]
        )
    return out.getvalue().encode("utf-8-sig")


def _totals(data: PartnerStatement) -> tuple[Cell, ...]:
    """What was carried is no sum of its days."""
    count = len(data.columns)
    kept = [number for number in range(1, count) if number in TOTALLED or data.party == "channel"]
    return ("合计 Total", *(data.total(n) if n in kept else None for n in range(1, count)))


def _cell(column: StatementColumn, cell: Cell) -> str:
    if isinstance(cell, int) and column.holds == "fen":
        return format_yuan(cell)
    return shown_day(cell) if isinstance(cell, date) else str(cell)
