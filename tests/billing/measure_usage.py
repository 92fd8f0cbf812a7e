"""How long usage of many services takes: `./yifen test -s -n0` of this file; `ROWS` says how many."""

import os
import time

import psycopg

from tests.billing.readings import fee_of, used
from tests.web.province import Province

ROWS = int(os.environ.get("ROWS", "200000"))
FILL = """
WITH service AS (
    INSERT INTO billing_service (bucket, service_id, customer_id, fee_id, class, from_on)
    SELECT 0, (n + 1000) * 1000, (n + 1000) * 1000, %(fee)s, '居民', '2026-01-01' FROM generate_series(1, %(rows)s) n
    RETURNING service_id
), meter AS (
    INSERT INTO billing_meter (bucket, meter_id, service_id, biller_id, number, fitted_on, fitted_milli)
    SELECT 0, service_id, service_id, %(biller)s, 'U' || service_id, '2025-12-31', 0 FROM service
    RETURNING meter_id
)
INSERT INTO billing_reading
SELECT 0, m.meter_id, d.day, 1, d.value, 'read', now(), 'test', '' FROM meter m,
    (VALUES (DATE '2026-01-31', 100000), (DATE '2026-02-28', 200000)) d (day, value)"""


def test_usage_of_many_services(place: Province) -> None:
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute(FILL, {"rows": ROWS, "fee": fee_of(place), "biller": place.own.biller})
    for since, until in (("2026-01-01", "2026-01-31"), ("2026-02-01", "2026-02-28")):
        began = time.perf_counter()
        made = used(place, since, until)
        spent = time.perf_counter() - began
        print(f"\n{made:,} usages of {since} in {spent:.1f} s, {spent / made * 1e6:.0f} µs each")
        assert made >= ROWS
