"""Start the server process and wait until it answers as the server of these data."""

import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg

from yifen.core.embedded.binaries import Binaries
from yifen.core.embedded.cluster import SUPERUSER, Cluster, environment
from yifen.core.embedded.errors import PortInUse, StartTooSlow, explain
from yifen.core.embedded.ports import remembered_or_free
from yifen.core.embedded.processes import Postmaster, drop_stale_pid_file, running_postmaster

SILENT: Mapping[str, str] = {
    # Of a statement that fails only its message is logged: statement, parameters and row may hold
    # password hashes, keys, names. Of CREATE ROLE … PASSWORD nothing either.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
}
"""What an operator sets on a server of his own, too (docs/operations.md)."""
START_S_MAX = 300  # a crash recovery may take long
ORPHANS_S_MAX = 30
TICK_S = 0.01
DEFAULTS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",  # behind each the first write to a page is its whole image
    "max_slot_wal_keep_size": "20GB",  # an archive that stands still does not fill the disk
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    **SILENT,
}
_LOG_BYTES_MAX = 10_000_000

Child = subprocess.Popen[bytes]


def launch(
    cluster: Cluster, binaries: Binaries, settings: Mapping[str, str]
) -> tuple[Child, Postmaster]:
    """Call while holding the start lock, when no server runs."""
    drop_stale_pid_file(cluster.data)
    began = time.monotonic()
    while True:
        port = settings.get("port") or str(remembered_or_free(cluster.home / "port"))
        log_begin = _rotated(cluster.log)
        child = _spawn(cluster, binaries, {**settings, "port": port})
        try:
            server = wait_until_ready(cluster, child)
        except BaseException:
            child.send_signal(signal.SIGQUIT)
            child.wait()
            raise
        if server:
            return child, server
        said = _log_since(cluster.log, log_begin)
        bound_meanwhile = "could not bind" in said and "port" not in settings
        orphans = "pre-existing shared memory block" in said  # a killed server's children
        if not (bound_meanwhile or orphans) or time.monotonic() - began > ORPHANS_S_MAX:
            raise explain(said, folder=cluster.home, log=cluster.log, port=port)
        time.sleep(10 * TICK_S)


def wait_until_ready(cluster: Cluster, child: Child | None = None) -> Postmaster | None:
    """None when the server ended instead: our child, or without one the server that was found."""
    deadline = time.monotonic() + START_S_MAX
    while time.monotonic() < deadline:
        if child and child.poll() is not None:
            return None
        server = running_postmaster(cluster.data)
        if server is None and child is None:
            return None
        if server and server.ready and _answers(cluster, server.port):
            return server
        time.sleep(TICK_S)
    raise StartTooSlow(seconds=START_S_MAX, log=cluster.log)


def _spawn(cluster: Cluster, binaries: Binaries, settings: Mapping[str, str]) -> Child:
    """A direct child, in its own session so that the terminal's Ctrl-C does not reach it first."""
    command = [binaries.program("postgres"), "-D", str(cluster.data)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with cluster.log.open("ab") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=environment(),
            start_new_session=True,
            **cluster.account.popen(),
        )


def _answers(cluster: Cluster, port: int) -> bool:
    """Only a connection proves it: `pg_ctl status` believes a dead server."""
    try:
        with psycopg.connect(
            host="127.0.0.1",
            port=port,
            user=SUPERUSER,
            password=cluster.passwords()[SUPERUSER],
            dbname=SUPERUSER,
            connect_timeout=5,
            sslmode="disable",
            gssencmode="disable",
        ) as connection:
            row = connection.execute("show data_directory").fetchone()
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise cluster.passwords_lost() from None
        return False
    if row != (str(cluster.data),):
        raise PortInUse(port=port)
    return True


def _rotated(log: Path) -> int:
    """Where this start's part of the log begins; a big log becomes postgres.log.1."""
    size = log.stat().st_size if log.exists() else 0
    if size <= _LOG_BYTES_MAX:
        return size
    log.replace(log.with_suffix(".log.1"))
    return 0


def _log_since(log: Path, begin: int) -> str:
    return log.read_bytes()[begin:].decode(errors="replace")
