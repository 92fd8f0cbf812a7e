"""Any sequence of bills, payments, prepayments, reversals, cancellations, corrections, new prices and days: the ledger
is bills less payments, no balance is below zero, tiers add up to what was used."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.billing.town import Town
from tests.sampling import ALL
from tests.world import World

STEPS = st.lists(st.one_of(
    st.tuples(st.just("bill"), st.integers(0, 900_000)),
    st.tuples(st.just("pay"), st.integers(0, 5)),
    st.tuples(st.just("prepay"), st.integers(1, 60_000)),
    st.tuples(st.just("reverse"), st.integers(0, 3)),
    st.tuples(st.just("cancel"), st.integers(0, 5)),
    st.tuples(st.just("correct"), st.integers(-400_000, 400_000)),
    st.tuples(st.just("price"), st.integers(1, 9)),
    st.tuples(st.just("ask"), st.integers(0, 40)),
    st.tuples(st.just("book"), st.just(0)),
), min_size=4, max_size=14)  # fmt: skip


class Life:
    """One customer of a company whose power has tiers of 500 and 1,000 kWh a year, and late fees."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.fee = town.fee()
        self.day = date(2026, 1, 1)
        self.price(5)
        town.late_rule(self.fee, "1", "1", min_fen=100)
        self.service = town.service(town.customer("A1"), self.fee)
        self.bills: list[int] = []
        self.payments: list[tuple[str, int]] = []
        self.uses = 0

    def price(self, jiao: int) -> None:
        """From today on; one a day."""
        if not self.town.world.rows("SELECT 1 FROM billing_price WHERE valid_from = %s", self.day):
            parts = [("电费", "qty", tier, f"0.{jiao}{tier}") for tier in (1, 2, 3)]
            self.town.price(self.fee, parts, [(1, 500_000), (2, 1_000_000)], self.day)

    def bill(self, milli: int) -> None:
        since, self.day = self.day, self.day + timedelta(days=20)
        if self.day.year > 2026:
            self.day = since
            return
        self.town.used(self.service, since, self.day - timedelta(days=1), milli)
        run = self.town.made(self.fee, since, self.day - timedelta(days=1))
        assert self.town.published(run) == ["OK"]
        self.bills += [bill for bill, _, _ in self.town.bills(run)]

    def pay(self, which: int) -> None:
        due = [(ref, fen) for ref, fen in self.town.asked("A1").items() if fen > 0]
        if which < len(due):
            self._paid({due[which][0]: due[which][1]})

    def prepay(self, fen: int) -> None:
        self.town.asked("A1")
        self._paid({"PREPAID": fen})

    def _paid(self, lines: dict[str, int]) -> None:
        assert self.town.paid("A1", lines) == "OK"
        self.payments.append((f"S{self.town.serials}", sum(lines.values())))

    def reverse(self, which: int) -> None:
        if which < len(self.payments):
            serial, fen = self.payments[which]
            code = self.town.world.reverse(f"R{serial}", serial, fen, channel="WX").code.name
            assert code in ("OK", "PREPAID_USED", "ALREADY_REVERSED", "SERIAL_REUSED"), code

    def cancel(self, which: int) -> None:
        if which < len(self.bills):
            code, run = self.town.cancelled(self.bills[which])
            assert code in ("OK", "BILL_UNKNOWN", "BILL_GIVEN_BACK")
            if run is not None:
                assert self.town.published(run) == ["OK"]

    def correct(self, milli: int) -> None:
        bill = self.bills[milli % len(self.bills)] if self.bills and (milli < 0 or milli % 2) else None
        code, run = self.town.corrected(self.service, milli, self.day, bill)
        assert code in ("OK", "PERIOD_WRONG", "BILL_UNKNOWN", "BILL_GIVEN_BACK")
        if run is not None:
            assert self.town.published(run) == ["OK"]

    def ask(self, days: int) -> None:
        self.town.on(min(self.town.world.now.date() + timedelta(days=days), date(2027, 12, 1)))
        self.town.asked("A1")

    def book(self, _: int) -> None:
        self.town.book()

    # --- what always holds -----------------------------------------------------------------------------
    def look(self) -> None:
        world = self.town.world
        assert world.rows("SELECT 1 FROM payable WHERE balance_fen < 0 OR paid_fen > due_fen AND mode <> 'open'") == []
        self.town.book()
        assert self.town.wrong() == []
        published = world.value("SELECT coalesce(sum(b.amount_fen), 0)::bigint FROM billing_bill b"
                                " JOIN billing_booking d USING (run_id, piece)")  # fmt: skip
        late = world.value("SELECT coalesce(sum(due_fen), 0)::bigint FROM billing_booking WHERE kind = 'late'")
        paid = world.value("SELECT coalesce(sum(CASE WHEN t.credit_id = y.credit_id THEN t.amount_fen"
                           " ELSE -t.amount_fen END), 0)::bigint FROM ledger_transfer t"
                           " JOIN payable y ON y.payable_id = t.detail_id"
                           " WHERE t.reference_id > 0 AND y.account_no = 'A1'")  # fmt: skip
        books = self.town.books()
        assert books.get("1123", 0) + books.get("2203", 0) == published + late - paid
        assert books.get("1124", 0) == paid
        # what a cancelled bill asked for, with its corrections, is taken back to the fen
        assert world.rows(
            "SELECT o.bill_id FROM billing_bill c JOIN billing_run r ON r.run_id = c.run_id AND r.kind = 'cancel'"
            " JOIN billing_bill o ON o.bill_id = c.corrects_id WHERE c.amount_fen + o.amount_fen + coalesce((SELECT"
            " sum(x.amount_fen) FROM billing_bill x JOIN billing_run k ON k.run_id = x.run_id AND k.kind = 'correction'"
            " WHERE x.corrects_id = o.bill_id AND NOT EXISTS (SELECT FROM billing_bill z"
            " WHERE z.corrects_id = x.bill_id)), 0) <> 0") == []  # fmt: skip
        # nor is more of its use given back than it had
        assert world.rows(
            "SELECT o.bill_id FROM billing_bill o JOIN billing_bill x ON x.corrects_id = o.bill_id"
            " WHERE o.corrects_id IS NULL AND NOT EXISTS (SELECT FROM billing_bill z WHERE z.corrects_id = x.bill_id)"
            " AND x.run_id IN (SELECT run_id FROM billing_run WHERE kind = 'correction')"
            " GROUP BY o.bill_id, o.qty_milli HAVING sum(x.qty_milli) + o.qty_milli < 0") == []  # fmt: skip
        used, lines = world.rows(
            "SELECT (SELECT coalesce(sum(qty_milli), 0)::bigint FROM billing_bill),"
            " (SELECT coalesce(sum(qty_milli), 0)::bigint FROM billing_line WHERE part_no > 0)")[0]  # fmt: skip
        assert used == lines


@pytest.fixture(scope="module")
def plain(rolled_back: Any) -> Iterator[Town]:
    yield Town(World(rolled_back))
    rolled_back.rollback()


@settings(max_examples=200 if ALL else 12, deadline=None, derandomize=not ALL,
          suppress_health_check=list(HealthCheck))  # fmt: skip
@example([("bill", 10), ("bill", 0), ("pay", 0), ("cancel", 0)])  # paid, so what is receivable has to rise first
@given(STEPS)
def test_the_books_are_bills_less_payments_whatever_happens(plain: Town, steps: list[tuple[str, int]]) -> None:
    world = plain.world
    now, serials = world.now, plain.serials
    world.run("SAVEPOINT life")
    try:
        life = Life(plain)
        for name, size in steps:
            getattr(life, name)(size)
        life.look()
    finally:
        world.run("ROLLBACK TO life")
        world.now, plain.serials = now, serials
