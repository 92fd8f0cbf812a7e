"""Receipts 渠道到账: the money of a channel's closed day at our bank, first expected, then there."""

from datetime import date, datetime
from typing import Any

import psycopg
from msgspec import Struct

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.trades.settlement.operations.payouts import Marked

_SQL = queries(__package__)
GROSS_SQL = _SQL["channel_day"]
EXPECT_SQL = _SQL["expect_receipt"]
ARRIVED_SQL = _SQL["receipt_arrived"]


class Expected(Struct, frozen=True):
    """Money that a channel must bring: `gross_fen` less the fee that it keeps."""

    code: ResultCode
    document_id: int | None = None
    gross_fen: int = 0
    fee_fen: int = 0


def expect(
    conn: psycopg.Connection[Any], channel_id: int, day: date, bank_id: int, fee_fen: int,
    due_on: date, now: datetime, gross_fen: int | None = None,
) -> Expected:  # fmt: skip
    """Expect a channel's closed day at a bank of ours, from `due_on` on, under the reference
    RCyyyymmdd-CHANNEL. `gross_fen`: what the channel owes by its own file; None: by our books,
    for the billers of the bank's book. Negative when it draws money.

    Codes: DAY_NOT_PROVED (not closed); CHANNEL_MONEY_INVALID (no such bank, no clearing account
    there, a negative fee, expected before with other figures).
    """
    if gross_fen is None:
        asked = {"channel": channel_id, "day": day, "bank": bank_id}
        found = conn.execute(GROSS_SQL, asked).fetchone()
        assert found is not None
        gross_fen = int(found[0])
    row = conn.execute(
        EXPECT_SQL, (channel_id, day, bank_id, gross_fen, fee_fen, due_on, now)
    ).fetchone()
    assert row is not None
    if row[0]:
        return Expected(result_code(row[0]))
    return Expected(Code.OK, row[1], gross_fen, fee_fen)


def arrived(conn: psycopg.Connection[Any], document_id: int, on: date, now: datetime) -> Marked:
    """The money is on our account: bank and fee against the channel's clearing account, once.
    Codes: CHANNEL_MONEY_UNKNOWN, EVIDENCE_MISSING (no line of the bank's statement shows it)."""
    row = conn.execute(ARRIVED_SQL, (document_id, on, now)).fetchone()
    assert row is not None
    return Marked(result_code(row[0]), row[1])
