"""What each process takes of memory once it is at work, in MB of its own (proportional set size).

`PYTHONPATH=src:. .venv/bin/python -m tests.ops.measure_memory`; its last line is JSON.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from tests.cluster import cluster_of, migrated
from tests.running import port_of_ours
from yifen.core.embedded.processes import children
from yifen.core.facts.processes import GATEWAY, NIGHT, WEB, WORKER

COMMANDS = (("gateway", GATEWAY, "serve"), ("web", WEB, "web"), ("worker", WORKER, "worker"),
            ("night", NIGHT, "worker --night"))  # fmt: skip
SETTLED_S = 20


def memory_mb(pid: int) -> float:
    """Of a process and those below it."""
    told = Path(f"/proc/{pid}/smaps_rollup").read_text().partition("\nPss:")[2].split()[0]
    return int(told) / 1024 + sum(memory_mb(child) for child in children(pid))


def main() -> None:
    with cluster_of({"shared_buffers": "64MB", "max_connections": "200"}) as server, \
            tempfile.TemporaryDirectory() as name:  # fmt: skip
        database = migrated(server, "yifen", buckets=4)
        running = {}
        for what, role, command in COMMANDS:
            port = str(port_of_ours(Path(name) / what))
            env = database.environment(role, YIFEN_DATA=name, YIFEN_PORT=port, YIFEN_WEB_PORT=port)
            running[what] = subprocess.Popen([sys.executable, "-m", "yifen", *command.split()], env=env,
                                             stderr=subprocess.DEVNULL)  # fmt: skip
        time.sleep(SETTLED_S)
        with psycopg.connect(database.super_url) as conn:
            asked = "SELECT usename, count(*)::int FROM pg_stat_activity WHERE datname = 'yifen' GROUP BY 1"
            used = dict(conn.execute(asked).fetchall())
        told = {what: {"mb": round(memory_mb(child.pid)), "connections": used.get(role, 0)}
                for (what, role, _), child in zip(COMMANDS, running.values(), strict=True)}  # fmt: skip
        for child in running.values():
            child.terminate()
            child.wait(60)
    print(json.dumps(told))


if __name__ == "__main__":
    from tests.conftest import pytest_configure

    pytest_configure()
    main()
