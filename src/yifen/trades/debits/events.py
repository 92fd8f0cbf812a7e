"""Batches that ended, for the biller they are of; the result file goes with the event (decision 0026)."""

from typing import Any

import psycopg

from yifen.core.audit.following import follow
from yifen.core.facts.events import FoundEvents, Happened
from yifen.core.facts.plug import EventKind, EventSource, Text
from yifen.core.facts.sqlfiles import queries

_SQL = queries(__package__)

DEBITS = EventSource("debits", "yifen.trades.debits.events:find", (
    EventKind("debit.done", Text("批量代扣已结束", "A batch debit has ended"), {
        "biller": "POWER01", "batch": "DB0000000001", "name": "DK20261130.txt.DB0000000001.out", "rows": 3,
        "debited": 2,
        "amount_fen": 12345}),
), file="yifen.trades.debits.handing:file_of")  # fmt: skip


def find(conn: psycopg.Connection[Any], position: dict[str, Any], wanted: frozenset[int], most: int) -> FoundEvents:
    """As the trail tells of batches."""
    followed, events = follow(conn, position, ("debit_batch",), most), []
    for entry in followed.entries:
        if not entry.subject_key.isdigit():
            continue
        asked = {"one": int(entry.subject_key), "wanted": sorted(wanted)}
        for biller_id, biller, serial, name, rows, debited, fen in conn.execute(_SQL["ended"], asked).fetchall():
            events.append(Happened("debit.done", biller_id, serial, entry.at, {
                "biller": biller, "batch": serial, "name": f"{name.replace('/', '-')}.{serial}.out", "rows": rows,
                "debited": debited, "amount_fen": fen}))  # fmt: skip
    return FoundEvents(events, followed.position, followed.more)
