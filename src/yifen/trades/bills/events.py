"""Bills that changed, for the biller they are of: how many and how much, never whose (decision 0026)."""

from typing import Any

import psycopg

from yifen.core.audit.following import follow
from yifen.core.facts.events import FoundEvents, Happened
from yifen.core.facts.plug import EventKind, EventSource, Text
from yifen.core.facts.sqlfiles import queries

_SQL = queries(__package__)
_TOLD = {"payable": ("taken", _SQL["told_bills"]), "payable_withdrawn": ("withdrawn", _SQL["told_withdrawn"])}

BILLS = EventSource("bills", "yifen.trades.bills.events:find", (
    EventKind("bill.changed", Text("账单已变动（收入、更改、撤回）", "Bills were taken in, changed or withdrawn"), {
        "biller": "HEAT01", "change": "taken", "payables": 2400, "due_fen": 30720000}),
))  # fmt: skip


def find(
    conn: psycopg.Connection[Any], position: dict[str, Any], wanted: frozenset[int], most: int
) -> FoundEvents:
    """As the trail tells of what was told; an event for each piece of an import."""
    followed, events = follow(conn, position, tuple(_TOLD), most), []
    for entry in followed.entries:
        if entry.action != "told" or not entry.subject_key.isdigit():
            continue
        change, statement = _TOLD[entry.subject]
        asked = {"one": int(entry.subject_key), "wanted": sorted(wanted)}
        for biller_id, biller, payables, due_fen in conn.execute(statement, asked).fetchall():
            events.append(Happened("bill.changed", biller_id, f"{change} {entry.subject_key}", entry.at, {
                "biller": biller, "change": change, "payables": payables, "due_fen": due_fen,
            }))  # fmt: skip
    return FoundEvents(events, followed.position, followed.more)
