"""A PostgreSQL of the tests' own, in a folder that vanishes with it, and databases in it."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import psycopg

from tests.world import APP, PAGES, Database
from yifen.core.embedded.cluster import SUPERUSER, cluster_in
from yifen.core.embedded.errors import NotRunning
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.processes import EVERYONE, OWNER, READER, WEB

PASSWORD = "tests"
BETWEEN = "yifen_between"

FAST = {"fsync": "off", "full_page_writes": "off", "max_connections": "400",
        "max_wal_size": "256MB"}  # fmt: skip
IN_FOLDER = {"dynamic_shared_memory_type": "mmap"}  # a killed server would leave any other behind
MEMORY, MEMORY_BYTES_MIN = Path("/dev/shm"), 4 * 2**30
# The thousands of connections would each compute a password's hash for milliseconds; since PostgreSQL 16.
CHEAP = "SELECT set_config(name, '1', false) FROM pg_settings WHERE name = 'scram_iterations'"
# Waits until we say that the server has ended, or have died ourselves.
GUARD = """
read -r ended || kill -QUIT "$(head -n 1 "$1/data/postmaster.pid")"
until rm -rf "$1"; do sleep 1; done
"""


def fast() -> AbstractContextManager[EmbeddedPostgres]:
    """Without fsync, for nothing here pulls its plug; in memory, where that has room: each database
    is a thousand files."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_BYTES_MIN
    return cluster_of(FAST, MEMORY if roomy else None)


@contextmanager
def cluster_of(settings: dict[str, str], within: Path | None = None) -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL of its own in a folder that vanishes with it, also when we are killed."""
    folder = Path(tempfile.mkdtemp(prefix="yifen-test-", dir=within))
    folder.chmod(0o755)  # as root the server runs as nobody
    guard = subprocess.Popen(["sh", "-c", GUARD, "guard", folder], stdin=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, start_new_session=True)  # fmt: skip
    server = EmbeddedPostgres(folder, settings=IN_FOLDER | settings)
    try:
        server.start()
        add_app(server)
        yield server
    finally:
        with suppress(NotRunning):  # by a test that failed
            server.kill()  # at once: nothing of it is kept
        guard.communicate(b"ended\n")


def add_app(server: EmbeddedPostgres) -> None:
    """A role of the tests alone, which is all processes at once and may become the owner; it and the
    processes share a password. Other workers of the tests find all that in the cluster's file."""
    with psycopg.connect(server.url(SUPERUSER, "postgres")) as conn:
        # Before PostgreSQL 16 only a role between two keeps one from having the rights of the other.
        conn.execute(f"CREATE ROLE {BETWEEN} NOINHERIT IN ROLE {OWNER}")
        conn.execute(f"CREATE ROLE {APP} IN ROLE {', '.join((BETWEEN, *EVERYONE, READER))}")
        # What two people change, a test of pages may lay out; no other right of the owner's.
        conn.execute(f"CREATE ROLE {PAGES} IN ROLE {BETWEEN}, {WEB}")
        words = cluster_in(server.home).passwords() | dict.fromkeys((APP, PAGES, *EVERYONE), PASSWORD)
        conn.execute(CHEAP)
        for role, word in words.items():
            conn.execute(f"ALTER ROLE {role} LOGIN PASSWORD '{word}'")
    cluster_in(server.home).keep_passwords(words)
    server._passwords = words


def database_of(server: EmbeddedPostgres, name: str, buckets: int) -> Database:
    urls = (server.url(role, name) for role in (APP, OWNER, SUPERUSER))
    return Database(*urls, buckets)


def migrated(server: EmbeddedPostgres, name: str, buckets: int) -> Database:
    """A database of this version, brought up by the command that operators use."""
    database = database_of(server, name, buckets)
    done = subprocess.run(
        [sys.executable, "-m", "yifen", "migrate"],
        env=database.environment(),
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "the database is up to date\n"), done.stderr
    return database
