"""`migrate` beside old readers and under a role with time-outs of its own."""

import subprocess
import sys
import threading
import time

import psycopg
import pytest

from tests.cluster import database_of
from tests.world import Database


def release_late(database: Database, holder: psycopg.Connection[tuple[object, ...]]) -> None:
    """The reader ends once an index has waited for it longer than any page may wait."""
    waits = "SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'CREATE INDEX CONCURRENTLY%'"
    with psycopg.connect(database.super_url, dbname="postgres", autocommit=True) as root:
        until = time.monotonic() + 60
        while not root.execute(waits).fetchall() and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(7)
    holder.rollback()


@pytest.mark.timeout(120)
def test_migrate_waits_out_an_old_reader_and_the_role_s_time_outs(cluster):
    """Indexes made beside payments wait for all who read since before."""
    with psycopg.connect(cluster.url("yifen_owner", "postgres"), autocommit=True) as conn:
        conn.execute("CREATE DATABASE test_old_readers")
    database = database_of(cluster, "test_old_readers", 1)
    env = database.environment(DJANGO_SETTINGS_MODULE="yifen.project.settings")
    subprocess.run([sys.executable, "-m", "django", "migrate", "payments", "0002", "-v", "0"], env=env, check=True)
    with psycopg.connect(database.super_url, autocommit=True) as root:
        root.execute(f"ALTER ROLE yifen_owner IN DATABASE {database.name} SET statement_timeout = '3s'")
    holder = psycopg.connect(database.app_url)
    holder.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    holder.execute("SELECT count(*) FROM pg_class")
    release = threading.Thread(target=release_late, args=(database, holder))
    release.start()
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-m", "yifen", "migrate"], env=database.environment(),
                          capture_output=True, text=True)  # fmt: skip
    release.join()
    holder.close()
    assert (done.returncode, done.stdout) == (0, "the database is up to date\n"), done.stderr
    assert time.monotonic() - begun > 6  # it did wait
    with psycopg.connect(database.owner_url) as conn:
        invalid = conn.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
        assert invalid.fetchall() == []
    with psycopg.connect(database.super_url, dbname="postgres", autocommit=True) as root:
        root.execute("DROP DATABASE test_old_readers WITH (FORCE)")
