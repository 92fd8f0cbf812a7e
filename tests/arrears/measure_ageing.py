"""How long the pages of ages and debts take among many debts, and the worker with one bucket of a thousand:
`./yifen test -s -n0` of this file; `ROWS` says how many debts, in a thousand buckets."""

import os
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import psycopg

from tests.arrears.proposals import debtor
from tests.arrears.quarter import HOME
from tests.web import site
from tests.web.province import Province

ROWS = int(os.environ.get("ROWS", "1000000"))
FILL = """
WITH area AS (
    INSERT INTO billing_place (biller_id, level, name, path)
    SELECT %(biller)s, 1, '小区' || n, '小区' || n FROM generate_series(1, 1000) n RETURNING place_id
)
INSERT INTO billing_place (biller_id, parent_id, level, name, path)
SELECT %(biller)s, a.place_id, 2, n || '号楼', n || '号楼' FROM area a, generate_series(1, 20) n;
INSERT INTO billing_customer (bucket, customer_id, biller_id, account_no, place_id, opened_on)
SELECT n %% 1000, (1000000 + n / 1000) * 1000 + n %% 1000, %(biller)s, 'S' || n, b.place_ids[1 + n %% 20000],
    '2020-01-01'
FROM generate_series(0, %(rows)s - 1) n,
    (SELECT array_agg(place_id ORDER BY place_id) AS place_ids FROM billing_place
     WHERE level = 2 AND biller_id = %(biller)s) b;
INSERT INTO billing_service (bucket, service_id, customer_id, fee_id, class, from_on)
SELECT 0, customer_id, customer_id, %(fee)s, 'residential', '2020-01-01' FROM billing_customer
WHERE bucket = 0 AND account_no ~ '^S';
INSERT INTO billing_bill (bucket, bill_id, run_id, piece, service_id, account_no, from_on, to_on, qty_milli, used_milli,
    amount_fen)
SELECT 0, nextval('billing_bill_no') * 1000, (SELECT max(run_id) FROM billing_run), 0, customer_id, account_no,
    '2026-01-01', '2026-01-31', 0, 0, 5000 FROM billing_customer WHERE bucket = 0 AND account_no ~ '^S';
INSERT INTO payable (bucket, payable_id, biller_id, account_no, ref, title, mode, due_fen, min_fen, max_fen, due_on,
    credit_id, state, paid_fen)
SELECT 0, b.bill_id * 1000, %(biller)s, b.account_no, 'B' || b.bill_id, '电费', 'exact', 5000, 1, 5000, '2026-03-01',
    (SELECT transit_id FROM biller WHERE partner_id = %(biller)s), 'open', 0
FROM billing_bill b WHERE b.account_no ~ '^S';
INSERT INTO arrears_debt (bucket, customer_id, fee_id, biller_id, account_no, service_id, class, area_id, building_id,
    current_fen, d30_fen, d90_fen, d180_fen, d365_fen, y2_fen, older_fen, owed_fen, asked_fen, oldest_bill, oldest_on,
    next_no, next_kind, next_on, why)
SELECT c.bucket, c.customer_id, %(fee)s, %(biller)s, c.account_no, c.customer_id,
    CASE WHEN c.customer_id / 1000 %% 9 = 0 THEN 'shop' ELSE 'residential' END, l.parent_id, l.place_id,
    0, 5000, 0, 0, 0, 0, 0, 5000, 5000, c.customer_id, '2026-03-01', 1, 'message', '2026-03-02', 'waiting'
FROM billing_customer c JOIN billing_place l ON l.place_id = c.place_id AND l.level = 2
WHERE c.account_no ~ '^S' AND c.bucket > 0"""


def test_pages_among_many_debts_and_a_bucket_of_a_thousand(county: Province) -> None:
    from django.db import transaction

    with transaction.atomic():
        _customer, fee, _bill = debtor(county)
    facts = {"biller": county.own.biller, "fee": fee, "rows": ROWS}
    with psycopg.connect(county.database.super_url, autocommit=True) as conn:
        began = time.perf_counter()
        for statement in FILL.split(";"):
            conn.execute(statement.encode(), facts)
        conn.execute("VACUUM ANALYZE")
        print(f"{ROWS} debts made in {time.perf_counter() - began:.0f} s")
        for turn in ("first", "again"):
            conn.execute("DELETE FROM arrears_kept WHERE bucket = 0")
            began = time.perf_counter()
            found = conn.execute("SELECT arrears_refresh_v1(0::smallint, now())").fetchone()
            print(f"bucket of {found and found[0]} worked out, {turn}: {(time.perf_counter() - began) * 1000:.0f} ms")
    browser = site.client_of(county.users["biller_staff"])
    for path in ("", "by-class/", "by-fee/", "by-collector/", "accounts/", "accounts/?next=message", "calls/"):
        told(path or "ages", lambda path=path: browser.get(HOME + path))  # type: ignore[misc]


def told(name: str, ask: Callable[[], Any]) -> None:
    times = []
    for _ in range(5):
        began = time.perf_counter()
        answer = ask()
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, (name, answer.status_code)
    print(f"{name}: median {median(times):.0f} ms, worst {max(times):.0f} ms")
