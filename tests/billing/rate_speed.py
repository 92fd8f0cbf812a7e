"""What rating costs: 200,000 uses priced by billing_rate_v1, beside a bare INSERT … SELECT of the same lines.

`PYTHONPATH=src:. .venv/bin/python -m tests.billing.rate_speed [USES [PIECE]]`, on a server of its own with its
usual care (fsync on).
"""

import base64
import os
import sys
import time
from typing import Any

import psycopg

from tests.billing.priced import tariff
from tests.cluster import cluster_of, migrated
from tests.world import World

TARIFFS = {"untiered, one part": "sd-power-shared", "three tiers": "sd-power",
           "three tiers, two parts beside": "bj-water", "peak, valley, tiers": "zj-power-tou"}  # fmt: skip
ROUNDS = 3  # the fastest counts
USES_SQL = """
CREATE TABLE use AS SELECT g::bigint AS item, (100000 + g * 7919 %% 400000)::bigint AS qty,
    (1 + g %% 6)::smallint AS persons, (g * 31 %% 4800000)::bigint AS used FROM generate_series(1, %s) g;
CREATE INDEX ON use (item); ANALYZE use"""
RATE_SQL = """
INSERT INTO rated SELECT 0, r.item, r.line_no, r.price_id, r.part_no, r.qty_milli, r.amount_fen
FROM (SELECT array_agg(ROW(u.item, %(price)s, u.qty, u.qty / 2, u.qty / 3, NULL, 1, u.persons, 7, 12, u.used, 1, 1
          )::billing_asked ORDER BY u.item) AS asked
      FROM use u WHERE u.item BETWEEN %(first)s AND %(last)s) s, billing_rate_v1(s.asked) r"""
BARE_SQL = "INSERT INTO bare SELECT * FROM rated r WHERE r.bucket = 0 AND r.bill_id BETWEEN %(first)s AND %(last)s"


def main(uses: int = 200_000, piece: int = 2_000) -> None:
    os.environ["YIFEN_KEY_RING"] = "1:" + base64.b64encode(bytes(range(32))).decode()
    with cluster_of({}) as server:
        with psycopg.connect(server.url("yifen_owner", "postgres"), autocommit=True) as conn:
            conn.execute("CREATE DATABASE speed")
        database = migrated(server, "speed", 1)
        with psycopg.connect(database.super_url, autocommit=True) as conn:
            world = World(conn)
            prices = {name: tariff(world, key) for name, key in TARIFFS.items()}
            for statement in (USES_SQL % uses).split(";"):
                conn.execute(statement)  # type: ignore[call-overload]
            conn.execute("VACUUM ANALYZE")
            for name, price in prices.items():
                rated, bare = (min(_seconds(conn, table, statement, price, uses, piece) for _ in range(ROUNDS))
                               for table, statement in (("rated", RATE_SQL), ("bare", BARE_SQL)))  # fmt: skip
                lines = world.value("SELECT count(*) FROM bare") / uses
                print(f"{name}: {lines:.2f} lines a use, rated and inserted {rated / uses * 1e6:.1f} µs a use,"
                      f" bare {bare / uses * 1e6:.1f}: {rated / bare:.2f} times", flush=True)


def _seconds(
    conn: psycopg.Connection[Any], table: str, statement: str, price: int, uses: int, piece: int
) -> float:  # fmt: skip
    """All pieces, each in a transaction of its own, into an empty table."""
    conn.execute(f"DROP TABLE IF EXISTS {table}")  # type: ignore[arg-type]
    conn.execute(f"CREATE TABLE {table} (LIKE billing_line INCLUDING ALL)")  # type: ignore[arg-type]
    began = time.monotonic()
    for first in range(1, uses + 1, piece):
        conn.execute(statement, {"price": price, "first": first, "last": first + piece - 1})  # type: ignore[arg-type]
    took = time.monotonic() - began
    conn.execute(f"ANALYZE {table}")  # type: ignore[arg-type]
    return took


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
