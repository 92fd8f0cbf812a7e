"""Pure decisions: periods beside today, what a report may ask, what collecting costs."""

from datetime import date
from typing import Any

import pytest

from yifen.core.facts.refused import Refused
from yifen.trades.figures.asking import read_ask
from yifen.trades.figures.catalogue import DIMENSIONS, MEASURES, sums_of
from yifen.trades.figures.cost import Assumed, ChannelRate, months_of, read_assumed, reckoned
from yifen.trades.figures.periods import RELATIVE, ReportSpan, compared, heating_years, span

TUESDAY = date(2026, 11, 24)


def spans(today: date) -> dict[str, str]:
    return {kind: "/".join(day.isoformat() for day in span(kind, today)) for kind in RELATIVE}


def test_a_period_is_reckoned_from_today() -> None:
    assert spans(TUESDAY) == {
        "today": "2026-11-24/2026-11-24",
        "yesterday": "2026-11-23/2026-11-23",
        "this_week": "2026-11-23/2026-11-29",
        "last_week": "2026-11-16/2026-11-22",
        "this_month": "2026-11-01/2026-11-30",
        "last_month": "2026-10-01/2026-10-31",
        "this_season": "2026-07-01/2027-06-30",
        "last_season": "2025-07-01/2026-06-30",
        "this_year": "2026-01-01/2026-12-31",
        "last_year": "2025-01-01/2025-12-31",
    }
    assert spans(date(2026, 3, 1))["last_month"] == "2026-02-01/2026-02-28"
    assert spans(date(2026, 3, 1))["this_season"] == "2025-07-01/2026-06-30"


def test_a_heating_year_is_that_of_the_companys_seasons_where_they_are_one() -> None:
    before, now = ReportSpan(date(2025, 3, 16), date(2026, 3, 15)), ReportSpan(date(2026, 3, 16), date(2027, 3, 20))
    years = heating_years([now, before, now])
    assert span("this_season", TUESDAY, seasons=years) == now
    assert span("last_season", TUESDAY, seasons=years) == before
    assert compared("this_season", now, "before", years) == before
    assert span("last_season", date(2026, 1, 1), seasons=years) == (date(2024, 7, 1), date(2025, 6, 30))
    assert span("this_month", TUESDAY, seasons=years) == span("this_month", TUESDAY)
    assert heating_years([now, ReportSpan(date(2026, 4, 1), date(2027, 4, 1))]) == ()  # of two companies


@pytest.mark.parametrize(("kind", "how", "expected"), [
    ("this_month", "before", "2026-10-01/2026-10-31"), ("this_month", "year", "2025-11-01/2025-11-30"),
    ("today", "before", "2026-11-23/2026-11-23"), ("this_season", "before", "2025-07-01/2026-06-30"),
    ("last_year", "before", "2024-01-01/2024-12-31"), ("this_week", "before", "2026-11-16/2026-11-22"),
])  # fmt: skip
def test_a_period_is_held_against_another(kind: str, how: str, expected: str) -> None:
    assert "/".join(day.isoformat() for day in compared(kind, span(kind, TUESDAY), how)) == expected


def test_a_leap_february_is_held_against_a_whole_february() -> None:
    leap = span("days", TUESDAY, date(2028, 2, 1), date(2028, 2, 29))
    assert compared("days", leap, "year") == (date(2027, 2, 1), date(2027, 2, 28))
    assert compared("days", span("days", TUESDAY, date(2027, 2, 1), date(2027, 2, 28)), "year") == (
        date(2026, 2, 1), date(2026, 2, 28))  # fmt: skip


GOOD = {"rows": ["fee"], "measures": ["asked"], "period": "this_month"}


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"rows": []}, 8690, "rows"),
        ({"rows": ["x; DROP TABLE payment"]}, 8690, "rows"),
        ({"rows": ["fee", "fee"]}, 8690, "rows"),
        ({"rows": "fee"}, 8690, "rows"),
        ({"column": "fee"}, 8690, "column"),
        ({"measures": ["nothing"]}, 8690, "measures"),
        ({"filters": {"login": ["a"]}}, 8690, "filters"),
        ({"filters": {"fee": []}}, 8690, "filters"),
        ({"filters": {"fee": ["a\0"]}}, 8690, "filters"),
        ({"period": "ever"}, 8690, "period"),
        ({"sort": "owing"}, 8690, "sort"),
        ({"top": -1}, 8690, "top"),
        ({"top": True}, 8690, "top"),
        ({"chart": "pie"}, 8690, "chart"),
        ({"compare": "then"}, 8690, "compare"),
        ({"period": "days"}, 8695, "until"),
        ({"period": "days", "since": "2026-02-01", "until": "2026-01-31"}, 8695, "until"),
        ({"period": "days", "since": "1999-02-01", "until": "2026-01-31"}, 8695, "until"),
        ({"since": "yesterday"}, 8690, "since"),
        ({"rows": ["channel"]}, 8691, "rows"),
        ({"column": "hour"}, 8691, "column"),
        ({"measures": ["collected"], "rows": ["age"]}, 8691, "rows"),
        ({"filters": {"channel": ["a"]}}, 8691, "filters"),
        ({"column": "month", "compare": "year"}, 8691, "compare"),
    ],
)
def test_what_cannot_be_told_is_refused_with_its_field(
    change: dict[str, Any], code: int, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        read_ask(GOOD | change)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_what_was_kept_is_read_again_as_it_was() -> None:
    ask = read_ask(GOOD | {"column": "month", "filters": {"class": ["居民", ""]}, "sort": "asked", "top": 5,
                           "period": "days", "since": "2026-01-01", "until": "2026-02-01"})  # fmt: skip
    assert read_ask(ask.data()) == ask


def test_the_catalogue_says_each_thing_once_and_a_rate_of_sums() -> None:
    assert all(name == one.name for table in (DIMENSIONS, MEASURES) for name, one in table.items())  # type: ignore[attr-defined]
    assert sums_of(("rate", "asked"), "bills") == ["settled", "asked"]


def test_a_payment_of_a_collector_costs_his_wages() -> None:
    rates = {
        1: ChannelRate(1, staff=True),
        2: ChannelRate(2, payment_fen=50),
        3: ChannelRate(3, permille_milli=2_500),
        4: ChannelRate(4, staff=True),
    }
    lines = reckoned(
        Assumed(600_000, rates),
        2,
        [
            (1, "desk", "counter", 200, 1),
            (2, "A", "", 300, 9),
            (3, "B", "", 3, 100_200),
            (4, "van", "counter", 101, 1),
        ],
    )
    assert [(line.channel, line.cost_fen, line.payment_centi) for line in lines] == [
        ("desk", 797_343, 398_672),
        ("A", 15_000, 5_000),
        ("B", 251, 8_367),
        ("van", 402_657, 398_670),
    ]
    assert sum(line.cost_fen for line in lines if line.staff) == 1_200_000
    assert [
        line.cost_fen
        for line in reckoned(Assumed(7, rates), 1, [(1, "d", "", 0, 0), (4, "v", "", 0, 0)])
    ] == [7, 0]


def test_wages_that_no_channel_bears_are_a_line_of_their_own() -> None:
    lines = reckoned(Assumed(600_000, {1: ChannelRate(1, payment_fen=50)}), 2, [(1, "A", "", 3, 9)])
    assert [(line.channel_id, line.payments, line.cost_fen) for line in lines] == [
        (1, 3, 150),
        (0, 0, 1_200_000),
    ]


@pytest.mark.parametrize(("wages", "rate"), [
    (-1, {}), (0, {"bill_fen": -1}), (0, {"permille_milli": 1_000_001}), (0, {"bill_fen": 100_001}),
])  # fmt: skip
def test_an_assumption_that_cannot_be_is_refused(wages: int, rate: dict[str, int]) -> None:
    one = {"channel": 1, "staff": False, "bill_fen": 0, "permille_milli": 0} | rate
    with pytest.raises(Refused, match="COST_WRONG"):
        read_assumed(wages, [one])
    with pytest.raises(Refused, match="COST_WRONG"):
        read_assumed(0, [one | {"bill_fen": 0, "permille_milli": 0}] * 2)


def test_whole_months_are_reckoned() -> None:
    assert months_of(date(2025, 11, 30), date(2026, 3, 1)) == 5
    with pytest.raises(Refused, match="PERIOD_TOO_LONG"):
        months_of(date(2026, 3, 1), date(2026, 2, 28))
