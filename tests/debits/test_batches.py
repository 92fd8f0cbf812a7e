"""A batch from the biller's file to its result."""

from datetime import date
from typing import Any

import psycopg
import pytest

from tests.corebank.bench import TRANSIT
from tests.debits.bench import CHANNEL, DebitBench
from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.refused import Refused
from yifen.hub.corebank.codes import CoreCode
from yifen.trades.debits import proof
from yifen.trades.debits.codes import DebitCode
from yifen.trades.mandates.codes import MandateCode


def refused(call: Any, *args: Any) -> ResultCode:
    with pytest.raises(Refused) as found:
        call(*args)
    return found.value.code


def refusals(bench: DebitBench) -> list[tuple[int, str]]:
    """The newest first."""
    return bench.rows("SELECT code, name FROM debit_refusal ORDER BY refusal_id DESC")  # type: ignore[return-value]


def test_a_file_is_debited_booked_and_answered(bench: DebitBench):
    (first, card), (second, poor) = bench.payer(100_000, A=12_345), bench.payer(100, B=600)
    batch = bench.send(bench.written([(first, card, 12_345), (second, poor, 600)]))
    assert bench.run(batch) == "done"
    assert bench.items(batch) == [("booked", None, 12_345), ("failed", CoreCode.CORE_SHORT, 600)]
    assert bench.paid(first) == [(12_345, "taken", CHANNEL)]
    assert bench.paid(second) == []
    serial = bench.rows("SELECT serial FROM debit_item WHERE batch_id = %s AND place = 1", batch)[0][0]
    assert bench.posted(serial) == [(card, -12_345), (TRANSIT, 12_345)]
    assert bench.result(batch) == (f"202611|2|12945|1|12345|1|600|0001|20261123|\n{first}|{card}|12345||||0000|\n"
                                   f"{second}|{poor}|600||||0002|\n").encode()  # fmt: skip
    assert (bench.kept(), bench.altered()) == (0, [])


def test_the_same_file_is_the_same_batch_and_another_under_its_name_is_refused(bench: DebitBench):
    customer, card = bench.payer(5_000, A=100)
    data = bench.written([(customer, card, 100)])
    batch = bench.send(data, "DK-same.txt")
    assert bench.run(batch) == "done"
    assert bench.send(data, "DK-other-name.txt") == batch
    before = bench.books.balances()
    assert refused(bench.send, bench.written([(customer, card, 50)]), "DK-same.txt") is DebitCode.DEBIT_NAME_TAKEN
    assert (bench.run(batch), bench.books.balances(), len(bench.paid(customer))) == ("done", before, 1)
    assert refusals(bench)[0] == (DebitCode.DEBIT_NAME_TAKEN, "DK-same.txt")


@pytest.mark.parametrize(("was", "now", "code"), [
    (b"|1|100|", b"|2|100|", DebitCode.DEBIT_TOTALS_WRONG), (b"|1|100|", b"|1|99|", DebitCode.DEBIT_TOTALS_WRONG),
    (b"|0001|\n", b"\n", DebitCode.DEBIT_FILE_UNREADABLE),
])  # fmt: skip
def test_a_file_that_is_refused_debits_nothing_and_is_shown(bench: DebitBench, was: bytes, now: bytes, code: DebitCode):
    customer, card = bench.payer(5_000, A=100)
    data = bench.written([(customer, card, 100)])
    assert refused(bench.send, data.replace(was, now), "DK-bad.txt") is code
    assert refusals(bench)[0] == (code, "DK-bad.txt")
    assert (bench.rows("SELECT 1 FROM debit_item WHERE customer = %s", customer), bench.kept()) == ([], 0)


def test_each_row_that_the_checks_refuse_has_its_number_and_two_people_let_the_rest_go(bench: DebitBench):
    good, card = bench.payer(5_000, A=100)
    no_mandate, other = bench.customer(A=100), bench.card(5_000)
    paid, paid_card = bench.payer(5_000, A=100)
    bench.tap(bench.rows("SELECT number FROM mandate WHERE customer = %s", paid)[0][0], 100)
    batch = bench.send(bench.written([
        (good, card, 100), (no_mandate, other, 100), (good, other, 100), (good, card, 100), (paid, paid_card, 100),
        (bench.payer(5_000, A=100)[0], "", 99)]).replace(b"|99|", b"|99x").replace(b"|6|599|", b"|6|599|"))  # fmt: skip
    assert bench.run(batch) == "checked"
    assert [code for _, code, _ in bench.items(batch)] == [
        None, MandateCode.MANDATE_NONE, DebitCode.DEBIT_ACCOUNT_DIFFERS, DebitCode.DEBIT_TWICE,
        DebitCode.DEBIT_NOTHING_OPEN, DebitCode.DEBIT_ROW_WRONG]  # fmt: skip
    assert bench.kept() == 1
    bench.let_go(batch)
    assert bench.run(batch) == "done"
    assert [state for state, *_ in bench.items(batch)] == ["booked", *["refused"] * 5]
    assert bench.result(batch).startswith(b"202611|6|500|1|100|5|400|0001|20261123|\n")
    assert bench.altered() == []


def test_a_batch_that_warns_can_be_dropped_and_its_bills_are_anybodys_again(bench: DebitBench):
    customer, card = bench.payer(5_000, A=100)
    batch = bench.send(bench.written([(customer, card, 100), (customer, card, 100)]))
    assert (bench.run(batch), bench.kept()) == ("checked", 1)
    from yifen.trades.debits import files

    files.drop(bench.web, bench.session, batch, bench.clock())
    assert (bench.run(batch), bench.kept()) == ("dropped", 0)
    assert bench.altered() == []


def test_one_account_for_three_meters_with_money_for_two_pays_by_due_day_then_by_the_files_order(bench: DebitBench):
    card = bench.card(250)
    customers = [bench.customer(A=100) for _ in range(3)]
    for customer in customers:
        bench.sign(customer, card, batch=True)
    bench.owner("UPDATE payable SET due_on = due_on + 1 WHERE account_no = %s", customers[0])
    batch = bench.send(bench.written([(customer, card, 100) for customer in customers]))
    assert bench.run(batch) == "done"
    assert [(state, code) for state, code, _ in bench.items(batch)] == [
        ("failed", CoreCode.CORE_SHORT), ("booked", None), ("booked", None)]
    assert bench.altered() == []


def test_a_mandate_that_ends_between_file_and_debit_fails_its_row(bench: DebitBench):
    (ended, card), (limited, other) = bench.payer(5_000, A=100), bench.payer(5_000, A=100)
    batch = bench.send(bench.written([(ended, card, 100), (limited, other, 100)]))
    assert bench.checked(batch) == "waiting"
    numbers = dict(bench.rows("SELECT customer, number FROM mandate WHERE customer IN (%s, %s)", ended, limited))
    bench.end(numbers[ended])
    bench.change(numbers[limited], once_fen=99)
    assert bench.run(batch) == "done"
    assert [code for _, code, _ in bench.items(batch)] == [MandateCode.MANDATE_ENDED, MandateCode.MANDATE_OVER_ONCE]
    assert (bench.kept(), bench.altered()) == (0, [])


def test_a_bill_is_paid_once_whoever_comes_first_the_counter_or_the_batch(bench: DebitBench):
    (first, card), (second, other) = bench.payer(5_000, A=100), bench.payer(5_000, A=100)
    batch = bench.send(bench.written([(first, card, 100), (second, other, 100)]))
    assert bench.charged(first, "A", 100) is Code.OK  # the counter first
    assert bench.run(batch) == "checked"
    assert [code for _, code, _ in bench.items(batch)] == [DebitCode.DEBIT_NOTHING_OPEN, None]
    assert bench.charged(second, "A", 100) is Code.PAYABLE_HELD  # the batch first
    bench.let_go(batch)
    assert bench.run(batch) == "done"
    assert bench.charged(second, "A", 100) is Code.ALREADY_PAID
    assert [len(bench.paid(one)) for one in (first, second)] == [1, 1]
    assert (bench.kept(), bench.altered()) == (0, [])


@pytest.mark.parametrize("meets", ["lost", "late", "garbage", "forged", "slow", "drop"])
def test_a_lost_answer_about_a_pack_is_asked_for_and_nobody_pays_twice(bench: DebitBench, meets: str):
    customer, card = bench.payer(5_000, A=100, B=200)
    batch = bench.send(bench.written([(customer, card, 100), (customer, card, 200)]).replace(b"", b""))
    bench.run(batch)
    if bench.items(batch)[1][0] == "refused":  # a row without a reference asks for the oldest bills
        bench.let_go(batch)
    bench.run(batch, meets, turns=3)
    assert bench.run(batch) == "done"
    assert [line[1] for line in bench.posted(f"DB{batch:010d}-0000001")] == [-100, 100]
    assert (bench.kept(), bench.altered()) == (0, [])


def test_what_the_hub_will_not_have_goes_back_to_the_account(bench: DebitBench):
    customer, card = bench.payer(5_000, A=100)
    batch = bench.send(bench.written([(customer, card, 100)]))
    bench.checked(batch)
    bench.owner("UPDATE payable SET state = 'withdrawn' WHERE account_no = %s", customer)
    assert bench.run(batch) == "done"
    assert bench.items(batch) == [("failed", Code.PAYABLE_WITHDRAWN, 100)]
    assert bench.books.balances()[card] == 5_000
    assert (bench.kept(), bench.altered()) == (0, [])


def test_what_failed_is_tried_again_once_and_nothing_else_with_the_link_to_its_serial(bench: DebitBench):
    from yifen.trades.debits import files

    (rich, card), (poor, other) = bench.payer(5_000, A=100), bench.payer(50, A=100)
    batch = bench.send(bench.written([(rich, card, 100), (poor, other, 100)]))
    assert bench.run(batch) == "done"
    retry = files.again(bench.web, bench.session, batch, bench.clock())
    assert refused(files.again, bench.web, bench.session, batch, bench.clock()) is DebitCode.DEBIT_AGAIN_NONE
    bench.books.accounts[other].balance_fen = 500
    assert bench.run(retry) == "done"
    assert bench.rows("SELECT i.place, i.state, i.again_of, i.tries FROM debit_item i WHERE batch_id = %s", retry) == [
        (2, "booked", f"DB{batch:010d}-0000002", 1)]
    assert bench.result(retry) == f"202611|1|100|1|100|0|0|0001|20261123|\n{poor}|{other}|100||||0000|\n".encode()
    assert bench.items(batch) == [("booked", None, 100), ("failed", CoreCode.CORE_SHORT, 100)]
    assert [len(bench.paid(one)) for one in (rich, poor)] == [1, 1]
    assert bench.altered() == []


def test_a_period_of_open_bills_makes_a_batch_of_those_with_a_mandate(bench: DebitBench):
    from yifen.trades.debits import files

    customer, card = bench.payer(5_000, A=70, B=80)
    bench.owner("UPDATE payable SET due_on = '2027-03-05' WHERE account_no IN (%s, %s)", customer, bench.customer(A=5))
    batch = files.build(bench.web, bench.session, bench.biller, date(2027, 3, 1), date(2027, 3, 31), bench.clock())
    assert bench.run(batch) == "done"
    assert [(state, fen) for state, _, fen in bench.items(batch)] == [("booked", 70), ("booked", 80)]
    assert bench.result(batch) == (f"|2|150|2|150|0|0||20261123|\n{customer}|{card}|70||||0000|\n"
                                   f"{customer}|{card}|80||||0000|\n").encode()  # fmt: skip
    assert bench.altered() == []


def test_outside_of_the_banks_window_nothing_is_debited(bench: DebitBench):
    bench.rule(opens_at="01:00", closes_at="01:30")
    customer, card = bench.payer(5_000, A=100)
    batch = bench.send(bench.written([(customer, card, 100)]))
    assert (bench.run(batch), bench.books.balances()[card], bench.kept()) == ("waiting", 5_000, 1)
    bench.rule()
    from yifen.trades.debits import files

    files.drop(bench.web, bench.session, batch, bench.clock())


def test_a_payment_that_is_taken_back_later_goes_back_to_the_account(bench: DebitBench):
    from yifen.core.wire.messages import Reverse
    from yifen.trades.debits.running import give_back

    customer, card = bench.payer(5_000, A=100)
    batch = bench.send(bench.written([(customer, card, 100)]))
    assert bench.run(batch) == "done"
    before = bench.result(batch)
    asked = Reverse(serial="RV-1", original_serial=f"DB{batch:010d}-0000001", amount_fen=100)
    code, _ = bench.hub.give_back(CHANNEL, asked)
    assert code is Code.OK
    give_back(bench.sides(), bench.clock())
    assert bench.books.balances()[card] == 5_000
    assert (bench.result(batch), bench.altered()) == (before, [])


def test_who_changes_what_was_debited_is_named(bench: DebitBench):
    customer, card = bench.payer(5_000, A=100)
    batch = bench.send(bench.written([(customer, card, 100)]))
    bench.run(batch)
    for change, why in (
        ("UPDATE debit_item SET amount_fen = 99 WHERE batch_id = %s", "has bills of another sum"),
        ("UPDATE debit_item SET state = 'failed', code = 8940, payment_id = NULL WHERE batch_id = %s",
         "failed, and its move at the core is done"),
        ("UPDATE debit_batch SET rows = 2 WHERE batch_id = %s", "has items of another number or sum"),
        ("UPDATE debit_batch SET proposal_id = 0 WHERE batch_id = %s", "was let go by nobody"),
        ("UPDATE payable SET kept_for = (SELECT b.channel_id || '|' || i.serial FROM debit_item i JOIN debit_batch b"
         " USING (batch_id) WHERE b.batch_id = %s)", "of which no item is under way"),
    ):  # fmt: skip
        with psycopg.connect(bench.place.database.super_url) as owner:
            owner.execute("SET session_replication_role = replica")
            owner.execute(change, (batch,))
            found = proof.altered(owner)
            owner.rollback()
        assert any(why in one for one in found), (why, found)
    assert bench.altered() == []
