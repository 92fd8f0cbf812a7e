"""The worker imports a file that two people agreed to, piece by piece."""

from collections.abc import Callable
from typing import Any

import psycopg
import structlog

from yifen.core.access.edge import now
from yifen.core.facts.settings import read_settings
from yifen.core.plugs import result_code

log = structlog.get_logger()


def import_pieces(ending: Callable[[], bool], proposal: int, to_do: str, piece: str, what: str) -> None:
    """Every piece that is not done, each in a transaction of its own: one that was killed goes on where
    it stopped. `to_do`: a statement (proposal) of them; `piece`: one (proposal, piece, now) that answers a code, and
    one that is not OK ends it. Raises when the process is to end, to be tried again."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        for (number,) in conn.execute(to_do.encode(), {"proposal": proposal}).fetchall():
            if ending():
                raise InterruptedError(f"the rest of the {what} is imported at the next try")
            row = conn.execute(piece.encode(), (proposal, number, now())).fetchone()
            if row and row[0]:
                log.warning("a file was not imported", what=what, proposal=proposal, piece=number,
                            reason=result_code(row[0]).name)  # fmt: skip
                return


def pieces(conn: psycopg.Connection[Any], statement: str, file_id: int) -> list[str]:
    """What an agreement binds, in their order."""
    row = conn.execute(statement.encode(), (file_id,)).fetchone()
    return list(row[0]) if row else []
