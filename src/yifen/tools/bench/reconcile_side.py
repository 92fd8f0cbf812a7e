"""The two sides of `yifen bench reconcile`, each run in a process of its own."""

import resource
import time
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import psycopg

from yifen.trades.reconciliation import files, runs
from yifen.trades.reconciliation.profile import read_profile

_DUCKDB = """
SELECT o.serial, t.serial, o.kind, t.kind, o.amount_fen, t.amount_fen
FROM read_csv('{ours}', delim='|', header=false, quote='', columns={columns}) o
FULL JOIN read_csv('{theirs}', delim='|', header=false, quote='', columns={columns}) t
    ON o.serial = t.serial
WHERE o.serial IS NULL OR t.serial IS NULL OR o.amount_fen <> t.amount_fen OR o.kind <> t.kind"""
_COLUMNS = {
    "mark": "VARCHAR", "kind": "VARCHAR", "serial": "VARCHAR", "original": "VARCHAR",
    "payment_id": "VARCHAR", "biller": "VARCHAR", "account_no": "VARCHAR",
    "amount_fen": "BIGINT", "paid_at": "VARCHAR", "booked_at": "VARCHAR",
    "biller_serial": "VARCHAR",
}  # fmt: skip


class SideMeasure(msgspec.Struct, frozen=True):
    """One measurement: seconds in all and of each step, megabytes held at most."""

    seconds: float
    differences: int
    memory_mb: int
    database_mb: int = 0
    steps: dict[str, float] = {}


def duckdb_side(ours: Path, theirs: Path) -> SideMeasure:
    """Read both files, join them, hand out what differs."""
    import duckdb

    began = time.monotonic()
    statement = _DUCKDB.format(ours=ours, theirs=theirs, columns=_COLUMNS)
    rows = duckdb.connect().execute(statement).fetchall()
    return SideMeasure(time.monotonic() - began, len(rows), _peak_mb())


def our_side(url: str, partner: str, path: Path, day: date) -> SideMeasure:
    """Take the file in, reconcile its day; what `yifen reconcile` does."""
    now = datetime.now(UTC)
    with psycopg.connect(url, autocommit=True) as conn, path.open("rb") as stream:
        began = time.monotonic()
        profile = read_profile(conn, partner)
        files.take_in(conn, profile, stream, path.name, "bench", now, day)
        taken = time.monotonic()
        outcome = runs.reconcile(conn, profile, day, now)
        ended = time.monotonic()
        steps = {"file": round(taken - began, 3), "run": round(ended - taken, 3)}
        backend = _backend_mb(conn.info.backend_pid)
    found = sum(outcome.differences.values()) + outcome.waiting
    return SideMeasure(ended - began, found, _peak_mb(), backend, steps)


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _backend_mb(pid: int) -> int:
    """What the backend held at most, without what it shares; 0 where the system does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    held = {line.split(":")[0]: line.split()[1] for line in status.splitlines() if "kB" in line}
    return max(0, int(held.get("VmHWM", 0)) - int(held.get("RssShmem", 0))) // 1024
