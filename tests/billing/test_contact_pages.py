"""手机 and consent by page, merging, splitting and taking over by page: what people see and what is kept."""

from typing import Any

import pytest

from tests.billing.proposals import heated, owing
from tests.billing.readings import customer
from tests.billing.test_customer_pages import CUSTOMERS, browser, number, text
from tests.billing.world import rows
from tests.web import site
from tests.web.province import Province
from tests.world import the_ring
from yifen.trades.billing.codes import BillingCode as B

KEPT = """SELECT (consent_at AT TIME ZONE 'Asia/Shanghai')::text, (withdrawn_at AT TIME ZONE 'Asia/Shanghai')::text,
    contact IS NULL FROM billing_customer WHERE account_no = %s"""
TRAIL = """SELECT e.actor, e.action, e.before, e.after FROM audit_entry e WHERE e.subject = 'billing_customer'
    AND e.subject_key = %s ORDER BY e.entry_no"""


def test_a_phone_and_its_owners_word_are_kept_and_told_masked(place: Province) -> None:
    from yifen.trades.billing.customers.marks import opened_contact

    customer(place, "T1", ("qty", 0))
    one, staff = number(place, "T1"), browser(place)
    page = f"{CUSTOMERS}{one}/contact/"
    given = {"phone": "13912345678", "consent": "yes", "day": "2026-02-01"}
    assert staff.post(page, given).status_code == 302
    assert rows(place, KEPT, "T1") == [("2026-02-01 00:00:00", None, False)]
    [(sealed,)] = rows(place, "SELECT contact FROM billing_customer WHERE account_no = 'T1'")
    assert "13912345678" not in sealed
    assert opened_contact(the_ring(), place.own.biller, "T1", sealed) == "13912345678"
    shown = text(staff.get(f"{CUSTOMERS}{one}/"))
    assert "****5678" in shown
    assert "是 · 2026-02-01" in shown
    assert "13912345678" not in shown
    assert staff.post(page, {"phone": "", "consent": "no", "day": "2026-03-01"}).status_code == 302
    assert rows(place, KEPT, "T1") == [(None, "2026-03-01 00:00:00", False)]
    assert "否 · 2026-03-01" in text(staff.get(f"{CUSTOMERS}{one}/"))
    assert (
        staff.post(
            page, {"phone": "", "remove": "on", "consent": "no", "day": "2026-03-02"}
        ).status_code
        == 302
    )
    assert rows(place, KEPT, "T1") == [(None, "2026-03-02 00:00:00", True)]
    trail = rows(place, TRAIL, str(one))
    assert [(actor, action) for actor, action, *_ in trail] == [("biller01", "update")] * 3
    assert [(before["contact"], after["contact"]) for _, _, before, after in trail] == [
        (False, "****5678"), (True, "true"), (True, "false")]  # fmt: skip
    assert "13912345678" not in str(trail)


@pytest.mark.parametrize(("asked", "why"), [
    ({"phone": ""}, "8877"),  # a consent of no phone
    ({"phone": "12ab"}, 'id="id_phone_error"'), ({"phone": "１３９１２３４５６７８"}, 'id="id_phone_error"'),
    ({"phone": "13912345678\x00"}, 'id="id_phone_error"'), ({"phone": "1" * 30}, 'id="id_phone_error"'),
    ({"consent": "maybe"}, 'id="id_consent_error"'), ({"day": ""}, 'id="id_day_error"'),
    ({"day": "2026-02-30"}, 'id="id_day_error"'), ({"day": "2025-12-31"}, "8877"), ({"day": "2037-01-01"}, "8877"),
    ({"remove": "on"}, 'id="id_remove_error"'),
])  # fmt: skip
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_kept(
    place: Province, asked: dict[str, str], why: str
) -> None:
    if not rows(place, "SELECT FROM billing_customer WHERE account_no = 'T2'"):
        customer(place, "T2", ("qty", 0))
    page = f"{CUSTOMERS}{number(place, 'T2')}/contact/"
    answer = text(
        browser(place).post(
            page, {"phone": "13912345678", "consent": "yes", "day": "2026-02-01"} | asked
        )
    )
    assert why in answer
    assert rows(place, KEPT, "T2") == [(None, None, True)]


def test_only_who_keeps_the_customers_of_this_company_keeps_their_phones(place: Province) -> None:
    from yifen.core.facts.codes import Code

    far = place.foreign.more["customer"]
    assert browser(place).get(f"{CUSTOMERS}{far}/contact/").status_code == 404
    customer(place, "T3", ("qty", 0))
    assert (
        browser(place, "auditor").get(f"{CUSTOMERS}{number(place, 'T3')}/contact/").status_code
        == 403
    )
    import psycopg

    from yifen.core.facts.processes import WEB

    call = "SELECT billing_contact_v1(%s, %s, 'x', '', true, '2026-02-01', now())"
    sessions: dict[int, Any] = {far: site.access(place.users["biller_staff"]).session,
                                number(place, "T3"): site.access(place.users["auditor"]).session}  # fmt: skip
    with psycopg.connect(place.database.url(WEB)) as conn:
        for one, session in sessions.items():
            assert conn.execute(call, (session, one)).fetchall() == [(Code.PERMISSION_MISSING,)]
        assert conn.execute(call, ("nobody", number(place, "T3"))).fetchall() == [
            (Code.PERMISSION_MISSING,)
        ]
        assert conn.execute(call, ("nobody", 999_000)).fetchall() == [(B.CUSTOMER_CLOSED,)]


def test_accounts_are_merged_split_and_owe_by_page(place: Province) -> None:
    customer(place, "G1", ("qty", 0))
    heat = heated(place, "G1")
    owing(place, "G1")
    one, staff = number(place, "G1"), browser(place)
    page = text(staff.get(f"{CUSTOMERS}{one}/"))
    for shown in ("并户", "分户", "联系方式", "转出欠费", "预存余额（元）", "10.00"):
        assert shown in page, shown
    gone = text(
        staff.post(
            f"{CUSTOMERS}{one}/merge/", {"day": "2026-02-01", "meter_0": "9", "account_no": "NONE"}
        )
    )
    assert "8820" in gone
    split = {"day": "2026-02-01", "account_no": "G1-N", "name": "周新", "persons": "2"}
    sent = staff.post(f"{CUSTOMERS}{one}/split/", split | {"services": [str(heat)]})
    assert sent.status_code == 302, text(sent)
    customer(place, "G2", ("qty", 0))
    owed = staff.post(f"{CUSTOMERS}{one}/arrears/", {"account_no": "G2", "reason": "同一家"})
    assert owed.status_code == 302, text(owed)
    assert "10.00" in text(staff.get(owed.headers["Location"]))
    assert "8874" in text(
        staff.post(
            f"{CUSTOMERS}{number(place, 'G2')}/arrears/", {"account_no": "G1", "reason": "无"}
        )
    )
