"""The step `core_moves` of the night: what became of the day's moves at a core must be known, or the morning says which
are not, and the day does not close by itself."""

from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.hub.corebank import proof
from yifen.hub.corebank.codes import CoreCode
from yifen.hub.failing import NightFailures
from yifen.hub.night import Connection, Night, Result

_SQL = queries(__package__)


def look(conn: Connection, night: Night) -> Result:
    """A line for each core with moves up to this day that are not known, or not undone though they should be."""
    failures = NightFailures(conn, night.day)
    for core, institution, count, first in conn.execute(_SQL["not_known"], (night.day, night.book_id)).fetchall():
        failures.add(core, institution, CoreCode.CORE_AWAY, f"({count}) {first}")
    for move, why in proof.read(conn, key_ring(), night.day):
        failures.add(move.core, move.institution_id, CoreCode.CORE_FORGED, f"{move.serial} {why}")
    row = conn.execute(_SQL["done_of_day"], (night.day,)).fetchone()
    return {"sums": {"moves": row[0] if row else 0}, "failed": failures.told}
