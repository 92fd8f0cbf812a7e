"""Deductions stand in the bank's own day file by our number: what one side lacks is balanced, or waits and says why."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.deductions.counter_of_bank import BankCounter
from tests.reconciliation.day import Day, Line
from tests.repair.test_days import line
from tests.settlement.bank_side import Serving
from yifen.trades.reconciliation.repair import operations, queries


class BankDays(Day):
    """Files of channel BANK as the engine's suite writes them."""

    def __init__(self, bank: BankCounter) -> None:
        self.bank, self.world, self.lines = bank, bank.world, []
        self.describe("BANK")
        self.night = psycopg.connect(bank.database.url("yifen_night"), autocommit=True)
        self.hub = bank.hub_of(bank.database.url("yifen_night"))

    def close(self) -> None:
        self.hub.stop()
        self.night.close()

    def cut(self) -> date:
        day: date = self.world.value("SELECT current_day FROM ledger_book WHERE book_id = 1")
        self.world.cut()
        return day

    def repaired(self, lines: list[Line], day: date) -> list[tuple[Any, ...]]:
        """The file compared and what goes by itself done; what is left open."""
        self.reconcile(lines, day, "BANK")
        operations.work_off(self.night, self.hub, self.bank.clock())
        left = queries.work_list(self.world.conn, self.bank.clock().date(), None)
        return [(row.kind, row.serial, row.action, row.state) for row in left]


@pytest.fixture
def days(new_database: NewDatabase) -> Iterator[BankDays]:
    serving = Serving()
    bank = BankCounter(new_database(), serving)
    made = BankDays(bank)
    yield made
    made.close()
    bank.close()
    serving.stop()


def test_a_days_file_agrees_with_deductions_by_our_number(days: BankDays):
    number = days.bank.asked(700)
    day = days.cut()
    assert days.repaired([line(number, 700, day)], day) == []


def test_what_the_banks_file_lacks_is_refunded_and_goes_back_by_the_port(days: BankDays):
    """The bank says by its file that it never had the money: its port blocks or returns it."""
    number = days.bank.asked(700)
    day = days.cut()
    assert days.repaired([], day) == []
    assert days.bank.payments(number) == [(700, "refunded")]
    assert days.bank.until_rest(number) == "back"
    assert days.bank.held(number) == 0
    assert days.world.rows("SELECT count(*) FROM recon_outside_due") == [(0,)]


def test_above_the_bound_it_waits_for_people(days: BankDays):
    number = days.bank.asked(100_001)
    day = days.cut()
    assert days.repaired([], day) == [("ours_only", number, None, "open")]
    assert days.bank.state(number) == "booked"


def test_what_the_bank_took_and_never_told_us_is_booked_from_its_file_and_is_this_deductions(days: BankDays):
    bank = days.bank
    account_no, ref = bank.owe(700)
    bank.bank.orders.append("lost")
    bank.bank.questions.extend(["lost"] * 99)
    number = bank.ask(bank.form(account_no, ref, 700))
    assert bank.state(number) == "asked"
    day = days.cut()
    assert days.repaired([line(number, 700, day, account=account_no)], day) == []
    assert bank.payments(number) == [(700, "taken")]
    bank.bank.questions.clear()
    assert bank.until_rest(number) == "booked"
    assert (bank.held(number), bank.payments(number)) == (700, [(700, "taken")])


def test_a_part_that_the_banks_file_gave_back_is_asked_back_of_nobody_twice(days: BankDays):
    """Their file says that they gave it: our return of it is not asked of the port again."""
    number = days.bank.asked(1_000)
    day = days.cut()
    assert days.repaired([line(number, 1_000, day)], day) == []
    second = days.cut()
    assert days.repaired([line("BK-TK-1", 300, second, "refund", original=number)], second) == []
    assert days.world.rows("SELECT amount_fen FROM payment_return WHERE serial LIKE 'RC%%'") == [(300,)]
    assert days.bank.until_rest(number) == "booked"
    assert days.bank.held(number) == 1_000  # of its port nothing was asked: it gave the money by itself
