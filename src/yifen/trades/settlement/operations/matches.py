"""What a bank's statement proves: expected rows that reconciliation matched end their documents."""

from datetime import datetime
from typing import Any

import psycopg
from msgspec import Struct

from yifen.core.facts.codes import Code
from yifen.core.facts.days import ZONE
from yifen.core.facts.sqlfiles import queries
from yifen.trades.settlement.operations.payouts import shown
from yifen.trades.settlement.operations.receipts import arrived

_SQL = queries(__package__)
PAYOUTS_SQL = _SQL["payouts_matched"]
RECEIPTS_SQL = _SQL["receipts_matched"]


class MatchesTaken(Struct, frozen=True):
    """How many documents ended."""

    payouts: int
    receipts: int


def take_bank_matches(conn: psycopg.Connection[Any], now: datetime) -> MatchesTaken:
    """Payouts whose line stands on the bank's statement are done, receipts have arrived. Each by
    itself, so a repeat goes on where a crash left it."""
    payouts = receipts = 0
    for (document_id,) in conn.execute(PAYOUTS_SQL).fetchall():
        marked = shown(conn, document_id, now)
        payouts += marked.code is Code.OK and marked.changed
    today = now.astimezone(ZONE).date()
    for (document_id,) in conn.execute(RECEIPTS_SQL).fetchall():
        there = arrived(conn, document_id, today, now)
        receipts += there.code is Code.OK and there.changed
    return MatchesTaken(payouts, receipts)
