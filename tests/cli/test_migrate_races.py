"""Migrations that race wait for each other: real processes on one empty database."""

import select
import subprocess
import sys

import psycopg

from tests.cluster import database_of
from tests.world import Database
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.processes import OWNER
from yifen.core.held_up import LOCK_S_MAX


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


def test_a_migration_names_who_holds_it_up_and_nobody_waits_behind_it(database: Database):
    """A report that never ends reads a view, which `migrate` replaces; others read it meanwhile."""
    read = "SELECT count(*) FROM payment_movement"
    with (
        psycopg.connect(database.super_url, application_name="long-report") as reader,
        psycopg.connect(database.super_url, autocommit=True,
                        options=f"-c statement_timeout={2000 * LOCK_S_MAX:.0f}") as other,
    ):  # fmt: skip
        reader.execute(read)
        process = subprocess.Popen([sys.executable, "-m", "yifen", "migrate"], text=True,
                                   env=database.environment(OWNER), stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)  # fmt: skip
        assert process.stderr
        assert process.stderr.readline() == (
            "bringing tables, functions and rights up to this version: up to a minute\n")  # fmt: skip
        assert select.select([process.stderr], [], [], 120)[0]
        assert process.stderr.readline() == (
            f"migrate waits for process {reader.info.backend_pid} of the database (role postgres,"
            " application long-report): end it, or wait\n")  # fmt: skip
        other.execute(read)  # waits behind the migration until that steps back
        assert process.poll() is None
        reader.rollback()
        out, said = process.communicate(timeout=300)
    assert (process.returncode, out) == (0, "the database is up to date\n"), said
