"""The step `bank_answers` of the night: what banks said of deductions today is read again, by keys that the process
which wrote it down cannot change."""

from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.hub.failing import NightFailures
from yifen.hub.night import Connection, Night, Result
from yifen.trades.deductions import proof
from yifen.trades.deductions.codes import DeductionCode

_SQL = queries(__package__)


def read_answers(conn: Connection, night: Night) -> Result:
    """Each that its bank signed is marked as read; a channel with others is a line of the morning, and the day does not
    close by itself."""
    failures, proved, bad = NightFailures(conn, night.day), 0, dict[int, list[str]]()
    for kept, digest, why in proof.read(conn, key_ring(), True):
        if not why:
            conn.execute(_SQL["answer_proved"], (kept.answer_id, digest, night.now))
            proved += 1
        else:
            bad.setdefault(kept.channel_id, []).append(f"{kept.deduction_no} {why}")
    for channel_id, told in bad.items():
        channel, institution = conn.execute(_SQL["whose"], (channel_id,)).fetchone() or (str(channel_id), 0)
        failures.add(channel, institution, DeductionCode.BANK_WORD_UNPROVED, f"({len(told)}) {told[0]}")
    return {"sums": {"answers": proved}, "failed": failures.told}
