"""Customers with meters, and what was read of them, as the pages' process writes it."""

from datetime import UTC, date, datetime
from typing import Any

import psycopg

from tests.billing.world import rows
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.processes import WEB

LATE = datetime(2027, 6, 30, 4, tzinfo=UTC)
Meter = tuple[str, int]  # register, first reading in thousandths


def customer(place: Province, account: str, *meters: Meter, digits: int = 5, multiplier: str = "1") -> int:
    """Of the power fee, opened 2026-01-01, its meters fitted the day before; the service's number."""
    bucket = account_bucket(place.own.biller, account, place.database.buckets)
    with psycopg.connect(place.database.owner_url) as conn:
        found = conn.execute("""
            WITH at AS (SELECT (billing_numbers_v1(%(bucket)s::smallint, 1, 1, %(meters)s)).*),
            place AS (INSERT INTO billing_place (biller_id, level, name, path)
                VALUES (%(biller)s, 1, %(account)s, %(account)s) RETURNING place_id),
            customer AS (INSERT INTO billing_customer (bucket, customer_id, biller_id, account_no, place_id, opened_on)
                SELECT bucket, (customer + 1) * 1000 + bucket, %(biller)s, %(account)s, place_id, '2026-01-01'
                FROM at, place),
            service AS (INSERT INTO billing_service (bucket, service_id, customer_id, fee_id, class, from_on)
                SELECT bucket, (service + 1) * 1000 + bucket, (customer + 1) * 1000 + bucket,
                    (SELECT fee_id FROM billing_fee WHERE biller_id = %(biller)s AND metered), '居民', '2026-01-01'
                FROM at RETURNING service_id),
            meter AS (INSERT INTO billing_meter (bucket, meter_id, service_id, biller_id, number, register, multiplier,
                    digits, fitted_on, fitted_milli)
                SELECT bucket, (meter + m.item) * 1000 + bucket, (SELECT service_id FROM service), %(biller)s,
                    %(account)s, m.register, %(multiplier)s, %(digits)s, '2025-12-31', m.first
                FROM at, unnest(%(registers)s::text[], %(firsts)s::bigint[]) WITH ORDINALITY m (register, first, item))
            SELECT service_id FROM service""", {
            "bucket": bucket, "biller": place.own.biller, "account": account, "meters": len(meters),
            "registers": [register for register, _ in meters], "firsts": [first for _, first in meters],
            "digits": digits, "multiplier": multiplier,
        }).fetchone()  # fmt: skip
    assert found is not None
    return int(found[0])


def called(place: Province, statement: str, *values: Any) -> Any:
    """One function, by the role of the pages' process."""
    with psycopg.connect(place.database.url(WEB)) as conn:
        found = conn.execute(statement, values).fetchone()
    assert found is not None
    return found[0]


def clerk(place: Province) -> str:
    """The session of who keeps the company's customers."""
    return str(site.access(place.users["biller_staff"]).session)


def read(place: Province, account: str, day: str, value: float, register: str = "qty") -> int:
    """By hand; the code."""
    codes = called(place, "SELECT billing_read_v1(%s, %s, ARRAY[%s], ARRAY[%s], ARRAY[%s::date], ARRAY[%s::bigint],"
                          " 'read', '', %s)",
                   clerk(place), place.own.biller, account, register, day, round(value * 1000), LATE)  # fmt: skip
    return int(codes[0])


def used(place: Province, since: str, until: str, service: int | None = None) -> int:
    """Usage of the power fee is made; how many."""
    return int(called(place, "SELECT made FROM billing_make_usage_v1(%s, %s, %s, %s, %s, %s)", clerk(place),
                      fee_of(place), since, until, service, LATE))  # fmt: skip


def fee_of(place: Province) -> int:
    """The county's power fee."""
    return int(rows(place, "SELECT fee_id FROM billing_fee WHERE biller_id = %s AND metered", place.own.biller)[0][0])


def usage(place: Province, service: int) -> list[tuple[Any, ...]]:
    return rows(place, "SELECT from_on::text, to_on::text, qty_milli, peak_milli, valley_milli, estimated"
                       " FROM billing_usage WHERE service_id = %s ORDER BY from_on", service)  # fmt: skip


def doubts(place: Province, service: int) -> list[tuple[Any, ...]]:
    """Those nobody answered: fault, days, figures."""
    return rows(place, "SELECT fault, from_on::text, to_on::text, qty_milli, mean_milli FROM billing_doubt"
                       " WHERE service_id = %s AND accepted_at IS NULL ORDER BY from_on", service)  # fmt: skip


def month_end(number: int) -> str:
    """The last day of so many months after December 2025."""
    year, month = divmod(number, 12)
    return date.fromordinal(date(2026 + year, month + 1, 1).toordinal() - 1).isoformat()
