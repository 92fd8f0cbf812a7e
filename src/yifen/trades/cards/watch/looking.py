"""The step `swipes` of the night: what rules find in official swipes, a bureau after the other, some hundred swipes a
transaction. Where one cannot be looked at the others are; it is told in the morning, and the next night looks again."""

from datetime import datetime

import psycopg
import structlog

from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.sqlfiles import queries
from yifen.hub.failing import NightFailures
from yifen.hub.night import Connection, Night, NightTally, Result
from yifen.trades.cards.codes import CardCode

AT_ONCE = 512
log = structlog.get_logger()
_SQL = queries(__package__)


def look(conn: Connection, night: Night) -> Result:
    """Every bureau of the book for itself."""
    tally, failures = NightTally(), NightFailures(conn, night.day)
    for bureau, code, institution in conn.execute(_SQL["bureaus_of_book"], (night.book_id,)).fetchall():
        with failures.of(code, institution):
            found, lost = look_at(conn, bureau, night.now)
            tally.add(institution, hits=found)
            if lost:
                told = " ".join(map(str, lost[:10]))
                said = Bilingual("消费号 {}", "swipes {}", told + (" …" if len(lost) > 10 else ""))
                failures.add(code, institution, CardCode.WATCH_FAILED, said)
    return tally.result(failed=failures.told)


def look_at(conn: Connection, bureau: int, now: datetime) -> tuple[int, list[int]]:
    """(new hits, what could not be looked at). `conn`: in autocommit. What was lost is looked at again next time."""
    ((swipes, claims),) = conn.execute(_SQL["to_watch"], (bureau, now)).fetchall()
    found, lost = 0, []
    for column, ids in (("swipes", swipes), ("claims", claims)):
        parts = [ids[first : first + AT_ONCE] for first in range(0, len(ids), AT_ONCE)]
        while parts:
            part = parts.pop()
            asked = {"bureau": bureau, "swipes": [], "claims": [], "now": now} | {column: part}
            try:
                ((count,),) = conn.execute(_SQL["watch"], asked).fetchall()
                found += count
            except psycopg.DatabaseError:
                if conn.closed:
                    raise
                half = len(part) // 2
                if half:
                    parts += [part[:half], part[half:]]
                    continue
                log.exception("could not be looked at", bureau=bureau, of=column, number=part[0])
                lost.append(part[0])
    if not lost:
        conn.execute(_SQL["watched"], (bureau, now))
    return found, lost
