"""A vending system, and a rejected sale, put before a second person."""

from datetime import UTC, datetime
from typing import Any

from tests.billing.company import OPENED
from tests.billing.price_proposals import as_owner
from tests.web import site
from tests.web.province import Province
from tests.world import the_ring
from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.processes import OWNER
from yifen.trades.billing.prepaid.port import key_context

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ACCOUNT = "SOLD1"
Proposed = tuple[Any, Any, str, Any]
SOLD = """
    WITH fee AS (
        INSERT INTO billing_fee (biller_id, code, name, unit, metered, cycle, mode, due_days)
        VALUES (%(biller)s, 'sold', '电费', 'kWh', true, 'none', 'exact', 15)
        ON CONFLICT (biller_id, code) DO UPDATE SET name = excluded.name RETURNING fee_id
    ), price AS (
        INSERT INTO billing_price (fee_id, class, name, valid_from)
        SELECT fee_id, 'residential', '居民', '2025-01-01' FROM fee ON CONFLICT DO NOTHING RETURNING price_id
    ), part AS (
        INSERT INTO billing_part SELECT price_id, 1, '电费', 'qty', 0, 0.5 FROM price
    ), place AS (
        INSERT INTO billing_place (biller_id, name, path) VALUES (%(biller)s, %(account)s, '云川小区')
        RETURNING place_id
    ), customer AS (
        INSERT INTO billing_customer (bucket, customer_id, biller_id, account_no, place_id, opened_on)
        SELECT %(bucket)s, %(id)s, %(biller)s, %(account)s, place_id, '2025-01-01' FROM place
    ), service AS (
        INSERT INTO billing_service (bucket, service_id, customer_id, fee_id, class, from_on, prepaid)
        SELECT %(bucket)s, %(id)s, %(id)s, fee_id, 'residential', '2025-01-01', true FROM fee
    )
    INSERT INTO billing_meter (bucket, meter_id, service_id, biller_id, number, fitted_on)
    VALUES (%(bucket)s, %(id)s, %(id)s, %(biller)s, 'M' || %(account)s, '2025-01-01')"""
KEPT = """SELECT payments_balance_v1(%(bucket)s::smallint, %(biller)s, ARRAY[%(account)s], '{PREPAID}', '预存款', 1,
    99999999, NULL)"""
FILLED = """UPDATE payable SET balance_fen = 10000 WHERE bucket = %(bucket)s AND biller_id = %(biller)s
    AND account_no = %(account)s AND ref = 'PREPAID' RETURNING payable_id"""
BOOKED = """SELECT billing_post_v1('2026-11-24', jsonb_populate_record(NULL::billing_booking, jsonb_build_object(
    'bucket', %(bucket)s::integer, 'biller_id', %(biller)s::integer, 'kind', 'paid', 'first_no', 0, 'last_no', 0,
    'due_fen', 0, 'spent_fen', 0, 'paid_fen', 0, 'kept_fen', 10000)))"""
PREPAID = (OPENED.replace("%s", "%(biller)s"), SOLD, KEPT)
"""A customer with a prepaid service at 0.50 a kWh, a meter and a balance."""
VENDING = """INSERT INTO billing_vending VALUES (%(biller)s, 'https://vending.example', %(sealed)s, 1)
    ON CONFLICT DO NOTHING"""
REJECTED = """SELECT billing_token_v1(t.sale_id, NULL, '表号未登记', '2026-11-24')
    FROM billing_take_token_v1('2026-11-24 09:00+00', '{}') t"""


def rejected_sale(place: Province) -> int:
    """Of 100.00 yuan at the county's own biller, whose vending system did not know the meter."""
    from django.db import connection

    bucket = account_bucket(place.own.biller, ACCOUNT, place.database.buckets)
    facts = {"biller": place.own.biller, "account": ACCOUNT, "bucket": bucket, "id": 910_000 + bucket,
             "sealed": the_ring().seal(b"a secret of twenty letters", key_context(place.own.biller))}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {OWNER}")
        cursor.execute("SELECT max(sale_id) FROM billing_sale WHERE account_no = %s", [ACCOUNT])
        sale = cursor.fetchone()[0]
        if sale is None:
            for statement in (*PREPAID, VENDING, BOOKED, FILLED):
                cursor.execute(statement, facts)
            cursor.execute("SELECT billing_sell_v1(%s::smallint, %s, '2026-11-24 08:00+00')",
                           [bucket, cursor.fetchone()[0]])  # fmt: skip
            cursor.execute(REJECTED)
            cursor.execute("SELECT max(sale_id) FROM billing_sale WHERE account_no = %s", [ACCOUNT])
            sale = cursor.fetchone()[0]
        cursor.execute("SET LOCAL ROLE NONE")
    return int(sale)


def unsold(place: Province) -> Proposed:
    from yifen.trades.billing.prepaid import unselling

    sale = rejected_sale(place)
    made = unselling.propose(site.access(place.users["finance"]), sale, False, "表号登记错误", NOW)
    return (made, place.users["biller_staff"], "SELECT count(*) FROM billing_sale WHERE undoes_id = %s", sale)


def vending(place: Province) -> Proposed:
    from yifen.trades.billing.prepaid import vending

    as_owner(OPENED, [place.own.biller])
    made = vending.propose(site.access(place.users["institution_admin"]), place.own.biller, "https://vend.example/v1",
                           "a secret of twenty letters", NOW)  # fmt: skip
    return (made, place.users["biller_staff"], "SELECT endpoint FROM billing_vending WHERE biller_id = %s",
            place.own.biller)  # fmt: skip


MAKERS = {"billing.unsell": unsold, "billing.vending": vending}
