"""过户, 转移, 销户: by two people, whole or not at all; meters go on where they stand."""

from datetime import date

import pytest

from tests.billing.readings import LATE, customer, fee_of, read, usage, used
from tests.billing.world import rows
from tests.web import site
from tests.web.province import Province
from tests.world import the_ring
from yifen.core.facts.refused import Refused
from yifen.hub.payments.names import opened_name

OF = """SELECT c.account_no, c.opened_on::text, c.closed_on::text, s.from_on::text, s.to_on::text, m.number, m.register,
    m.fitted_on::text, m.fitted_milli, m.removed_on::text, m.removed_milli
    FROM billing_customer c JOIN billing_service s USING (bucket, customer_id)
    JOIN billing_meter m USING (bucket, service_id) WHERE c.account_no LIKE %s
    ORDER BY c.account_no, s.from_on, m.register"""


def number(place: Province, account: str) -> int:
    return int(rows(place, "SELECT customer_id FROM billing_customer WHERE account_no = %s", account)[0][0])


def a_holder(place: Province, account: str, new: str, *values: tuple[str, int], day: str = "2026-02-10") -> object:
    from yifen.trades.billing.customers import contracts

    readings = [contracts.MeterRead(account, register, value) for register, value in values]
    return contracts.propose_holder(
        site.access(place.users["biller_staff"]), number(place, account), date.fromisoformat(day),
        contracts.NewHolder(new, "赵新", "13900001111", 2, True), readings, "卖房", LATE,
    )  # fmt: skip


def test_a_new_holder_gets_a_new_account_at_the_same_place_with_the_meters(place: Province) -> None:
    service = customer(place, "H1", ("peak", 0), ("valley", 0))
    proposal = a_holder(place, "H1", "H1-NEW", ("peak", 3_000), ("valley", 4_000))
    assert rows(place, OF, "H1-NEW") == []  # nobody agreed yet
    site.agree(place.users["finance"], proposal, LATE)
    old = ("H1", "2026-01-01", "2026-02-10", "2026-01-01", "2026-02-10")
    assert rows(place, OF, "H1%") == [
        (*old, "H1", "peak", "2025-12-31", 0, "2026-02-10", 3000),
        (*old, "H1", "valley", "2025-12-31", 0, "2026-02-10", 4000),
        ("H1-NEW", "2026-02-11", None, "2026-02-11", None, "H1", "peak", "2026-02-10", 3000, None, None),
        ("H1-NEW", "2026-02-11", None, "2026-02-11", None, "H1", "valley", "2026-02-10", 4000, None, None),
    ]  # fmt: skip
    assert used(place, "2026-02-01", "2026-02-28", service) == 1
    assert usage(place, service) == [("2026-01-01", "2026-02-10", 7_000, 3_000, 4_000, False)]
    [(of, place_id, before, persons, name)] = rows(
        place, "SELECT p.name <> '', n.place_id, n.before_id, n.persons, p.name FROM billing_customer n"
               " JOIN payer p USING (bucket, biller_id, account_no) WHERE n.account_no = 'H1-NEW'")  # fmt: skip
    assert (of, before, persons) == (True, number(place, "H1"), 2)
    assert opened_name(the_ring(), place.own.biller, "H1-NEW", name) == "赵新"
    assert rows(place, "SELECT place_id FROM billing_customer WHERE account_no = 'H1'") == [(place_id,)]
    [(new,)] = rows(place, "SELECT s.service_id FROM billing_service s JOIN billing_customer c"
                           " USING (bucket, customer_id) WHERE c.account_no = 'H1-NEW'")  # fmt: skip
    for register, value in (("peak", 5), ("valley", 5)):
        assert read(place, "H1", "2026-02-28", value, register) == 0
    assert used(place, "2026-02-01", "2026-02-28", new) == 1
    assert usage(place, new) == [("2026-02-11", "2026-02-28", 3_000, 2_000, 1_000, False)]


def test_what_cannot_be_handed_over_is_refused_whole(place: Province) -> None:
    customer(place, "H2", ("peak", 0), ("valley", 0))
    with pytest.raises(Refused, match="METER_UNKNOWN"):
        a_holder(place, "H2", "H2-NEW", ("peak", 3_000))
    customer(place, "H3", ("qty", 0))
    taken = a_holder(place, "H3", "H2", ("qty", 1_000))
    with pytest.raises(Refused, match="ACCOUNT_IN_USE"):
        site.agree(place.users["finance"], taken, LATE)
    customer(place, "H4", ("qty", 0))
    read(place, "H4", "2026-03-31", 5)
    late = a_holder(place, "H4", "H4-NEW", ("qty", 1_000))  # it was read after that day
    with pytest.raises(Refused, match="READING_DAY"):
        site.agree(place.users["finance"], late, LATE)
    new = "SELECT count(*) FROM billing_customer WHERE account_no LIKE 'H_-NEW' AND account_no <> 'H1-NEW'"
    assert rows(place, new) == [(0,)]
    assert [one[2] for one in rows(place, OF, "H4")] == [None]


def test_what_is_billed_moves_to_another_account_and_back_to_nobody(place: Province) -> None:
    from yifen.trades.billing.customers import contracts

    customer(place, "M1", ("qty", 0))
    customer(place, "M2")
    fee = fee_of(place)
    access = site.access(place.users["biller_staff"])
    reading = [contracts.MeterRead("M1", "qty", 9_000)]
    with pytest.raises(Refused, match="FEE_TWICE"):  # M2 has this fee already
        contracts.propose_move(access, number(place, "M1"), fee, date(2026, 2, 1), "M2", reading, "", LATE)
    end = contracts.propose_close(access, number(place, "M2"), date(2026, 1, 31), [], "", LATE)
    site.agree(place.users["finance"], end, LATE)
    assert rows(place, "SELECT c.closed_on::text, s.to_on::text FROM billing_customer c JOIN billing_service s"
                       " USING (bucket, customer_id) WHERE account_no = 'M2'") == [("2026-01-31",) * 2]  # fmt: skip
    with pytest.raises(Refused, match="CUSTOMER_CLOSED"):
        contracts.propose_move(access, number(place, "M1"), fee, date(2026, 2, 1), "M2", reading, "", LATE)
    gone = contracts.propose_close(access, number(place, "M1"), date(2026, 2, 1), reading, "", LATE)
    site.agree(place.users["finance"], gone, LATE)
    assert [one[1:5] + one[9:] for one in rows(place, OF, "M1")] == [
        ("2026-01-01", "2026-02-01", "2026-01-01", "2026-02-01", "2026-02-01", 9_000)]  # fmt: skip


def test_a_service_joins_an_account_that_lacks_it(place: Province) -> None:
    from django.db import connection

    from yifen.trades.billing.customers import contracts

    customer(place, "J1", ("qty", 0))
    customer(place, "J2")
    with site.as_owner(place.database), connection.cursor() as cursor:
        cursor.execute("UPDATE billing_service s SET to_on = '2026-01-15' FROM billing_customer c"
                       " WHERE c.customer_id = s.customer_id AND c.account_no = 'J2'")  # fmt: skip
    fee = fee_of(place)
    moved = contracts.propose_move(
        site.access(place.users["biller_staff"]), number(place, "J1"), fee, date(2026, 2, 1), "J2",
        [contracts.MeterRead("J1", "qty", 9_000)], "", LATE,
    )  # fmt: skip
    site.agree(place.users["finance"], moved, LATE)
    assert [one[:1] + one[2:5] + one[7:] for one in rows(place, OF, "J_")] == [
        ("J1", None, "2026-01-01", "2026-02-01", "2025-12-31", 0, "2026-02-01", 9_000),
        ("J2", None, "2026-02-02", None, "2026-02-01", 9_000, None, None),
    ]


def test_two_people_of_one_biller_change_no_customer_of_another(place: Province) -> None:
    """Put there past the pages: whose the proposal is, and whose the customer is, must be the same."""
    from yifen.core.access import second
    from yifen.core.partners.models import Partner
    from yifen.trades.billing.customers import contracts

    far = place.foreign.more["customer"]
    [(account,)] = rows(place, "SELECT account_no FROM billing_customer WHERE customer_id = %s", far)
    reading = contracts.MeterRead(f"D{account}", "qty", 200_000)._asdict()
    content = {"bucket": far % 1000, "customer": far, "biller": place.foreign.biller, "account_no": account,
               "day": "2026-02-01", "readings": [reading]}  # fmt: skip
    proposal = second.propose(site.access(place.users["biller_staff"]), contracts.CLOSE, str(far), content, LATE,
                              partner=Partner.objects.get(pk=place.own.biller))  # fmt: skip
    with pytest.raises(Refused, match="CUSTOMER_CLOSED"):
        site.agree(place.users["finance"], proposal, LATE)
    assert rows(place, "SELECT closed_on FROM billing_customer WHERE customer_id = %s", far) == [(None,)]
