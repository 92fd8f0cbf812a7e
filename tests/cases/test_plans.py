"""A plan: by two people, served, objected to, paid a share at a time; the next round counts the first."""

from datetime import timedelta

import pytest

from tests.cases.paying import PayingCourt
from tests.world import World
from yifen.trades.cases import proof


@pytest.fixture
def court(world: World) -> PayingCourt:
    return PayingCourt(world)


def test_a_share_is_paid_once_when_all_were_served_and_nobody_may_object_any_more(court: PayingCourt):
    case, account, first = court.judged(1_000)
    second = court.payee(case, "creditor")
    assert court.plan(case, 901, (first, 500, 301), (second, 1_000, 600)) == "OK"
    plan = court.last_plan()
    assert court.free(account) == 99  # what is planned is nobody else's
    assert court.asked(case, first, 100) == ("CASE_PAYOUT_SHORT", None)
    assert court.asked(case, first, 301, plan=plan) == ("CASE_PLAN_EARLY", None)
    assert court.share(first, "served", "judge02") == "CASE_PAYOUT_NOT_HIS"
    assert court.share(first, "served", day=court.world.now.date() + timedelta(1)) == "SHARE_DAY"
    assert [court.share(one, "served") for one in (first, second, second)] == ["OK", "OK", "SHARE_SERVED"]
    assert court.asked(case, first, 301, plan=plan) == ("CASE_PLAN_EARLY", None)
    court.world.set_up("UPDATE court_share SET served_on = served_on - 16")  # the last day is a Sunday
    assert court.asked(case, first, 301, plan=plan) == ("CASE_PLAN_EARLY", None)
    court.world.set_up("UPDATE court_share SET served_on = served_on - 2")
    assert court.share(second, "objected") == "OK"
    assert court.asked(case, second, 600, plan=plan) == ("CASE_PLAN_OBJECTED", None)
    assert court.asked(case, first, 300, plan=plan) == ("CASE_PAYOUT_WRONG", None)
    code, application = court.asked(case, first, 301, plan=plan)
    assert (code, court.asked(case, first, 301, plan=plan)) == ("OK", ("CASE_PAYOUT_STATE", None))
    assert court.free(account) == 99
    assert court.share(second, "settled") == "PERMISSION_MISSING"
    assert court.share(second, "settled", "twin01") == "CASE_PAYOUT_SAME_PERSON"  # the judge by another login
    assert court.share(second, "settled", "bureau01") == "OK"
    assert court.asked(case, second, 600, plan=plan)[0] == "OK"
    court.approved(application)
    assert (court.send(application), court.told(application, "done"), court.free(account)) == ("OK", "OK", 99)
    assert court.plan(case, 99, (first, 500, 33), (second, 1_000, 66)) == "OK"  # the second round counts the first
    assert court.share(first, "served") == "OK"
    assert court.asked(case, first, 301, plan=plan) == ("CASE_PLAN_UNKNOWN", None)
    with court.world.as_owner():
        assert proof.altered(court.world.conn) == []


def test_a_plan_of_more_than_is_there_or_of_others_is_refused(court: PayingCourt):
    case, _, first = court.judged(1_000)
    _, _, foreign = court.judged()
    debtor = court.payee(case, "debtor")
    assert court.plan(case, 1_001, (first, 5_000, 1_001)) == "CASE_PAYOUT_SHORT"
    assert court.plan(case, 1_000, (first, 5_000, 1_000), fee_fen=1) == "CASE_PAYOUT_SHORT"
    for shares in ([(first, 5_000, 999)], [(first, 500, 1_000)], [(foreign, 5_000, 1_000)], [(debtor, 5_000, 1_000)],
                   [(first, 5_000, 500), (first, 5_000, 500)], []):  # fmt: skip
        assert court.plan(case, 1_000, *shares) == "CASE_PLAN_WRONG", shares
    assert court.plan(case, 1_000, (first, 500, 500)) == "OK"  # what is left of the pot stays on the case


def test_fee_and_costs_of_a_plan_are_nobody_elses_and_are_paid_once(court: PayingCourt):
    case, account, first = court.judged(1_000)
    fee = court.court_payee("fee")
    assert court.plan(case, 500, (first, 5_000, 500), fee_fen=260, cost_fen=40) == "OK"
    plan = court.last_plan()
    assert court.free(account) == 200
    assert court.asked(case, fee, 201, kind="fee") == ("CASE_PAYOUT_SHORT", None)  # not of the plan
    assert court.asked(case, first, 201) == ("CASE_PAYOUT_SHORT", None)
    assert court.asked(case, fee, 301, kind="fee", plan=plan) == ("CASE_PAYOUT_WRONG", None)
    assert court.asked(case, fee, 300, kind="fee", plan=plan + 1) == ("CASE_PLAN_UNKNOWN", None)
    code, application = court.asked(case, fee, 260, kind="fee", plan=plan)
    assert (code, court.free(account)) == ("OK", 200)
    assert court.asked(case, fee, 41, kind="fee", plan=plan) == ("CASE_PAYOUT_WRONG", None)
    court.approved(application)
    assert (court.send(application), court.told(application, "done"), court.free(account)) == ("OK", "OK", 200)
    assert court.withdraw(court.asked(case, fee, 40, kind="fee", plan=plan)[1]) == "OK"
    assert court.free(account) == 200  # planned again
    assert court.plan(case, 700, (first, 5_000, 700), fee_fen=40) == "OK"  # the plan before holds nothing
    with court.world.as_owner():
        assert proof.altered(court.world.conn) == []
        court.world.run("ALTER TABLE court_plan DISABLE TRIGGER append_only")
        court.world.run("UPDATE court_plan SET fee_fen = 200, cost_fen = 0 WHERE plan_id = %s", plan)
        assert any("fen of fee and costs, 260 are paid" in problem for problem in proof.altered(court.world.conn))


def test_a_creditor_who_agreed_in_writing_is_not_waited_for(court: PayingCourt):
    case, _, first = court.judged(1_000)
    second = court.payee(case, "creditor")
    assert court.plan(case, 900, (first, 600, 300), (second, 1_200, 600)) == "OK"
    plan = court.last_plan()
    assert court.share(first, "agreed") == "SHARE_UNSERVED"  # not served
    assert [court.share(one, "served") for one in (first, second)] == ["OK", "OK"]
    assert (court.share(first, "agreed", "bureau01"), court.share(first, "agreed")) == ("PERMISSION_MISSING", "OK")
    assert court.asked(case, first, 300, plan=plan) == ("CASE_PLAN_EARLY", None)  # the other one may still object
    assert court.share(second, "objected") == "OK"
    assert court.share(second, "agreed") == "CASE_PLAN_OBJECTED"  # first it is settled
    assert (court.share(second, "settled", "bureau01"), court.share(second, "agreed")) == ("OK", "OK")
    assert court.share(second, "objected") == "SHARE_AGREED"
    assert (court.asked(case, first, 300, plan=plan)[0], court.asked(case, second, 600, plan=plan)[0]) == ("OK", "OK")
