"""How long arrears take over many accounts that owe: a bucket worked out whole, an account at once, ages, a first page
of debts. `ROWS=62500 ./yifen test -s -n0` of this file; a million accounts in 16 buckets are 62,500 a bucket."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg

from tests.figures.measure_overview import cpu_ms
from tests.web.province import Province
from yifen.core.facts.processes import WEB

ROWS = int(os.environ.get("ROWS", "62500"))
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
FILL = """
INSERT INTO billing_place (biller_id, parent_id, level, name, path) SELECT %(b)s, NULL, 1, '小区' || n, '小区' || n
    FROM generate_series(1, 50) n;
INSERT INTO billing_place (biller_id, parent_id, level, name, path) SELECT %(b)s, p.place_id, 2, n || '号楼',
    p.path || n
    FROM generate_series(1, 20) n, billing_place p WHERE p.level = 1 AND p.name LIKE '小区%%';
INSERT INTO billing_place (biller_id, parent_id, level, name, path) SELECT %(b)s, p.place_id, 3, 'D' || n, p.path || n
    FROM generate_series(1, %(rows)s / 1000) n, billing_place p WHERE p.level = 2 AND p.name LIKE '%%号楼';
INSERT INTO billing_fee (biller_id, code, name, unit, metered, cycle, mode, due_days)
    VALUES (%(b)s, 'MANY', '热费', 'm²', false, 'none', 'exact', 15);
INSERT INTO billing_customer (bucket, customer_id, biller_id, account_no, place_id, opened_on)
    SELECT 0, (900000 + row_number() OVER ()) * 1000, %(b)s, 'M' || place_id, place_id, '2020-01-01'
    FROM billing_place WHERE level = 3 AND name LIKE 'D%%';
INSERT INTO billing_service (bucket, service_id, customer_id, fee_id, class, from_on)
    SELECT 0, customer_id, customer_id, (SELECT fee_id FROM billing_fee WHERE code = 'MANY'), '居民', '2020-01-01'
    FROM billing_customer WHERE account_no LIKE 'M%%';
INSERT INTO billing_bill (bucket, bill_id, run_id, piece, service_id, account_no, from_on, to_on, qty_milli, used_milli,
    amount_fen) SELECT 0, s.service_id + n * 10000000000, 1, 0, s.service_id, c.account_no,
    '2026-01-01', '2026-01-31', 1000, 0, 5000 + s.service_id / 1000 %% 97 FROM billing_service s
    JOIN billing_customer c ON c.customer_id = s.customer_id, generate_series(1, 2) n WHERE c.account_no LIKE 'M%%';
INSERT INTO payable (bucket, payable_id, biller_id, account_no, ref, title, mode, due_fen, min_fen, max_fen, due_on,
    credit_id, state, paid_fen) SELECT 0, bill_id, %(b)s, account_no, 'B' || bill_id, 'x', 'exact', amount_fen, 1,
    amount_fen, '2026-11-01'::date - (bill_id / 1000 %% 900)::integer, %(credit)s, 'open', 0
    FROM billing_bill WHERE account_no LIKE 'M%%';
INSERT INTO arrears_rule (biller_id, class, law, restore_hours, proposal, made_at)
    VALUES (%(b)s, '', 'heat', 24, -1, now());
INSERT INTO arrears_step SELECT rule_id, n, (ARRAY['message','call','letter','notice','cut'])[n], n * 10, 5, 0
    FROM arrears_rule, generate_series(1, 5) n WHERE proposal = -1;
INSERT INTO arrears_done (bucket, customer_id, fee_id, biller_id, bill_id, step_no, kind, rule_id, owed_fen, done_on,
    done_at, done_by, how) SELECT 0, s.customer_id, s.fee_id, %(b)s, y.payable_id, 1, 'message', r.rule_id, 5000,
    '2026-11-10',
    now(), 'worker', 'sms' FROM billing_service s JOIN arrears_rule r ON r.proposal = -1
    JOIN payable y ON y.bucket = 0 AND y.payable_id = s.service_id + 10000000000 WHERE s.customer_id / 1000 %% 3 = 0;
"""
AGES = "SELECT area_id, count(*), sum(owed_fen), sum(d30_fen), sum(older_fen) FROM arrears_debt GROUP BY 1"
FIRST = "SELECT * FROM arrears_debt ORDER BY owed_fen DESC, (customer_id * 65536 + fee_id) DESC LIMIT 50"


def timed(conn: Any, what: str, does: Callable[[], Any]) -> None:
    began, used = time.perf_counter(), cpu_ms(conn)
    found = does()
    took = (time.perf_counter() - began) * 1000
    print(f"{what}: {took:,.0f} ms, CPU of the server {cpu_ms(conn) - used:,.0f} ({found})")


def test_arrears_of_many_accounts(place: Province) -> None:
    with psycopg.connect(place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        (credit,) = conn.execute("SELECT account_id FROM ledger_account ORDER BY 1 LIMIT 1").fetchall()[0]
        params = {"b": place.own.biller, "rows": ROWS, "credit": credit}
        for one in FILL.strip().rstrip(";").split(";\n"):
            conn.execute(one, params)  # type: ignore[call-overload]
    with psycopg.connect(place.database.super_url, autocommit=True) as conn:
        conn.execute("VACUUM ANALYZE")
        for word in ("first", "again"):
            conn.execute("DELETE FROM arrears_kept")
            timed(conn, f"bucket 0 whole, {word}", lambda: conn.execute("SELECT arrears_refresh_v1(0::smallint, %s)",
                                                                  (NOW,)).fetchone())  # fmt: skip
        customer = conn.execute("SELECT max(customer_id) FROM billing_customer WHERE account_no LIKE 'M%'").fetchone()
        timed(conn, "one account", lambda: conn.execute("SELECT arrears_keep_v1(%s, 0::smallint, %s, %s)", (
            place.own.biller, customer and customer[0], NOW)).fetchone())  # fmt: skip
    with psycopg.connect(place.database.url(WEB)) as conn:
        timed(conn, "ages by community", lambda: len(conn.execute(AGES).fetchall()))
        timed(conn, "first page of debts", lambda: len(conn.execute(FIRST).fetchall()))
