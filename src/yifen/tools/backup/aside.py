"""A restored server, started aside: it listens in a closed folder alone, and nothing of the configuration that was
copied with it counts, so that it archives nowhere, follows nobody and lets nobody else in."""

import shlex
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg.conninfo import make_conninfo

from yifen.core.embedded.account import Account
from yifen.core.embedded.binaries import Binaries
from yifen.core.embedded.cluster import environment
from yifen.core.embedded.launch import DEFAULTS
from yifen.core.runtime import EdgeError

TICK_S = 0.1
WAIT_S_MIN, SLOWEST = 600, 2**20  # bytes that a recovery reads in a second, at the least
PORT = "5432"
QUIET: Mapping[str, str] = {
    **DEFAULTS, "listen_addresses": "", "port": PORT, "hot_standby": "off", "ssl": "off", "archive_mode": "off",
    "archive_command": "", "archive_library": "", "primary_conninfo": "", "synchronous_standby_names": "",
    "shared_preload_libraries": "", "session_preload_libraries": "", "log_destination": "stderr",
    "logging_collector": "off", "max_wal_size": "8GB", "maintenance_work_mem": "256MB",
}  # fmt: skip


class Aside(NamedTuple):
    """Where it listens, as every role without a password."""

    folder: Path
    database: str

    def url(self, role: str) -> str:
        return make_conninfo("", host=str(self.folder), port=PORT, dbname=self.database, user=role)


def recovery(wal: Path, until: str) -> dict[str, str]:
    """From this archive to its end, or until this moment; then it is a server of its own."""
    source = shlex.quote(f"{wal}/").replace("%", "%%")
    found = {"restore_command": f'cp {source}"%f" "%p"', "recovery_target_timeline": "latest"}
    return found | ({"recovery_target_time": until, "recovery_target_action": "promote"} if until else {})


@contextmanager
def aside(
    data: Path, account: Account, binaries: Binaries, database: str, settings: Mapping[str, str], log: Path,
    wait_s_max: float,
) -> Iterator[Aside]:  # fmt: skip
    """Once it has recovered; stopped in order at the end. EdgeError with what it said, or that it still recovers."""
    with tempfile.TemporaryDirectory(prefix="yifen-aside-") as name:
        folder = Path(name)
        (folder / "hba").write_text("local all all trust\n")
        (folder / "none").write_text("")
        for path in (folder, folder / "hba", folder / "none"):
            account.own(path)
        named = {"config_file": folder / "none", "hba_file": folder / "hba", "ident_file": folder / "none",
                 "unix_socket_directories": folder}  # fmt: skip
        command = [binaries.program("postgres"), "-D", str(data)]
        for key, value in {**QUIET, **settings, **named}.items():
            command += ["-c", f"{key}={value}"]
        with log.open("ab") as said:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd="/",
                                     env=environment(), start_new_session=True, **account.popen())  # fmt: skip
        found = Aside(folder, database)
        try:
            _wait(child, found, log, wait_s_max)
            yield found
        finally:
            if child.poll() is None:
                child.send_signal(signal.SIGINT)
            child.wait()


def _wait(child: subprocess.Popen[bytes], found: Aside, log: Path, wait_s_max: float) -> None:
    until = time.monotonic() + wait_s_max
    while time.monotonic() < until:
        if child.poll() is not None:
            raise EdgeError(_why(log.read_text(errors="replace")))
        try:
            with psycopg.connect(found.url("postgres"), connect_timeout=5) as conn:
                if conn.execute("SELECT pg_is_in_recovery()").fetchone() == (False,):
                    return
        except psycopg.OperationalError as error:
            if "does not exist" in str(error):  # a superuser of another name: it answers
                return
        time.sleep(TICK_S)
    raise EdgeError(f"the restored server has not recovered within {wait_s_max:.0f} s")


def wait_s_max(size: int) -> float:
    """For so many bytes to recover."""
    return WAIT_S_MIN + size / SLOWEST


def _why(said: str) -> str:
    if "recovery ended before configured recovery target was reached" in said:
        last = [line.partition("last completed transaction was at log time ")[2] for line in said.splitlines()
                if "last completed transaction" in line]  # fmt: skip
        return ("the WAL that is kept ends before that moment"
                + (f"; its last transaction is of {last[-1]}" if last else "")
                + ": without --until all of it is restored")  # fmt: skip
    return "the restored server does not start: " + " | ".join(said.strip().splitlines()[-6:])
