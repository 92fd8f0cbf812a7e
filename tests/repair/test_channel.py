"""A channel's file is the truth for money: each class, its action, and every fen it moves."""

import pytest

from tests.repair.bench import Bench
from yifen.core.facts.refused import Refused
from yifen.trades.reconciliation.codes import RepairCode

CLEARING, TRANSIT = "1121.WX", "2241.WATER"
SUSPENSE, SHORT = "2241.1.SUSPENSE", "1221.1.SHORT"


def test_a_sale_they_lack_is_refunded_by_itself(bench: Bench):
    payment = bench.pay(10_000)
    bench.cut()
    item_id, before = bench.lacks(payment), bench.balances()
    assert bench.step(item_id)[:2] == ("refund", True)
    done = bench.carry(item_id)
    assert (done.state, done.payer_state) == ("closed", "refunded")
    assert bench.moved(before) == {CLEARING: (0, 10_000), TRANSIT: (10_000, 0)}
    assert bench.world.payable(payment.ref, account_no=payment.account_no) == ("open", 0, False)
    assert bench.acts(item_id) == ["begin", "close"]
    serial, verb = bench.world.rows(
        "SELECT serial, verb::text FROM payment_return WHERE payment_id = %s", payment.id
    )[0]
    assert (serial, verb) == (f"RC{item_id}", "refund")


def test_a_sale_of_the_open_day_is_reversed(bench: Bench):
    payment, before = bench.pay(700), bench.balances()
    item_id = bench.lacks(payment, business_day=bench.day)
    done = bench.carry(item_id)
    assert (done.state, done.payer_state) == ("closed", "returned")
    assert bench.moved(before) == {CLEARING: (0, 700), TRANSIT: (700, 0)}


def test_a_refund_above_the_limit_takes_two_people(bench: Bench):
    payment = bench.pay(100_001)
    bench.cut()
    item_id, before = bench.lacks(payment), bench.everything()
    assert bench.step(item_id)[:2] == ("refund", False)
    with pytest.raises(Refused) as refused:
        bench.carry(item_id)
    assert refused.value.code is RepairCode.REPAIR_NOT_DECIDED
    assert bench.everything() == before
    money = bench.balances()
    assert bench.approved(item_id, "refund").state == "closed"
    assert bench.moved(money) == {CLEARING: (0, 100_001), TRANSIT: (100_001, 0)}
    assert bench.acts(item_id) == ["propose", "approve", "begin", "close"]


def test_a_file_that_lacks_many_refunds_nothing_by_itself(bench: Bench):
    payments = [bench.pay(100 + number) for number in range(21)]
    bench.cut()
    run_id = bench.run()
    found = [bench.lacks(payment, run_id=run_id) for payment in payments]
    assert [bench.step(item_id)[:2] for item_id in found] == [("refund", False)] * 21


def test_a_sale_they_have_is_booked_to_the_bill_it_paid(bench: Bench):
    account_no, ref = bench.owe(4_321)
    bench.cut()
    item_id = bench.theirs(f"S{account_no}", 4_321, account_no=account_no)
    before = bench.balances()
    assert bench.step(item_id)[:2] == ("book", True)
    done = bench.carry(item_id)
    assert done.state == "closed"
    assert bench.moved(before) == {CLEARING: (4_321, 0), TRANSIT: (0, 4_321)}
    assert bench.world.payable(ref, account_no=account_no) == ("settled", 4_321, False)
    rows = bench.world.rows(
        "SELECT serial, amount_fen, business_day FROM payment WHERE account_no = %s", account_no
    )
    assert rows == [(f"S{account_no}", 4_321, bench.day)]
    assert bench.carry(item_id).state == "closed"
    assert bench.moved(before) == {CLEARING: (4_321, 0), TRANSIT: (0, 4_321)}


@pytest.mark.parametrize(
    ("case", "reason"),
    [("no account", "ACCOUNT_UNKNOWN"), ("unknown", "BILLER_UNKNOWN"), ("amount", "AMOUNT_WRONG"),
     ("paid", "ALREADY_PAID"), ("serial", "MESSAGE_INVALID"), ("refused before", "AMOUNT_WRONG")],
)  # fmt: skip
def test_a_sale_that_cannot_be_booked_stands_on_suspense(bench: Bench, case, reason):
    account_no, ref = bench.owe(900)
    serial, fen = f"S{account_no}", 900
    if case == "paid":
        bench.world.charge(f"P{account_no}", {ref: 900}, account_no=account_no)
    if case == "refused before":
        assert bench.world.charge(serial, {ref: 899}, account_no=account_no).code == 5011
    if case == "amount":
        fen = 901
    if case == "serial":
        serial += "/7"
    bench.cut()
    given = {"no account": None, "unknown": "NOBODY"}.get(case, account_no)
    item_id, before = bench.theirs(serial, fen, account_no=given), bench.balances()
    assert bench.carry(item_id).state == "closed"
    assert bench.moved(before) == {CLEARING: (fen, 0), SUSPENSE: (0, fen)}
    assert reason in bench.last_note(item_id)
    assert bench.postings(item_id) == [("suspend", CLEARING, SUSPENSE, fen, "repair", None)]


def test_a_sale_the_channel_charged_again_meanwhile_is_not_booked_twice(bench: Bench):
    account_no, ref = bench.owe(800)
    bench.cut()
    item_id = bench.theirs(f"S{account_no}", 800, account_no=account_no)
    bench.world.charge(f"S{account_no}", {ref: 800}, account_no=account_no)
    before = bench.balances()
    assert bench.carry(item_id).state == "closed"
    assert bench.moved(before) == {}


def test_what_they_gave_back_by_themselves_is_refunded_here(bench: Bench):
    payment = bench.pay(2_500)
    bench.cut()
    item_id = bench.theirs(f"R{payment.serial}", 2_500, "refund", original=payment.serial)
    before = bench.balances()
    assert bench.step(item_id)[:2] == ("refund", True)
    assert bench.carry(item_id).state == "closed"
    assert bench.moved(before) == {CLEARING: (0, 2_500), TRANSIT: (2_500, 0)}


def test_a_part_they_gave_back_is_given_back_here_by_itself(bench: Bench):
    payment = bench.pay(2_500)
    bench.cut()
    item_id = bench.theirs(f"R{payment.serial}", 500, "refund", original=payment.serial)
    before = bench.balances()
    assert bench.step(item_id)[:2] == ("refund", True)
    assert bench.carry(item_id).state == "closed"
    assert bench.moved(before) == {TRANSIT: (500, 0), CLEARING: (0, 500)}
    assert bench.world.payable(payment.ref, account_no=payment.account_no) == ("open", 2_000, False)
    assert bench.carry(item_id).state == "closed"
    assert bench.moved(before) == {TRANSIT: (500, 0), CLEARING: (0, 500)}


def test_a_part_above_what_is_left_is_a_shortage_for_two_people(bench: Bench):
    payment = bench.pay(2_500)
    bench.cut()
    bench.world.refund(f"Q{payment.serial}", payment.serial, 2_100)
    item_id = bench.theirs(f"R{payment.serial}", 500, "refund", original=payment.serial)
    before = bench.balances()
    assert bench.step(item_id)[:2] == ("suspend", False)
    bench.approved(item_id, "suspend")
    assert bench.moved(before) == {SHORT: (500, 0), CLEARING: (0, 500)}
    assert bench.postings(item_id) == [("suspend", SHORT, CLEARING, 500, "maker01", "checker01")]


def test_a_sale_they_list_as_void_is_refunded(bench: Bench):
    payment = bench.pay(600)
    bench.cut()
    item_id = bench.differs("status", payment, theirs_kind="void", theirs_fen=600)
    before = bench.balances()
    assert bench.step(item_id)[:2] == ("refund", True)
    assert bench.carry(item_id).state == "closed"
    assert bench.moved(before) == {CLEARING: (0, 600), TRANSIT: (600, 0)}


def test_a_return_they_list_as_a_sale_is_told(bench: Bench):
    payment = bench.pay(600)
    bench.world.reverse(f"V{payment.serial}", payment.serial, 600)
    bench.cut()
    item_id = bench.item("status", f"V{payment.serial}", payment_id=payment.id, ours_kind="void",
                         ours_fen=600, theirs_kind="sale", theirs_fen=600)  # fmt: skip
    assert bench.step(item_id)[:2] == ("tell", True)
    before = bench.balances()
    assert bench.carry(item_id).state == "waiting"
    assert bench.moved(before) == {}


def test_a_return_they_lack_is_told_and_not_refunded_again(bench: Bench):
    payment = bench.pay(650)
    bench.world.reverse(f"V{payment.serial}", payment.serial, 650)
    bench.cut()
    item_id = bench.item("ours_only", f"V{payment.serial}", payment_id=payment.id,
                         ours_kind="void", ours_fen=650, original=payment.serial)  # fmt: skip
    assert bench.step(item_id)[:2] == ("tell", True)


@pytest.mark.parametrize(("theirs", "moved"), [
    (1_100, {CLEARING: (100, 0), SUSPENSE: (0, 100)}),
    (900, {SHORT: (100, 0), CLEARING: (0, 100)}),
])  # fmt: skip
def test_of_another_amount_the_difference_stands_on_suspense(bench: Bench, theirs, moved):
    payment = bench.pay(1_000)
    bench.cut()
    item_id = bench.differs("amount", payment, theirs_kind="sale", theirs_fen=theirs)
    before = bench.balances()
    assert bench.step(item_id)[:2] == ("suspend", theirs > 1_000)
    done = bench.carry(item_id) if theirs > 1_000 else bench.approved(item_id, "suspend")
    assert done.state == "closed"
    assert bench.moved(before) == moved


def test_of_a_return_in_another_amount_the_difference_has_the_other_sign(bench: Bench):
    payment = bench.pay(1_000)
    bench.world.reverse(f"V{payment.serial}", payment.serial, 1_000)
    bench.cut()
    item_id = bench.item("amount", f"V{payment.serial}", payment_id=payment.id, ours_kind="void",
                         ours_fen=1_000, theirs_kind="refund", theirs_fen=900)  # fmt: skip
    before = bench.balances()
    assert bench.read(item_id).difference_fen == 100
    assert bench.carry(item_id).state == "closed"
    assert bench.moved(before) == {CLEARING: (100, 0), SUSPENSE: (0, 100)}


def test_their_fee_is_accepted_and_moves_nothing(bench: Bench):
    payment = bench.pay(1_000)
    bench.cut()
    item_id = bench.differs("fee", payment, theirs_kind="sale", theirs_fen=1_000,
                            ours_fee_fen=-6, theirs_fee_fen=-7)  # fmt: skip
    before = bench.balances()
    assert bench.step(item_id)[:2] == ("accept", True)
    assert bench.carry(item_id).state == "closed"
    assert bench.moved(before) == {}


def test_a_row_they_list_twice_stands_on_suspense_for_the_payer(bench: Bench):
    payment = bench.pay(1_500)
    bench.cut()
    item_id = bench.item("duplicate", payment.serial, payment_id=payment.id, nth=2,
                         theirs_kind="sale", theirs_fen=1_500)  # fmt: skip
    before = bench.balances()
    assert bench.step(item_id)[:2] == ("suspend", True)
    assert bench.carry(item_id).state == "closed"
    assert bench.moved(before) == {CLEARING: (1_500, 0), SUSPENSE: (0, 1_500)}


def test_what_a_repair_made_is_no_difference_of_the_next_day(bench: Bench):
    payment, (account_no, _) = bench.pay(300), bench.owe(400)
    bench.cut()
    lacking = bench.lacks(payment)
    having = bench.theirs(f"S{account_no}", 400, account_no=account_no)
    assert [bench.carry(item_id).state for item_id in (lacking, having)] == ["closed"] * 2
    booked = bench.world.value("SELECT payment_id FROM payment WHERE account_no = %s", account_no)
    bench.cut()
    before = bench.balances()
    ours = [
        bench.item("ours_only", f"RC{lacking}", payment_id=payment.id, ours_kind="refund",
                   ours_fen=300),
        bench.item("ours_only", f"S{account_no}", payment_id=booked, ours_kind="sale",
                   ours_fen=400),
    ]  # fmt: skip
    assert [bench.step(item_id)[:2] for item_id in ours] == [("accept", True)] * 2
    with pytest.raises(Refused) as refused:
        bench.approved(ours[1], "refund")
    assert refused.value.code is RepairCode.ACTION_NOT_POSSIBLE
    assert [bench.carry(item_id).state for item_id in ours] == ["closed"] * 2
    assert bench.moved(before) == {}


def test_a_late_charge_of_a_sale_on_suspense_is_for_people(bench: Bench):
    """The channel's money would stand twice: on suspense and as a payment."""
    account_no, ref = bench.owe(500)
    bench.cut()
    theirs = bench.theirs(f"S{account_no}", 500)  # no account in their file
    assert bench.carry(theirs).state == "closed"
    paid = bench.world.charge(f"S{account_no}", {ref: 500}, account_no=account_no)
    bench.cut()
    ours = bench.item("ours_only", f"S{account_no}", payment_id=paid.payment_id, ours_kind="sale",
                      ours_fen=500)  # fmt: skip
    assert bench.step(ours)[:2] == ("ask", False)
    before = bench.balances()
    assert bench.release(theirs) == 0
    assert bench.moved(before) == {SUSPENSE: (500, 0), CLEARING: (0, 500)}
    assert bench.step(ours)[:2] == ("accept", True)


def test_a_channel_whose_books_do_not_count_is_told_everything(bench: Bench):
    bench.world.channel("SHOP")
    bench.world.admit("SHOP", "WATER")
    bench.profile("SHOP", "channel", "ours")
    bench.cut()
    kinds = {
        "ours_only": {"ours_kind": "sale", "ours_fen": 5},
        "theirs_only": {"theirs_kind": "sale", "theirs_fen": 5},
        "status": {"ours_kind": "sale", "ours_fen": 5, "theirs_kind": "void", "theirs_fen": 5},
        "amount": {"ours_kind": "sale", "ours_fen": 5, "theirs_kind": "sale", "theirs_fen": 6},
        "duplicate": {"theirs_kind": "sale", "theirs_fen": 5, "nth": 2},
    }
    for kind, columns in kinds.items():
        assert bench.step(bench.item(kind, f"X{kind}", "SHOP", **columns))[:2] == ("tell", True)
    fee = bench.item("fee", "Xfee", "SHOP", ours_kind="sale", ours_fen=5, theirs_kind="sale",
                     theirs_fen=5)  # fmt: skip
    assert bench.step(fee)[:2] == ("ask", False)


@pytest.mark.parametrize("end", ["booked", "rejected"])
def test_a_sale_whose_charge_is_undecided_waits_for_its_end(bench: Bench, end):
    payment = bench.pay(1_700, "GAS", decided=False)
    bench.cut()
    item_id = bench.theirs(payment.serial, 1_700, account_no=payment.account_no)
    assert bench.carry(item_id).state == "doing"
    assert bench.carry(item_id).state == "doing"
    assert bench.acts(item_id) == ["begin", "wait"]
    bench.world.result(payment.id, end)
    before = bench.balances()
    assert bench.carry(item_id).state == "closed"
    kept = {CLEARING: (1_700, 0), SUSPENSE: (0, 1_700)}
    assert bench.moved(before) == ({} if end == "booked" else kept)


def test_a_biller_that_cannot_be_asked_now_is_asked_later(bench: Bench):
    account_no, _ = bench.owe(50, "GAS")
    bench.cut()
    item_id, before = bench.theirs(f"S{account_no}", 50, account_no=account_no), bench.balances()
    assert bench.carry(item_id).state == "open"
    assert bench.last_note(item_id).startswith("8003 BILLER_UNAVAILABLE")
    assert bench.step(item_id)[:2] == ("book", True)
    assert bench.moved(before) == {}


def test_a_sale_that_stands_here_in_another_amount_is_for_people(bench: Bench):
    account_no, ref = bench.owe(60)
    bench.world.charge(f"S{account_no}", {ref: 60}, account_no=account_no)
    bench.cut()
    item_id, before = bench.theirs(f"S{account_no}", 61, account_no=account_no), bench.balances()
    failed = bench.carry(item_id)
    assert (failed.state, failed.tries) == ("open", 1)
    assert bench.step(item_id)[:2] == ("book", False)
    assert bench.moved(before) == {}


def test_a_sale_that_is_booked_meanwhile_is_not_put_on_suspense_too(bench: Bench):
    account_no, ref = bench.owe(90)
    bench.cut()
    item_id = bench.theirs(f"S{account_no}", 90, account_no=account_no)
    bench.world.charge(f"S{account_no}", {ref: 90}, account_no=account_no)
    before = bench.balances()
    failed = bench.approved(item_id, "suspend")
    assert (failed.state, failed.decided_by) == ("open", None)
    assert bench.last_note(item_id) == "the serial stands here: booked"
    assert bench.moved(before) == {}
