"""Reports that partners are told of: made, and not told yet (decision 0026)."""

from collections.abc import Iterator
from typing import Any

import psycopg

from yifen.core.facts.days import ZONE
from yifen.core.facts.events import FileWithdrawn, FoundEvents, Happened
from yifen.core.facts.plug import EventKind, EventSource, Text
from yifen.core.facts.sqlfiles import queries

_SQL = queries(__package__)
_TELL, _SENT = _SQL["tell"], _SQL["sent"]
KIND = "report.ready"

REPORTS = EventSource("reports", "yifen.trades.figures.events:find", (
    EventKind(KIND, Text("约定的报表已生成", "A report that was agreed to is ready"), {
        "file": "report", "name": "report-12-20261201.xlsx", "day": "2026-12-01", "size": 7412,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "rows": 41}),
), file="yifen.trades.figures.events:file_of")  # fmt: skip


def find(
    conn: psycopg.Connection[Any], position: dict[str, Any], wanted: frozenset[int], most: int
) -> FoundEvents:
    """Each is marked as told in the transaction that writes its event down, so there is no position."""
    rows = conn.execute(_TELL, (sorted(wanted), most)).fetchall()
    return FoundEvents([
        Happened(KIND, partner_id, sent_as, made_at, {
            "file": "report", "name": f"{sent_as}.{form}", "day": due.astimezone(ZONE).date().isoformat(),
            "size": size, "sha256": sha256.hex(), "rows": row_count})
        for partner_id, sent_as, form, due, made_at, size, sha256, row_count in rows], {})  # fmt: skip


def file_of(conn: psycopg.Connection[Any], partner: str, data: dict[str, Any]) -> Iterator[bytes]:
    """Its bytes, in one part. Raises FileWithdrawn: it was stopped, or whoever has it sent may no more."""
    row = conn.execute(_SENT, (partner, data["name"])).fetchone()
    if row is None or row[0] is None:
        raise FileWithdrawn(f"{data['name']} was stopped")
    yield bytes(row[0])
