"""The landing place of partners' files: `inbox/<PARTNER>/`, from where SFTP or a person puts them.

A file counts once it no longer grows (`hub/landing.py`). Taken in, it
moves to `taken/`; refused, to `refused/` with a text beside it that says why. Its content is known
again by its digest, so a crash between the two takes nothing in twice. Of a partner so many are looked at for a day;
the others lie there for the next one, and are told of. What links he makes there, nobody follows (`aside.py`).
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import psycopg
import structlog

from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.hub.aside import Seen, move_aside, plain_file, seen_of
from yifen.hub.codes import PartnerCode
from yifen.hub.failing import said
from yifen.hub.landing import REFUSED, TAKEN, lying, shown
from yifen.hub.night import Connection
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.files import TakenFile, take_in
from yifen.trades.reconciliation.profile import LegProfile, read_profile

log = structlog.get_logger()
BY = "inbox"
DAY_FILES_MAX = 1000
_CODES = queries(__package__)["partner_codes"]


def take_all(
    conn: Connection, inbox: Path, book_id: int, day: date, now: datetime, quiet_s: int, looked: Counter[str]
) -> Iterator[tuple[str, TakenFile | Refused]]:
    """Take in what lies there for the partners of a book; one answer a file, and one more for a folder or
    a file that cannot be read or moved (INBOX_UNUSABLE), or for those beyond DAY_FILES_MAX (FILES_TOO_MANY). Whatever
    a file does, the next one is taken. `looked`: how many of each partner were, for this day; it is counted on."""
    codes = {code for (code,) in conn.execute(_CODES, (book_id,)).fetchall()}
    unusable: dict[str, OSError] = {}
    lie = lying(inbox, codes, quiet_s, unusable)
    yield from ((code, _unusable(code, error)) for code, error in sorted(unusable.items()))
    waiting = Counter[str]()
    for code, path in lie:
        if looked[code] >= DAY_FILES_MAX:
            waiting[code] += 1
            continue
        looked[code] += 1
        try:
            seen = seen_of(path)
            answer = _answer(conn, code, path, seen, day, now)
            before = () if isinstance(answer, Refused) else answer.before
            yield from ((code, one) for one in (*before, answer))
            if not isinstance(answer, Refused):
                move_aside(path, TAKEN, seen)
            elif not isinstance(answer.code, PartnerCode):
                move_aside(path, REFUSED, seen, answer)
        except OSError as error:
            log.warning("the inbox is unusable", partner=code, file=shown(path), reason=str(error))
            yield code, _unusable(shown(path), error)
    for code, count in waiting.items():
        log.warning("a partner's files wait for the next day", partner=code, files=count)
        yield code, Refused(FileCode.FILES_TOO_MANY, "file", Bilingual(
            "已看 {} 个，另有 {} 个", "{} were looked at, {} wait", DAY_FILES_MAX, count))  # fmt: skip


def _unusable(what: str, error: OSError) -> Refused:
    return Refused(PartnerCode.INBOX_UNUSABLE, "file", f"{what}: {error.strerror or error}")


def _answer(
    conn: Connection, code: str, path: Path, seen: Seen, day: date, now: datetime
) -> TakenFile | Refused:
    """Taken in, or why not. OSError goes on. A reader that breaks has a broken file before it, unless it is
    the database that fails."""
    try:
        return _take(conn, read_profile(conn, code), path, seen, day, now)
    except Refused as refused:
        log.warning("a file was refused", partner=code, file=shown(path), reason=str(refused))
        return refused
    except OSError:
        raise
    except psycopg.OperationalError as error:
        if conn.closed:
            raise
        log.exception("a file could not be taken in", partner=code, file=shown(path))
        return Refused(PartnerCode.PARTNER_FAILED, "file", Bilingual("{}：{}", "{}: {}", shown(path), said(error)))
    except Exception as error:  # whatever a partner's bytes do to a reader
        log.exception("a reader broke", partner=code, file=shown(path))
        return Refused(FileCode.FILE_BROKEN, "file", Bilingual("{}：{}", "{}: {}", shown(path), said(error)))


def _take(
    conn: Connection, profile: LegProfile, path: Path, seen: Seen, day: date, now: datetime
) -> TakenFile:
    """A file that does not say its day is of the day whose night it is."""
    with plain_file(path, seen) as stream:
        try:
            return take_in(conn, profile, stream, shown(path), BY, now)
        except Refused as refused:
            if refused.code is not FileCode.FILE_DAY_MISSING:
                raise
        return take_in(conn, profile, stream, shown(path), BY, now, day)
