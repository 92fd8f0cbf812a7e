"""退单 and the night, with files as channels send them: theirs that we lack is booked, ours that they lack is told."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.conftest import NewBench
from tests.repair.bench import NIGHT, Bench, Payment
from tests.repair.test_days import Days, line
from yifen.core.facts.codes import Code
from yifen.hub.payments.verify import verify
from yifen.trades.reconciliation.chargebacks import carrying, rules
from yifen.trades.reconciliation.codes import ChargebackCode
from yifen.trades.reconciliation.repair import queries

CLEARING, TRANSIT = "1121.WX", "2241.WATER"


@pytest.fixture
def days(new_bench: NewBench) -> Iterator[Days]:
    bench = new_bench()
    yield Days(bench)
    bench.close()


def agreed(bench: Bench, payment: Payment, fen: int, left: int | None = None) -> Any:
    """Two people's word on it: the code, and the chargeback's number."""
    content = {"payment": payment.id, "fen": fen, "left": payment.fen if left is None else left,
               "reason": "denied", "note": "来函 7 号"}  # fmt: skip
    with bench.conn.transaction():
        bench.world.two_people("payments.chargeback", str(payment.id), content, bench.world.ids["WATER"])
        return bench.world.rows("SELECT code, chargeback FROM recon_chargeback_v1(%s, %s)", payment.id, NIGHT)[0]


def carried(bench: Bench, chargeback: int) -> str:
    return carrying.carry_out(bench.night, bench.hub, chargeback, NIGHT)


def returns(bench: Bench, payment: Payment) -> list[tuple[Any, ...]]:
    return bench.world.rows("SELECT verb::text, serial, amount_fen, reason FROM payment_return"
                            " WHERE payment_id = %s ORDER BY left_fen DESC", payment.id)  # fmt: skip


def left(bench: Bench) -> list[tuple[Any, ...]]:
    return [(row.kind, row.serial, row.action, row.state) for row in queries.work_list(bench.conn, NIGHT.date(), None)]


def test_a_whole_one_of_today_is_a_reversal_under_its_own_serial_and_sent_twice_is_one(days: Days):
    bench = days.bench
    payment = bench.pay(700)
    before = bench.balances()
    code, number = agreed(bench, payment, 700)
    assert code == 0
    assert agreed(bench, payment, 700)[0] == ChargebackCode.CHARGEBACK_UNDER_WAY
    assert [carried(bench, number), carried(bench, number)] == ["done", "done"]
    assert returns(bench, payment) == [("reverse", f"CB{number}", 700, "退单：持卡人否认；来函 7 号")]
    assert bench.moved(before) == {CLEARING: (0, 700), TRANSIT: (700, 0)}
    assert verify(bench.conn).problems == []


def test_parts_of_a_closed_day_go_back_until_nothing_is_left_and_each_is_of_what_was_shown(days: Days):
    bench = days.bench
    payment = bench.pay(1_000)
    bench.cut()
    assert carried(bench, agreed(bench, payment, 300)[1]) == "done"
    assert agreed(bench, payment, 300)[0] == Code.AMOUNT_ABOVE_LEFT  # 1,000 was shown, 700 is left
    number = agreed(bench, payment, 700, left=700)[1]
    assert carried(bench, number) == "done"
    assert [row[2] for row in returns(bench, payment)] == [300, 700]
    assert bench.world.states(payment.id)[0] == "refunded"


def test_a_refusal_is_kept_with_its_code_and_moves_nothing(days: Days):
    bench = days.bench
    payment = bench.pay(900)
    number = agreed(bench, payment, 400)[1]  # past the pages' own check: today it goes back whole only
    before, serials = bench.world.money(), bench.world.serials()
    assert carried(bench, number) == "refused"
    assert carrying.of_payment(bench.conn, payment.id)[0].code == Code.ORIGINAL_MISMATCH
    assert bench.world.money() == before
    assert bench.world.serials() == serials | {f"CB{number}": ("reverse", Code.ORIGINAL_MISMATCH)}


def test_the_cut_between_agreeing_and_sending_makes_it_a_refund(days: Days):
    bench = days.bench
    payment = bench.pay(800)
    number = agreed(bench, payment, 800)[1]
    bench.cut()
    assert carried(bench, number) == "done"
    assert [row[:3] for row in returns(bench, payment)] == [("refund", f"CB{number}-1", 800)]


def test_the_night_ends_those_whose_job_got_no_answer(days: Days):
    bench = days.bench
    payments = [bench.pay(800), bench.pay(900)]
    for payment in payments:
        agreed(bench, payment, payment.fen)
    bench.cut()
    carrying.carry_unfinished(bench.night, bench.hub, NIGHT, 1)
    assert [bench.world.states(payment.id)[0] for payment in payments] == ["refunded", "refunded"]
    assert carrying.unfinished(bench.conn) == []


def test_without_two_people_nothing_is_written(days: Days):
    bench = days.bench
    payment, other = bench.pay(800), bench.pay(900)
    alone = "SELECT code FROM recon_chargeback_v1(%s, %s)"
    assert bench.world.value(alone, payment.id, NIGHT) == Code.AUTHORISATION_INVALID
    with bench.conn.transaction():
        bench.world.two_people("payments.chargeback", str(other.id), {"payment": other.id, "fen": 900, "left": 900,
                               "reason": "funds", "note": ""}, bench.world.ids["WATER"])  # fmt: skip
        assert bench.world.value(alone, payment.id, NIGHT) == Code.AUTHORISATION_INVALID
        assert bench.world.value(alone, other.id, NIGHT) == 0
        assert bench.world.value(alone, other.id, NIGHT) == Code.AUTHORISATION_INVALID  # one word, one chargeback
    with psycopg.connect(bench.database.url("yifen_web")) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("UPDATE recon_chargeback SET amount_fen = 1")


def test_a_part_in_their_file_that_we_lack_is_booked_by_itself_twice_where_they_gave_two(days: Days):
    bench = days.bench
    payment, today = bench.pay(1_000), bench.day
    bench.cut()
    day = days.agreed_day()
    lines = [*days.of("WX"), line("TK1", 300, day, "refund", original=payment.serial),
             line("TK2", 300, day, "refund", original=payment.serial)]  # fmt: skip
    before = bench.balances()
    assert today < day
    assert days.reconcile(lines, day).differences == {"theirs_only": 2}
    assert days.work_off().closed == 2
    assert bench.moved(before) == {CLEARING: (0, 600), TRANSIT: (600, 0)}
    days.reconcile([*lines, line("X", 1, day, account="NOBODY")], day)  # the file again, corrected
    days.work_off()
    assert [row[2] for row in returns(bench, payment)] == [300, 300]
    third = days.agreed_day()
    assert days.reconcile(days.of("WX"), third).differences == {"ours_only": 2}  # our own numbers, on our own day
    assert days.work_off().closed == 2
    assert left(bench) == []


def test_a_part_of_the_open_day_waits_for_the_cut(days: Days):
    bench = days.bench
    payment = bench.pay(1_000)
    item = bench.theirs("TK3", 300, "refund", original=payment.serial, business_day=bench.day)
    assert bench.step(item)[:2] == ("wait", False)
    bench.cut()
    assert bench.carry(item).state == "closed"
    assert [row[2] for row in returns(bench, payment)] == [300]


def test_what_paid_ahead_and_was_used_stays_with_a_person_and_says_why(days: Days):
    bench = days.bench
    account_no, ref = bench.owe(0, mode="open")
    payment = Payment(bench.world.charge(f"S{account_no}", {ref: 1_000}, account_no=account_no).payment_id,
                      f"S{account_no}", account_no, ref, 1_000)  # fmt: skip
    with psycopg.connect(bench.database.super_url) as conn:
        conn.execute("UPDATE payable SET balance_fen = 200 WHERE account_no = %s", (account_no,))
    bench.cut()
    day = days.agreed_day()
    lines = [*days.of("WX"), line("TK4", 300, day, "refund", original=payment.serial),
             line("TK5", 100, day, "refund", original=payment.serial)]  # fmt: skip
    days.reconcile(lines, day)
    days.work_off()
    assert left(bench) == [("theirs_only", "TK4", None, "open")]
    item = queries.work_list(bench.conn, NIGHT.date(), None)[0].item_id
    assert "7011 PREPAID_USED" in [row[0] for row in bench.world.rows(
        "SELECT note FROM recon_act WHERE item_id = %s", item)]  # fmt: skip
    assert bench.step(item)[:2] == ("refund", False)
    assert [row[2] for row in returns(bench, payment)] == [100]
    found = carrying.find(bench.conn, payment.id)  # what the form says before two people decide
    assert found is not None
    assert (found.left_fen, found.may_fen) == (900, 100)
    assert [rules.refusal(found, fen) for fen in (100, 101, 901)] == [None, Code.PREPAID_USED, Code.AMOUNT_ABOVE_LEFT]
    number = agreed(bench, payment, 500, left=900)[1]
    assert carried(bench, number) == "refused"
    assert carrying.of_payment(bench.conn, payment.id)[0].code == Code.PREPAID_USED


@pytest.mark.parametrize("fen", [1_000, 400], ids=["whole", "part"])
def test_one_of_ours_that_their_file_lacks_is_told_and_not_undone(days: Days, fen):
    bench = days.bench
    payment = bench.pay(1_000)
    bench.cut()
    number = agreed(bench, payment, fen)[1]
    carried(bench, number)
    day = days.agreed_day()
    assert days.reconcile(days.of("WX"), day).differences == {"ours_only": 1}
    before = bench.balances()
    assert days.work_off() == (0, 1, 0, 0, 0)
    assert bench.moved(before) == {}
    assert left(bench) == [("ours_only", f"CB{number}", "tell", "waiting")]
    assert [row[2] for row in returns(bench, payment)] == [fen]
    given = (number, "maker01", "WX-R-9", NIGHT)
    assert carrying.of_payment(bench.conn, payment.id)[0].is_due
    carrying.given_outside(bench.conn, *given)
    assert not carrying.of_payment(bench.conn, payment.id)[0].is_due


@pytest.mark.parametrize("fen", [1_000, 400], ids=["whole", "part"])
def test_one_of_ours_that_their_file_has_under_a_number_of_theirs_is_one_and_given_once(days: Days, fen):
    bench = days.bench
    payment = bench.pay(1_000)
    bench.cut()
    carried(bench, agreed(bench, payment, fen)[1])
    day = days.agreed_day()
    lines = [*days.of("WX"), line("TK6", fen, day, "refund", original=payment.serial)]
    assert days.reconcile(lines, day).differences == {"ours_only": 1, "theirs_only": 1}
    before = bench.balances()
    assert days.work_off() == (2, 0, 0, 0, 0)
    assert bench.moved(before) == {}
    assert left(bench) == []
    assert [row[2] for row in returns(bench, payment)] == [fen]


def test_of_two_lines_of_theirs_and_one_chargeback_of_ours_the_second_is_booked(days: Days):
    bench = days.bench
    payment = bench.pay(1_000)
    bench.cut()
    carried(bench, agreed(bench, payment, 400)[1])
    day = days.agreed_day()
    days.reconcile([*days.of("WX"), line("TK7", 400, day, "refund", original=payment.serial),
                    line("TK8", 400, day, "refund", original=payment.serial)], day)  # fmt: skip
    days.work_off()
    assert left(bench) == []
    assert [row[2] for row in returns(bench, payment)] == [400, 400]
    assert verify(bench.conn).problems == []


def next_number(bench: Bench) -> int:
    return bench.world.value("SELECT coalesce(max(chargeback_id), 0) + 1 FROM recon_chargeback")


def test_a_serial_that_the_channel_used_before_ends_no_chargeback(days: Days):
    bench = days.bench
    for used in ("reversal", "charge", "refused", "tombstone", "of-the-payment"):
        payment, other = bench.pay(70_000), bench.pay(100)
        serial = f"CB{next_number(bench)}"
        if used == "charge":
            account_no, ref = bench.owe(100)
            bench.world.charge(serial, {ref: 100}, account_no=account_no)
        elif used == "tombstone":
            bench.world.reverse("X1", serial, 1)
        else:
            original, fen = {"reversal": (other.serial, 100), "refused": (other.serial, 1),
                             "of-the-payment": (payment.serial, 1)}[used]  # fmt: skip
            bench.world.reverse(serial, original, fen)
        number = agreed(bench, payment, 70_000)[1]
        assert (used, carried(bench, number)) == (used, "done")
        assert [row[:3] for row in returns(bench, payment)] == [("reverse", f"CB{number}-1", 70_000)]
    assert verify(bench.conn).problems == []


def test_verify_names_a_chargeback_that_is_done_without_its_return(days: Days):
    bench = days.bench
    payment = bench.pay(70_000)
    number = agreed(bench, payment, 70_000)[1]
    with psycopg.connect(bench.database.owner_url) as conn:
        conn.execute("UPDATE recon_chargeback SET state = 'done', code = 0, ended_at = now()")
    assert verify(bench.conn).problems == [
        f"recon_chargeback {number} is done, payment {payment.id} has no return CB{number} of 70000"]  # fmt: skip


def test_a_channel_that_uses_many_serials_before_delays_a_chargeback_and_no_more(days: Days):
    bench = days.bench
    payment, other, first = bench.pay(70_000), bench.pay(100), next_number(bench)
    bench.world.reverse("X1", other.serial, 100)
    for number in range(12):
        bench.world.reverse(f"CB{first}" + (f"-{number}" if number else ""), other.serial, 1)
    number = agreed(bench, payment, 70_000)[1]
    assert [carried(bench, number), carried(bench, number)] == ["doing", "done"]
    assert [row[:3] for row in returns(bench, payment)] == [("reverse", f"CB{number}-12", 70_000)]


def test_a_refusal_is_believed_only_as_the_answer_to_its_own_message(days: Days):
    bench = days.bench
    payment, other = bench.pay(70_000), bench.pay(100)
    number = agreed(bench, payment, 70_000)[1]
    bench.world.reverse(f"CB{number}", other.serial, 1)
    follow = "SELECT recon_chargeback_follow_v1(%s, %s, %s)"
    assert bench.world.value(follow, number, NIGHT, None) == "doing"  # no answer came
    assert bench.world.value(follow, number, NIGHT, Code.UNAVAILABLE) == "doing"
    assert carried(bench, number) == "done"
