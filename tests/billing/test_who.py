"""What one person alone may do to bills and readings: the database finds him by his session, whatever the pages say."""

from datetime import date
from typing import Any

import psycopg
import pytest

from tests.billing.readings import LATE, customer, fee_of
from tests.billing.world import rows
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import WEB, WORKER

DAY = date(2026, 3, 31)
CALLS = {
    "begin": "SELECT code FROM billing_begin_v1(%(session)s, %(fee)s, NULL, %(day)s, %(day)s, %(day)s, %(now)s)",
    "cancel": "SELECT code FROM billing_cancel_v1(%(session)s, %(bill)s, '抄错', %(now)s)",
    "correct": "SELECT code FROM billing_correct_v1(%(session)s, %(service)s, -1000, %(day)s, %(day)s, NULL, 'x',"
               " %(now)s)",
    "past": "SELECT billing_past_v1(%(session)s, %(run)s)",
    "drop": "SELECT billing_drop_v1(%(session)s, %(run)s, %(now)s)",
    "read": "SELECT (billing_read_v1(%(session)s, %(biller)s, ARRAY['W1'], ARRAY['qty'], ARRAY[%(day)s::date],"
            " ARRAY[9000::bigint], 'read', '', %(now)s))[1]",
    "usage": "SELECT code FROM billing_make_usage_v1(%(session)s, %(fee)s, %(day)s, %(day)s, NULL, %(now)s)",
    "accept": "SELECT billing_accept_v1(%(session)s, %(doubt)s, 5, 'x', %(now)s)",
    "estimate": "SELECT billing_estimate_v1(%(session)s, %(missing)s, %(now)s)",
    "swap": "SELECT billing_swap_v1(%(session)s, %(biller)s, 'W1', 'qty', %(day)s, 9000, 'W1-NEW', 1, 5::smallint, 0,"
            " %(now)s)",
}  # fmt: skip
MADE = {
    "run": "INSERT INTO billing_run (biller_id, fee_id, kind, from_on, to_on, due_on, subject, begun_at, begun_by)"
           " VALUES (%(biller)s, %(fee)s, 'single', %(day)s, %(day)s, %(day)s, '{\"service\": 1}', now(), 'x')"
           " RETURNING run_id",
    "bill": "INSERT INTO billing_bill SELECT %(bucket)s, nextval('billing_bill_no') * 1000 + %(bucket)s, %(run)s, 0,"
            " %(service)s, 'W1', %(day)s, %(day)s, 1000, 0, 0, 0, 100 RETURNING bill_id",
    "doubt": "INSERT INTO billing_doubt (bucket, service_id, fee_id, since_on, until_on, fault, from_on, to_on,"
             " qty_milli, found_at) VALUES (%(bucket)s, %(service)s, %(fee)s, %(day)s, %(day)s, 'spike', %(day)s,"
             " %(day)s, 5, now()) RETURNING doubt_id",
    "missing": "INSERT INTO billing_doubt (bucket, service_id, fee_id, since_on, until_on, fault, from_on, to_on,"
               " found_at) VALUES (%(bucket)s, %(service)s, %(fee)s, '2026-04-30', '2026-04-30', 'missing',"
               " '2026-04-30', '2026-04-30', now()) RETURNING doubt_id",
}  # fmt: skip
WRITTEN = ("billing_run", "billing_bill", "billing_reading", "billing_usage", "billing_doubt", "billing_meter")


@pytest.fixture(scope="module")
def asked(place: Province) -> dict[str, Any]:
    """A bill that is published, a run that is open, readings in doubt: each of the calls could be done."""
    service = customer(place, "W1", ("qty", 0))
    at: dict[str, Any] = {"fee": fee_of(place), "service": service, "biller": place.own.biller, "day": DAY,
                          "bucket": service % 1000}  # fmt: skip
    with psycopg.connect(place.database.owner_url) as conn:
        for name, statement in MADE.items():
            row = conn.execute(statement, at).fetchone()
            assert row is not None
            at[name] = row[0]
    return at | {"now": LATE}


def told(place: Province, name: str, session: str | None, asked: dict[str, Any], process: Any = WEB) -> int:
    """The code; nothing is kept of it."""
    with psycopg.connect(place.database.url(process)) as conn:
        row = conn.execute(CALLS[name], asked | {"session": session}).fetchone()
        conn.rollback()
    assert row is not None
    return int(row[0])


def counted(place: Province) -> list[int]:
    return [rows(place, f"SELECT count(*) FROM {table}")[0][0] for table in WRITTEN]


@pytest.mark.parametrize("name", CALLS)
def test_who_keeps_the_companys_bills_is_heard(place: Province, asked: dict[str, Any], name: str) -> None:
    """Whatever else is wrong with it, it is not who he is."""
    session = site.access(place.users["finance"]).session
    assert told(place, name, session, asked) not in (Code.PERMISSION_MISSING, None)


@pytest.mark.parametrize("name", CALLS)
def test_nobody_else_is(place: Province, asked: dict[str, Any], name: str) -> None:
    far = site.user(f"far{list(CALLS).index(name)}", place.foreign.county, "finance")
    gone = site.user(f"gone{list(CALLS).index(name)}", place.own.county, "finance")
    sessions: dict[str, str | None] = {
        "another county's": site.access(far).session,
        "without the permission": site.access(place.users["auditor"]).session,
        "of a teller": site.access(place.own.teller).session,
        "nobody's": "no-such-session", "empty": "", "none": None,
    }  # fmt: skip
    sessions["replaced by a later sign-in"] = site.access(gone).session
    shut = site.user(f"shut{list(CALLS).index(name)}", place.own.county, "finance")
    sessions["of an account that was shut"] = site.access(shut).session
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("UPDATE access_user SET session_key = encode(sha256('later'), 'hex') WHERE id = %s", (gone.pk,))
        conn.execute("UPDATE access_user SET is_active = false WHERE id = %s", (shut.pk,))
    before = counted(place)
    assert {who: told(place, name, session, asked) for who, session in sessions.items()} == dict.fromkeys(
        sessions, Code.PERMISSION_MISSING)
    assert counted(place) == before


@pytest.mark.parametrize("name", CALLS)
def test_no_other_process_and_no_inside_can_be_called(place: Province, asked: dict[str, Any], name: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        told(place, name, site.access(place.users["finance"]).session, asked, WORKER)


@pytest.mark.parametrize("statement", [
    "SELECT billing_begin_by_v1(%(fee)s, NULL, %(day)s, %(day)s, %(day)s, 'finance', %(now)s)",
    "SELECT billing_read_by_v1(%(biller)s, '{}', '{}', '{}', '{}', 'read', '', 'finance', %(now)s)",
    "SELECT billing_usage_v1(%(fee)s, %(day)s, %(day)s, %(now)s)",
])
def test_the_pages_give_nobodys_name(place: Province, asked: dict[str, Any], statement: str) -> None:
    with psycopg.connect(place.database.url(WEB)) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(statement, asked)
