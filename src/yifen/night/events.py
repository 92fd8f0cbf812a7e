"""Statements that are ready, for the partners they are of (decision 0026)."""

from collections.abc import Iterator
from typing import Any

import psycopg

from yifen.core.audit.following import follow
from yifen.core.facts.events import FoundEvents, Happened
from yifen.core.facts.plug import EventSource
from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.events import FILE_READY

_SQL = queries(__package__)
_TOLD, _BODY = _SQL["told_statement"], _SQL["told_body"]
STATEMENTS = EventSource("statements", "yifen.night.events:find", (), ("file.ready",), "yifen.night.events:file_of")


def find(
    conn: psycopg.Connection[Any], position: dict[str, Any], wanted: frozenset[int], most: int
) -> FoundEvents:
    """As the trail tells of their rows."""
    followed, events = follow(conn, position, ("daily_statement",), most), []
    for entry in followed.entries:
        partner_id, day, form, version = entry.subject_key.split("|")
        if entry.action != "insert" or int(partner_id) not in wanted:
            continue
        row = conn.execute(_TOLD, (int(partner_id), day, form, int(version))).fetchone()
        if row is not None:
            code, size, sha256, made_at = row
            compact = day.replace("-", "")
            events.append(Happened(FILE_READY, int(partner_id), f"statement {form} {compact} {version}", made_at, {
                "file": "statement", "name": f"{code}-{compact}-statement-v{version}.{form}", "business_day": day,
                "version": int(version), "size": size, "sha256": sha256.hex(), "form": form,
            }))  # fmt: skip
    return FoundEvents(events, followed.position, followed.more)


def file_of(conn: psycopg.Connection[Any], partner: str, data: dict[str, Any]) -> Iterator[bytes]:
    """Its bytes."""
    asked = (partner, data["business_day"], data["form"], data["version"])
    row = conn.execute(_BODY, asked).fetchone()
    if row is not None:
        yield bytes(row[0])
