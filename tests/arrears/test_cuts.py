"""A cut stands on its own bill, its served notice and its own holder; what one caller passes in shortens nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.arrears.debtor import STEPS, Debtor
from tests.arrears.test_steps import day, notified

STATE = "SELECT state FROM arrears_cut_state"
RESTORE = "SELECT max(split_part(why, '，', 1)) FROM visit WHERE kind = 'restore'"


def asked(debtor: Debtor) -> None:
    """The cut was agreed to; nobody was there yet."""
    number = notified(debtor)
    assert debtor.served(number, day(30)) == "OK"
    debtor.after(45)
    assert debtor.cut() == "OK"


def again(debtor: Debtor) -> str:
    return debtor.called("arrears_cut_again_v1", "maker01", debtor.cut_id())


def gone(debtor: Debtor, days: int) -> None:
    """The holder moved out; that was the last day of his service."""
    debtor.world.set_up("UPDATE billing_service SET to_on = %s", day(days))
    debtor.world.set_up("UPDATE billing_customer SET closed_on = %s", day(days))


def promised(debtor: Debtor, until: date) -> str:
    return debtor.called(
        "arrears_promise_v1", "maker01", debtor.customer, debtor.fee, until, 100, "电话承诺"
    )


@pytest.mark.parametrize("done", [True, False])
def test_a_cut_ends_with_its_own_bill_though_another_is_owed(debtor: Debtor, done: bool) -> None:
    debtor.billed(2027)
    asked(debtor)
    debtor.went("cut", "ok" if done else "no_access")
    debtor.town.on(date(2028, 1, 20))
    owed = debtor.town.asked("A")[f"B{debtor.bill}"]
    debtor.pay(owed)
    assert debtor.next()[2] == "cut"  # the other bill is owed
    if not done:
        assert again(debtor) == "STEP_NOT_DUE"  # of it no notice was served
    debtor.refresh()
    assert debtor.world.value(STATE) == ("restoring" if done else "dropped")
    assert debtor.world.value(RESTORE) == ("账单已缴清" if done else None)


def test_who_lives_there_now_is_not_cut_off_for_the_holder_before(debtor: Debtor) -> None:
    number = notified(debtor)
    gone(debtor, 29)
    assert debtor.next() == ("notice", str(day(30)), "gone")
    assert debtor.served(number, day(30)) == "STEP_NOT_DUE"
    gone(debtor, 30)  # his last day
    assert debtor.served(number, day(30)) == "OK"
    debtor.after(45)
    assert (debtor.next()[2], debtor.cut()) == ("gone", "BATCH_EMPTY")


def test_the_letter_goes_on_to_the_holder_before(debtor: Debtor) -> None:
    debtor.after(1)
    gone(debtor, 0)
    debtor.message()
    debtor.after(10)
    assert debtor.call("reached") == "OK"
    debtor.after(20)
    assert debtor.sheet("letter")[0] == "OK"


@pytest.mark.parametrize("done", [True, False])
def test_a_cut_ends_with_the_service(debtor: Debtor, done: bool) -> None:
    asked(debtor)
    if done:
        debtor.went("cut", "ok")
    gone(debtor, 45)
    debtor.after(46)
    debtor.refresh()
    assert debtor.world.value(STATE) == ("restoring" if done else "dropped")
    assert debtor.world.value(RESTORE) == ("原用户已停用" if done else None)


@pytest.mark.parametrize("what", ["promise", "dispute"])
def test_nobody_goes_to_cut_while_a_promise_or_a_dispute_runs(debtor: Debtor, what: str) -> None:
    asked(debtor)
    if what == "promise":
        assert promised(debtor, day(50)) == "OK"
    else:
        given = ("maker01", debtor.customer, debtor.fee, [debtor.bill], "面积有误")
        assert debtor.called("arrears_dispute_v1", *given) == "OK"
    debtor.refresh()
    assert debtor.visits() == [("cut", "ours", "dropped")]
    assert (debtor.world.value(STATE), again(debtor)) == ("failed", "STEP_NOT_DUE")
    debtor.after(51)
    if what == "dispute":
        hold = debtor.world.value("SELECT hold_id FROM arrears_hold")
        assert debtor.called("arrears_settle_v1", "checker01", hold, False, "核对无误") == "OK"
    assert again(debtor) == "OK"
    assert debtor.visits() == [("cut", "ours", "dropped"), ("cut", "ours", "open")]


def test_what_was_cut_off_is_restored_when_its_bill_is_disputed_not_when_it_is_promised(
    debtor: Debtor,
) -> None:
    asked(debtor)
    debtor.went("cut", "ok")
    assert promised(debtor, day(50)) == "OK"
    debtor.refresh()
    assert debtor.world.value(STATE) == "cut"
    given = ("maker01", debtor.customer, debtor.fee, [debtor.bill], "面积有误")
    assert debtor.called("arrears_dispute_v1", *given) == "OK"
    debtor.refresh()
    assert (debtor.world.value(STATE), debtor.world.value(RESTORE)) == ("restoring", "账单有异议")


def test_a_write_off_restores_and_says_that_it_was_one(debtor: Debtor) -> None:
    asked(debtor)
    debtor.went("cut", "ok")
    debtor.after(800)
    assert debtor.write(debtor.owed()) == "OK"
    debtor.refresh()
    assert (debtor.world.value(STATE), debtor.world.value(RESTORE)) == ("restoring", "账单已核销")


def test_a_time_to_come_brings_no_step_nearer(debtor: Debtor) -> None:
    number = notified(debtor)
    assert debtor.served(number, day(30)) == "OK"
    debtor.world.now += timedelta(days=60)
    assert debtor.cut() == "BATCH_EMPTY"
    assert debtor.called("arrears_reprint_v1", "maker01", number) == "OK"
    assert debtor.world.value(
        "SELECT (printed_at AT TIME ZONE 'Asia/Shanghai')::date FROM arrears_print"
    ) == day(30)


def test_a_time_before_the_open_business_day_is_its_beginning(debtor: Debtor) -> None:
    world = debtor.world
    world.set_up("UPDATE ledger_book SET current_day = '2020-01-05'")
    early = datetime(2019, 1, 1, tzinfo=UTC)
    with world.as_owner():
        assert world.value("SELECT arrears_clock_v1(%s, %s)", debtor.town.biller, early) == (
            datetime(2020, 1, 4, 16, tzinfo=UTC)
        )


def test_one_human_with_two_logins_settles_no_dispute_of_his_own(debtor: Debtor) -> None:
    debtor.after(2)
    given = ("maker01", debtor.customer, debtor.fee, [debtor.bill], "面积有误")
    assert debtor.called("arrears_dispute_v1", *given) == "OK"
    debtor.world.set_up("UPDATE access_user SET person = '张三'")
    hold = debtor.world.value("SELECT hold_id FROM arrears_hold")
    settle = ("arrears_settle_v1", "checker01", hold, True, "面积确有误")
    assert debtor.called(*settle) == "CHECKER_IS_MAKER"


def test_a_cut_comes_no_sooner_than_its_notice_says_whatever_the_rule_became(
    debtor: Debtor,
) -> None:
    number = notified(debtor)
    assert debtor.served(number, day(30)) == "OK"
    sooner = [*STEPS[:4], ("cut", 30, 3, 0)]
    assert debtor.rule(sooner, law="power_other") == "OK"
    assert debtor.next() == ("cut", str(day(45)), "waiting")


def test_water_without_a_phone_gets_letters_until_two_demands_reached_him(debtor: Debtor) -> None:
    steps = [("message", 1, 0, 0), ("letter", 5, 0, 0), ("notice", 6, 3, 0), ("cut", 11, 5, 0)]
    assert debtor.rule(steps, law="water") == "OK"
    debtor.after(6)
    assert debtor.message() == ("no_phone", debtor.owed())
    assert debtor.sheet("letter")[0] == "OK"
    assert debtor.next() == ("letter", str(day(9)), "waiting")  # one more, as many days behind as the notice asks for
    assert debtor.sheet("notice")[0] == debtor.sheet("letter")[0] == "BATCH_EMPTY"
    debtor.after(9)
    assert debtor.next() == ("letter", str(day(9)), "")
    assert debtor.sheet("letter")[0] == "OK"
    assert debtor.world.rows("SELECT step_no, kind, how FROM arrears_done ORDER BY done_id") == [
        (1, "message", "no_phone"), (2, "letter", "printed"), (-1, "letter", "printed")]  # fmt: skip
    assert debtor.next() == ("notice", str(day(9)), "")  # three days behind the rule's own letter
    assert debtor.sheet("notice")[0] == "OK"


def test_water_of_whom_nothing_reached_gets_two_letters_before_its_notice(debtor: Debtor) -> None:
    steps = [("message", 1, 0, 0), ("call", 1, 0, 0), ("notice", 6, 3, 0), ("cut", 11, 5, 0)]
    assert debtor.rule(steps, law="water") == "OK"
    debtor.after(4)
    assert debtor.message() == ("no_phone", debtor.owed())
    for days in (4, 5, 6):
        debtor.after(days)
        assert debtor.call("unreached") == "OK"
    assert debtor.next() == ("letter", str(day(1)), "")  # nothing reached him yet: at once
    assert debtor.sheet("letter")[0] == "OK"
    debtor.after(9)
    assert debtor.sheet("letter")[0] == "OK"
    assert debtor.world.rows("SELECT step_no FROM arrears_done ORDER BY done_id") == [(1,), (2,), (-1,), (-2,)]
    assert debtor.next()[0] == "notice"


def test_a_rule_that_changed_its_steps_asks_for_a_sheet_of_another_kind(debtor: Debtor) -> None:
    notified(debtor)  # its sheet is of step 4
    assert debtor.rule([*STEPS[:3], ("letter", 20, 0, 0), *STEPS[3:]]) == "OK"
    assert debtor.sheet("letter")[0] == "OK"
    debtor.after(35)
    assert debtor.sheet("notice")[0] == "OK"


def test_whose_balance_here_is_enough_is_not_dunned(debtor: Debtor) -> None:
    debtor.after(1)
    owed = debtor.owed()
    balance = "UPDATE payable SET balance_fen = %s WHERE account_no = 'A' AND ref = 'PREPAID'"
    debtor.world.set_up(balance, owed - 1)
    assert debtor.next()[2] == ""
    debtor.world.set_up(balance, owed)
    assert (debtor.next()[2], debtor.message()) == ("held", None)


def test_a_rule_without_steps_is_none(debtor: Debtor) -> None:
    assert debtor.rule([]) == "RULE_WRONG"


def test_more_than_a_hundred_at_a_time_are_refused(debtor: Debtor) -> None:
    debtor.after(20)
    many = {"customer": debtor.customer, "fee": debtor.fee, "bill": debtor.bill, "owed_fen": 1}
    content = {"debts": [many] * 101}
    assert debtor.agreed("arrears.cut", "arrears_cut_v1", content) == "BATCH_TOO_LARGE"
    customers, fees = [debtor.customer] * 101, [debtor.fee] * 101
    given = ("maker01", debtor.town.biller, "letter", customers, fees, debtor.world.now)
    asked_for = "SELECT code FROM arrears_letters_v1(%s, %s, %s, %s::bigint[], %s::integer[], %s)"
    assert debtor.world.value(asked_for, *given) == 8676
