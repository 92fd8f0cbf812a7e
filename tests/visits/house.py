"""A house of the small province beside the one door that it has: doors of each kind, and a fee's two periods."""

from datetime import date
from typing import Any

import psycopg

from tests.web.province import Province

_CUSTOMER = """INSERT INTO billing_customer (bucket, customer_id, biller_id, account_no, place_id, opened_on, closed_on)
SELECT 0, %(number)s, %(biller)s, %(account)s, (billing_places_v1(%(biller)s, ARRAY[%(place)s]))[1], '2026-01-01',
    %(until)s RETURNING place_id"""
_SERVICE = """INSERT INTO billing_service (bucket, service_id, customer_id, fee_id, class, from_on, to_on)
SELECT 0, %(number)s, %(number)s, min(fee_id), '居民', '2026-01-01', %(until)s FROM billing_fee
WHERE biller_id = %(biller)s"""
_OWED = """INSERT INTO payable (bucket, payable_id, biller_id, account_no, ref, title, mode, due_fen, min_fen, max_fen,
    due_on, credit_id, paid_fen)
SELECT 0, %(number)s, %(biller)s, %(account)s, %(ref)s, '账单', 'partial', %(due)s, 1, %(due)s, %(due_on)s, transit_id,
    %(paid)s FROM biller WHERE partner_id = %(biller)s"""
_RUN = """INSERT INTO billing_run (biller_id, fee_id, kind, from_on, to_on, due_on, begun_at, begun_by, published_at)
SELECT %(biller)s, min(fee_id), 'period', %(since)s, %(until)s, '2026-12-01', now(), 'x', now() FROM billing_fee
WHERE biller_id = %(biller)s RETURNING run_id"""
_BILL = """INSERT INTO billing_bill
SELECT 0, %(number)s, %(run)s, 0, 1, %(account)s, %(since)s, %(until)s, 0, 0, 0, 0, 1000"""
_SPENT = "INSERT INTO billing_spent SELECT 0, %(number)s, 1, %(spent)s"
OVER = date(2026, 6, 1)
DOORS: dict[str, dict[str, Any]] = {
    "401": {"owes": date(2026, 1, 1)}, "402": {"served": False}, "501": {"owes": date(2099, 1, 1)},
    "601": {"until": OVER},
}  # fmt: skip


def built(place: Province) -> dict[str, int]:
    """Places of DOORS, and of the province's own, by name. Accounts: HOUSE401 …"""
    made = {"502": place.own.more["door"]}
    with psycopg.connect(place.database.owner_url) as conn:
        for name, door in DOORS.items():
            values = {"number": 9_000_000 + int(name) * 1000, "biller": place.own.biller, "account": f"HOUSE{name}",
                      "place": f"云川小区\tB5\tA1\t{name}", "until": door.get("until"), "ref": "1", "due": 12_345,
                      "due_on": door.get("owes"), "paid": 0}  # fmt: skip
            (made[name],) = conn.execute(_CUSTOMER, values).fetchone() or (0,)
            if door.get("served", True):
                conn.execute(_SERVICE, values)
            if "owes" in door:
                conn.execute(_OWED, values)
    return made


def billed(place: Province, month: int, due_fen: int, paid_fen: int, spent_fen: int) -> None:
    """A published period of the company's fee, of one bill."""
    values = {"number": 8_000_000 + month * 1000, "biller": place.own.biller, "account": "HOUSE9", "due": due_fen,
              "paid": paid_fen, "spent": spent_fen, "since": date(2026, month, 1), "until": date(2026, month, 28),
              "due_on": date(2026, 12, 1), "ref": f"B{8_000_000 + month * 1000}"}  # fmt: skip
    with psycopg.connect(place.database.owner_url) as conn:
        (values["run"],) = conn.execute(_RUN, values).fetchone() or (0,)
        for statement in (_BILL, _SPENT, _OWED):
            conn.execute(statement, values)
