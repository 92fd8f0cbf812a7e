"""An acquirer's own file is taken in, sealed, and compared with what the door has: by terminal, batch and trace."""

from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg
from psycopg.types.json import Jsonb

from yifen.core.facts.codes import Code
from yifen.core.facts.days import ZONE
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.hub.pos import seals
from yifen.hub.pos.door.terminals import code_named
from yifen.hub.pos.file_rows import read_day

_SQL = queries(__package__)
TRIES = 8


class TakenDay(NamedTuple):
    """`is_new`: it was not taken before."""

    day: date
    is_whole: bool
    rows: int
    is_new: bool


def acquirers(conn: psycopg.Connection[Any]) -> dict[str, int]:
    """Whose files there may be, and of which institution each is."""
    return dict(conn.execute(_SQL["files_from"]).fetchall())


def take(
    conn: psycopg.Connection[Any], ring: KeyRing, acquirer: str, name: str, body: bytes, now: datetime
) -> TakenDay:
    """In one transaction. Refused: as `read_day`; BUSY (another file of it was taken meanwhile), INPUT_INVALID."""
    found = read_day(body, name)
    digest = seals.file_digest(acquirer, found.day, found.is_whole, found.rows)
    whole = {"acquirer": acquirer, "day": found.day.isoformat(), "is_whole": found.is_whole, "name": name[:200],
             "digest": digest.hex(), "rows": [row._asdict() for row in found.rows]}  # fmt: skip
    code, is_new = int(Code.BUSY), False
    for _try in range(TRIES):
        number = (conn.execute(_SQL["next_file"], (acquirer,)).fetchone() or [1])[0]
        seal = ring.seal(seals.numbered_digest(acquirer, number, digest), seals.file_context(acquirer, number))
        row = conn.execute(_SQL["file"], (Jsonb(whole | {"number": number, "seal": seal.hex()}), now)).fetchone()
        code, is_new = row or (code, is_new)
        if code != Code.BUSY:
            break
    if code:
        raise Refused(code_named(code), "file")
    return TakenDay(found.day, found.is_whole, len(found.rows), is_new)


def compare(conn: psycopg.Connection[Any], since: date, now: datetime) -> int:
    """What the files since that day and we have otherwise; answers how many exceptions are new."""
    row = conn.execute(_SQL["compare"], (since, str(ZONE), now)).fetchone()
    return int(row[0]) if row else 0
