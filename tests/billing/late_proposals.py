"""What two people agree to about late fees: of each act a proposal that is right, who may decide it, and a statement
that reads what it would change, with its parameter."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tests.billing.company import OPENED
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.processes import OWNER

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ACCOUNT = "LATE1"
Proposed = tuple[Any, Any, str, Any]
FEE = """INSERT INTO billing_fee (biller_id, code, name, unit, metered, cycle, mode, due_days)
    VALUES (%(biller)s, 'late', '电费', 'kWh', false, 'none', 'partial', 15)
    ON CONFLICT (biller_id, code) DO UPDATE SET name = excluded.name RETURNING fee_id"""
RULE = """INSERT INTO billing_late_rule (fee_id, valid_from, rate, later_rate) VALUES (%(fee)s, '2020-01-01', 2, 3)
    ON CONFLICT DO NOTHING"""
OWED = """
    WITH place AS (
        INSERT INTO billing_place (biller_id, name, path) VALUES (%(biller)s, %(account)s, '') RETURNING place_id
    ), customer AS (
        INSERT INTO billing_customer (bucket, customer_id, biller_id, account_no, place_id, opened_on)
        SELECT %(bucket)s, 900000 + %(bucket)s, %(biller)s, %(account)s, place_id, '2025-01-01' FROM place
    ), service AS (
        INSERT INTO billing_service (bucket, service_id, customer_id, fee_id, class, from_on)
        VALUES (%(bucket)s, 900000 + %(bucket)s, 900000 + %(bucket)s, %(fee)s, 'residential', '2025-01-01')
    ), run AS (
        INSERT INTO billing_run (biller_id, fee_id, kind, from_on, to_on, due_on, begun_at, begun_by)
        VALUES (%(biller)s, %(fee)s, 'single', '2026-01-01', '2026-01-31', '2026-03-01', '2026-02-01', 'maker')
        RETURNING run_id
    ), bill AS (
        INSERT INTO billing_bill (bucket, bill_id, run_id, piece, service_id, account_no, from_on, to_on, qty_milli,
                                  used_milli, amount_fen)
        SELECT %(bucket)s, 900000 + %(bucket)s, run_id, 0, 900000 + %(bucket)s, %(account)s, '2026-01-01', '2026-01-31',
               0, 0, 100000 FROM run
    ), piece AS (
        INSERT INTO billing_piece (run_id, piece, bucket, first_id, last_id, services, made_at, bills, asked_fen,
                                   given_fen, missing)
        SELECT run_id, 0, %(bucket)s, 900000 + %(bucket)s, 900000 + %(bucket)s, 1, '2026-02-01', 1, 100000, 0, 0
        FROM run
    )
    SELECT run_id FROM run"""
PAYABLE = """SELECT payments_import_payables_v1(%(bucket)s::smallint, ARRAY[%(biller)s]::integer[], ARRAY[%(account)s],
    ARRAY[%(ref)s], '{电费}', '{partial}', '{100000}', '{1}', '{100000}', '{2026-03-01}', '{NULL}')"""
BOOKED = """SELECT billing_post_v1('2026-02-01', jsonb_populate_record(NULL::billing_booking, jsonb_build_object(
    'bucket', %(bucket)s::integer, 'biller_id', %(biller)s::integer, 'kind', 'published', 'run_id', %(run)s::integer,
    'piece', 0, 'due_fen', 100000, 'spent_fen', 0, 'paid_fen', 0, 'kept_fen', 0)))"""


def late_bill(place: Province) -> tuple[int, int]:
    """(bill, fee) of the county's own biller: 1,000.00, due on 1 March 2026, with a late fee of 2 permille a day."""
    from django.db import connection

    bucket = account_bucket(place.own.biller, ACCOUNT, place.database.buckets)
    bill = 900_000 + bucket
    facts = {"biller": place.own.biller, "account": ACCOUNT, "bucket": bucket, "ref": f"B{bill}"}
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {OWNER}")
        cursor.execute(OPENED, [place.own.biller])
        cursor.execute(FEE, facts)
        facts["fee"] = cursor.fetchone()[0]
        cursor.execute(RULE, facts)
        cursor.execute("SELECT 1 FROM billing_bill WHERE bill_id = %s", [bill])
        if cursor.fetchone() is None:
            cursor.execute(OWED, facts)
            facts["run"] = cursor.fetchone()[0]
            cursor.execute(PAYABLE, facts)
            cursor.execute(BOOKED, facts)
        cursor.execute("SET LOCAL ROLE NONE")
    return bill, facts["fee"]


def waived(place: Province) -> Proposed:
    from yifen.trades.billing.late import waiving

    bill, _ = late_bill(place)
    made = waiving.propose(site.access(place.users["finance"]), bill, 500, "系统故障期间", NOW)
    return made, place.users["biller_staff"], "SELECT sum(amount_fen) FROM billing_waiver WHERE bill_id = %s", bill


def frozen(place: Province) -> Proposed:
    from yifen.trades.billing.late import freezing

    bill, _ = late_bill(place)
    made = freezing.propose(site.access(place.users["finance"]), bill, date(2026, 3, 1), None, True, "争议处理中", NOW)
    return (made, place.users["biller_staff"], "SELECT count(*) FROM billing_freeze WHERE account_no = %s", ACCOUNT)


def rule(place: Province) -> Proposed:
    from yifen.trades.billing.late import ruling as late_rules

    _, fee = late_bill(place)
    asked = late_rules.LateRule(fee, "", date(2030, 1, 1), Decimal("1"), Decimal("1.5"))
    return (late_rules.propose(site.access(place.users["institution_admin"]), asked, "新合同", NOW),
            place.users["biller_staff"],
            "SELECT max(valid_from) FROM billing_late_rule WHERE fee_id = %s", fee)  # fmt: skip


MAKERS = {"billing.waive": waived, "billing.freeze": frozen, "billing.late_rule": rule}
