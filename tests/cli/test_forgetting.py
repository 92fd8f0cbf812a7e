"""What the worker forgets, and what it never does."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from tests.world import Database, World
from yifen.core.facts.secrets import read_ring
from yifen.core.facts.settings import read_settings
from yifen.hub.payments.hub import Hub
from yifen.tools.cli.forgetting import forget

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
INSERTS = """
INSERT INTO django_session VALUES ('old', '', %(now)s - interval '1 s'), ('new', '', %(now)s + interval '1 s');
INSERT INTO checkout_rate (key, starts_at, count) VALUES ('old', %(now)s - interval '3 days', 1),
    ('new', %(now)s - interval '1 day', 1)"""


async def once(database: Database) -> None:
    env = database.environment()
    hub = Hub(read_settings(env), database.app_url, read_ring(env["YIFEN_KEY_RING"], Path()),
              lambda: NOW)  # fmt: skip
    await hub.start()
    await forget(hub, NOW, 30)
    await hub.stop()


def test_old_rows_go_and_young_ones_and_money_stay(database: Database) -> None:
    with psycopg.connect(database.app_url) as conn:
        world = World(conn).network()
        world.quote("OLD", {"Q1": 4000}, NOW - timedelta(days=2))
        world.quote("NEW", {"Q1": 4000}, NOW - timedelta(hours=1))
        world.charge("S1", {"B1": 1000})
        for statement in INSERTS.split(";"):
            conn.execute(statement, {"now": NOW})
    with psycopg.connect(database.super_url) as conn:
        conn.execute(
            "INSERT INTO wire_message (at, partner_id, direction, verb, dialect, encoding, proved,"
            " code, ms, request_bytes, request, reply) SELECT %s - days * interval '1 day', 1,"
            " 'in', 'query', 'xml', 'utf-8', true, 0, 1, 1, '', '' FROM generate_series(29, 31) days",
            (NOW,),
        )
    asyncio.run(once(database))
    with psycopg.connect(database.app_url) as conn:
        found = {
            table: conn.execute(f"SELECT count(*)::int FROM {table}").fetchone()[0]
            for table in ("payment_quote", "django_session", "checkout_rate", "wire_message",
                          "payment", "ledger_transfer")
        }  # fmt: skip
    assert found == {"payment_quote": 1, "django_session": 1, "checkout_rate": 1,
                     "wire_message": 2, "payment": 1, "ledger_transfer": 1}  # fmt: skip
