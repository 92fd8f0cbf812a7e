"""Steps of dunning: which is due when, each once for a debt, none after payment."""

from datetime import date, timedelta

import pytest

from tests.arrears.debtor import DUE, STEPS, Debtor


def day(days: int) -> date:
    return DUE + timedelta(days=days)


def test_each_step_is_due_after_its_days_and_the_days_since_the_one_before(debtor: Debtor):
    debtor.after(0)
    assert debtor.next() == (None, None, "current")
    debtor.after(1)
    assert debtor.next() == ("message", str(day(1)), "")
    assert debtor.message() == ("no_phone", 222_444)
    assert debtor.message() is None  # once
    assert debtor.next() == ("call", str(day(10)), "waiting")
    debtor.after(12)
    assert debtor.call("reached") == "OK"
    assert debtor.call("reached") == "STEP_NOT_DUE"
    assert debtor.next() == ("letter", str(day(20)), "waiting")
    debtor.after(20)
    assert debtor.sheet("notice")[0] == "BATCH_EMPTY"
    assert debtor.sheet("letter")[0] == "OK"
    assert debtor.sheet("letter")[0] == "BATCH_EMPTY"
    debtor.after(30)
    code, number = debtor.sheet("notice")
    assert (code, debtor.next()) == ("OK", ("notice", str(day(30)), ""))  # done once it is served
    assert debtor.sheet("notice")[0] == "BATCH_EMPTY"
    assert number is not None
    debtor.after(33)
    assert debtor.served(number, day(32)) == "OK"
    assert debtor.next() == ("cut", str(day(47)), "waiting")  # 15 days of the law behind it
    debtor.after(46)
    assert debtor.cut() == "BATCH_EMPTY"
    debtor.after(47)
    assert debtor.cut() == "OK"
    assert debtor.cut() == "BATCH_EMPTY"
    assert debtor.visits() == [("cut", "ours", "open")]
    assert debtor.next() == (None, None, "cut")
    assert debtor.world.rows("SELECT step_no, kind, how, done_on, done_by FROM arrears_done ORDER BY step_no") == [
        (1, "message", "no_phone", day(1), "worker"), (2, "call", "reached", day(12), "maker01"),
        (3, "letter", "printed", day(20), "maker01"), (4, "notice", "handed", day(32), "maker01"),
        (5, "cut", "asked", day(47), "checker01"),
    ]  # fmt: skip


def notified(debtor: Debtor) -> int:
    """All steps but the cut; the notice is printed."""
    debtor.after(1)
    debtor.message()
    debtor.after(10)
    assert debtor.call("reached") == "OK"
    debtor.after(20)
    assert debtor.sheet("letter")[0] == "OK"
    debtor.after(30)
    number = debtor.sheet("notice")[1]
    assert number is not None
    return number


def test_who_pays_gets_no_further_step(debtor: Debtor):
    number = notified(debtor)
    debtor.pay(debtor.owed())
    assert debtor.served(number, day(30)) == "ARREARS_UNKNOWN"
    assert debtor.call("reached") == "ARREARS_UNKNOWN"
    assert debtor.message() is None
    assert debtor.cut() == "BATCH_EMPTY"
    assert debtor.next() == (None, None, "paid")


@pytest.mark.parametrize("paid_before_the_cut", [True, False])
def test_payment_drops_the_cut_or_asks_for_restoration_within_its_hours(
    debtor: Debtor, paid_before_the_cut: bool
):
    number = notified(debtor)
    assert debtor.served(number, day(30)) == "OK"
    debtor.after(45)
    assert debtor.cut() == "OK"
    debtor.refresh()
    if not paid_before_the_cut:
        debtor.went("cut", "ok")
    debtor.pay(debtor.owed())
    debtor.refresh()
    debtor.refresh()
    state = (
        "SELECT state, restore_by - restore_asked_at = interval '24 hours' FROM arrears_cut_state"
    )
    if paid_before_the_cut:
        assert debtor.visits() == [("cut", "ours", "dropped")]
        assert debtor.world.rows(state) == [("dropped", None)]
        return
    assert debtor.visits() == [("cut", "ours", "ok"), ("restore", "ours", "open")]
    assert debtor.world.value("SELECT due_on FROM visit WHERE kind = 'restore'") == day(46)
    assert debtor.world.rows(state) == [("restoring", True)]
    debtor.went("restore", "no_access")
    debtor.refresh()
    assert debtor.visits()[1:] == [("restore", "ours", "no_access"), ("restore", "ours", "open")]
    debtor.went("restore", "ok")
    debtor.refresh()
    assert debtor.world.rows(state) == [("restored", True)]
    debtor.refresh()
    assert len(debtor.visits()) == 3


def test_a_cut_that_was_not_done_is_asked_for_again_only_while_it_is_owed(debtor: Debtor):
    number = notified(debtor)
    assert debtor.served(number, day(30)) == "OK"
    debtor.after(45)
    assert debtor.cut() == "OK"
    assert debtor.called("arrears_cut_again_v1", "maker01", debtor.cut_id()) == "CUT_UNKNOWN"
    debtor.went("cut", "no_access")
    assert debtor.called("arrears_cut_again_v1", "maker01", debtor.cut_id()) == "OK"
    assert debtor.called("arrears_cut_again_v1", "maker01", debtor.cut_id()) == "CUT_UNKNOWN"
    debtor.went("cut", "refused")
    debtor.pay(debtor.owed())
    assert debtor.called("arrears_cut_again_v1", "maker01", debtor.cut_id()) == "ARREARS_UNKNOWN"
    debtor.refresh()
    assert debtor.world.value("SELECT state FROM arrears_cut_state") == "dropped"


def test_a_notice_is_served_between_its_printing_and_today_by_who_may(debtor: Debtor):
    number = notified(debtor)
    debtor.after(33)
    assert debtor.served(number, day(29)) == "SERVED_DAY"
    assert debtor.served(number, day(34)) == "SERVED_DAY"
    assert debtor.served(number, day(31), how="shouted") == "INPUT_INVALID"
    assert debtor.served(number, day(31), note=" ") == "INPUT_INVALID"
    assert debtor.served(number + 1, day(31)) == "LETTER_UNKNOWN"
    assert debtor.served(number, day(31), by="nobody") == "PERMISSION_MISSING"
    assert debtor.next()[2] == ""
    assert debtor.served(number, day(31), how="left", note="邻居王某见证") == "OK"


def test_the_third_day_on_which_nobody_answers_ends_the_call(debtor: Debtor):
    debtor.after(1)
    debtor.message()
    for days in (10, 10, 11):
        debtor.after(days)
        assert debtor.call("unreached") == "OK"
        assert debtor.next()[0] == "call"
    debtor.after(12)
    assert debtor.call("sung") == "INPUT_INVALID"
    assert debtor.call("unreached") == "OK"
    assert debtor.next() == ("letter", str(day(20)), "waiting")


def test_a_sum_that_is_too_small_waits_and_a_new_rule_counts_at_once(debtor: Debtor):
    assert debtor.rule([("message", 1, 0, 300_000)]) == "OK"
    debtor.after(2)
    assert debtor.next() == ("message", str(day(1)), "small")
    assert debtor.rule() == "OK"
    assert debtor.next() == ("message", str(day(1)), "")


def test_of_rules_the_nearest_counts(debtor: Debtor):
    other = [("letter", 1, 0, 0)]
    debtor.after(2)
    assert debtor.rule(other, fee=None) == "OK"
    assert debtor.next()[0] == "message"
    assert debtor.rule(other, **{"class": "shop"}) == "OK"
    assert debtor.next()[0] == "message"
    assert debtor.rule(other, **{"class": "residential"}) == "OK"
    assert debtor.next()[0] == "letter"


WATER = [("message", 1, 0, 0), ("letter", 30, 5, 0), ("notice", 40, 5, 0), ("cut", 45, 5, 0)]


@pytest.mark.parametrize(("steps", "law", "code"), [
    (STEPS, "heat", "OK"), (WATER, "water", "OK"), (STEPS[:3], "none", "OK"), (STEPS[3:], "power_home", "OK"),
    (STEPS, "none", "RULE_UNLAWFUL"), ([*STEPS[:4], ("cut", 45, 14, 0)], "heat", "RULE_UNLAWFUL"),
    ([("notice", 1, 0, 0), ("cut", 10, 6, 0)], "power_home", "RULE_UNLAWFUL"),
    ([("notice", 1, 0, 0), ("cut", 10, 2, 0)], "power_other", "RULE_UNLAWFUL"),
    (WATER[1:], "water", "RULE_UNLAWFUL"), ([*WATER[:3], ("cut", 45, 4, 0)], "water", "RULE_UNLAWFUL"),
    ([("notice", 1, 0, 0), ("cut", 59, 3, 0)], "gas", "RULE_UNLAWFUL"),
    ([("notice", 1, 0, 0), ("cut", 60, 3, 0)], "gas", "OK"),
    (STEPS[:4], "heat", "RULE_UNLAWFUL"), ([STEPS[4]], "heat", "RULE_UNLAWFUL"),
    ([STEPS[3], STEPS[0], STEPS[4]], "heat", "RULE_WRONG"), ([STEPS[3], STEPS[4], STEPS[4]], "heat", "RULE_UNLAWFUL"),
    ([STEPS[3], ("call", 31, 0, 0), STEPS[4]], "heat", "RULE_UNLAWFUL"),
    ([("fax", 1, 0, 0)], "none", "RULE_WRONG"), ([("call", -1, 0, 0)], "none", "RULE_WRONG"),
    (STEPS, "steam", "RULE_WRONG"),
])  # fmt: skip
def test_a_cut_is_lawful_or_its_rule_is_refused(
    debtor: Debtor, steps: list[tuple[str, int, int, int]], law: str, code: str
):
    assert debtor.rule(steps, law=law) == code


def test_a_rule_is_of_the_companys_own_fee_and_of_two_people(debtor: Debtor):
    world = debtor.world
    assert debtor.rule(fee=debtor.fee + 99) == "ARREARS_NOT_AGREED"
    alone = world.proposed("arrears.rule", "1", {"steps": []}, debtor.town.biller)
    assert debtor.called("arrears_rule_v1", alone) == "ARREARS_NOT_AGREED"
    assert debtor.rule(restore_hours=73) == "RULE_WRONG"


def test_a_collector_is_of_a_community_or_a_building_and_may_see_it(debtor: Debtor):
    world = debtor.world
    place = world.value("SELECT place_id FROM billing_place")
    user = world.value("SELECT id FROM access_user WHERE login = 'maker01'")
    assert debtor.named("nobody", place, user) == "PERMISSION_MISSING"
    assert debtor.named("maker01", place + 9, user) == "COLLECTOR_WRONG"
    assert debtor.named("maker01", place, user + 99) == "COLLECTOR_WRONG"
    assert debtor.named("maker01", place, user) == "OK"
    assert world.rows("SELECT place_id, user_id FROM arrears_collector") == [(place, user)]
    assert debtor.named("maker01", place, None) == "OK"
    assert world.rows("SELECT place_id FROM arrears_collector") == []
