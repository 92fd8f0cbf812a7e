"""坏账核销: what a bill asks for is written off and taken up again, by two people, once; every posting."""

from datetime import date

import pytest

from tests.arrears.debtor import Debtor
from yifen.core.plugs import result_code

RECEIVABLE, COLLECTED, BILLED, LOSS = "1123", "1124", "6001", "6701"


def test_a_bad_debt_is_written_off_with_its_late_fee_taken_up_again_and_paid(debtor: Debtor):
    town = debtor.town
    debtor.after(10)
    debtor.pay(100_000)  # of 2,220.00 and 44.40 late fee: 10 days by 2 permille
    debtor.after(20)  # 1,264.40 owed: 1 day of 2026 by 2, 9 of 2027 by 3 permille
    assert debtor.owed() == 126_440 + 253 + 3_414
    assert debtor.write(130_107) == "OK"
    assert town.owed("A")[f"B{debtor.bill}"] == ("settled", 100_000, 100_000, None)
    town.book()
    assert town.books() == {COLLECTED: 100_000, BILLED: -230_107, LOSS: 130_107}
    assert town.wrong() == []

    debtor.after(400)  # no late fee grows on it
    assert town.asked("A") == {"PREPAID": 0}
    assert debtor.write(130_107, "arrears.take_up") == "OK"
    assert town.asked("A") == {f"B{debtor.bill}": 130_107, "PREPAID": 0}
    debtor.after(401)  # from here on it does, of what is left of the bill itself
    assert debtor.owed() == 130_107 + 379
    debtor.pay(130_486)
    town.book()
    assert town.books() == {COLLECTED: 230_486, BILLED: -230_486}
    assert town.postings() == [
        ("published", RECEIVABLE, BILLED, 222_000),
        ("late", RECEIVABLE, BILLED, 4_440),
        ("paid", COLLECTED, RECEIVABLE, 100_000),
        ("late", RECEIVABLE, BILLED, 3_667),
        ("written", LOSS, RECEIVABLE, 130_107),
        ("written", RECEIVABLE, LOSS, 130_107),
        ("late", RECEIVABLE, BILLED, 379),
        ("paid", COLLECTED, RECEIVABLE, 130_486),
    ]
    assert town.wrong() == []


def test_what_was_paid_on_it_and_given_back_is_owed_and_nothing_else(debtor: Debtor):
    town = debtor.town
    debtor.after(10)
    debtor.pay(100_000)
    owed = debtor.owed()
    assert debtor.write(owed) == "OK"
    assert town.world.reverse("R1", "S1", 100_000, channel="WX").code.name == "OK"
    assert town.asked("A") == {f"B{debtor.bill}": 100_000, "PREPAID": 0}
    debtor.after(300)
    assert town.asked("A") == {f"B{debtor.bill}": 100_000, "PREPAID": 0}
    town.book()
    assert town.wrong() == []


@pytest.mark.parametrize(("what", "code"), [
    ("another sum", "ARREARS_CHANGED"), ("late fee grew", "ARREARS_CHANGED"), ("paid", "ARREARS_CHANGED"),
    ("held", "PAYABLE_HELD"), ("cancelled just now", "RUN_HAS_SERVICE"), ("another company", "ARREARS_CHANGED"),
    ("nothing written", "ARREARS_CHANGED"),
])  # fmt: skip
def test_what_is_not_as_it_was_shown_is_refused_and_nothing_is_left(
    debtor: Debtor, what: str, code: str
):
    town, world = debtor.town, debtor.world
    debtor.after(10)
    owed, act, biller = debtor.owed(), "arrears.write_off", town.biller
    if what == "another sum":
        owed -= 1
    elif what == "late fee grew":
        debtor.after(11)
    elif what == "paid":
        debtor.pay(owed)
    elif what == "held":
        with world.as_owner():
            world.run("UPDATE payable SET held_by = 1 WHERE ref = %s", f"B{debtor.bill}")
    elif what == "cancelled just now":
        assert town.cancelled(debtor.bill)[0] == "OK"
    elif what == "another company":
        biller = world.biller("WATER")
    elif what == "nothing written":
        act = "arrears.take_up"
    content = {"bills": [{"bill": debtor.bill, "fen": owed}]}
    proposal = world.two_people(act, "1", content, biller)
    before = town.owed("A")
    assert (
        result_code(world.value("SELECT billing_write_off_v1(%s, %s)", proposal, world.now)).name
        == code
    )
    assert world.value("SELECT count(*) FROM billing_write_off") == 0
    assert town.owed("A")[f"B{debtor.bill}"][0] == before[f"B{debtor.bill}"][0]


def test_one_bill_of_two_that_is_refused_leaves_the_other_as_it_was(debtor: Debtor):
    other = debtor.billed(2027)
    debtor.after(10)
    owed = debtor.owed()
    content = {"bills": [{"bill": debtor.bill, "fen": owed - 222_000}, {"bill": other, "fen": 1}]}
    assert debtor.agreed("arrears.write_off", "billing_write_off_v1", content) == "ARREARS_CHANGED"
    assert debtor.owed() == owed


def test_a_word_counts_once_and_only_of_two_people(debtor: Debtor):
    world = debtor.world
    debtor.after(10)
    content = {"bills": [{"bill": debtor.bill, "fen": debtor.owed()}]}
    alone = world.proposed("arrears.write_off", "1", content, debtor.town.biller)
    assert debtor.called("billing_write_off_v1", alone) == "CUSTOMERS_NOT_AGREED"
    assert world.decided(alone) == 0
    assert debtor.called("billing_write_off_v1", alone) == "OK"
    assert debtor.called("billing_write_off_v1", alone) == "CUSTOMERS_NOT_AGREED"


def test_a_written_off_bill_is_neither_cancelled_nor_corrected_until_it_is_taken_up(debtor: Debtor):
    town = debtor.town
    debtor.after(10)
    owed = debtor.owed()
    assert debtor.write(owed) == "OK"
    assert town.cancelled(debtor.bill) == ("BILL_WRITTEN_OFF", None)
    assert debtor.write(owed, "arrears.take_up") == "OK"
    code, run = town.cancelled(debtor.bill)
    assert code == "OK"
    assert run
    assert town.published(run) == ["OK"]
    assert town.asked("A") == {"PREPAID": 0}
    assert town.books() == {}
    assert town.wrong() == []


def test_verify_finds_a_write_off_that_nobody_agreed_to(debtor: Debtor):
    world = debtor.world
    debtor.after(10)
    assert debtor.write(debtor.owed()) == "OK"
    with world.as_owner():
        world.run("ALTER TABLE billing_write_off DISABLE TRIGGER USER")
        world.run("UPDATE billing_write_off SET amount_fen = amount_fen - 1")
    assert [problem for problem in debtor.town.wrong() if "billing_write_off" in problem] != []


def test_another_bill_of_the_account_keeps_its_late_fee(debtor: Debtor):
    """The written-off one counts for the minimum of a collection up to its day, no further."""
    town = debtor.town
    with debtor.world.as_owner():
        debtor.world.run("UPDATE billing_late_rule SET min_fen = 1000000")
    other = debtor.billed(2027)  # due on 15 November 2027
    town.on(date(2027, 11, 16))
    asked = town.asked("A")
    assert asked[f"B{debtor.bill}"] - 222_000 + asked[f"B{other}"] - 222_000 == 1_000_000
    assert debtor.write(asked[f"B{debtor.bill}"]) == "OK"
    town.on(date(2027, 11, 17))
    assert town.asked("A") == {f"B{other}": 1_222_000, "PREPAID": 0}


@pytest.mark.parametrize("moment", ["2999-01-01", "1999-01-01", None])
def test_the_day_it_is_written_off_is_one_that_is_open(debtor: Debtor, moment: str | None):
    """Else the account's late fees raised for ever, or a year of them was gone."""
    town, world = debtor.town, debtor.world
    debtor.after(10)
    content = {"bills": [{"bill": debtor.bill, "fen": debtor.owed()}]}
    proposal = world.two_people("arrears.write_off", "1", content, town.biller)
    assert result_code(world.value("SELECT billing_write_off_v1(%s, %s)", proposal, moment)).name == "OK"
    today = world.value("SELECT (clock_timestamp() AT TIME ZONE time_zone)::date FROM ledger_book LIMIT 1")
    open_day = debtor.world.now.date()
    wanted = max(today, open_day) if moment == "2999-01-01" else min(today, open_day)
    assert world.value("SELECT written_on FROM billing_write_off") == wanted
    debtor.after(400)
    assert town.asked("A") == {"PREPAID": 0}


def test_one_written_off_on_a_later_day_than_it_was_taken_up_grows_no_late_fee(debtor: Debtor):
    debtor.after(10)
    owed = debtor.owed()
    assert debtor.write(owed) == "OK"
    assert debtor.write(owed, "arrears.take_up") == "OK"
    with debtor.world.as_owner():
        debtor.world.run("ALTER TABLE billing_write_off DISABLE TRIGGER USER")
    with debtor.world.as_owner():
        debtor.world.run("UPDATE billing_write_off SET written_on = written_on + 30 WHERE amount_fen > 0")
        days = "SELECT billing_written_days_v1(bucket, bill_id)::text FROM billing_write_off LIMIT 1"
        assert debtor.world.value(days) == "{}"


def test_one_that_is_lowered_to_nothing_while_written_off_is_settled_not_withdrawn(debtor: Debtor):
    """Else nobody could take it up again."""
    town = debtor.town
    debtor.after(10)
    debtor.pay(100_000)
    owed = debtor.owed()
    assert debtor.write(owed) == "OK"
    assert town.world.reverse("R1", "S1", 100_000, channel="WX").code.name == "OK"
    with town.world.as_owner():
        assert town.world.value("SELECT billing_lower_v1(bucket, %s, bill_id, 100000) FROM billing_bill"
                                " WHERE bill_id = %s", town.biller, debtor.bill) == 100_000  # fmt: skip
    assert town.owed("A")[f"B{debtor.bill}"] == ("settled", 0, 0, None)
    assert debtor.write(owed, "arrears.take_up") == "OK"
    assert town.asked("A")[f"B{debtor.bill}"] == 122_000 + 2_440  # of what is left, 10 days by 2 permille


def test_a_bill_of_another_company_is_not_taken_up(debtor: Debtor):
    town, world = debtor.town, debtor.world
    debtor.after(10)
    owed = debtor.owed()
    assert debtor.write(owed) == "OK"
    content = {"bills": [{"bill": debtor.bill, "fen": owed}]}
    proposal = world.two_people("arrears.take_up", "1", content, world.biller("WATER"))
    assert debtor.called("billing_write_off_v1", proposal) == "ARREARS_CHANGED"
    assert town.asked("A") == {"PREPAID": 0}
