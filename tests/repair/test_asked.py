"""The night's role itself, taken over: it says `doing` of whatever item, and calls the money functions.
A payment moves only as two people or the partner's policy let this very difference move it."""

import psycopg
import pytest
from psycopg import errors

from tests.repair.bench import Bench, Payment
from yifen.core.facts.codes import Code
from yifen.hub.payments.calls import CALLS, ChargeWork, ResultWork, ReturnWork, unpack
from yifen.trades.reconciliation.proof import altered
from yifen.trades.reconciliation.repair.words import ItemState

WRONG = "no difference asks that payment"


def doing(bench: Bench, item_id: int, action: str) -> None:
    bench.night.execute("UPDATE recon_item SET state = 'doing', action = %s WHERE item_id = %s",
                        (action, item_id))  # fmt: skip


def refused(bench: Bench, work: object, bucket: int = 0) -> None:
    before = bench.everything()
    statement, pack = CALLS[type(work)]
    with pytest.raises(errors.InsufficientPrivilege, match=WRONG):
        bench.night.execute(statement, pack(bucket, bench.now, [work], 1))  # type: ignore[list-item]
    assert bench.everything() == before


def back(bench: Bench, payment: Payment, item_id: int, fen: int | None = None) -> ReturnWork:
    return bench.world.return_work("refund", f"RC{item_id}", payment.serial, fen or payment.fen)


@pytest.fixture
def lacking(bench: Bench) -> tuple[Payment, int]:
    """A refund above the limit of what goes by itself."""
    payment = bench.pay(200_000)
    bench.cut()
    return payment, bench.lacks(payment)


def test_a_refund_that_nobody_decided(bench: Bench, lacking: tuple[Payment, int]):
    payment, item_id = lacking
    refused(bench, back(bench, payment, item_id))
    doing(bench, item_id, "refund")
    refused(bench, back(bench, payment, item_id))
    refused(bench, bench.world.return_work("refund", "ANY1", payment.serial, payment.fen))


def test_a_refund_of_which_the_words_are_about_something_else(bench: Bench, lacking: tuple[Payment, int]):
    payment, item_id = lacking
    bench.agreed(item_id, "tell")
    doing(bench, item_id, "refund")
    refused(bench, back(bench, payment, item_id))
    other = bench.pay(300)  # another payment than the one that was decided on
    bench.cut()
    right = bench.lacks(bench.pay(200_001))
    bench.cut()
    bench.agreed(right, "refund")
    refused(bench, back(bench, other, right))
    assert bench.carry(right).state is ItemState.CLOSED


def test_what_a_policy_lets_go_ends_at_its_limit(bench: Bench):
    payments = [bench.pay(fen) for fen in (100_000, 100_001)]
    bench.cut()
    run = bench.run(day=bench.item_day)
    within, above = (bench.lacks(payment, run_id=run) for payment in payments)
    doing(bench, above, "refund")
    refused(bench, back(bench, payments[1], above))
    assert bench.carry(within).state is ItemState.CLOSED


def test_a_file_that_lacks_many_gives_nothing_back_by_itself(bench: Bench):
    payments = [bench.pay(100 + n) for n in range(21)]
    bench.cut()
    run = bench.run(day=bench.item_day)
    items = [bench.lacks(payment, run_id=run) for payment in payments]
    doing(bench, items[0], "refund")
    refused(bench, back(bench, payments[0], items[0]))


def test_nobody_but_a_run_says_that_a_difference_is_gone(bench: Bench):
    """What is gone counts no longer: so twenty of the twenty-one would go by themselves."""
    payments = [bench.pay(100 + n) for n in range(21)]
    bench.cut()
    run = bench.run(day=bench.item_day)
    items = [bench.lacks(payment, run_id=run) for payment in payments]
    doing(bench, items[0], "refund")
    for word in ("gone", "cross_day", "rule", "group", "arrived"):
        for closed in ("state = 'closed', closed_at = now(), ", ""):
            with pytest.raises(errors.InsufficientPrivilege, match=f"item {items[1]}: {word} is found out by a run"):
                bench.night.execute(f"UPDATE recon_item SET {closed}closed_by = '{word}' WHERE item_id = {items[1]}")
    refused(bench, back(bench, payments[0], items[0]))
    bench.world.set_up("UPDATE recon_item SET closed_by = 'gone' WHERE item_id = %s", items[1])
    with pytest.raises(errors.InsufficientPrivilege, match=f"item {items[1]}: gone is found out by a run"):
        bench.night.execute("UPDATE recon_item SET closed_by = NULL WHERE item_id = %s", (items[1],))
    assert bench.carry(items[0]).state is ItemState.CLOSED


def test_a_difference_takes_back_once_under_whatever_serial(bench: Bench):
    """Of a part of a payment, which leaves enough for more; a try that was refused used its serial up."""
    payment = bench.pay(10_000)
    bench.cut()
    item_id = bench.theirs(f"BACK{payment.serial}", 1_000, "refund", original=payment.serial)
    doing(bench, item_id, "refund")

    def again(serial: str) -> ReturnWork:
        return bench.world.return_work("refund", serial, payment.serial, 1_000)

    for serial in (f"RC0{item_id}", f"RC{item_id}-0", f"RC{item_id}-01", f"RC{item_id}-", f"RC{item_id}-1-1"):
        refused(bench, again(serial))  # one item has one number
    statement, pack = CALLS[ReturnWork]
    works = [again(f"RC{item_id}-2"), again(f"RC{item_id}-3")]
    booked = unpack(bench.night.execute(statement, pack(0, bench.now, works, 1)).fetchall())
    assert [one.code for one in booked] == [Code.OK, Code.BUSY]
    for serial in (f"RC{item_id}", f"RC{item_id}-1", f"RC{item_id}-3", f"RC{item_id}-77"):
        refused(bench, again(serial))
    returns = "SELECT serial, amount_fen FROM payment_return WHERE payment_id = %s"
    assert bench.world.rows(returns, payment.id) == [(f"RC{item_id}-2", 1_000)]
    other = bench.theirs(f"MORE{payment.serial}", 1_000, "refund", original=payment.serial)
    doing(bench, other, "refund")  # another difference of the same payment is one of its own
    bench.night.execute(statement, pack(0, bench.now, [again(f"RC{other}")], 1))
    with psycopg.connect(bench.database.super_url) as conn:
        told = f"recon_item {item_id} took payment {payment.id} back 2 times, 2000 fen"
        mine = [line for line in altered(conn) if "took payment" in line]
        conn.execute("INSERT INTO payment_return SELECT bucket, payment_id, verb, channel_id, %s, amount_fen, reason,"
                     " business_day, booked_at, left_fen FROM payment_return WHERE serial = %s",
                     (f"RC{item_id}-9", f"RC{item_id}-2"))  # fmt: skip
        assert (mine, [line for line in altered(conn) if "took payment" in line]) == ([], [told])
        conn.rollback()


def test_a_difference_that_moved_money_is_not_opened_again(bench: Bench):
    """So that no run finds it gone, and the day has room for another one."""
    account_no, ref = bench.owe(700)
    payment = bench.pay(10_000)
    serial = f"T{account_no}"
    bench.cut()
    lacked = bench.theirs(serial, 700, account_no=account_no)
    given = bench.theirs(f"BACK{serial}", 1_000, "refund", original=payment.serial)
    works = {lacked: bench.world.charge_work(serial, {ref: 700}, account_no=account_no),
             given: bench.world.return_work("refund", f"RC{given}", payment.serial, 1_000)}  # fmt: skip
    for item_id, work in works.items():
        doing(bench, item_id, "book" if item_id == lacked else "refund")
        bench.night.execute("UPDATE recon_item SET state = 'open' WHERE item_id = %s", (item_id,))
        doing(bench, item_id, "book" if item_id == lacked else "refund")
        statement, pack = CALLS[type(work)]
        bench.night.execute(statement, pack(0, bench.now, [work], 1))  # type: ignore[list-item]
        for otherwise in ("state = 'open'", "state = 'waiting'", "state = 'proposed'", "action = 'suspend'"):
            with pytest.raises(errors.RestrictViolation, match=f"item {item_id} moved money"):
                bench.night.execute(f"UPDATE recon_item SET {otherwise} WHERE item_id = {item_id}")
    assert bench.world.reverse(f"R{serial}", serial, 700).code == Code.OK  # by the channel itself: for people
    bench.night.execute("UPDATE recon_item SET state = 'open' WHERE item_id = %s", (lacked,))


def test_a_difference_is_booked_once(bench: Bench):
    """A channel's serial has one home and one payment, so no second item nor call books it again."""
    account_no, ref = bench.owe(1_400, mode="partial")
    serial = f"T{account_no}"
    bench.cut()
    work = bench.world.charge_work(serial, {ref: 700}, account_no=account_no)
    item_id = bench.theirs(serial, 700, account_no=account_no)
    bench.another_day()
    for one in (item_id, bench.theirs(serial, 700, account_no=account_no)):
        doing(bench, one, "book")
    statement, pack = CALLS[ChargeWork]
    elsewhere = list(pack(0, bench.now, [work], 1))
    elsewhere[4] = "{1}"  # the home of its serial
    with pytest.raises(errors.InvalidParameterValue, match="in another bucket than its own"):
        bench.night.execute(statement, elsewhere)
    later = bench.world.charge_work(serial, {ref: 700}, account_no=account_no, paid_at=bench.now)
    answers = [unpack(bench.night.execute(statement, pack(0, bench.now, [one], 1)).fetchall())[0]
               for one in (work, work, later)]  # fmt: skip
    assert [(one.code, one.repeated) for one in answers] == [
        (Code.OK, False), (Code.OK, True), (Code.SERIAL_REUSED, True)]  # fmt: skip
    assert bench.world.rows("SELECT amount_fen FROM payment WHERE serial = %s", serial) == [(700,)]


def test_of_a_call_the_one_that_nothing_asks_for_is_named_and_none_is_moved(bench: Bench):
    """Each of a call is asked for by itself, however many go together."""
    payments = [bench.pay(fen) for fen in (300, 400, 500)]
    bench.cut()
    run = bench.run(day=bench.item_day)
    items = [bench.lacks(payment, run_id=run) for payment in payments]
    for item_id in (items[0], items[2]):
        doing(bench, item_id, "refund")
    works = [back(bench, payment, item_id) for payment, item_id in zip(payments, items, strict=True)]
    statement, pack = CALLS[ReturnWork]
    before = bench.everything()
    with pytest.raises(errors.InsufficientPrivilege, match=f"{WRONG} {payments[1].id} is taken back"):
        bench.night.execute(statement, pack(0, bench.now, works, 1))
    assert bench.everything() == before
    bench.night.execute(statement, pack(0, bench.now, [works[0], works[2]], 1))
    assert [bench.world.states(payment.id)[0] for payment in payments] == ["refunded", "taken", "refunded"]


def test_what_the_differences_of_a_day_share_is_asked_once_for_all_of_a_call(bench: Bench):
    """And not once for each of them, which took a second for every thousand."""
    payments = [bench.pay(100 + n) for n in range(3)]
    bench.cut()
    run = bench.run(day=bench.item_day)
    items = [bench.lacks(payment, run_id=run) for payment in payments]
    for item_id in items:
        doing(bench, item_id, "refund")
    statement, pack = CALLS[ReturnWork]
    works = [back(bench, payment, item_id) for payment, item_id in zip(payments, items, strict=True)]
    calls = "SELECT pg_stat_get_xact_function_calls('recon_day_whole_v1(bigint,date)'::regprocedure)"
    with psycopg.connect(bench.database.super_url) as conn:
        conn.execute("SET track_functions = 'all'")
        conn.execute("SET SESSION AUTHORIZATION yifen_night")
        conn.execute(statement, pack(0, bench.now, works, 1))
        conn.execute("RESET SESSION AUTHORIZATION")
        assert conn.execute(calls).fetchone() == (1,)
    assert bench.world.states(payments[0].id)[0] == "refunded"


def test_a_biller_that_policy_leaves_to_people(bench: Bench):
    """A hosted biller's file says nothing of money: no refund by itself."""
    payment = bench.pay(500)
    bench.cut()
    item_id = bench.lacks(payment, "WATER")
    doing(bench, item_id, "refund")
    refused(bench, back(bench, payment, item_id))


@pytest.mark.parametrize("wrong", ["unasked", "amount", "account", "for people"])
def test_a_sale_that_no_file_has_is_not_booked(bench: Bench, wrong: str):
    account_no, ref = bench.owe(700)
    serial = f"T{account_no}"
    bench.cut()
    work = bench.world.charge_work(serial, {ref: 700}, account_no=account_no)
    if wrong != "unasked":
        item_id = bench.theirs(serial, 701 if wrong == "amount" else 700,
                               account_no="OTHER" if wrong == "account" else account_no)  # fmt: skip
        if wrong == "for people":
            bench.profile("WX", "channel", "theirs")
            bench.policy("WX", "theirs_only", "book", False)
        doing(bench, item_id, "book")
    try:
        refused(bench, work)
    finally:
        bench.world.run("DELETE FROM recon_policy")
        bench.world.run("DELETE FROM recon_profile")


def test_a_payment_is_not_decided_for_a_biller_whose_file_says_otherwise(bench: Bench):
    payment = bench.pay(900, "GAS", decided=False)
    bench.cut()
    refused(bench, ResultWork(payment.id, "booked"))
    item_id = bench.lacks(payment, "GAS")
    doing(bench, item_id, "resolve")
    refused(bench, ResultWork(payment.id, "booked"))  # their file lacks it
    assert bench.carry(item_id).biller_state == "rejected"
