"""A proposal of each act about customers, for the tests of two people."""

import itertools
from datetime import date
from typing import Any

import psycopg

from tests.billing.readings import customer, fee_of
from tests.billing.world import NOW, csv_of, proposed, row, rows, taken_in
from tests.web import site
from tests.web.province import Province
from tests.world import the_ring
from yifen.hub.payments.names import sealed_name

Proposed = tuple[Any, Any, str, Any]
_numbers = itertools.count(1)
DAY = date(2026, 2, 1)


def an_import(place: Province) -> Proposed:
    file_id = taken_in(place, csv_of(row(f"PI{next(_numbers)}")))
    return (proposed(place, file_id), place.users["finance"],
            "SELECT count(*) FROM procrastinate_jobs j JOIN access_authorisation a"
            " ON a.id::text = j.args ->> 'proposal' WHERE j.task_name = 'billing.import'"
            " AND a.subject_key = %s", str(file_id))  # fmt: skip


def a_holder(place: Province) -> Proposed:
    from yifen.trades.billing.customers import contracts

    account, number = _customer(place)
    made = contracts.propose_holder(
        site.access(place.users["biller_staff"]), number, DAY, contracts.NewHolder(f"{account}-N", "赵新"),
        [contracts.MeterRead(account, "qty", 9_000)], "卖房", NOW,
    )  # fmt: skip
    return made, place.users["finance"], "SELECT count(*) FROM billing_customer WHERE account_no = %s", f"{account}-N"


def a_move(place: Province) -> Proposed:
    from yifen.trades.billing.customers import contracts

    account, number = _customer(place)
    target = f"{account}-T"
    taken = site.access(place.users["biller_staff"])
    customer(place, target)
    _ended(place, target)
    made = contracts.propose_move(taken, number, fee_of(place), DAY, target,
                                  [contracts.MeterRead(account, "qty", 9_000)], "合户", NOW)  # fmt: skip
    return (made, place.users["finance"], "SELECT count(*) FROM billing_service s JOIN billing_customer c"
            " USING (bucket, customer_id) WHERE c.account_no = %s", target)  # fmt: skip


def a_close(place: Province) -> Proposed:
    from yifen.trades.billing.customers import contracts

    account, number = _customer(place)
    made = contracts.propose_close(site.access(place.users["biller_staff"]), number, DAY,
                                   [contracts.MeterRead(account, "qty", 9_000)], "拆迁", NOW)  # fmt: skip
    return (made, place.users["finance"],
            "SELECT count(*) FROM billing_customer WHERE account_no = %s AND closed_on IS NOT NULL",
            account)  # fmt: skip


def a_merge(place: Province) -> Proposed:
    from yifen.trades.billing.customers import contracts

    account, number = _customer(place)
    target = f"{account}-T"
    customer(place, target)
    _ended(place, target)
    made = contracts.propose_merge(site.access(place.users["biller_staff"]), number, DAY, target, False,
                                   [contracts.MeterRead(account, "qty", 9_000)], "同一家", NOW)  # fmt: skip
    done = "SELECT count(*) FROM billing_customer WHERE account_no = %s AND closed_on IS NOT NULL"
    return made, place.users["finance"], done, account


def a_split(place: Province) -> Proposed:
    from yifen.trades.billing.customers import contracts

    account, number = _customer(place)
    heated(place, account)
    [(power,)] = rows(place, "SELECT service_id FROM billing_service s WHERE customer_id = %s AND fee_id = %s", number,
                      fee_of(place))  # fmt: skip
    made = contracts.propose_split(
        site.access(place.users["biller_staff"]), number, [power], DAY, contracts.NewHolder(f"{account}-N", "赵新"),
        False, [contracts.MeterRead(account, "qty", 9_000)], "分家", NOW,
    )  # fmt: skip
    return made, place.users["finance"], "SELECT count(*) FROM billing_customer WHERE account_no = %s", f"{account}-N"


def a_take_over(place: Province) -> Proposed:
    from yifen.trades.billing.customers import taking

    account, number = _customer(place)
    customer(place, f"{account}-T")
    owing(place, account)
    made = taking.propose(site.access(place.users["finance"]), number, f"{account}-T", "新户主同意接收", NOW)
    return (made, place.users["biller_staff"], "SELECT count(*) FROM billing_bill WHERE account_no = %s",
            f"{account}-T")  # fmt: skip


def heated(place: Province, account: str) -> int:
    """He is billed for heating too; the service's number."""
    with psycopg.connect(place.database.owner_url) as conn:
        found = conn.execute("""
            INSERT INTO billing_service (bucket, service_id, customer_id, fee_id, class, area_milli, from_on)
            SELECT c.bucket, (n.service + 1) * 1000 + c.bucket, c.customer_id, f.fee_id, '居民', 90000, c.opened_on
            FROM billing_customer c JOIN billing_fee f ON f.biller_id = c.biller_id AND f.code = 'HEAT'
            CROSS JOIN LATERAL billing_numbers_v1(c.bucket, 0, 1, 0) n
            WHERE c.account_no = %s RETURNING service_id""", (account,)).fetchone()  # fmt: skip
    assert found is not None
    return int(found[0])


def owing(place: Province, account: str) -> int:
    """A bill of his power is published: 10.00, due in a while; its number."""
    with psycopg.connect(place.database.owner_url) as conn:
        run = ("INSERT INTO billing_run (biller_id, fee_id, kind, from_on, to_on, due_on, subject, begun_at, begun_by,"
               " published_at) SELECT %s, %s, 'single', '2026-01-01', '2026-01-31', '2027-12-20', '{}', now(), 'x',"
               " now() RETURNING run_id")  # fmt: skip
        at = {"run": conn.execute(run, (place.own.biller, fee_of(place))).fetchall()[0][0], "account": account,
              "biller": place.own.biller}  # fmt: skip
        bill = conn.execute("""
            INSERT INTO billing_bill SELECT s.bucket, nextval('billing_bill_no') * 1000 + s.bucket, %(run)s, 0,
                s.service_id, c.account_no, '2026-01-01', '2026-01-31', 0, 0, 0, 0, 1000
            FROM billing_service s JOIN billing_customer c USING (bucket, customer_id)
            JOIN billing_fee f ON f.fee_id = s.fee_id AND f.metered
            WHERE c.account_no = %(account)s RETURNING bucket, bill_id, service_id""", at).fetchall()[0]  # fmt: skip
        at |= {"bucket": bill[0], "bill": bill[1], "service": bill[2]}
        conn.execute("INSERT INTO billing_line VALUES (%(bucket)s, %(bill)s, 1, 0, 0, 0, 1000)", at)
        conn.execute("INSERT INTO billing_piece VALUES (%(run)s, 0, %(bucket)s, %(service)s, %(service)s, 1, now(),"
                     " 1, 1000, 0, 0)", at)  # fmt: skip
        at["name"] = sealed_name(the_ring(), place.own.biller, account, "赵新")
        conn.execute("SELECT payments_import_payers_v1(%(bucket)s::smallint, ARRAY[%(biller)s], ARRAY[%(account)s],"
                     " ARRAY[%(name)s])", at)  # fmt: skip
        conn.execute("SELECT payments_import_payables_v1(%(bucket)s::smallint, ARRAY[%(biller)s], ARRAY[%(account)s],"
                     " ARRAY['B' || %(bill)s], '{电费}', '{exact}', '{1000}', '{1}', '{100000}', '{2027-12-20}',"
                     " '{NULL}')", at)  # fmt: skip
        conn.execute("""
            SELECT billing_post_v1(now(), jsonb_populate_record(NULL::billing_booking, jsonb_build_object('bucket',
                %(bucket)s::integer, 'biller_id', %(biller)s::integer, 'kind', 'published', 'run_id', %(run)s::integer,
                'piece', 0, 'due_fen', 1000, 'spent_fen', 0, 'paid_fen', 0, 'kept_fen', 0)))""", at)  # fmt: skip
    return int(bill[1])


def _customer(place: Province) -> tuple[str, int]:
    account = f"PC{next(_numbers)}"
    customer(place, account, ("qty", 0))
    return account, int(rows(place, "SELECT customer_id FROM billing_customer WHERE account_no = %s", account)[0][0])


def _ended(place: Province, account: str) -> None:
    """What he was billed for has ended."""
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("UPDATE billing_service s SET to_on = '2026-01-15' FROM billing_customer c"
                     " WHERE c.customer_id = s.customer_id AND c.account_no = %s", (account,))  # fmt: skip


MAKERS = {"billing.import": an_import, "billing.holder": a_holder, "billing.move": a_move, "billing.close": a_close,
          "billing.merge": a_merge, "billing.split": a_split, "billing.take_over": a_take_over}  # fmt: skip
"""One of each."""
