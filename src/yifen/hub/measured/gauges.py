"""What the database tells of payments, recent calls and the chains. The sandbox counts in nothing."""

from datetime import datetime
from typing import Any

import psycopg

from yifen.core.facts.codes import Code
from yifen.core.facts.sandbox import SANDBOX_BOOK_ID
from yifen.core.facts.sqlfiles import queries
from yifen.core.metrics.reading import Measure

_SQL = queries(__package__)
_UNDECIDED, _RECENT, _CHAINS = _SQL["undecided_now"], _SQL["recent_calls"], _SQL["chains_now"]
OURS = (Code.BUSY, Code.UNAVAILABLE, Code.FAULT)
BILLERS = (Code.BILLER_OUTAGE, Code.BILLER_UNAVAILABLE)
TAKEN = (Code.OK, Code.PROCESSING)
FEW = 20  # a share of fewer calls says nothing
ANSWERS = {"taken": TAKEN, "biller": BILLERS, "failed": OURS}


def read(conn: psycopg.Connection[Any], now: datetime) -> list[Measure]:
    """In one go: none of them reads more than the rows that it counts."""
    return [*_undecided(conn, now), *_recent(conn, now), *_chains(conn, now)]


def _undecided(conn: psycopg.Connection[Any], now: datetime) -> list[Measure]:
    row = conn.execute(_UNDECIDED, {"now": now, "sandbox": SANDBOX_BOOK_ID}).fetchone()
    assert row is not None
    asking, stopped, oldest_s, overdue_s = row
    return [
        Measure("yifen_payments_undecided", asking, ("asking",)),
        Measure("yifen_payments_undecided", stopped, ("stopped",)),
        Measure("yifen_payments_undecided_oldest_seconds", oldest_s),
        Measure("yifen_outbox_overdue_seconds", overdue_s),
    ]


def _recent(conn: psycopg.Connection[Any], now: datetime) -> list[Measure]:
    counts = dict.fromkeys((*ANSWERS, "refused"), 0)
    for code, calls in conn.execute(_RECENT, {"now": now, "sandbox": SANDBOX_BOOK_ID}):
        counts[next((word for word, codes in ANSWERS.items() if code in codes), "refused")] += calls
    could = counts["taken"] + counts["failed"]
    ratio = counts["failed"] / could if could >= FEW else 0
    told = [Measure("yifen_recent_calls", calls, (word,)) for word, calls in counts.items()]
    return [*told, Measure("yifen_recent_failed_ratio", ratio)]


def _chains(conn: psycopg.Connection[Any], now: datetime) -> list[Measure]:
    """No age before the first cut: nothing was kept yet."""
    row = conn.execute(_CHAINS, (now,)).fetchone()
    assert row is not None
    kept = [] if row[1] is None else [Measure("yifen_chain_kept_age_seconds", row[1])]
    return [Measure("yifen_chain_unproved_batches", row[0]), *kept]
