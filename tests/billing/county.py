"""A county whose power company bills here: two fees, a customer with a meter, a reading in doubt, a file that was
wrong."""

from tests.billing.company import OPENED
from tests.web.province import County
from tests.world import World, the_ring
from yifen.core.facts.buckets import account_bucket
from yifen.hub.payments.names import sealed_name
from yifen.trades.billing.customers.marks import marks_of

BAD = "户号,户名,小区,费种,用户类别,起始日\nA1,张三,阳光花园,T1,居民,2026-01-01\n".encode()
PARTS = ("云川小区", "B5", "A1", "502")


def billed(world: World, rows: County, buckets: int) -> None:
    """As the owner; `rows.more` has customer, doubt and billing_file."""
    account = f"88{rows.biller_code[-2:]}000001"
    bucket, ring = account_bucket(rows.biller, account, buckets), the_ring()
    with world.as_owner():
        world.run(OPENED, rows.biller)
        world.run("INSERT INTO billing_fee (biller_id, code, name, unit, metered, cycle, mode, due_days) VALUES"
                  " (%(biller)s, 'POWER', '电费', 'kWh', true, 'year', 'exact', 15),"
                  " (%(biller)s, 'HEAT', '采暖费', 'm²', false, 'year', 'exact', 15)".replace(
                      "%(biller)s", str(rows.biller)))  # fmt: skip
        place = world.value("SELECT (billing_places_v1(%s, ARRAY[%s]))[1]", rows.biller, "\t".join(PARTS))
        world.run("INSERT INTO payer VALUES (%s, %s, %s, %s)", bucket, rows.biller, account,
                  sealed_name(ring, rows.biller, account, "上官小明"))  # fmt: skip
        at = world.rows("SELECT customer, service, meter FROM billing_numbers_v1(%s::smallint, 1, 1, 1)", bucket)[0]
        customer, service, meter = ((number + 1) * 1000 + bucket for number in at)
        world.run(
            "INSERT INTO billing_customer (bucket, customer_id, biller_id, account_no, place_id, persons, opened_on,"
            " marks) VALUES (%s, %s, %s, %s, %s, 3, '2026-01-01', %s)", bucket, customer, rows.biller, account, place,
            marks_of(ring, rows.biller, "上官小明"),
        )  # fmt: skip
        world.run(
            "INSERT INTO billing_service (bucket, service_id, customer_id, fee_id, class, from_on) SELECT %s, %s, %s,"
            " fee_id, '居民', '2026-01-01' FROM billing_fee WHERE biller_id = %s AND metered",
            bucket, service, customer, rows.biller,
        )  # fmt: skip
        world.run("INSERT INTO billing_meter (bucket, meter_id, service_id, biller_id, number, fitted_on, fitted_milli)"
                  " VALUES (%s, %s, %s, %s, %s, '2025-12-31', 120000)",
                  bucket, meter, service, rows.biller, f"D{account}")  # fmt: skip
        world.run("INSERT INTO billing_reading VALUES (%s, %s, '2026-01-31', 1, 150000, 'read', now(), 'test', '')",
                  bucket, meter)  # fmt: skip
        fee = world.value("SELECT fee_id FROM billing_fee WHERE biller_id = %s AND metered", rows.biller)
        for since, until in (("2026-01-01", "2026-01-31"), ("2026-02-01", "2026-02-28")):
            world.value("SELECT billing_usage_v1(%s, %s, %s, now())", fee, since, until)
        rows.more["customer"] = customer
        rows.more["doubt"] = world.value("SELECT doubt_id FROM billing_doubt WHERE service_id = %s", service)
        rows.more["billing_file"] = world.value(
            "INSERT INTO billing_file (biller_id, kind, name, sha256, bytes, rows, wrong, received_at, received_by)"
            " VALUES (%s, 'customers', 'customers.csv', sha256('x'), 1, 1, 1, now(), 'test') RETURNING file_id",
            rows.biller,
        )  # fmt: skip
        world.run("INSERT INTO billing_file_part VALUES (%s, 0, %s)", rows.more["billing_file"],
                  the_ring().seal(BAD, f"billing_file_part:{rows.more['billing_file']}:0"))  # fmt: skip
