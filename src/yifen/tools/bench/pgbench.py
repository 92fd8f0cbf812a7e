"""The base of the comparison: PostgreSQL's own `pgbench -M prepared`, TPC-B, on the same server."""

import os
import re
import subprocess
from pathlib import Path

import psycopg
from msgspec import Struct

from yifen.core.embedded.account import account_for
from yifen.core.embedded.binaries import find_binaries
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.processes import OWNER
from yifen.core.runtime import EdgeError
from yifen.tools.bench.cpu import cpu_of

SCALE = 10
THREADS_MAX = 2
_TPS = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)
_LATENCY = re.compile(r"^latency average = ([\d.]+) ms", re.MULTILINE)


class PgbenchRun(Struct, frozen=True):
    """One run of pgbench."""

    round: int
    clients: int
    rate: float
    mean_ms: float
    cpu: dict[str, float]


class Pgbench:
    """A database of its own in the server under test; TPC-B, or what a script says."""

    def __init__(self, server: EmbeddedPostgres, bin_dir: Path | None, database: str = "pgbench") -> None:
        self._server, self._database = server, database
        self._program = find_binaries(account_for(server.home / "data"), bin_dir).program("pgbench")

    def prepare(self) -> None:
        self.create()
        self._run("-i", "-q", "-s", str(SCALE))

    def create(self) -> str:
        """The database, empty; where it is."""
        with psycopg.connect(self._server.url(OWNER, "yifen"), autocommit=True) as conn:
            conn.execute(f"CREATE DATABASE {self._database}")
        return self._server.url(OWNER, self._database)

    def measure(self, number: int, clients: int, seconds: int, *script: str) -> PgbenchRun:
        with cpu_of({"postgres": self._server.pid}) as cpu:
            said = self._run(
                "-M", "prepared", "-c", str(clients), "-j", str(min(clients, THREADS_MAX)),
                "-T", str(seconds), *script,
            )  # fmt: skip
        tps, latency = _TPS.search(said), _LATENCY.search(said)
        if tps is None or latency is None:
            raise EdgeError(f"pgbench said something unknown: {said[-500:]}")
        return PgbenchRun(number, clients, float(tps[1]), float(latency[1]), cpu)

    def _run(self, *options: str) -> str:
        address = {"PGDATABASE": self._server.url(OWNER, self._database)}
        done = subprocess.run(
            [self._program, *options], env={**os.environ, **address}, capture_output=True, text=True
        )
        if done.returncode != 0:
            raise EdgeError(f"pgbench failed: {done.stderr[-500:]}")
        return done.stdout
