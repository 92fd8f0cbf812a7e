"""Late fees waived, not counted, and ruled anew by two people: what an account is asked for afterwards."""

from datetime import date
from typing import Any

import pytest

from tests.billing.test_late import Street, at
from tests.billing.town import Town
from yifen.core.plugs import result_code


@pytest.fixture
def street(town: Town) -> Street:
    """With one bill of 1,000.00 due on 1 March, asked for on the 11th: 20.00 of fee."""
    made = Street(town)
    made.bill(100_000, "2026-03-01")
    made.ask(at("2026-03-11"))
    return made


def bill_of(street: Street) -> int:
    return int(street.world.value("SELECT max(bill_id) FROM billing_bill"))


def agreed(street: Street, act: str, subject: str, content: dict[str, Any]) -> int:
    return street.world.two_people(f"billing.{act}", subject, content, street.town.biller)


def carried_out(street: Street, act: str, proposal: int) -> str:
    return result_code(street.world.value(f"SELECT billing_{act}_v1(%s, %s)", proposal, street.world.now)).name


def waive(street: Street, fen: int) -> str:
    """As the pages do: the word falls with what it refuses."""
    bill = bill_of(street)
    street.world.run("SAVEPOINT word")
    code = carried_out(street, "waive", agreed(street, "waive", str(bill), {"bill": bill, "amount_fen": fen}))
    street.world.run("RELEASE word" if code == "OK" else "ROLLBACK TO word")
    return code


def freeze(street: Street, since: str, until: str | None, of_all: bool = False) -> str:
    bill = bill_of(street)
    content = {"bill": bill, "all": of_all, "from": since, "to": until}
    return carried_out(street, "freeze", agreed(street, "freeze", str(bill), content))


def test_a_waiver_is_taken_off_at_once_and_stays_off(street: Street) -> None:
    bill = bill_of(street)
    assert (waive(street, 1_500), street.due(bill)) == ("OK", [100_500])
    street.ask(at("2026-03-12"))
    assert street.due(bill) == [100_700]
    assert street.pay(bill, 100_700) == "OK"
    assert street.town.books()["1123"] == 100_700  # paid, not booked yet
    assert street.town.wrong() == []


def test_no_more_is_waived_than_is_unpaid_of_the_fee_and_each_word_counts_once(street: Street) -> None:
    bill = bill_of(street)
    assert waive(street, 2_001) == "WAIVER_TOO_LARGE"
    assert street.pay(bill, 1_900) == "OK"
    assert waive(street, 101) == "WAIVER_TOO_LARGE"
    proposal = agreed(street, "waive", str(bill), {"bill": bill, "amount_fen": 100})
    assert carried_out(street, "waive", proposal) == "OK"
    assert carried_out(street, "waive", proposal) == "LATE_NOT_AGREED"
    assert street.due(bill) == [101_900]
    assert street.pay(bill, 100_000) == "OK"
    assert (waive(street, 1), street.town.wrong()) == ("WAIVER_TOO_LARGE", [])


def test_what_nobody_agreed_to_is_not_done(street: Street) -> None:
    world, bill = street.world, bill_of(street)
    for act, content in (("waive", {"bill": bill, "amount_fen": 1}),
                         ("freeze", {"bill": bill, "all": False, "from": "2026-03-01", "to": None}),
                         ("late_rule", {"rule": {"fee_id": street.fee}})):  # fmt: skip
        proposal = world.proposed(f"billing.{act}", "x", content, street.town.biller)
        assert carried_out(street, act, proposal) == "LATE_NOT_AGREED"
    other = world.biller("OTHER")
    proposal = world.two_people("billing.waive", "y", {"bill": bill, "amount_fen": 1}, other)
    assert carried_out(street, "waive", proposal) == "LATE_NOT_AGREED"
    assert street.due(bill) == [102_000]


def test_days_that_are_not_counted_are_taken_off_what_is_asked_for(street: Street) -> None:
    bill = bill_of(street)
    assert (freeze(street, "2026-03-05", "2026-03-08"), street.due(bill)) == ("OK", [101_200])
    assert freeze(street, "2026-03-08", "2026-03-09", of_all=True) == "OK"
    assert street.due(bill) == [101_000]
    later = street.bill(100_000, "2026-03-06")
    street.ask(at("2026-03-11"))
    assert street.due(bill, later) == [101_000, 100_000 + 3 * 200]  # the 7th, 10th, 11th
    assert freeze(street, "2026-03-12", None) == "OK"  # of the later one, for good
    street.ask(at("2026-03-21"))
    assert (street.due(bill, later), street.town.wrong()) == ([103_000, 100_600], [])


def test_days_that_were_paid_for_and_are_not_counted_pay_the_bill(street: Street) -> None:
    """20.00 of fee and 480.00 of the bill were paid; then five days are taken off: 490.00 of the bill."""
    bill = bill_of(street)
    assert street.pay(bill, 50_000) == "OK"
    assert freeze(street, "2026-03-02", "2026-03-06") == "OK"
    assert street.due(bill) == [101_000]
    street.ask(at("2026-03-21"))
    assert street.due(bill) == [101_000 + 1_020]  # ten days of 510.00


def test_a_rule_counts_for_bills_that_are_due_from_its_day_on(street: Street) -> None:
    world = street.world
    rule = {"fee_id": street.fee, "class": "", "valid_from": "2026-03-20", "rate": "5", "later_rate": "5",
            "grace_days": 0, "count_first": False, "min_fen": 0, "cap_permille": None, "truncated": False,
            "fee_first": True}  # fmt: skip
    proposal = agreed(street, "late_rule", "a", {"rule": rule})
    assert carried_out(street, "late_rule", proposal) == "OK"
    assert carried_out(street, "late_rule", proposal) == "LATE_RULE_TAKEN"
    past = agreed(street, "late_rule", "b", {"rule": rule | {"valid_from": "2026-03-10"}})
    assert carried_out(street, "late_rule", past) == "LATE_RULE_PAST"
    foreign = world.two_people("billing.late_rule", "c", {"rule": rule}, world.biller("OTHER"))
    assert carried_out(street, "late_rule", foreign) == "LATE_NOT_AGREED"
    old, new = bill_of(street), street.bill(100_000, "2026-03-20")
    street.ask(at("2026-03-21"))
    assert street.due(old, new) == [104_000, 100_500]
    assert world.value("SELECT count(*) FROM billing_late_rule WHERE valid_from >= %s", date(2026, 1, 1)) == 1


def test_verify_names_what_was_waived_or_left_out_otherwise_than_agreed(street: Street) -> None:
    bill, world = bill_of(street), street.world
    waived = agreed(street, "waive", str(bill), {"bill": bill, "amount_fen": 100})
    frozen = agreed(street, "freeze", str(bill), {"bill": bill, "all": False, "from": "2026-03-05", "to": None})
    assert (carried_out(street, "waive", waived), carried_out(street, "freeze", frozen)) == ("OK", "OK")
    assert street.town.wrong() == []
    said = f'{{"bill": {bill}, "amount_fen": 100}}'
    days = f'{{"to": null, "all": false, "bill": {bill}, "from": "2026-03-05"}}'
    for statement, found in (
        ("UPDATE billing_waiver SET amount_fen = 101",
         f"billing_waiver of proposal {waived} waives 101 fen of bill {bill}, agreed was {said}"),
        ("DELETE FROM billing_waiver", f"billing_waiver of proposal {waived} is missing, two people agreed to it"),
        ("UPDATE billing_freeze SET bill_id = NULL",
         f"billing_freeze of proposal {frozen} leaves out 2026-03-05 to  of A1, agreed was {days}"),
        ("UPDATE billing_freeze SET from_on = '2026-03-04'",
         f"billing_freeze of proposal {frozen} leaves out 2026-03-04 to  of {bill}, agreed was {days}"),
        ("INSERT INTO billing_waiver (bucket, bill_id, amount_fen, waived_on, proposal)"
         f" VALUES (0, {bill}, 1, '2026-03-11', 77)", "billing_waiver of proposal 77 is there, nobody agreed to it"),
    ):  # fmt: skip
        world.run("SAVEPOINT forged")
        world.set_up("ALTER TABLE billing_waiver DISABLE TRIGGER USER")
        world.set_up("ALTER TABLE billing_freeze DISABLE TRIGGER USER")
        world.set_up(statement)
        assert street.town.wrong() == [found]
        world.run("ROLLBACK TO forged")
