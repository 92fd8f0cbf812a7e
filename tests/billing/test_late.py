"""Late fees of real bills: what a payable asks for on a day, what the books know, whoever asks and however often."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.billing.town import Town
from tests.world import CHINA

START = date(2025, 1, 1)


def at(day: str, hour: int = 12) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=CHINA)


class Street:
    """Customer A1 of a town, whose fee is 1.00 a unit, with a late fee of 2 and 3 permille and a minimum of 1.00."""

    def __init__(self, town: Town, mode: str = "partial", **rule: Any) -> None:
        self.town, self.world = town, town.world
        self.fee = town.fee("water", cycle="none", mode=mode)
        town.price(self.fee, [("水费", "qty", 0, "1")], [])
        self.service = town.service(town.customer("A1"), self.fee)
        self.days = 0
        self.rule(date(2020, 1, 1), **rule)

    def rule(self, since: date, **fields: Any) -> None:
        row = {"fee_id": self.fee, "valid_from": since, "rate": 2, "later_rate": 3, "min_fen": 100}
        self.world._insert("billing_late_rule", row | fields)

    def bill(self, fen: int, due: str) -> int:
        """A published bill of A1."""
        day, self.days = START + timedelta(days=self.days), self.days + 1
        self.town.used(self.service, day, day, fen * 10)
        _, run = self.world.rows("SELECT code, run_id FROM billing_begin_v1('maker01', %s, NULL, %s, %s, %s, %s)",
                                 self.fee, day, day, date.fromisoformat(due), self.world.now)[0]  # fmt: skip
        self.world.value("SELECT billing_make_v1(%s, 0, %s)", run, self.world.now)
        assert self.town.published(run) == ["OK"]
        ((bill, _, _),) = self.town.bills(run)
        return bill

    def ask(self, moment: datetime) -> int:
        """As the hub does before it tells, on a day that has come; how many payables are changed."""
        self.town.on(moment.date())
        return self.told(moment)

    def told(self, moment: datetime) -> int:
        self.world.now = moment
        return int(self.world.made("SELECT billing_refresh_v1(0::smallint, %s, 'A1', %s)", self.town.biller, moment))

    def due(self, *bills: int) -> list[int]:
        """Due of each bill, paid included."""
        owed = self.town.owed("A1")
        return [owed[f"B{bill}"][1] for bill in bills]

    def pay(self, bill: int, fen: int) -> str:
        return self.town.paid("A1", {f"B{bill}": fen})


@pytest.fixture
def street(town: Town) -> Street:
    return Street(town)


def test_bill_6_is_asked_for_to_the_fen_and_the_books_know_of_it(street: Street) -> None:
    bill = street.bill(1_000_000, "2025-12-20")
    assert (street.ask(at("2025-12-20")), street.due(bill)) == (0, [1_000_000])
    assert (street.ask(at("2025-12-21")), street.due(bill)) == (1, [1_002_000])
    assert (street.ask(at("2026-01-15")), street.due(bill)) == (1, [1_067_000])
    assert (street.ask(at("2026-01-15", 22)), street.due(bill)) == (0, [1_067_000])
    assert street.town.books() == {"1123": 1_067_000, "6001": -1_067_000}
    assert street.pay(bill, 1_067_000) == "OK"
    street.town.book()
    assert street.town.books() == {"1124": 1_067_000, "6001": -1_067_000}
    assert street.ask(at("2027-01-15")) == 0
    assert street.town.wrong() == []


def test_a_day_to_come_raises_no_fee_beyond_today(street: Street) -> None:
    """2 permille a day of 2026, 3 of later years, up to today by the clock or the open business day."""
    bill, due = street.bill(100_000, "2026-11-10"), date(2026, 11, 10)
    today = max(datetime.now(CHINA).date(), street.world.now.date())
    this_year = (min(today, date(2026, 12, 31)) - due).days
    later = max((today - date(2026, 12, 31)).days, 0)
    assert street.told(at("2199-12-31")) == 1
    assert street.due(bill) == [100_000 + 200 * this_year + 300 * later]
    assert street.told(at("2199-12-31")) == 0
    assert street.town.wrong() == []


def test_its_lines_add_up_to_the_fee_across_a_payment_a_year_and_days_that_are_not_counted(town: Town) -> None:
    street = Street(town, min_fen=0)
    bill = street.bill(100_000, "2025-12-20")
    street.ask(at("2025-12-30"))
    assert street.pay(bill, 40_000) == "OK"  # 2,000 of it its fee of ten days
    town.world._insert("billing_freeze", {
        "bucket": 0, "biller_id": town.biller, "account_no": "A1", "bill_id": bill, "from_on": date(2026, 1, 1),
        "to_on": date(2026, 1, 5), "proposal": 1})  # fmt: skip
    lines = town.world.made("SELECT array_agg(x::text) FROM billing_late_lines_v1(%s, '2026-01-15') x", bill)
    assert [line.strip("()").split(",")[:5] for line in lines] == [
        ["2025-12-21", "2025-12-30", "10", "2.0000", "100000"], ["2025-12-31", "2025-12-31", "1", "2.0000", "62000"],
        ["2026-01-01", "2026-01-15", "10", "3.0000", "62000"]]  # fmt: skip
    assert [float(line.strip("()").split(",")[5]) for line in lines] == [2_000, 124, 1_860]
    assert (street.ask(at("2026-01-15")), street.due(bill)) == (1, [100_000 + 2_000 + 124 + 1_860])


def test_bill_7_two_bills_are_collected_for_one_minimum(town: Town) -> None:
    street = Street(town, "exact", rate=1, later_rate=1)
    first, second = street.bill(1200, "2026-05-07"), street.bill(1500, "2026-05-08")
    assert (street.ask(at("2026-05-10")), street.due(first, second)) == (2, [1297, 1503])
    assert town.paid("A1", {f"B{first}": 1297, f"B{second}": 1503}) == "OK"
    assert (street.ask(at("2026-05-11")), town.wrong()) == (0, [])


def test_what_is_collected_by_itself_later_has_a_minimum_of_its_own(town: Town) -> None:
    street = Street(town, "exact", rate=1, later_rate=1)
    first, second = street.bill(1200, "2026-05-07"), street.bill(1500, "2026-05-08")
    street.ask(at("2026-05-10"))
    assert street.pay(first, 1297) == "OK"
    assert (street.ask(at("2026-05-10", 13)), street.due(second)) == (0, [1503])
    assert (street.ask(at("2026-05-11")), street.due(second)) == (1, [1600])


def test_however_often_it_is_asked_before_a_part_payment_counts_the_same(street: Street) -> None:
    """1,000.00; at 20.00 of fee 500.00 are paid, so 520.00 are left; then 1.04 a day."""
    bill = street.bill(100_000, "2026-03-01")
    for day in ("2026-03-02", "2026-03-05", "2026-03-11"):
        street.ask(at(day))
    assert street.due(bill) == [102_000]
    assert street.pay(bill, 50_000) == "OK"
    street.world.run("SAVEPOINT paid")
    street.ask(at("2026-03-21"))
    rarely = street.due(bill)
    street.world.run("ROLLBACK TO paid")
    for day in range(12, 22):
        assert street.ask(at(f"2026-03-{day}", day)) == 1
    assert (rarely, street.due(bill)) == ([103_040], [103_040])
    assert street.town.wrong() == []


def test_what_was_reversed_never_was_and_what_was_refunded_is_owed_from_then_on(street: Street) -> None:
    world = street.world
    bill = street.bill(100_000, "2026-03-01")
    street.ask(at("2026-03-11"))
    assert street.pay(bill, 52_000) == "OK"
    world.now = at("2026-03-11", 14)
    assert world.reverse("T1", f"S{street.town.serials}", 52_000).code.name == "OK"
    street.ask(at("2026-03-21"))
    assert street.due(bill) == [104_000]
    assert street.pay(bill, 54_000) == "OK"  # 4,000 of fee, 50,000 of the bill
    world.cut()
    world.now = at("2026-03-31")
    assert world.refund("T2", f"S{street.town.serials}", 54_000).code.name == "OK"
    street.ask(at("2026-03-31"))
    assert street.due(bill) == [105_000]  # ten days on 50,000
    street.ask(at("2026-04-05"))
    assert (street.due(bill), street.town.wrong()) == ([106_000], [])  # five on 100,000


def test_a_bill_is_governed_by_the_rule_of_its_due_date_and_its_class(street: Street) -> None:
    street.rule(date(2026, 6, 1), rate=5, later_rate=5)
    street.rule(date(2026, 8, 1), rate=1, later_rate=1, **{"class": "residential"})
    street.rule(date(2026, 1, 1), rate=9, later_rate=9, **{"class": "business"})
    old, new, own = (street.bill(100_000, day) for day in ("2026-05-31", "2026-06-01", "2026-08-01"))
    street.ask(at("2026-08-11"))
    assert street.due(old, new, own) == [100_000 + 200 * 72, 100_000 + 500 * 71, 100_000 + 100 * 10]


def test_a_bill_that_was_cancelled_is_withdrawn_with_its_fee(street: Street) -> None:
    bill = street.bill(100_000, "2026-03-01")
    street.ask(at("2026-03-11"))
    assert street.due(bill) == [102_000]
    code, run = street.town.cancelled(bill)
    assert (code, street.town.published(run)) == ("OK", ["OK"])
    assert street.town.owed("A1")[f"B{bill}"] == ("withdrawn", 102_000, 0, None)
    assert street.ask(at("2026-03-11", 15)) == 0
    assert (street.town.books(), street.town.wrong()) == ({}, [])


def test_what_is_in_flight_or_of_another_company_stays(street: Street) -> None:
    bill = street.bill(100_000, "2026-03-01")
    street.world.set_up("UPDATE payable SET held_by = 77000")
    assert street.ask(at("2026-03-11")) == 0
    street.world.set_up("UPDATE payable SET held_by = NULL")
    other = street.world.biller("OTHER", quote_ttl_s=60)
    assert street.world.made("SELECT billing_refresh_v1(0::smallint, %s, 'A1', %s)", other, at("2026-03-11")) == 0
    assert (street.ask(at("2026-03-11")), street.due(bill)) == (1, [102_000])
