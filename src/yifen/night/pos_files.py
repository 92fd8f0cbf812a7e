"""The step `pos_files`: the acquirers' own files 收单对账文件 are taken in and compared with what the POS door has.

They land in `inbox/acquirers/<ACQUIRER>/`. No acquirer is waited for: a day without a file, or with a part of one,
proves nothing of what is not in it, and the next night compares what comes later. What differs is an exception by
terminal and batch; a file that cannot be read is the acquirer's line in the morning.
"""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import structlog

from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.ring import key_ring
from yifen.hub.aside import move_aside, plain_file, seen_of
from yifen.hub.codes import PartnerCode
from yifen.hub.failing import NightFailures
from yifen.hub.landing import REFUSED, TAKEN, lying, shown
from yifen.hub.night import Connection, Night, NightTally, Result
from yifen.hub.pos import filing
from yifen.hub.pos.file_rows import BYTES_MAX

FOLDER = "acquirers"
OPEN_DAYS = timedelta(days=30)  # what nobody knew when a file came is compared so long
log = structlog.get_logger()


def take(conn: Connection, night: Night) -> Result:
    """Every file is a transaction of its own, with its comparison."""
    whose, failures, tally = filing.acquirers(conn), NightFailures(conn, night.day), NightTally()
    unusable: dict[str, OSError] = {}
    for code, path in lying(night.outside.inbox / FOLDER, set(whose), night.outside.quiet_s, unusable):
        with failures.of(code, whose[code], PartnerCode.INBOX_UNUSABLE):
            found = _one(conn, key_ring(), night, code, path)
            tally.add(whose[code], **found)
    for code, error in unusable.items():
        failures.add(code, whose[code], PartnerCode.INBOX_UNUSABLE, f"{code}: {error.strerror or error}")
    later = filing.compare(conn, night.day - OPEN_DAYS, night.now) if whose else 0
    return tally.result(later=later, failed=failures.told)


def _one(conn: Connection, ring: KeyRing, night: Night, code: str, path: Path) -> dict[str, int]:
    """Its rows and differences. Refused: it cannot be read, and lies aside with a text that says why."""
    seen = seen_of(path)
    with plain_file(path, seen) as stream:
        body = stream.read(BYTES_MAX + 1)
    try:
        with conn.transaction():
            taken = filing.take(conn, ring, code, shown(path), body, night.now)
            differences = filing.compare(conn, taken.day, night.now)
    except Refused as refused:
        log.warning("an acquirer's file was refused", acquirer=code, file=shown(path), reason=str(refused))
        with suppress(OSError):
            move_aside(path, REFUSED, seen, refused)
        raise
    move_aside(path, TAKEN, seen)
    return {"taken": int(taken.is_new), "rows": taken.rows if taken.is_new else 0, "differences": differences}
