"""Restarts into new versions under load: what callers saw of them.

Long: `PYTHONPATH=src:. .venv/bin/python -m tests.processes.restarts --restarts 20`; its last line is JSON. The
tests run a short one.
"""

import argparse
import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import psycopg

from tests.cluster import cluster_of, migrated
from tests.running import Gateway, port_of_ours
from tests.torture.traffic import Books, Door, Load, committed, owe_many
from tests.world import Database
from yifen.core.embedded.processes import children
from yifen.core.facts.processes import GATEWAY
from yifen.core.facts.settings import FRONTS, ROOT
from yifen.hub.payments.verify import verify

TELLERS, BETWEEN_S = 16, 1.0


class Versions:
    """A copy of the code, in which a version follows the other."""

    def __init__(self, folder: Path) -> None:
        self.source = folder / "src"
        shutil.copytree(ROOT / "src", self.source, ignore=shutil.ignore_patterns("__pycache__"))
        self._file = self.source / "yifen" / "__init__.py"
        self._late = self.source / "yifen" / "tools" / "cli" / "keeper.py"

    def put(self, version: str) -> None:
        self._file.write_text(f'"""A copy."""\n\n__version__ = "{version}"\n')

    def spoil(self) -> None:
        """A file that is loaded only once the server really begins."""
        self._late.write_text("this is no Python\n")


def restart(gateway: Gateway) -> subprocess.CompletedProcess[str]:
    """As an operator does."""
    return subprocess.run([sys.executable, "-m", "yifen", "serve", "--restart", "--port", str(gateway.port)],
                          env=gateway.env, cwd="/", capture_output=True, text=True)  # fmt: skip


async def restarted(
    database: Database, bills: list[tuple[str, int]], restarts: int, between_s: float = BETWEEN_S,
    workers: int = 2, tellers: int = TELLERS, front: str = FRONTS[0],
) -> dict[str, Any]:
    """Tellers on kept connections, and as many that connect for each charge, while versions change."""
    with tempfile.TemporaryDirectory(prefix="yifen-versions-") as name:
        versions = Versions(Path(name))
        versions.put("0")
        figures = port_of_ours(Path(name) / "port")
        env = database.environment(GATEWAY, PYTHONPATH=str(versions.source), YIFEN_DATA=f"{name}/data",
                                   YIFEN_METRICS=f"127.0.0.1:{figures}", YIFEN_FRONT=front)  # fmt: skip
        gateway = Gateway(env, workers=workers)
        with gateway:
            pid, seen, took = gateway.process.pid if gateway.process else 0, [], []
            async with AsyncExitStack() as stack:
                doors = [await stack.enter_async_context(Door(gateway.url, dialect=dialect))
                         for dialect in ("xml", "json", "xml", "json")]  # fmt: skip
                for door in doors[2:]:
                    door._http = httpx.AsyncClient(base_url=gateway.url, timeout=20, trust_env=False,
                                                   limits=httpx.Limits(max_keepalive_connections=0))  # fmt: skip
                load = Load(doors, iter(bills))
                load.start(tellers)
                for number in range(1, restarts + 1):
                    await asyncio.sleep(between_s)
                    versions.put(str(number))
                    began = time.monotonic()
                    done = await asyncio.to_thread(restart, gateway)
                    took.append(round(time.monotonic() - began, 2))
                    assert done.returncode == 0, done.stderr + gateway.log()
                    seen.append(await asyncio.to_thread(_version, gateway))
                versions.spoil()
                refused = await asyncio.to_thread(_spoilt_restart, gateway, versions)
                await asyncio.sleep(between_s)
                await load.stop()
            until = time.monotonic() + 30
            while len(children(pid)) > workers and time.monotonic() < until:
                await asyncio.sleep(0.1)
            left, log = len(children(pid)), gateway.log()
            holders = [one for one in (pid, *children(pid)) if _holds(one, figures)]
    books = Books(database)
    with psycopg.connect(database.app_url) as conn:
        problems = verify(conn).problems
    told = load.booked()
    return {
        "restarts": restarts, "versions": seen, "seconds": took, "refused_version": refused, "sent": len(load.sent),
        "codes": {code.name: count for code, count in load.codes().items()},
        "no_answer": Counter(str(one) for one in load.lost.values()), "processes_left": left,
        "lost": [serial for serial in told if serial not in books],
        "doubled": [serial for serial, (count, _) in books.items() if count != 1],
        "not_told": len(books.keys() - told.keys()), "problems": problems,
        "tracebacks": log.count("Traceback"), "figures_by": len(holders),
    }  # fmt: skip


def _version(gateway: Gateway) -> str:
    """Of who answers a new caller, once all of the version before take none any more."""
    until = time.monotonic() + 5
    while True:
        found = {httpx.get(f"{gateway.url}/openapi.json", trust_env=False).json()["info"]["version"] for _ in range(8)}
        if len(found) == 1 or time.monotonic() > until:
            return "+".join(sorted(found))


def _holds(pid: int, port: int) -> bool:
    """Whether a process listens there, by its files."""
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    inodes = {f"socket:[{row[9]}]" for row in rows if row[3] == "0A" and int(row[1].partition(":")[2], 16) == port}
    return any(os.readlink(file) in inodes for file in Path(f"/proc/{pid}/fd").iterdir())


def _spoilt_restart(gateway: Gateway, versions: Versions) -> str:
    """By the signal alone, as `systemctl reload` of old units."""
    assert gateway.process
    os.kill(gateway.process.pid, signal.SIGHUP)
    until = time.monotonic() + 40
    while "does not start" not in (log := gateway.log()) and time.monotonic() < until:
        time.sleep(0.05)
    return next((json.loads(line)["said"] for line in log.splitlines() if "does not start" in line), "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--restarts", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--front", choices=FRONTS, default=FRONTS[0])
    parser.add_argument("--bills", type=int, default=200_000)
    args = parser.parse_args()
    with cluster_of({"shared_buffers": "64MB"}) as server:
        with psycopg.connect(server.url("yifen_owner", "postgres"), autocommit=True) as conn:
            conn.execute("CREATE DATABASE restarts")
        database = migrated(server, "restarts", buckets=2)
        with committed(database) as world:
            bills = owe_many(world, args.bills)
        found = restarted(database, bills, args.restarts, workers=args.workers, front=args.front)
        print(json.dumps(asyncio.run(found)))


if __name__ == "__main__":
    from tests.conftest import pytest_configure

    pytest_configure()
    main()
