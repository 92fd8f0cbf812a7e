"""What was tried on a court's money: out twice, past a hold, a plan or a level, one word carried out again."""

import pytest

from tests.cases.court import RULE, parts_of
from tests.cases.paying import PayingCourt
from tests.cases.test_money import paid_out
from tests.world import World
from yifen.trades.cases import proof


@pytest.fixture
def court(world: World) -> PayingCourt:
    return PayingCourt(world)


def problems(court: PayingCourt) -> list[str]:
    with court.world.as_owner():
        return proof.altered(court.world.conn)


def returned(court: PayingCourt, serial: str, fen: int, verb: str = "reverse") -> str:
    """By the channel that took it."""
    court.serials += 1
    return str(getattr(court.world, verb)(f"T{court.serials}", serial, fen, channel="POS").code.name)


def test_a_receipt_goes_back_by_its_channel_or_by_the_judge_never_by_both(court: PayingCourt):
    case, account, payer = court.judged(10_000)
    serial, other = court.pay(account, 1_000), court.pay(account, 500)
    court.follow()
    receipt = court.world.value("SELECT document_id FROM court_entry WHERE kind = 'collected' AND amount_fen = 1000")
    application = court.apply(case, payer, 1_000, kind="refund", receipt=receipt)
    assert returned(court, serial, 1_000) == "MONEY_TIED"  # applied for
    assert (returned(court, other, 500), court.withdraw(application)) == ("OK", "OK")
    application = court.approved(court.apply(case, payer, 400, kind="refund", receipt=receipt))
    assert returned(court, serial, 1_000) == "MONEY_TIED"
    assert (court.send(application), court.told(application, "done")) == ("OK", "OK")
    assert returned(court, serial, 1_000) == "MONEY_TIED"  # there is other money, and it is other people's
    assert court.proof() == {"cases": 10_600, "coming": 1_000, "main": 9_600, "bank": 10_000}
    # Where the hub does not ask, neither signs nor sends the court what went back meanwhile.
    asked, approved = (court.apply(case, payer, 300, kind="refund", receipt=receipt) for _ in range(2))
    court.approved(approved)
    seen = court.shown(asked)
    with court.world.as_owner():
        court.world.run("CREATE OR REPLACE FUNCTION payments_keeps_v1(p_bucket smallint, p_payments bigint[]) RETURNS"
                        " TABLE (payment_id bigint, bound text, id bigint, fen bigint) LANGUAGE sql"
                        " AS 'SELECT 0::bigint, NULL::text, 0::bigint, 0::bigint WHERE false'")  # fmt: skip
    assert returned(court, serial, 1_000) == "OK"
    court.follow()
    assert seen != court.shown(asked)
    assert (court.sign(asked, "judge02"), court.send(approved)) == ("CASE_PAYOUT_RECEIPT", "CASE_PAYOUT_RECEIPT")
    assert court.state(approved) == "approved"
    assert any("gives back more than came" in problem for problem in problems(court))


def test_what_is_refunded_is_not_unclaimed(court: PayingCourt):
    case, account, payer = court.judged(10_000)
    court.booked(court.line(1_000, account))
    receipt = court.last("transfer")
    application = court.approved(court.apply(case, payer, 1_000, kind="refund", receipt=receipt))
    assert court.unclaim(receipt) == "CASE_PROMISED"
    assert (court.send(application), court.unclaim(receipt)) == ("OK", "CASE_PROMISED")
    assert (court.told(application, "done"), court.unclaim(receipt)) == ("OK", "CASE_PROMISED")
    assert (problems(court), court.told(application, "returned", back="R1"), court.unclaim(receipt)) == ([], "OK", "OK")
    assert (court.balance(account), problems(court)) == (10_000, [])
    with court.world.as_owner():
        court.world.run("ALTER TABLE court_application DISABLE TRIGGER append_only")
        court.world.run("UPDATE court_application SET state = 'paid', returned_id = NULL")
        assert any("gives back more than came" in problem for problem in proof.altered(court.world.conn))


def test_held_promised_and_arrived_money_does_not_leave_by_its_channel(court: PayingCourt):
    case, account, payee = court.judged()
    serial = court.pay(account, 2_000)
    assert court.hold(case, 500) == "OK"
    assert returned(court, serial, 2_000) == "MONEY_TIED"
    assert court.release(court.last_hold()) == "OK"
    assert court.hold(case, None, "bankruptcy") == "OK"
    assert (returned(court, serial, 2_000), court.balance(account)) == ("MONEY_TIED", 2_000)
    assert court.release(court.last_hold()) == "OK"
    assert (returned(court, serial, 2_000), court.balance(account)) == ("OK", 0)  # nothing holds it
    older, newer = court.pay(account, 700), court.pay(account, 300)
    court.follow()
    paid_out(court, "PO1", 700)
    court.booked(court.line(700, reference="PO1"))
    application = court.apply(case, payee, 700)  # what arrived
    assert returned(court, newer, 300) == "OK"
    assert (court.withdraw(application), returned(court, older, 700)) == ("OK", "MONEY_TIED")  # the judge pays it alone
    court.world.cut()
    assert (returned(court, older, 1, "refund"), court.balance(account)) == ("MONEY_TIED", 700)
    assert court.follow() == 1
    assert (court.proof(), problems(court)) == ({"cases": 700, "main": 700, "bank": 700}, [])


def test_one_agreement_is_carried_out_once(court: PayingCourt):
    case, account, payee = court.judged(1_000)
    entry = court.booked(court.line(600))[0]
    party = court.party_of(payee)
    hold = {"case": case, "kind": "order", "amount_fen": 10, "source": "x", "from_on": "2026-11-23"}
    share = {"party_id": party, "rank": "ordinary", "claim_fen": 100, "paid_fen": 0, "share_fen": 100}
    for act, content in (
        ("claim", {"entry": entry, "way": "transfer", "parts": parts_of((case, 100))}),
        ("hold", hold),
        ("plan", {"case": case, "method": "ratio", "pot_fen": 100, "fee_fen": 0, "cost_fen": 0, "shares": [share]}),
    ):
        proposal = court.world.two_people(f"cases.{act}", str(next(iter(content.values()))), content, court.id)
        asked = (f"SELECT cases_{act}_v1(%s, %s)", proposal, court.world.now)
        assert [court.code(*asked) for _ in range(3)] == ["OK", "CASE_NOT_AGREED", "CASE_NOT_AGREED"], act
    assert court.entries(account) == [("transfer", 1_000), ("claimed", 100)]
    assert court.world.rows("SELECT (SELECT count(*) FROM court_hold), (SELECT count(*) FROM court_plan)") == [(1, 1)]


def test_a_merger_neither_lowers_a_level_nor_drops_a_plan(court: PayingCourt):
    case, _, payee = court.judged(10_000_000)
    into, _, other = court.judged(10_000_000)
    court.paid(case, payee, 9_999_000)
    assert court.plan(case, 400, (payee, 5_000, 400), fee_fen=600) == "OK"
    assert court.merge(case, into) == "CASE_PROMISED"
    assert court.plan(case, 1, (payee, 5_000, 1)) == "OK"
    assert [court.share(payee, act) for act in ("served", "agreed")] == ["OK", "OK"]
    code, share = court.asked(case, payee, 1, plan=court.last_plan())
    assert (code, court.approved(share)) == ("OK", share)
    assert (court.send(share), court.told(share, "done")) == ("OK", "OK")
    assert court.merge(case, into) == "OK"  # its plan is carried out
    assert court.levels(court.apply(into, other, 998)) == ["check", "bureau"]
    assert court.levels(court.apply(into, other, 1)) == ["check", "bureau", "head"]
    assert problems(court) == []


def test_a_sub_account_number_is_stronger_than_a_reference_that_anybody_may_write(court: PayingCourt):
    (case, account, payee), (_, second) = court.judged(1_000), court.case()
    application = court.paid(case, payee, 700)
    reference = court.reference(application)
    court.pay(second, 50)
    court.follow()
    paid_out(court, "PO1", 50)
    court.booked(court.line(-700, reference=reference), court.line(700, second, reference=reference),
                 court.line(50, second, reference="PO1"))  # fmt: skip
    assert (court.state(application), court.entries(second)[1:]) == ("paid", [("transfer", 700), ("transfer", 50)])
    court.booked(court.line(700, account, reference=reference), court.line(50, reference="PO1"))
    assert (court.state(application), court.balance(account), court.balance(second)) == ("returned", 1_000, 800)
    assert court.proof() == {"cases": 1_800, "main": 1_800, "bank": 1_800}
    assert problems(court) == []


def test_no_main_account_is_a_sub_account_and_none_the_other_way_round(court: PayingCourt):
    asked = "SELECT code FROM cases_numbers_v1('maker01', %s, ARRAY[%s])"
    assert court.code(asked, court.id, RULE["main_no"]) == "LIST_ACCOUNT"
    _, account = court.case()
    assert court.rule(valid_from="2026-12-01", main_no=account) == "COURT_RULE_MAIN"
    assert court.code(asked, court.id, "621703049999") == "OK"


def test_nobody_settles_an_objection_against_himself(court: PayingCourt):
    """judge01 is head of the bureau too: he hands the case over and back."""
    case, _, first = court.judged(1_000)
    court.world.run("INSERT INTO access_user_role (user_id, role) SELECT id, r FROM access_user,"
                    " unnest(ARRAY['court_judge', 'court_bureau']) r WHERE login IN ('judge01', 'bureau01')"
                    " ON CONFLICT DO NOTHING")  # fmt: skip
    hand = "SELECT cases_judge_v1(%s, %s, %s)"
    assert court.plan(case, 900, (first, 5_000, 900)) == "OK"
    assert court.code(hand, "judge01", case, "judge02") == "OK"
    assert (court.share(first, "served", "judge02"), court.share(first, "objected", "judge02")) == ("OK", "OK")
    assert court.share(first, "settled", "judge01") == "CASE_PAYOUT_SAME_PERSON"  # it was his plan
    assert court.code(hand, "judge01", case, "judge01") == "OK"
    court.world.run("INSERT INTO access_user_role (user_id, role) SELECT id, 'court_bureau' FROM access_user"
                    " WHERE login IN ('judge02', 'maker01')")  # fmt: skip
    assert court.share(first, "settled", "judge02") == "CASE_PAYOUT_SAME_PERSON"  # he wrote the objection down
    assert court.share(first, "settled", "maker01") == "CASE_PAYOUT_SAME_PERSON"  # he proposed the plan
    assert court.share(first, "settled", "bureau01") == "OK"


def test_what_comes_back_to_a_closed_case_goes_to_where_its_number_leads(court: PayingCourt):
    case, account, payee = court.judged(1_000)
    application = court.paid(case, payee, 1_000)
    assert court.act("close", case) == "OK"
    resumed, number = court.case(number="(2026)桂0304执恢1号")
    assert court.link(resumed, "(2026)桂0304执1号") == "OK"
    assert court.act("reopen", case) == "CASE_NUMBER_LEADS"
    assert court.told(application, "returned", back="R1") == "OK"
    assert (court.balance(account), court.balance(number)) == (0, 1_000)
    assert court.world.rows("SELECT state FROM court_case ORDER BY case_id") == [("closed",), ("open",)]
    court.booked(court.line(-1_000, reference=court.reference(application)), court.line(1_000) | {"serial": "R1"})
    assert court.proof() == {"cases": 1_000, "main": 1_000, "bank": 1_000}
    assert problems(court) == []


def test_a_case_that_is_held_is_not_closed(court: PayingCourt):
    case, _ = court.case()
    assert court.hold(case, None, "bankruptcy") == "OK"
    assert court.act("close", case) == "CASE_PROMISED"
    assert (court.release(court.last_hold()), court.act("close", case)) == ("OK", "OK")

