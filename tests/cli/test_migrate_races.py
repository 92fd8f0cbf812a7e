"""Migrations that race wait for each other: real processes on one empty database."""

import subprocess
import sys

import psycopg

from tests.cluster import database_of
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.processes import OWNER


def test_three_migrations_of_an_empty_database_all_end_well(cluster: EmbeddedPostgres, worker: str):
    name = f"race_{worker}"
    with psycopg.connect(cluster.url(OWNER, "postgres"), autocommit=True) as conn:
        conn.execute(f"DROP DATABASE IF EXISTS {name}")
        conn.execute(f"CREATE DATABASE {name}")
    database = database_of(cluster, name, 2)
    started = [subprocess.Popen([sys.executable, "-m", "yifen", "migrate"], text=True,
                                env=database.environment(OWNER), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE) for _ in range(3)]  # fmt: skip
    said = [process.communicate(timeout=300) for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], said
    assert [out for out, _ in said] == ["the database is up to date\n"] * 3
    assert sum("another migration is running: waiting for it" in err for _, err in said) == 2
    with psycopg.connect(database.owner_url) as conn:
        assert conn.execute("SELECT count(*) FROM ledger_head").fetchone() == (2,)
