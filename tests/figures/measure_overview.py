"""How long the overview of a year and of two months takes by each dimension, over a company of 16,000 customers with 12
bills each: `./yifen test -s -n0` of this file; `ROWS` says how many customers, `EXPLAIN=1` prints the plans."""

import itertools
import os
import time
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.web.province import Province
from yifen.core.facts.processes import WEB

pytestmark = pytest.mark.timeout(0)
ROWS, EXPLAIN, TIMES = int(os.environ.get("ROWS", "16000")), bool(os.environ.get("EXPLAIN")), 5
FILL = """
INSERT INTO billing_place (biller_id, parent_id, level, name, path) SELECT %(b)s, NULL, 1, '小区' || n, '小区' || n
    FROM generate_series(1, 40) n;
INSERT INTO billing_place (biller_id, parent_id, level, name, path) SELECT %(b)s, p.place_id, 2, n || '号楼', p.path
    || n
    FROM billing_place p, generate_series(1, 20) n WHERE p.level = 1 AND p.name LIKE '小区%%';
INSERT INTO billing_place (biller_id, parent_id, level, name, path)
    SELECT %(b)s, p.place_id, 3, n || '01', p.path || n FROM billing_place p, generate_series(1, %(rows)s / 800) n
    WHERE p.level = 2 AND p.name LIKE '%%号楼';
INSERT INTO billing_fee (biller_id, code, name, unit, metered, cycle, mode, due_days)
    VALUES (%(b)s, 'MANY', '水费', 'm³', true, 'none', 'exact', 15);
INSERT INTO billing_price (fee_id, class, name, valid_from) SELECT fee_id, '居民', '居民', '2020-01-01'
    FROM billing_fee WHERE code = 'MANY';
INSERT INTO billing_customer (bucket, customer_id, biller_id, account_no, place_id, opened_on)
    SELECT 0, (900000 + row_number() OVER ()) * 1000, %(b)s, 'M' || place_id, place_id, '2020-01-01'
    FROM billing_place WHERE level = 3 AND name LIKE '%%01';
INSERT INTO billing_service (bucket, service_id, customer_id, fee_id, class, from_on)
    SELECT 0, customer_id, customer_id, (SELECT fee_id FROM billing_fee WHERE code = 'MANY'), '居民', '2020-01-01'
    FROM billing_customer WHERE account_no LIKE 'M%%';
INSERT INTO billing_run (biller_id, fee_id, kind, from_on, to_on, due_on, begun_at, begun_by, published_at)
    SELECT %(b)s, fee_id, 'period', m, m + 27, m + 40, now(), 'x', now()
    FROM billing_fee, generate_series(date '2026-01-01', '2026-12-01', '1 month') g, LATERAL (SELECT g::date AS m) d
    WHERE code = 'MANY';
INSERT INTO billing_piece (run_id, piece, bucket, first_id, last_id, services, made_at, bills)
    SELECT run_id, 0, 0, 1, 2, 1, now(), 1 FROM billing_run WHERE begun_by = 'x';
INSERT INTO billing_booking (document_id, bucket, biller_id, kind, run_id, piece, business_day, at)
    SELECT -900000 - run_id, 0, %(b)s, 'published', run_id, 0, to_on, now() FROM billing_run WHERE begun_by = 'x';
INSERT INTO billing_bill (bucket, bill_id, run_id, piece, service_id, account_no, from_on, to_on, qty_milli, used_milli,
    amount_fen) SELECT 0, (9000000 + row_number() OVER (ORDER BY r.run_id, s.service_id)) * 1000, r.run_id, 0,
    s.service_id, c.account_no,
    r.from_on, r.to_on, 1000, 0, 5000 + s.service_id / 1000 %% 97
    FROM billing_run r JOIN billing_service s ON s.fee_id = r.fee_id
    JOIN billing_customer c ON c.customer_id = s.customer_id WHERE r.begun_by = 'x';
INSERT INTO billing_line SELECT 0, bill_id, n, (SELECT price_id FROM billing_price p JOIN billing_fee f USING (fee_id)
    WHERE f.code = 'MANY'), 1, 1000, amount_fen / 2 FROM billing_bill, generate_series(1, 2) n WHERE bill_id >
    9000000000;
INSERT INTO payable (bucket, payable_id, biller_id, account_no, ref, title, mode, due_fen, min_fen, max_fen, due_on,
    credit_id, state, paid_fen) SELECT 0, bill_id, %(b)s, account_no, 'B' || bill_id, 'x', 'exact', amount_fen, 1,
    amount_fen,
    to_on + 12, %(credit)s, CASE WHEN bill_id / 1000 %% 10 < 7 THEN 'settled' ELSE 'open' END::payable_state,
    CASE WHEN bill_id / 1000 %% 10 < 7 THEN amount_fen ELSE 0 END FROM billing_bill WHERE bill_id > 9000000000;
INSERT INTO payment (bucket, payment_id, channel_id, biller_id, account_no, serial, amount_fen, payer_state,
    biller_state,
    business_day, paid_at, booked_at) SELECT 0, payable_id, %(channel)s, biller_id, account_no, 'M' || payable_id,
    paid_fen,
    'taken', 'booked', due_on - 5, due_on - 5, due_on - 5 FROM payable WHERE title = 'x' AND paid_fen > 0;
INSERT INTO ledger_transfer (bucket, transfer_no, batch_no, kind, debit_id, credit_id, amount_fen, reference_id,
    detail_id,
    business_day, digest) SELECT 0, 500000 + row_number() OVER (), 1, 'posted', %(debit)s, %(credit)s, paid_fen,
    payable_id, payable_id,
    due_on - 5, '' FROM payable WHERE title = 'x' AND paid_fen > 0;
"""


BY = ("community", "building", "class", "fee", "price", "age", "month", "channel", "day", "user", "institution", "hour")


def test_an_overview_of_many_bills(place: Province) -> None:
    from yifen.trades.figures import composing, telling
    from yifen.trades.figures.pages.views import overview

    with psycopg.connect(place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        accounts = conn.execute("SELECT account_id FROM ledger_account ORDER BY 1 LIMIT 2").fetchall()
        params = {"b": place.own.biller, "rows": ROWS, "credit": accounts[0][0], "debit": accounts[1][0],
                  "channel": conn.execute("SELECT partner_id FROM channel LIMIT 1").fetchall()[0][0]}  # fmt: skip
        for one in FILL.split(";\n"):
            conn.execute(one, params)  # type: ignore[call-overload]
    with psycopg.connect(place.database.super_url, autocommit=True) as conn:
        conn.execute("VACUUM ANALYZE")
    scope = {"all": False, "partners": f"{{{place.own.biller}}}", "institutions": "{}", "sandboxes": "{}"}
    with psycopg.connect(place.database.url(WEB)) as conn:
        conn.execute("SET max_parallel_workers_per_gather = 0")
        for by, since in itertools.product(BY, (date(2026, 1, 1), date(2026, 11, 1))):
            asked = overview({"fee": "", "period": "days", "since": since, "until": date(2026, 12, 31)}, by)
            times, used = [], cpu_ms(conn)
            for _ in range(TIMES):
                began = time.perf_counter()
                report = telling.told(conn, asked, date(2026, 12, 31), scope)
                times.append((time.perf_counter() - began) * 1000)
            used = (cpu_ms(conn) - used) / TIMES
            print(f"{by} since {since}: {len(report.lines)} rows, best of {TIMES} {min(times):.0f} ms, "
                  f"CPU of the server {used:.0f}")  # fmt: skip
            for view in asked.views if EXPLAIN else ():
                given = composing.values(asked, asked.span(date(2026, 12, 31)), date(2026, 12, 31), scope)
                asks = "EXPLAIN (ANALYZE, BUFFERS) " + composing.statement(asked, view, False)
                told = conn.execute(asks, given).fetchall()  # type: ignore[call-overload]
                print(f"--- {by} of {view} since {since}", *(line for (line,) in told), sep="\n")


def cpu_ms(conn: Any) -> float:
    """Of the connection's backend, which works alone."""
    fields = Path(f"/proc/{conn.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")
