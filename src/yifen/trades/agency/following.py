"""What became of documents of the agency at the core: asked when a move was sent, and by the worker for the rest."""

from datetime import datetime

import psycopg
import structlog

from yifen.core.facts.sqlfiles import queries
from yifen.hub.corebank.operations import Connection

log = structlog.get_logger()
_SQL = queries(__package__)
FOLLOW = {"deposit": _SQL["follow_deposit"], "charge": _SQL["follow_charge"], "cheque": _SQL["follow_cheque"],
          "sweep": _SQL["follow_sweep"]}  # fmt: skip


def follow(conn: Connection, kind: str, number: int, at: datetime) -> str:
    """The document's state after the core's word counted here."""
    row = conn.execute(FOLLOW[kind], (number, at)).fetchone()
    assert row is not None
    return str(row[0])


def follow_all(conn: Connection, at: datetime) -> int:
    """Every document of which the core said something that does not count here yet; answers how many. One that fails is
    tried again."""
    rows = conn.execute(_SQL["to_follow"]).fetchall()
    for kind, number in rows:
        try:
            follow(conn, kind, number, at)
        except psycopg.Error:  # one bad document must not keep its neighbours
            log.exception("a document of the agency does not follow its move", kind=kind, number=number)
    return len(rows)
