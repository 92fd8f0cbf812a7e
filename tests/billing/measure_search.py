"""How long a search takes among many customers: `./yifen test -s -n0` of this file; `ROWS` says how many."""

import os
import time
from statistics import median

import psycopg

from tests.billing.measure_customers import NAMES
from tests.web.province import Province
from tests.world import the_ring
from yifen.hub.payments.names import sealed_name
from yifen.trades.billing.customers.marks import marks_of

ROWS = int(os.environ.get("ROWS", "1000000"))
FIRST = 10_000_000_000
"""The number of the first of them: behind those of the pages' own."""


def test_a_search_among_many_customers(place: Province) -> None:
    from yifen.trades.billing.customers import finding

    fill(place)
    for what, find, asked in (
        ("name", finding.named, ["张伟", "伟芳", "王娜敏", "丽强", "欧阳"]),
        ("address", finding.placed, ["小区77", "小区777 3号楼", "3号楼 小区5", "2单元 小区12 9号楼", "101",
                                     "小区8 101"]),
    ):
        for text in asked:
            times, found = [], []
            for _ in range(5):
                began = time.perf_counter()
                found = find(place.own.biller, text)
                times.append((time.perf_counter() - began) * 1000)
            print(f"{what} {text}: {len(found)} found, median {median(times):.0f} ms, worst {max(times):.0f} ms")


def fill(place: Province) -> None:
    first, second, third = NAMES
    ring, biller = the_ring(), place.own.biller
    with psycopg.connect(place.database.super_url) as conn:
        conn.execute("""
            WITH RECURSIVE one AS (
                INSERT INTO billing_place (biller_id, parent_id, level, name, path)
                SELECT %(biller)s, NULL, 1, '小区' || n, '小区' || n FROM generate_series(0, %(rows)s / 1000 - 1) n
                RETURNING place_id, path
            ), two AS (INSERT INTO billing_place (biller_id, parent_id, level, name, path)
                SELECT %(biller)s, o.place_id, 2, n || '号楼', o.path || ' ' || n || '号楼'
                FROM one o, generate_series(1, 20) n RETURNING place_id, path
            ), three AS (INSERT INTO billing_place (biller_id, parent_id, level, name, path)
                SELECT %(biller)s, o.place_id, 3, n || '单元', o.path || ' ' || n || '单元'
                FROM two o, generate_series(1, 5) n RETURNING place_id, path)
            INSERT INTO billing_place (biller_id, parent_id, level, name, path)
            SELECT %(biller)s, o.place_id, 4, n || '01', o.path || ' ' || n || '01'
            FROM three o, generate_series(1, 10) n
            """, {"biller": biller, "rows": ROWS})  # fmt: skip
        doors = [one for one, in conn.execute("SELECT place_id FROM billing_place WHERE level = 4 ORDER BY 1")]
        names = [first[n % len(first)] + second[n * 7 % len(second)] + third[n * 13 // 11 % len(third)]
                 for n in range(ROWS)]  # fmt: skip
        with conn.cursor().copy("COPY payer FROM STDIN") as copy:
            for n, name in enumerate(names):
                copy.write_row((0, biller, f"S{n}", sealed_name(ring, biller, f"S{n}", name)))
        with conn.cursor().copy("COPY billing_customer (bucket, customer_id, biller_id, account_no, place_id,"
                                " opened_on, marks) FROM STDIN") as copy:  # fmt: skip
            for n, name in enumerate(names):
                copy.write_row((0, FIRST + n * 1000, biller, f"S{n}", doors[n], "2026-01-01",
                                marks_of(ring, biller, name)))  # fmt: skip
    with psycopg.connect(place.database.super_url, autocommit=True) as conn:
        conn.execute("VACUUM ANALYZE billing_place, billing_customer, payer")
