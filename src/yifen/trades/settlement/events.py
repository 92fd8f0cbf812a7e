"""Days settled and payouts done, for the billers whose money it is (decision 0026)."""

from typing import Any

import psycopg

from yifen.core.audit.following import FollowedEntry, follow
from yifen.core.facts.events import FoundEvents, Happened
from yifen.core.facts.plug import EventKind, EventSource, Text
from yifen.core.facts.sqlfiles import queries

_SQL = queries(__package__)
_SETTLED, _PAID_OUT = _SQL["told_settled"], _SQL["told_payout"]
_KINDS = {"done": "payout.done", "returned": "payout.returned"}
_PAYOUT = {"biller": "HEAT01", "reference": "PO20261130HEAT01", "amount_fen": 4487400, "due_on": "2026-11-30",
           "bank_serial": "20261130000123"}  # fmt: skip

MONEY = EventSource("settlement", "yifen.trades.settlement.events:find", (
    EventKind("day.settled", Text("会计日期已结算", "A business day is settled"), {
        "biller": "HEAT01", "business_day": "2026-11-29", "payments": 312, "amount_fen": 4510000,
        "due_fen": 4510000, "moved_fen": 4510000, "commission_fen": 22600, "mode": "net",
        "payout_on": "2026-11-30"}),
    EventKind("payout.done", Text("划付成功", "A payout is done"), _PAYOUT),
    EventKind("payout.returned", Text("划付被退回（退汇）", "A payout came back"), _PAYOUT),
))  # fmt: skip


def find(
    conn: psycopg.Connection[Any], position: dict[str, Any], wanted: frozenset[int], most: int
) -> FoundEvents:
    """As the trail tells of their rows."""
    followed = follow(conn, position, ("settlement", "payout"), most)
    found = [_event(conn, entry, sorted(wanted)) for entry in followed.entries]
    return FoundEvents([event for event in found if event], followed.position, followed.more)


def _event(conn: psycopg.Connection[Any], entry: FollowedEntry, wanted: list[int]) -> Happened | None:
    after, asked = entry.after or {}, (int(entry.subject_key), wanted)
    if entry.subject == "settlement":
        row = conn.execute(_SETTLED, asked).fetchone() if entry.action == "insert" else None
        kind = "day.settled"
    else:
        kind = _KINDS.get(after.get("state", ""), "")
        row = conn.execute(_PAID_OUT, asked).fetchone() if kind else None
    if row is None:
        return None
    biller_id, subject, data = row
    return Happened(kind, biller_id, subject, entry.at, data)
