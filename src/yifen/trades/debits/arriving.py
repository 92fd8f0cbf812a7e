"""Debit files that landed in `inbox/debits/<BILLER>/`: put there over SFTP, or fetched from a biller's folder `debits`.

Taken in, a file moves to `taken/`; refused, to `refused/` with a text beside it that says why, and the list of refused
files has it too. Whoever dies between the two takes nothing in twice: the same bytes are the same batch.
"""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog

from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.hub.aside import move_aside, plain_file, seen_of
from yifen.hub.landing import DEBITS, REFUSED, TAKEN, lying, shown
from yifen.trades.debits import files

log = structlog.get_logger()
_SQL = queries(__package__)
QUIET_S = 2
_VERSION = re.compile(r"~[0-9]{3}(?=\.[^.]*$|$)")


def take_landed(
    conn: files.Connection, ring: KeyRing, inbox: Path, clock: Callable[[], datetime], quiet_s: int = QUIET_S
) -> int:
    """What lies there for billers; answers how many were taken in. Whatever a file does, the next one is taken."""
    billers, taken = dict(conn.execute(_SQL["billers"]).fetchall()), 0
    unusable: dict[str, OSError] = {}
    for code, path in lying(inbox / DEBITS, set(billers), quiet_s, unusable):
        try:
            taken += _take(conn, ring, billers[code], path, clock())
        except OSError as error:
            unusable[code] = error
        except Exception:  # it is left where it is, and stops neither the next nor what is debited
            log.exception("a debit file could not be taken in", biller=code, file=path.name)
    for code, why in unusable.items():
        log.warning("a biller's debit files are unusable", biller=code, reason=str(why))
    return taken


def _take(conn: files.Connection, ring: KeyRing, biller_id: int, path: Path, now: datetime) -> int:
    seen, name = seen_of(path), _VERSION.sub("", shown(path))  # fetched anew, it has the name that it had there
    with plain_file(path, seen) as stream:
        body = stream.read(files.BYTES_MAX + 1)
    try:
        files.take_in(conn, ring, "", biller_id, name, body, now)
    except Refused as refused:
        log.warning("a debit file was refused", file=name, reason=str(refused))
        move_aside(path, REFUSED, seen, refused)
        return 0
    move_aside(path, TAKEN, seen)
    return 1
