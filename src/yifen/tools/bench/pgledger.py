"""pgledger, a ledger of SQL functions with a call a transfer, on the same server: its SQL is the user's to bring.

Its accounts lie in a database of their own; as many as a hub of five billers moves money between.
"""

from pathlib import Path

import psycopg

from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.sqlfiles import queries
from yifen.core.runtime import EdgeError
from yifen.tools.bench.pgbench import Pgbench, PgbenchRun

ACCOUNTS = 10
_SQL = queries(__package__)
SCRIPT = (f"\\set one random(1, {ACCOUNTS})\n\\set other (:one + random(0, {ACCOUNTS - 2})) % {ACCOUNTS} + 1\n"
          + _SQL["pgledger_transfer"] + ";\n")  # fmt: skip


def best_of(
    server: EmbeddedPostgres, bin_dir: Path | None, files: list[Path], clients: list[int], seconds: int
) -> PgbenchRun:
    """Its fastest run. `files`: its SQL, in the order in which it is loaded. EdgeError where one cannot be."""
    base = Pgbench(server, bin_dir, "pgledger")
    with psycopg.connect(base.create(), autocommit=True) as conn:
        for file in files:
            try:
                conn.execute(file.read_bytes())
            except (OSError, psycopg.Error) as error:
                raise EdgeError(f"--pgledger {file}: {error}") from None
        conn.execute(_SQL["pgledger_accounts"], (ACCOUNTS,))
    script = server.home / "pgledger.script"
    script.write_text(SCRIPT)
    try:
        runs = [base.measure(0, count, seconds, "-f", str(script)) for count in clients]
    finally:
        script.unlink()
    return max(runs, key=lambda run: run.rate)
