"""Late fees as a function of a bill's history and a day: bills 6 and 7 of the table of utility bills, and any history
against a model that walks through it day by day."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sampling import ALL
from tests.world import World

FEES = """SELECT fees FROM billing_late_fees_v1(%s, %s::date[], ARRAY[{rules}]::billing_late_rule[],
    ARRAY[{frozen}]::datemultirange[], %s::date[], %s::integer[], %s::date[], %s::bigint[], %s::boolean[], %s)"""


@dataclass(frozen=True)
class Rule:
    """Permille a day, in the due date's year and later."""

    rate: str
    later: str
    grace: int = 0
    both_ends: bool = False
    least: int = 0
    cap: int | None = None
    truncated: bool = False
    fee_first: bool = True

    def row(self) -> str:
        cap = "NULL" if self.cap is None else self.cap
        return (f"ROW(1, 1, '', '2020-01-01', {self.rate}, {self.later}, {self.grace}, {self.both_ends}, {self.least},"
                f" {cap}, {self.truncated}, {self.fee_first})")  # fmt: skip


@dataclass(frozen=True)
class Bill:
    principal: int
    due: date
    frozen: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True)
class Happened:
    """On a bill: paid, below zero refunded, or waived."""

    bill: int
    day: date
    fen: int
    waives: bool = False


@dataclass
class Model:
    """One bill on its way through the days."""

    bill: Bill
    rule: Rule
    left: int
    grown: Fraction = Fraction()
    asked: int = 0  # beyond what has grown, by a minimum
    paid: int = 0
    waived: int = 0
    top: int = field(default=0)

    def sum(self) -> int:
        """Grown until today, in fen."""
        fen = floor(self.grown) if self.rule.truncated else floor(self.grown + Fraction(1, 2))
        return fen if self.rule.cap is None else min(fen, self.bill.principal * self.rule.cap // 1000)

    def grow(self, day: date) -> None:
        first = self.bill.due + timedelta(days=self.rule.grace + (0 if self.rule.both_ends else 1))
        if day >= first and not any(since <= day <= until for since, until in self.bill.frozen):
            rate = self.rule.rate if day.year == self.bill.due.year else self.rule.later
            self.grown += self.left * Fraction(rate) / 1000

    def owes(self) -> int:
        """Of the fee, with today's minimum."""
        return self.sum() + self.asked + self.top - self.paid - self.waived

    def take(self, one: Happened) -> None:
        if one.waives:
            self.waived += min(one.fen, self.owes())
        elif one.fen >= 0 and self.rule.fee_first:
            fee = min(one.fen, self.owes())
            whole = min(one.fen - fee, self.left)
            self.left -= whole
            self.paid += one.fen - whole
        elif one.fen >= 0:
            whole = min(one.fen, self.left)
            self.left -= whole
            self.paid += one.fen - whole
        else:
            back = min(-one.fen, self.bill.principal - self.left if self.rule.fee_first else self.paid)
            rest = -one.fen - back
            self.left += back if self.rule.fee_first else rest
            self.paid -= rest if self.rule.fee_first else back
        over = max(self.paid + self.waived - self.sum() - self.asked, 0)
        self.asked += over
        self.top = max(self.top - over, 0)


def modelled(bills: list[Bill], rule: Rule, happened: list[Happened], on: date) -> list[int]:
    """Every day from the first one to `on`."""
    models = [Model(bill, rule, bill.principal) for bill in bills]
    day = min([on, *(bill.due for bill in bills), *(one.day for one in happened)])
    while day <= on:
        for one in models:
            one.grow(day)
            one.top = 0
        late = [one for one in models if one.sum() > 0 and one.left + one.owes() > 0]
        if late:
            late[0].top = max(rule.least - sum(one.sum() + one.asked for one in late), 0)
        for event in (event for event in happened if event.day == day):
            models[event.bill].take(event)
        day += timedelta(days=1)
    return [one.sum() + one.asked + one.top - one.waived for one in models]


def asked(world: World, bills: list[Bill], rule: Rule, happened: list[Happened], on: date) -> list[int]:
    """By the database."""
    frozen = ", ".join(
        "(SELECT range_agg(x) FROM unnest(ARRAY[{}]::daterange[]) x)".format(", ".join(
            f"daterange('{since}', '{until}', '[]')" for since, until in bill.frozen)) for bill in bills)  # fmt: skip
    statement = FEES.format(rules=", ".join([rule.row()] * len(bills)), frozen=frozen)
    events = sorted(happened, key=lambda one: one.day)
    with world.as_owner():
        found: list[int] = world.value(
            statement, [bill.principal for bill in bills], [bill.due for bill in bills], [None] * len(bills),
            [one.bill + 1 for one in events], [one.day for one in events], [one.fen for one in events],
            [one.waives for one in events], on)  # fmt: skip
    return found


BUSINESS = Rule("2", "3", least=100)
RESIDENT = Rule("1", "1", least=100)


def test_bill_6_a_business_pays_over_the_turn_of_the_year(world: World) -> None:
    bill = Bill(1_000_000, date(2025, 12, 20))
    assert asked(world, [bill], BUSINESS, [], date(2026, 1, 15)) == [67_000]
    assert asked(world, [bill], BUSINESS, [], date(2025, 12, 31)) == [22_000]
    assert asked(world, [bill], BUSINESS, [], date(2025, 12, 20)) == [0]
    one = "SELECT billing_late_v1(1000000, '2025-12-20', '2026-01-15', {}::billing_late_rule)"
    assert world.made(one.format(BUSINESS.row())) == 67_000


def test_bill_7_the_minimum_of_one_yuan_is_asked_for_once_on_the_oldest(world: World) -> None:
    bills = [Bill(1200, date(2026, 5, 7)), Bill(1500, date(2026, 5, 8))]
    fees = asked(world, bills, RESIDENT, [], date(2026, 5, 10))
    assert (fees, 2700 + sum(fees)) == ([97, 3], 2800)


@pytest.mark.parametrize(
    ("rule", "on", "fee"),
    [
        (Rule("1", "1"), date(2026, 3, 11), 1_000),
        (Rule("1", "1", both_ends=True), date(2026, 3, 11), 1_100),
        (Rule("1", "1", grace=5), date(2026, 3, 11), 500),
        (Rule("1", "1", grace=10), date(2026, 3, 11), 0),
        (Rule("1", "1", cap=5), date(2026, 3, 11), 500),
        (Rule("1", "1", cap=1000), date(2030, 3, 11), 100_000),
        (Rule("0.0955", "0"), date(2026, 3, 11), 96),  # 95.5 fen
        (Rule("0.0955", "0", truncated=True), date(2026, 3, 11), 95),
        (Rule("1", "1", least=2_000), date(2026, 3, 11), 2_000),
        (Rule("0", "0", least=2_000), date(2026, 3, 11), 0),
    ],
)
def test_what_a_rule_may_say(world: World, rule: Rule, on: date, fee: int) -> None:
    """Of 1,000.00, due on 1 March."""
    assert asked(world, [Bill(100_000, date(2026, 3, 1))], rule, [], on) == [fee]


@pytest.mark.parametrize(("fee_first", "fee"), [(True, 1_000 + 510), (False, 1_000 + 500)])
def test_a_part_payment_covers_the_fee_first_or_the_bill_first(world: World, fee_first: bool, fee: int) -> None:
    """1,000.00 at 1 permille; after ten days 500.00 are paid, so that 510.00 or 500.00 are left of the bill."""
    rule, bill = Rule("1", "1", fee_first=fee_first), Bill(100_000, date(2026, 3, 1))
    paid = [Happened(0, date(2026, 3, 11), 50_000)]
    assert asked(world, [bill], rule, paid, date(2026, 3, 11)) == [1_000]
    assert asked(world, [bill], rule, paid, date(2026, 3, 21)) == [fee]


def test_days_that_are_frozen_ask_for_nothing(world: World) -> None:
    bill = Bill(100_000, date(2026, 3, 1), ((date(2026, 3, 5), date(2026, 3, 8)),))
    assert [asked(world, [bill], Rule("1", "1"), [], date(2026, 3, day))[0] for day in (4, 6, 8, 9)] == [
        300, 300, 300, 400]  # fmt: skip


days = st.integers(0, 500).map(lambda n: date(2025, 6, 1) + timedelta(days=n))
rules = st.builds(
    Rule, st.sampled_from(["0", "0.333", "1", "2", "5"]), st.sampled_from(["0", "1", "3"]),
    st.sampled_from([0, 0, 7, 60]), st.booleans(), st.sampled_from([0, 0, 100, 500]),
    st.sampled_from([None, None, 50, 1000]), st.booleans(), st.booleans(),
)  # fmt: skip
spans = st.tuples(days, st.integers(0, 40)).map(lambda one: (one[0], one[0] + timedelta(days=one[1])))
owed = st.builds(Bill, st.integers(1, 300_000), days, st.lists(spans, max_size=2).map(tuple))


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Bill], Rule, list[Happened]]:
    """Bills, the oldest first; part payments, refunds of them and waivers, never more than there is."""
    bills = sorted(draw(st.lists(owed, min_size=1, max_size=3)), key=lambda bill: bill.due)
    rule, happened = draw(rules), []
    for day in sorted(draw(st.lists(days, max_size=5))):
        number = draw(st.integers(0, len(bills) - 1))
        kind = draw(st.sampled_from(["pay", "pay", "pay", "all", "refund", "waive"]))
        fee = modelled(bills, rule, happened, day)[number]
        gone = sum(one.fen for one in happened if one.bill == number and not one.waives)
        left = bills[number].principal + fee - gone
        fen = {"pay": draw(st.integers(1, 200_000)), "all": left, "refund": -draw(st.integers(1, 200_000)),
               "waive": draw(st.integers(1, 2_000))}[kind]  # fmt: skip
        fen = max(fen, -gone) if kind == "refund" else min(fen, left)
        if fen:
            happened.append(Happened(number, day, fen, kind == "waive"))
    return bills, rule, happened


@settings(deadline=None, max_examples=300 if ALL else 60)
@given(histories(), st.lists(days, min_size=1, max_size=4))
def test_any_history_asks_on_any_day_for_what_the_model_says(
    world: World, history: tuple[list[Bill], Rule, list[Happened]], asked_on: list[date]
) -> None:
    bills, rule, happened = history
    for on in asked_on:
        fees = asked(world, bills, rule, happened, on)
        assert fees == modelled(bills, rule, happened, on)
        assert min(fees) >= 0
        for number, bill in enumerate(bills):  # what was paid is never more than what was asked for
            paid = sum(one.fen for one in happened if one.bill == number and not one.waives and one.day <= on)
            assert bill.principal + fees[number] >= paid
