"""Business days: the cut-off, the missing year, and the days as files write them."""
# ruff: noqa: DTZ001 (times here are local wall clock, without a zone by contract)

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yifen.core.facts.days import DayError, business_day, moment_in_day, parse_day, typed_day

CUT = time(23, 0)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2017, 7, 18, 0, 0), date(2017, 7, 18)),
        (datetime(2017, 7, 18, 22, 59, 59, 999999), date(2017, 7, 18)),
        (datetime(2017, 7, 18, 23, 0), date(2017, 7, 19)),
        (datetime(2017, 7, 18, 23, 59, 59), date(2017, 7, 19)),
        (datetime(2017, 12, 31, 23, 0), date(2018, 1, 1)),
        (datetime(2016, 2, 28, 23, 30), date(2016, 2, 29)),
        (datetime(2017, 2, 28, 23, 30), date(2017, 3, 1)),
    ],
)
def test_at_or_after_the_cut_off_it_is_the_next_day(moment: datetime, day: date) -> None:
    assert business_day(moment, CUT) == day


def test_a_cut_off_at_midnight_is_the_calendar_day() -> None:
    for clock in (time(0, 0), time(12, 0), time(23, 59, 59)):
        moment = datetime.combine(date(2017, 7, 18), clock)
        assert business_day(moment, time(0, 0)) == date(2017, 7, 18)


def test_the_calendar_has_an_end() -> None:
    with pytest.raises(DayError, match="no neighbour"):
        business_day(datetime(9999, 12, 31, 23, 30), CUT)


@pytest.mark.parametrize(
    ("text", "day", "moment"),
    [
        ("0718215916", date(2017, 7, 18), datetime(2017, 7, 18, 21, 59, 16)),
        ("0717230201", date(2017, 7, 18), datetime(2017, 7, 17, 23, 2, 1)),
        ("1231233000", date(2018, 1, 1), datetime(2017, 12, 31, 23, 30)),
        ("0101080000", date(2018, 1, 1), datetime(2018, 1, 1, 8)),
        ("0229120000", date(2016, 2, 29), datetime(2016, 2, 29, 12)),
        ("0229230000", date(2016, 3, 1), datetime(2016, 2, 29, 23)),
        ("0228235959", date(2017, 3, 1), datetime(2017, 2, 28, 23, 59, 59)),
    ],
)
def test_the_year_is_that_of_the_business_day(text: str, day: date, moment: datetime) -> None:
    assert moment_in_day(text, day, CUT) == moment


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("0718230000", date(2017, 7, 18)),
        ("0717225959", date(2017, 7, 18)),
        ("0101120000", date(2017, 12, 31)),
        ("1231120000", date(2018, 1, 1)),
        ("0229120000", date(2017, 2, 28)),
        ("0229120000", date(2017, 3, 1)),
        ("0718250000", date(2017, 7, 18)),
        ("0718126000", date(2017, 7, 18)),
        ("071812000", date(2017, 7, 18)),
        ("07181200000", date(2017, 7, 18)),
        ("０718120000", date(2017, 7, 18)),
        ("          ", date(2017, 7, 18)),
    ],
)
def test_a_time_that_cannot_be_in_the_day_is_refused(text: str, day: date) -> None:
    with pytest.raises(DayError):
        moment_in_day(text, day, CUT)


def test_slack_widens_the_day_at_both_ends() -> None:
    day, slack = date(2018, 1, 1), timedelta(minutes=30)
    assert moment_in_day("0101232959", day, CUT, slack) == datetime(2018, 1, 1, 23, 29, 59)
    assert moment_in_day("1231223000", day, CUT, slack) == datetime(2017, 12, 31, 22, 30)
    for outside in ("0101233000", "1231222959"):
        with pytest.raises(DayError, match="outside business day 2018-01-01"):
            moment_in_day(outside, day, CUT, slack)
    assert moment_in_day("0102000500", day, time(0, 0), slack) == datetime(2018, 1, 2, 0, 5)


def test_days_are_read_in_two_forms_only() -> None:
    assert parse_day("20170718") == parse_day("2017-07-18") == date(2017, 7, 18)
    for text in ("", "2017-7-18", "201707", "2017-0718", "20170230", "2017W292", "２0170718",
                 "2017/07/18", " 20170718", "20170718\n", "00000101"):  # fmt: skip
        with pytest.raises(DayError):
            parse_day(text)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 30)), st.times())
def test_every_moment_is_found_again_in_its_business_day(moment: datetime, cut_off: time) -> None:
    moment = moment.replace(microsecond=0)
    day = business_day(moment, cut_off)
    assert moment_in_day(f"{moment:%m%d%H%M%S}", day, cut_off) == moment


@pytest.mark.parametrize(("text", "day"), [
    ("2026-12-15", date(2026, 12, 15)), ("2026/12/5", date(2026, 12, 5)), ("20261215", date(2026, 12, 15)),
    ("2026年12月15日", date(2026, 12, 15)), ("２０２６／１２／１５", date(2026, 12, 15)),
    (" 2026.1.5 ", date(2026, 1, 5)),
    ("12月15日", date(2026, 12, 15)), ("11月29日", date(2027, 11, 29)), ("1/5", date(2027, 1, 5)),
    ("2月29日", date(2028, 2, 29)),
])  # fmt: skip
def test_a_day_is_read_as_people_type_it_without_a_year_the_next_one(text: str, day: date) -> None:
    assert typed_day(text, date(2026, 11, 30)) == day


@pytest.mark.parametrize(("text", "since"), [
    ("12月15日", None), ("2026-02-30", None), ("13月1日", date(2026, 1, 1)), ("mañana", None), ("", None),
    ("2026", None),
])  # fmt: skip
def test_what_is_no_day_or_has_no_year_is_refused(text: str, since: date | None) -> None:
    with pytest.raises(DayError):
        typed_day(text, since)
