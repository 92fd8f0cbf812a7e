"""Any sequence of recharges, sales, reversals, new prices, tokens refused and taken back: what was recharged is what
was sold, what balances hold and what was given back, and the tiers are what was sold."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.billing.test_sales import prepaid, recharged, sold
from tests.billing.town import Town
from tests.sampling import ALL
from tests.world import World

STEPS = st.lists(st.one_of(
    st.tuples(st.just("recharge"), st.integers(1, 300_000)),
    st.tuples(st.just("sell"), st.just(0)),
    st.tuples(st.just("reverse"), st.integers(0, 5)),
    st.tuples(st.just("price"), st.integers(1, 99)),
    st.tuples(st.just("unsell"), st.integers(0, 1)),
    st.tuples(st.just("book"), st.just(0)),
), min_size=3, max_size=12)  # fmt: skip


class Meter:
    """One prepaid account, three tiers of 50 and 100 kWh a month; a vending system that rejects what it is told to."""

    def __init__(self, town: Town) -> None:
        self.town, self.day = town, date(2026, 11, 1)
        self.fee = town.fee(cycle="month")
        self.price(50)
        prepaid(town)
        town.world.set_up("INSERT INTO billing_vending VALUES (%s, 'http://127.0.0.1:1', '', 1)", town.biller)
        self.came = self.back = 0
        self.payments: list[tuple[str, int]] = []

    def price(self, cents: int) -> None:
        parts = [("电费", "qty", tier, f"0.{cents:02d}{tier}7") for tier in (1, 2, 3)]
        self.town.price(self.fee, parts, [(1, 50_000), (2, 100_000)], self.day)
        self.day = date(self.day.year, self.day.month, self.day.day + 1)

    def recharge(self, fen: int) -> None:
        recharged(self.town, fen)
        self.payments.append((f"S{self.town.serials}", fen))
        self.came += fen

    def sell(self, _: int) -> None:
        assert set(sold(self.town)) <= {"OK"}

    def reverse(self, which: int) -> None:
        if which < len(self.payments):
            serial, fen = self.payments[which]
            code = self.town.world.reverse(f"R{serial}", serial, fen, channel="WX").code.name
            assert code in ("OK", "PREPAID_USED", "ALREADY_REVERSED", "SERIAL_REUSED"), code
            self.back += fen if code == "OK" else 0

    def unsell(self, again: int) -> None:
        world = self.town.world
        row = world.rows("SELECT sale_id FROM billing_take_token_v1(%s, '{}')", world.now)
        if row:
            (sale,) = row[0]
            assert world.value("SELECT billing_token_v1(%s, NULL, 'no such meter', %s)", sale, world.now)
            content = {"sale": sale, "again": bool(again)}
            proposal = world.two_people("billing.unsell", str(sale), content, self.town.biller)
            assert world.value("SELECT billing_unsell_v1(%s, %s)", proposal, world.now) == 0

    def book(self, _: int) -> None:
        self.town.book()

    def look(self) -> None:
        town = self.town
        held = town.owed("A1").get("PREPAID", ("", 0, 0, 0))[3] or 0
        fen, qty = town.world.rows("SELECT coalesce(sum(amount_fen), 0)::bigint, coalesce(sum(qty_milli), 0)::bigint"
                                   " FROM billing_sale")[0]  # fmt: skip
        assert fen + held == self.came - self.back
        assert qty == town.world.value("SELECT coalesce(sum(used_milli), 0)::bigint FROM billing_used")
        town.book()
        assert town.wrong() == []
        books = town.books()
        assert (-books.get("6001", 0), -books.get("2203", 0)) == (fen, held)


@pytest.fixture(scope="module")
def plain(rolled_back: Any) -> Iterator[Town]:
    yield Town(World(rolled_back))
    rolled_back.rollback()


@settings(max_examples=200 if ALL else 12, deadline=None, derandomize=not ALL,
          suppress_health_check=list(HealthCheck))  # fmt: skip
@example([("recharge", 30_000), ("sell", 0), ("unsell", 1), ("sell", 0), ("recharge", 5), ("unsell", 0),
          ("reverse", 1)])  # fmt: skip
@given(STEPS)
def test_sales_and_balances_are_recharges_less_what_was_given_back(plain: Town, steps: list[tuple[str, int]]) -> None:
    world, serials = plain.world, plain.serials
    world.run("SAVEPOINT life")
    try:
        life = Meter(plain)
        for name, size in steps:
            getattr(life, name)(size)
        life.look()
    finally:
        world.run("ROLLBACK TO life")
        plain.serials = serials
