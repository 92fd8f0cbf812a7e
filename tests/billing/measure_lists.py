"""How long the first page of each list takes among many customers, and how much memory an export of them all:
`./yifen test -s -n0` of this file; `ROWS` says how many, `OWING` of how many one owes."""

import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from tests.billing.measure_search import FIRST, ROWS, fill
from tests.web import site
from tests.web.province import Province

OWING = int(os.environ.get("OWING", "10"))
BILLED = """
INSERT INTO billing_service (bucket, service_id, customer_id, fee_id, class, from_on)
SELECT 0, c.customer_id, c.customer_id,
    (SELECT fee_id FROM billing_fee WHERE biller_id = %(biller)s AND code = 'POWER'),
    CASE WHEN c.customer_id %% 9000 = 0 THEN '非居民' ELSE '居民' END, '2026-01-01'
FROM billing_customer c WHERE c.account_no ~ '^S[0-9]';
WITH run AS (
    INSERT INTO billing_run (biller_id, fee_id, kind, from_on, to_on, due_on, begun_at, begun_by, published_at)
    SELECT biller_id, fee_id, 'period', d, d + 27, d + 40, now(), 'staff', now()
    FROM billing_fee, unnest('{2026-01-01,2030-02-01}'::date[]) d WHERE biller_id = %(biller)s AND code = 'POWER'
    RETURNING run_id, from_on, to_on
)
INSERT INTO billing_bill (bucket, bill_id, run_id, piece, service_id, account_no, from_on, to_on, qty_milli, used_milli,
    amount_fen)
SELECT 0, nextval('billing_bill_no') * 1000, r.run_id, c.number / 2000, c.customer_id, c.account_no, r.from_on,
    r.to_on, 1000, 0, 5000
FROM (SELECT * FROM run ORDER BY run_id) r,
    (SELECT *, row_number() OVER () AS number FROM billing_customer WHERE account_no ~ '^S[0-9]') c;
INSERT INTO billing_piece (run_id, piece, bucket, first_id, last_id, services, made_at, bills, asked_fen, given_fen,
    missing, bills_upto)
SELECT run_id, piece, 0, min(service_id), max(service_id), count(*), now(), count(*), sum(amount_fen), 0, 0,
    max(bill_id)
FROM billing_bill GROUP BY 1, 2 ON CONFLICT DO NOTHING;
INSERT INTO payable (bucket, payable_id, biller_id, account_no, ref, title, mode, due_fen, min_fen, max_fen, due_on,
    credit_id, state, paid_fen)
SELECT 0, b.bill_id * 1000, %(biller)s, b.account_no, 'B' || b.bill_id, '电费', 'exact', 5000, 1, 5000, r.due_on,
    (SELECT transit_id FROM biller WHERE partner_id = %(biller)s), s.state::payable_state,
    CASE s.state WHEN 'open' THEN 0 ELSE 5000 END
FROM billing_bill b JOIN billing_run r ON r.run_id = b.run_id
CROSS JOIN LATERAL (SELECT CASE WHEN b.service_id / 1000 %% (%(owing)s * CASE WHEN r.due_on > '2030-01-01' THEN 1
    ELSE 10 END) = 0 THEN 'open' ELSE 'settled' END AS state) s
WHERE b.account_no ~ '^S[0-9]'"""
"""Two bills each: of a month that is overdue, where one in OWING × 10 is open, and of one that is not, one in OWING."""


def test_first_pages_and_exports_among_many_customers(place: Province) -> None:
    fill(place)
    with psycopg.connect(place.database.super_url, autocommit=True) as conn:
        for statement in BILLED.split(";"):
            conn.execute(statement.encode(), {"biller": place.own.biller, "owing": OWING} if "%" in statement else None)
        conn.execute("VACUUM ANALYZE")
    browser = site.client_of(place.users["biller_staff"])
    for name, path, asked in (
        ("a customer", f"customers/{FIRST + ROWS // 2 * 1000}/", {}),
        ("customers", "customers/", {}),
        ("by name", "customers/", {"name": "王娜敏"}),
        ("by address", "customers/", {"address": "小区777 3号楼"}),
        ("bills", "bills/", {}),
        ("bills open", "bills/", {"state": "open"}),
        ("bills overdue", "bills/", {"state": "overdue"}),
        ("arrears", "arrears/", {}),
        ("arrears overdue", "arrears/", {"due": "overdue"}),
        ("arrears of an area", "arrears/", {"area": "小区77"}),
        ("arrears of a class", "arrears/", {"of_class": "非居民"}),
    ):
        told(name, lambda path=path, asked=asked: browser.get(f"/console/billing/{path}", asked))  # type: ignore[misc]
    exported(place)


def told(name: str, ask: Callable[[], Any]) -> None:
    from django.db import connection

    times, spent = list[float](), list[float]()

    def timed(execute: Any, statement: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(statement, params, many, context)
        finally:
            spent[-1] += (time.perf_counter() - began) * 1000

    for _ in range(5):
        spent.append(0.0)
        began = time.perf_counter()
        with connection.execute_wrapper(timed):
            answer = ask()
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, answer.content.decode()[:500]
    print(f"{name}: median {median(times):.0f} ms, of it the database {median(spent):.0f} ms (best {min(spent):.0f})")


def exported(place: Province) -> None:
    """As the worker writes them."""
    from django.http import QueryDict

    from yifen.face.exports.csv_file import csv_chunks
    from yifen.face.exports.excel_file import write_excel
    from yifen.face.exports.rows import every_row
    from yifen.face.lists import showing
    from yifen.trades.billing.pages.customer_lists import CUSTOMERS
    from yifen.trades.billing.pages.run_lists import BILLS

    access, path = site.access(place.users["biller_staff"]), Path("/tmp/measured.export")
    for listing in (CUSTOMERS, BILLS):
        form = showing.form_of(listing, QueryDict(""), access)
        assert form.is_valid()
        ask = showing.ask_of(listing, QueryDict(""), access, form)
        for kind in ("csv", "xlsx"):
            before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
            rows = every_row(listing, ask)
            if kind == "xlsx":
                write_excel(path, listing, ask, rows)
            else:
                with path.open("wb") as file:
                    file.writelines(csv_chunks(listing, ask, rows))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            print(f"{listing.name} as {kind}: {time.perf_counter() - began:.1f} s, {path.stat().st_size >> 20} MB,"
                  f" peak memory {peak >> 10} MB, {(peak - before) >> 10} MB more than before")  # fmt: skip
            path.unlink()
