"""Readings become usage; what is in doubt waits for a person."""

from datetime import date

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.billing.readings import (
    LATE,
    called,
    clerk,
    customer,
    doubts,
    month_end,
    read,
    usage,
    used,
)
from tests.billing.world import rows
from tests.sampling import ALL
from tests.web import site
from tests.web.province import Province
from yifen.trades.billing.codes import BillingCode as B

OPEN = "SELECT doubt_id FROM billing_doubt WHERE service_id = %s AND accepted_at IS NULL"
MONTHS = [("2026-01-01", "2026-01-31"), ("2026-02-01", "2026-02-28"), ("2026-03-01", "2026-03-31"),
          ("2026-04-01", "2026-04-30")]  # fmt: skip


def months(place: Province, account: str, service: int, *values: float) -> None:
    """Read at the end of each month, and usage made of it."""
    for (since, until), value in zip(MONTHS, values, strict=False):
        assert read(place, account, until, value) == 0
        used(place, since, until, service)


def accepted(place: Province, service: int, qty: int) -> int:
    [(doubt,)] = rows(place, OPEN, service)
    return int(called(place, "SELECT billing_accept_v1(%s, %s, %s, '看过', %s)", clerk(place), doubt, qty, LATE))


def test_usage_is_what_went_through_from_reading_to_reading(place: Province) -> None:
    service = customer(place, "U1", ("qty", 100_000))
    months(place, "U1", service, 150, 210.5, 260)
    assert usage(place, service) == [
        ("2026-01-01", "2026-01-31", 50_000, 0, 0, False), ("2026-02-01", "2026-02-28", 60_500, 0, 0, False),
        ("2026-03-01", "2026-03-31", 49_500, 0, 0, False),
    ]  # fmt: skip
    assert used(place, *MONTHS[2], service) == 0  # once
    assert doubts(place, service) == []


def test_registers_the_multiplier_and_the_last_digit_count(place: Province) -> None:
    service = customer(place, "U2", ("qty", 99_990_000), ("peak", 0), ("valley", 5_000), multiplier="40")
    for register, value in (("qty", 15), ("peak", 10.5), ("valley", 9)):
        assert read(place, "U2", "2026-01-31", value, register) == 0
    assert used(place, *MONTHS[0], service) == 1
    assert usage(place, service) == [("2026-01-01", "2026-01-31", 1_000_000, 420_000, 160_000, False)]
    service = customer(place, "U3", ("peak", 0), ("valley", 0))
    read(place, "U3", "2026-01-31", 3, "peak")
    assert used(place, *MONTHS[0], service) == 0  # the valley was not read: neither of them is over
    assert doubts(place, service) == [("missing", "2026-01-01", "2026-01-31", None, None)]
    read(place, "U3", "2026-01-31", 4, "valley")
    assert used(place, *MONTHS[0], service) == 1
    assert usage(place, service) == [("2026-01-01", "2026-01-31", 7_000, 3_000, 4_000, False)]
    assert doubts(place, service) == []


def test_a_meter_that_was_changed_in_between_counts_on(place: Province) -> None:
    service = customer(place, "U4", ("qty", 0))
    swap = "SELECT billing_swap_v1(%s, %s, 'U4', 'qty', %s, %s, %s, 2, 6::smallint, 7000, %s)"
    assert called(place, swap, clerk(place), place.own.biller, "2026-01-10", 12_000, "U4-NEW", LATE) == 0
    assert read(place, "U4", "2026-01-31", 20) == B.METER_UNKNOWN
    assert read(place, "U4-NEW", "2026-01-31", 10) == 0
    assert used(place, *MONTHS[0], service) == 0  # another multiplier and digits, by one person
    assert doubts(place, service) == [("multiplier", "2026-01-01", "2026-01-31", 18_000, None)]
    assert accepted(place, service, 18_000) == B.DOUBT_OWN
    with psycopg.connect(place.database.super_url) as conn:  # the same human being by another login
        conn.execute("SET session_replication_role = replica")
        person = "UPDATE access_user SET person = %s WHERE id = %s"
        conn.execute(person, (place.users["biller_staff"].person, place.users["finance"].pk))
    [(doubt,)] = rows(place, OPEN, service)
    accept = "SELECT billing_accept_v1(%s, %s, 18000, '看过', %s)"
    assert called(place, accept, site.access(place.users["finance"]).session, doubt, LATE) == B.DOUBT_OWN
    with psycopg.connect(place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute(person, (place.users["finance"].person, place.users["finance"].pk))
    [(doubt,)] = rows(place, OPEN, service)
    other_clerk = site.access(place.users["finance"]).session
    accept = "SELECT billing_accept_v1(%s, %s, 18000, '看过', %s)"
    assert called(place, accept, other_clerk, doubt, LATE) == 0
    assert usage(place, service) == [("2026-01-01", "2026-01-31", 18_000, 0, 0, False)]
    other = customer(place, "U5", ("qty", 0))
    swap = swap.replace("'U4'", "'U5'")
    assert called(place, swap, clerk(place), place.own.biller, "2026-01-10", 1, "U4-NEW", LATE) == B.METER_IN_USE
    assert called(place, swap, clerk(place), place.own.biller, "2025-12-31", 1, "U5-NEW", LATE) == B.READING_DAY
    assert called(place, swap, clerk(place), place.own.biller, "2026-01-09", 1, "U4", LATE) == B.METER_IN_USE
    huge = swap.replace("2, 6::smallint", "999999.9999, 12::smallint")
    assert called(place, huge, clerk(place), place.own.biller, "2026-01-10", 1, "U5-NEW", LATE) == B.ROW_NUMBER
    assert rows(place, "SELECT count(*) FROM billing_meter WHERE service_id = %s", other) == [(1,)]


@pytest.mark.parametrize(
    ("account", "last", "doubt"),
    [
        ("D1", 100, ("negative", "2026-04-01", "2026-04-30", 99_950_000, 50_000)),
        ("D2", 301, ("spike", "2026-04-01", "2026-04-30", 151_000, 50_000)),
        ("D3", 150, ("zero", "2026-04-01", "2026-04-30", 0, 50_000)),
        ("D4", None, ("missing", "2026-04-01", "2026-04-30", None, 50_000)),
    ],
)
def test_what_is_in_doubt_is_no_usage_until_a_person_accepted_it(
    place: Province, account: str, last: float | None, doubt: tuple[object, ...]
) -> None:
    service = customer(place, account, ("qty", 0))
    months(place, account, service, 51.666, 98.333, 150)  # 1 2/3 a day
    if last is not None:
        assert read(place, account, "2026-04-30", last) == 0
    assert used(place, *MONTHS[3], service) == 0
    assert [(one[0], one[1], one[2], one[3]) for one in doubts(place, service)] == [doubt[:4]]
    assert len(usage(place, service)) == 3
    if last is None:
        assert accepted(place, service, 0) == B.DOUBT_GONE  # what was not read cannot be accepted
        return
    assert accepted(place, service, 1) == B.DOUBT_GONE  # other figures than were shown
    assert accepted(place, service, int(str(doubt[3]))) == 0
    assert usage(place, service)[3] == ("2026-04-01", "2026-04-30", doubt[3], 0, 0, False)
    assert doubts(place, service) == []


def test_a_use_that_no_number_holds_is_in_doubt_by_itself_and_others_are_made(place: Province) -> None:
    huge = customer(place, "H1", ("qty", 0), digits=12, multiplier="999999.9999")
    other = customer(place, "H2", ("qty", 0))
    assert read(place, "H1", "2026-01-31", 400_000_000_000) == 0
    assert read(place, "H2", "2026-01-31", 5) == 0
    assert used(place, *MONTHS[0]) >= 1
    assert usage(place, other) == [("2026-01-01", "2026-01-31", 5_000, 0, 0, False)]
    assert (usage(place, huge), doubts(place, huge)) == ([], [("huge", "2026-01-01", "2026-01-31", None, None)])
    assert accepted(place, huge, 0) == B.DOUBT_GONE


def test_three_times_the_mean_is_no_spike_yet(place: Province) -> None:
    service = customer(place, "D5", ("qty", 0))
    months(place, "D5", service, 31, 59, 90, 180)  # 1 a day, then 3
    assert doubts(place, service) == []
    assert usage(place, service)[3][2] == 90_000


def test_a_corrected_reading_is_a_new_version_and_takes_the_doubt_away(place: Province) -> None:
    service = customer(place, "C1", ("qty", 0))
    months(place, "C1", service, 31, 59, 90, 900)
    assert [one[0] for one in doubts(place, service)] == ["spike"]
    assert read(place, "C1", "2026-04-30", 120) == 0
    assert used(place, *MONTHS[3], service) == 1
    assert doubts(place, service) == []
    assert rows(place, "SELECT r.version, r.value_milli, r.kind FROM billing_reading r JOIN billing_meter m"
                       " USING (bucket, meter_id) WHERE m.number = 'C1' AND read_on = '2026-04-30' ORDER BY 1") == [
        (1, 900_000, "read"), (2, 120_000, "corrected")]  # fmt: skip
    assert read(place, "C1", "2026-04-30", 120) == 0  # the same again is nothing new
    assert rows(place, "SELECT count(*) FROM billing_reading r JOIN billing_meter m USING (bucket, meter_id)"
                       " WHERE m.number = 'C1'") == [(5,)]  # fmt: skip


def test_what_was_billed_is_read_no_more(place: Province) -> None:
    service = customer(place, "B1", ("qty", 0))
    months(place, "B1", service, 31, 59)
    with psycopg.connect(place.database.owner_url) as conn:
        ((run,),) = conn.execute(
            "INSERT INTO billing_run (biller_id, fee_id, kind, from_on, to_on, due_on, begun_at, begun_by,"
            " published_at)"
            " SELECT f.biller_id, f.fee_id, 'period', '2026-01-01', '2026-01-31', '2026-02-20', now(), 'x', now()"
            " FROM billing_service s JOIN billing_fee f USING (fee_id) WHERE s.service_id = %s RETURNING run_id",
            (service,)).fetchall()  # fmt: skip
        conn.execute("INSERT INTO billing_bill SELECT bucket, 1000 + bucket, %s, 0, service_id, 'B1', from_on,"
                     " to_on, qty_milli, 0, 0, 0, 100, NULL FROM billing_usage"
                     " WHERE service_id = %s AND from_on = '2026-01-01'", (run, service))  # fmt: skip
        conn.execute("INSERT INTO billing_piece VALUES (%s, 0, 0, 1, 1, 1, now(), 1, 100, 0, 0)", (run,))
        conn.execute("INSERT INTO billing_booking (document_id, bucket, biller_id, kind, run_id, piece, business_day,"
                     " at) SELECT -77, 0, biller_id, 'published', run_id, 0, now(), now() FROM billing_run"
                     " WHERE run_id = %s", (run,))  # fmt: skip
    assert read(place, "B1", "2026-01-31", 32) == B.READING_BILLED
    assert read(place, "B1", "2026-01-15", 32) == B.READING_BILLED
    assert read(place, "B1", "2026-02-28", 60) == 0  # of a usage that no bill was made of: it is made anew
    assert [one[1:3] for one in usage(place, service)] == [("2026-01-31", 31_000)]
    used(place, *MONTHS[1], service)
    assert [one[1:3] for one in usage(place, service)] == [("2026-01-31", 31_000), ("2026-02-28", 29_000)]


def test_readings_are_taken_all_or_none(place: Province) -> None:
    customer(place, "A1", ("qty", 0))
    today = LATE.date()
    days = [date(2026, 1, 31)] * 2 + [date(2025, 12, 31), today.replace(day=1, month=7), date(2026, 2, 1)]
    codes = called(
        place, "SELECT billing_read_v1(%s, %s, %s, array_fill('qty'::text, ARRAY[6]), %s, %s, 'read', '', %s)",
        clerk(place), place.own.biller, ["A1", "A1", "A1", "A1", "NONE", "A1"], [*days, date(2026, 3, 1)],
        [1, 2, 3, 4, 5, 10**8], LATE,
    )  # fmt: skip
    assert codes == [B.ROW_TWICE, B.ROW_TWICE, B.READING_DAY, B.READING_DAY, B.METER_UNKNOWN, B.ROW_NUMBER]
    assert rows(place, "SELECT count(*) FROM billing_reading r JOIN billing_meter m USING (bucket, meter_id)"
                       " WHERE m.number = 'A1'") == [(0,)]  # fmt: skip


def test_an_estimate_follows_the_last_three_periods_and_is_made_good_by_the_next_reading(place: Province) -> None:
    service = customer(place, "E1", ("qty", 0))
    months(place, "E1", service, 31, 59, 90)
    used(place, *MONTHS[3], service)
    estimate = "SELECT billing_estimate_v1(%s, %s, %s)"
    [(doubt,)] = rows(place, "SELECT doubt_id FROM billing_doubt WHERE service_id = %s", service)
    assert called(place, estimate, clerk(place), doubt, LATE) == 0
    assert usage(place, service)[3] == ("2026-04-01", "2026-04-30", 30_000, 0, 0, True)
    assert read(place, "E1", "2026-05-31", 110) == 0  # less than was estimated
    used(place, "2026-05-01", "2026-05-31", service)
    assert [one[:1] + one[3:4] for one in doubts(place, service)] == [("negative", -10_000)]
    assert accepted(place, service, -10_000) == 0
    assert sum(one[2] for one in usage(place, service)) == 110_000
    assert called(place, estimate, clerk(place), doubt, LATE) == B.DOUBT_GONE
    fresh = customer(place, "E2", ("qty", 0))
    used(place, *MONTHS[0], fresh)
    [(doubt,)] = rows(place, "SELECT doubt_id FROM billing_doubt WHERE service_id = %s", fresh)
    assert called(place, estimate, clerk(place), doubt, LATE) == B.ESTIMATE_IMPOSSIBLE


KINDS = st.sampled_from(["read", "none", "estimate", "swap"])
STEPS = st.lists(st.tuples(KINDS, st.integers(0, 1_000_000)), max_size=9)


@settings(max_examples=60 if ALL else 5, deadline=None, suppress_health_check=list(HealthCheck))
@example(steps=[("read", 1661), ("estimate", 0), ("read", 0), ("read", 0), ("read", 0), ("estimate", 0)], first=0)
@given(steps=STEPS, first=st.integers(0, 99_999_999))
def test_over_all_periods_usage_is_what_went_through(
    place: Province, steps: list[tuple[str, int]], first: int
) -> None:
    """Whatever is read, left out, estimated, changed or begins again at 0, when who looks at what is in doubt accepts
    it: one period follows the other, and together they are what went through."""
    account = f"P{rows(place, 'SELECT count(*) FROM billing_customer')[0][0]}"
    service, shows, through, number = customer(place, account, ("qty", first)), first, 0, account
    for month, (what, more) in enumerate([*steps, ("read", 1_000)], 1):
        since = date.fromisoformat(month_end(month - 1)).toordinal() + 1
        if what == "swap":
            shows, through = (shows + more) % 10**8, through + more
            day = date.fromordinal(since + 9)
            assert called(place, SWAP, clerk(place), place.own.biller, number, day, shows, f"{number}+", LATE) == 0
            number, shows = f"{number}+", 5_000
        shows, through = (shows + more) % 10**8, through + more
        if what in ("read", "swap"):
            assert read(place, number, month_end(month), shows / 1000) == 0
        used(place, date.fromordinal(since).isoformat(), month_end(month), service)
        for fault, _, until, qty, _ in doubts(place, service):
            if fault == "missing" and what == "estimate" and until == month_end(month):
                estimated(place, service)
            elif fault != "missing":
                accepted(place, service, qty)
        for fault, _, _, qty, _ in doubts(place, service):
            if fault != "missing":
                accepted(place, service, qty)
    made = usage(place, service)
    assert sum(one[2] for one in made) == through
    days = [date.fromisoformat(day).toordinal() for one in made for day in one[:2]]
    assert days[0] == date(2026, 1, 1).toordinal()
    assert all(begin == end + 1 for end, begin in zip(days[1::2], days[2::2], strict=False))


SWAP = "SELECT billing_swap_v1(%s, %s, %s, 'qty', %s, %s, %s, 1, 5::smallint, 5000, %s)"


def estimated(place: Province, service: int) -> None:
    [(doubt,)] = rows(place, OPEN, service)
    code = called(place, "SELECT billing_estimate_v1(%s, %s, %s)", clerk(place), doubt, LATE)
    assert code in (0, B.ESTIMATE_IMPOSSIBLE)
