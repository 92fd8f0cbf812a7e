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
        "max_wal_size": "256MB", "autovacuum": "off"}  # fmt: skip
IN_FOLDER = {"dynamic_shared_memory_type": "mmap"}  # a killed server would leave any other behind
MEMORY, MEMORY_BYTES_MIN = Path("/dev/shm"), 4 * 2**30
# The thousands of connections would each compute a password's hash for milliseconds; since PostgreSQL 16.
CHEAP = "SELECT set_config(name, '1', false) FROM pg_settings WHERE name = 'scram_iterations'"
NEWER = [
    "any_value(anyelement)", "array_reverse(anyarray)", "array_sample(anyarray,integer)", "array_shuffle(anyarray)",
    "array_sort(anyarray)", "array_sort(anyarray,boolean)", "array_sort(anyarray,boolean,boolean)", "bytea(smallint)",
    "bytea(integer)", "bytea(bigint)", "casefold(text)", "crc32c(bytea)", "date_add(timestamptz,interval)",
    "date_add(timestamptz,interval,text)", "date_subtract(timestamptz,interval)",
    "date_subtract(timestamptz,interval,text)", "erf(float8)", "erfc(float8)", "gamma(float8)",
    "generate_series(timestamptz,timestamptz,interval,text)", "has_largeobject_privilege(name,oid,text)",
    "has_largeobject_privilege(oid,oid,text)", "has_largeobject_privilege(oid,text)", "int2(bytea)", "int4(bytea)",
    "int8(bytea)", "lgamma(float8)", "max(bytea)", "max(record)", "min(bytea)", "min(record)",
    "random(integer,integer)", "random(bigint,bigint)", "random(numeric,numeric)", "random_normal(float8,float8)",
    "reverse(bytea)", "system_user()", "timezone(timestamptz)", "timezone(timestamp)", "timezone(timetz)",
    "to_bin(integer)", "to_bin(bigint)", "to_oct(integer)", "to_oct(bigint)", "to_regtypemod(text)",
    "unicode_assigned(text)", "unicode_version()", "uuid_extract_timestamp(uuid)", "uuid_extract_version(uuid)",
    "uuidv4()", "uuidv7()", "uuidv7(interval)", "xmltext(text)",
]  # fmt: skip
"""What PostgreSQL 16 to 18 brought and a statement could ask for by its name; not crc32, which ours look for first."""
UNNAMED = """
UPDATE pg_proc SET proname = 'newer_' || proname
WHERE oid = ANY (SELECT to_regprocedure(name) FROM unnest(%s::text[]) name)
"""
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


def without_newer(server: EmbeddedPostgres, name: str) -> None:
    """Functions that the oldest supported PostgreSQL lacks are not found here under their names either: which of our
    own asks for one fails on every server, wherever a test calls it."""
    with psycopg.connect(server.url(SUPERUSER, name)) as conn:
        conn.execute(UNNAMED, [NEWER])


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
