"""The step `answers` of the night: what pay methods answered today is read again, by keys that the process
which wrote it down cannot change."""

from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.hub.failing import NightFailures
from yifen.hub.night import Connection, Night, Result
from yifen.trades.orders import proof
from yifen.trades.orders.codes import OrderCode

_SQL = queries(__package__)
_PROVED, _WHOSE = _SQL["answer_proved"], _SQL["whose_order"]


def read_answers(conn: Connection, night: Night) -> Result:
    """Each that the pay method signed is marked as read; a channel with others is a line of the morning, and the
    day does not close by itself."""
    failures, proved, bad = NightFailures(conn, night.day), 0, dict[tuple[str, int], list[str]]()
    for kept, digest, why in proof.read(conn, key_ring(), True):
        if not why:
            conn.execute(_PROVED, (kept.answer_id, digest, night.now))
            proved += 1
        else:
            whose = conn.execute(_WHOSE, (kept.order_no,)).fetchone() or (kept.order_no, 0)
            bad.setdefault(whose, []).append(f"{kept.order_no} {why}")
    for (channel, institution), told in bad.items():
        failures.add(channel, institution, OrderCode.ANSWER_UNPROVED, f"({len(told)}) {told[0]}")
    return {"sums": {"answers": proved}, "failed": failures.told}
