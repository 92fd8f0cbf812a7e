"""A proposal of each act about customers, for the tests of two people."""

import itertools
from datetime import date
from typing import Any

import psycopg

from tests.billing.readings import customer, fee_of
from tests.billing.world import NOW, csv_of, proposed, row, rows, taken_in
from tests.web import site
from tests.web.province import Province

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


def _customer(place: Province) -> tuple[str, int]:
    account = f"PC{next(_numbers)}"
    customer(place, account, ("qty", 0))
    return account, int(rows(place, "SELECT customer_id FROM billing_customer WHERE account_no = %s", account)[0][0])


def _ended(place: Province, account: str) -> None:
    """What he was billed for has ended."""
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("UPDATE billing_service s SET to_on = '2026-01-15' FROM billing_customer c"
                     " WHERE c.customer_id = s.customer_id AND c.account_no = %s", (account,))  # fmt: skip


MAKERS = {"billing.import": an_import, "billing.holder": a_holder, "billing.move": a_move, "billing.close": a_close}
"""One of each."""
