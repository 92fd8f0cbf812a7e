"""Finding events: each source is read on from where it was, and what it finds is written down with its deliveries in
one transaction, so that nothing is found twice and nothing between two looks is lost."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
import structlog
from psycopg.types.json import Jsonb

from yifen.core.access import edge
from yifen.core.facts.plug import EventKind, EventSource, Text
from yifen.core.facts.settings import read_settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import called, plugs

Conn = psycopg.Connection[Any]
log = structlog.get_logger()
_SQL = queries(__package__)
MOST = 2_000  # rows of a source in one transaction
PING = EventKind("ping", Text("测试", "A test"), {"ping": True})


def sources() -> tuple[EventSource, ...]:
    """Of all plugs."""
    return tuple(source for plug in plugs() for source in plug.events)


def event_kinds() -> dict[str, EventKind]:
    """Every kind that a pipe may want, by its name."""
    return {kind.name: kind for source in sources() for kind in source.kinds}


def run(ending: Callable[[], bool]) -> None:
    """The job, every few seconds."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        find_all(conn, edge.now, ending)


def find_all(conn: Conn, clock: Callable[[], datetime], ending: Callable[[], bool]) -> None:
    """Every source up to its end. One that fails stops no other, and is named on the page of events."""
    for source in sources():
        try:
            while not ending() and find(conn, source, clock()):
                pass
        except Exception as error:  # whatever a source stumbles over
            log.exception("a source of events cannot be read", source=source.name)
            if conn.closed:
                raise
            fault = f"{type(error).__name__}: {error}"[:200]
            conn.execute(_SQL["cursor_failed"], {"source": source.name, "now": clock(), "fault": fault})


def find(conn: Conn, source: EventSource, now: datetime) -> bool:
    """One piece of one source; true: there is more."""
    with conn.transaction():
        conn.execute(_SQL["cursor_made"], (source.name, now))
        row = conn.execute(_SQL["cursor_taken"], (source.name,)).fetchone()
        assert row is not None
        wanted = frozenset(one for (one,) in conn.execute(_SQL["wanted"], (list(source.finds),)).fetchall())
        found = called(source.find)(conn, row[0], wanted, MOST)
        events = list(found.events)
        if events:
            conn.execute(_SQL["found"], {
                "uids": [one.uid for one in events], "kinds": [one.kind for one in events],
                "partners": [one.partner_id for one in events], "subjects": [one.subject for one in events],
                "ats": [one.at for one in events],
                "datas": [json.dumps(one.data, ensure_ascii=False) for one in events],
                "source": source.name, "now": now,
            })  # fmt: skip
        conn.execute(_SQL["cursor_moved"], (Jsonb(found.position), now, source.name))
    return bool(found.more)
