"""What the worker forgets, and what it never does."""

from datetime import UTC, datetime, timedelta

import psycopg

from tests.web import site
from tests.world import Database, World
from yifen.core.facts.processes import WORKER

NOW = datetime.now(UTC) - timedelta(minutes=1)  # the database goes by its own clock


def test_old_rows_go_and_young_ones_and_money_stay(database: Database) -> None:
    with site.on(database):
        from yifen.hub.payments.forgetting import forget
    with psycopg.connect(database.app_url) as conn:
        world = World(conn).network()
        world.quote("OLD", {"Q1": 4000}, NOW - timedelta(days=2))
        world.quote("NEW", {"Q1": 4000}, NOW - timedelta(hours=1))
        world.charge("S1", {"B1": 1000})
    with psycopg.connect(database.super_url) as conn:
        conn.execute(
            "INSERT INTO wire_message (at, partner_id, direction, verb, dialect, encoding, proved,"
            " code, ms, request_bytes, request, reply) SELECT %s - days * interval '1 day', 1,"
            " 'in', 'query', 'xml', 'utf-8', true, 0, 1, 1, '', '' FROM generate_series(29, 31) days",
            (NOW,),
        )
    with psycopg.connect(database.url(WORKER), autocommit=True) as conn:
        forget(conn, NOW, 30)
    with psycopg.connect(database.app_url) as conn:
        found = {
            table: conn.execute(f"SELECT count(*)::int FROM {table}").fetchone()[0]
            for table in ("payment_quote", "wire_message", "payment", "ledger_transfer")
        }
    assert found == {"payment_quote": 1, "wire_message": 2, "payment": 1, "ledger_transfer": 1}


def test_sessions_that_are_over_go(database: Database) -> None:
    with psycopg.connect(database.app_url) as conn:
        conn.execute("INSERT INTO django_session VALUES ('old', '', now() - interval '1 s'),"
                     " ('new', '', now() + interval '1 minute')")  # fmt: skip
    with site.on(database):
        from yifen.core.access.forgetting import forget

        with site.as_process(WORKER):
            forget(lambda: False)
    with psycopg.connect(database.app_url) as conn:
        assert conn.execute("SELECT session_key FROM django_session").fetchall() == [("new",)]
