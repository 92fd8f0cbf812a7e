"""Case money leaves by an application of its judge and a signature of each level, and never more than is free."""

import pytest

from tests.cases.paying import PayingCourt
from tests.world import World, sealed_no
from yifen.trades.cases import proof


@pytest.fixture
def court(world: World) -> PayingCourt:
    return PayingCourt(world)


def problems(court: PayingCourt) -> list[str]:
    with court.world.as_owner():
        return proof.altered(court.world.conn)


def test_an_application_holds_its_amount_is_agreed_to_sent_and_paid(court: PayingCourt):
    case, account, payee = court.judged(1_000)
    application = court.apply(case, payee, 600)
    assert (court.levels(application), court.free(account)) == (["check", "bureau"], 400)
    assert court.asked(case, payee, 401) == ("CASE_PAYOUT_SHORT", None)
    assert court.send(application) == "CASE_PAYOUT_STATE"
    assert (court.sign(application, "clerk01"), court.sign(application, "bureau01")) == ("OK", "OK")
    assert (court.state(application), court.balance(account)) == ("approved", 1_000)
    assert court.send(application) == "OK"
    assert (court.state(application), court.balance(account), court.free(account)) == ("sent", 400, 400)
    assert court.entries(account) == [("transfer", 1_000)]  # not confirmed by the bank: not paid
    assert court.told(application, "processing") == "OK"
    assert court.proof() == {"cases": 1_000, "main": 1_000, "bank": 1_000}
    assert (court.told(application, "done"), court.told(application, "done")) == ("OK", "OK")
    assert (court.state(application), court.entries(account)) == ("paid", [("transfer", 1_000), ("payout", 600)])
    assert court.proof() == {"cases": 400, "main": 400, "bank": 1_000}  # what no statement shows yet is no gap
    court.booked(court.line(-600, reference=court.reference(application)))
    assert court.proof() == {"cases": 400, "main": 400, "bank": 400}
    assert problems(court) == []


def test_only_his_own_judge_applies_and_nobody_twice(court: PayingCourt):
    case, _, payee = court.judged(1_000)
    assert court.asked(case, payee, 1, login="judge02") == ("CASE_PAYOUT_NOT_HIS", None)
    for login in ("clerk01", "bureau01", "head01", "seer01", "nobody"):
        assert court.asked(case, payee, 1, login=login) == ("PERMISSION_MISSING", None)
    application = court.apply(case, payee, 600)
    assert court.sign(application, "judge01") == "PERMISSION_MISSING"
    assert court.sign(application, "bureau01") == "PERMISSION_MISSING"  # the cashier's turn
    assert court.sign(application, "clerk01") == "OK"
    assert court.sign(application, "clerk01") == "PERMISSION_MISSING"
    assert court.sign(application, "twin01") == "CASE_PAYOUT_SAME_PERSON"  # the applicant by another login
    court.world.run("UPDATE access_user SET person = '孙' WHERE login = 'twin01'")
    assert court.sign(application, "twin01") == "CASE_PAYOUT_SAME_PERSON"  # the cashier by another login
    assert court.sign(application, "bureau01") == "OK"
    assert court.sign(application, "head01") == "CASE_PAYOUT_STATE"


def test_the_chain_goes_by_the_amount_and_parts_need_whom_the_whole_needs(court: PayingCourt):
    case, _, payee = court.judged(30_000_000)
    assert court.levels(court.apply(case, payee, 9_999_999)) == ["check", "bureau"]
    assert court.levels(court.apply(case, payee, 1)) == ["check", "bureau", "head"]
    assert court.rule(valid_from="2026-12-01", levels=[["check", 0]]) == "CASE_LEVELS_WRONG"
    assert court.rule(valid_from="2026-12-01", levels=[["check", 0], ["head", 0, ["refund"]]]) == "CASE_LEVELS_WRONG"
    assert court.rule(valid_from="2026-12-01", levels=[["boss", 0], ["check", 0], ["head", 0]]) == "CASE_LEVELS_WRONG"
    assert court.rule(valid_from="2026-12-01", levels=[["check", 0], ["head", 0]]) == "OK"


def test_who_is_not_the_applicant_needs_the_panel_and_only_the_newest_payee_counts(court: PayingCourt):
    case, _, payee = court.judged(1_000)
    creditor, debtor = court.payee(case, "creditor"), court.payee(case, "debtor")
    application = court.apply(case, creditor, 100)
    assert court.levels(application) == ["panel", "check", "bureau"]
    assert court.sign(application, "clerk01") == "PERMISSION_MISSING"
    assert court.sign(application, "judge02") == "OK"
    assert court.asked(case, debtor, 1) == ("CASE_PAYEE_KIND", None)
    other, _, foreign = court.judged()
    assert court.asked(case, foreign, 1) == ("CASE_PAYOUT_PAYEE", None)
    fee = court.court_payee("fee")
    assert court.asked(case, fee, 1) == ("CASE_PAYEE_KIND", None)
    assert court.levels(court.apply(case, fee, 1, kind="fee")) == ["check", "bureau"]
    assert court.asked(case, fee, 1, kind="deposit") == ("CASE_PAYEE_KIND", None)
    party = court.world.value("SELECT party_id FROM court_payee WHERE payee_id = %s", creditor)
    court.payee_of(party)
    assert court.sign(application, "clerk01") == "CASE_PAYEE_OLD"
    assert court.asked(case, creditor, 1) == ("CASE_PAYEE_OLD", None)
    assert court.asked(other, foreign, 0) == ("CASE_PAYOUT_WRONG", None)
    assert court.levels(court.apply(case, payee, 100)) == ["check", "bureau"]


def test_a_yes_is_to_what_was_shown(court: PayingCourt):
    case, account, payee = court.judged(1_000)
    application, other = court.apply(case, payee, 600), court.apply(case, payee, 100)
    seen = court.shown(application)
    assert court.sign(application, "clerk01", shown=court.shown(other)) == "CASE_PAYOUT_CHANGED"
    court.booked(court.line(50, account))
    assert court.sign(application, "clerk01", shown=seen) == "CASE_PAYOUT_CHANGED"
    assert court.sign(application, "clerk01", yes=False, shown=seen) == "OK"  # a no is always a no
    assert (court.state(application), court.free(account)) == ("refused", 950)
    assert court.withdraw(other, "judge02") == "PERMISSION_MISSING"
    assert (court.withdraw(other), court.withdraw(other), court.free(account)) == ("OK", "CASE_PAYOUT_STATE", 1_050)


def test_a_refund_names_a_receipt_and_gives_no_more_than_came(court: PayingCourt):
    case, account, _ = court.judged(1_000)
    payer, receipt = court.payee(case, "other"), court.last("transfer")
    assert court.asked(case, payer, 1, kind="refund") == ("CASE_PAYOUT_RECEIPT", None)
    assert court.asked(case, payer, 1, receipt=receipt) == ("CASE_PAYOUT_RECEIPT", None)
    court.booked(court.line(5_000, account))
    application = court.apply(case, payer, 700, kind="refund", receipt=receipt)
    assert court.asked(case, payer, 301, kind="refund", receipt=receipt) == ("CASE_PAYOUT_RECEIPT", None)
    assert court.sign(application, "judge02", yes=False) == "OK"
    assert court.asked(case, payer, 1_000, kind="refund", receipt=receipt)[0] == "OK"


def test_a_refund_needs_the_panel_and_the_reason_for_another_account_is_signed_too(court: PayingCourt):
    case, _, applicant = court.judged(1_000)
    receipt = court.last("transfer")
    assert court.asked(case, applicant, 1, other="原账户已销户") == ("CASE_PAYOUT_WRONG", None)  # no refund
    whom = ["panel", "check", "bureau"]
    assert court.levels(court.apply(case, applicant, 100, kind="refund", receipt=receipt)) == whom
    for payer, says in ((sealed_no("6222"), "CASE_PAYOUT_OTHER"),
                        (court.world.value("SELECT account_no FROM court_payee WHERE payee_id = %s", applicant), "OK"),
                        (sealed_no("6222"), "CASE_PAYOUT_OTHER")):  # fmt: skip
        with court.world.as_owner():
            court.world.run("UPDATE court_row SET payer_sealed = %s", payer)
        assert court.asked(case, applicant, 1, kind="refund", receipt=receipt)[0] == says
    code, application = court.asked(case, applicant, 300, kind="refund", receipt=receipt, other="原账户已销户")
    assert (code, court.levels(application)) == ("OK", whom)
    court.approved(application)
    assert court.world.made("SELECT cases_signed_v1(a) FROM court_application a WHERE a.application_id = %s",
                            application)  # fmt: skip
    with court.world.as_owner():
        court.world.run("ALTER TABLE court_application DISABLE TRIGGER append_only_why")
        court.world.run("UPDATE court_application SET other_why = '' WHERE application_id = %s", application)
    assert court.send(application) == "CASE_PAYOUT_UNSIGNED"


def test_nothing_leaves_that_is_held_or_on_its_way(court: PayingCourt):
    case, account, payee = court.judged(1_000)
    court.pay(account, 500)
    assert court.asked(case, payee, 1_001) == ("CASE_PAYOUT_SHORT", None)  # what channels took is not here yet
    application = court.approved(court.apply(case, payee, 800))
    assert (court.hold(case, 300), court.free(account)) == ("OK", 0)
    assert court.send(application) == "CASE_PAYOUT_SHORT"
    assert court.world.value("SELECT stopped FROM court_application") == 9084
    assert court.hold(case, None, "bankruptcy") == "OK"
    assert court.hold(case, 5, "bankruptcy") == "CASE_HOLD_WRONG"
    assert court.release(court.last_hold() - 1) == "OK"
    assert court.send(application) == "CASE_PAYOUT_SHORT"
    whole = court.last_hold()
    assert (court.release(whole), court.release(whole)) == ("OK", "CASE_HOLD_UNKNOWN")
    assert (court.send(application), court.told(application, "done"), court.free(account)) == ("OK", "OK", 200)
    alone = court.world.proposed("cases.hold", str(case), {"case": case, "kind": "order", "source": "x",
                                                           "from_on": "2026-11-23"}, court.id)  # fmt: skip
    for function in ("cases_hold_v1", "cases_release_v1", "cases_court_payee_v1"):
        assert court.code(f"SELECT {function}(%s, %s)", alone, court.world.now) == "CASE_NOT_AGREED"


def test_what_is_held_or_applied_for_is_not_unclaimed_merged_or_closed(court: PayingCourt):
    case, _, payee = court.judged(1_000)
    into, _ = court.case()
    entry = court.last("transfer")
    application = court.apply(case, payee, 600)
    assert court.unclaim(entry) == "CASE_PROMISED"
    assert court.merge(case, into) == "CASE_PROMISED"
    assert court.withdraw(application) == "OK"
    assert court.hold(case, 1) == "OK"
    assert (court.unclaim(entry), court.merge(case, into)) == ("CASE_PROMISED", "CASE_PROMISED")
    assert court.release(court.last_hold()) == "OK"
    application = court.approved(court.apply(case, payee, 1_000))
    assert court.send(application) == "OK"
    assert (court.balance(court.account(case)), court.act("close", case)) == (0, "CASE_PROMISED")
    assert court.told(application, "rejected") == "OK"
    assert (court.state(application), court.balance(court.account(case))) == ("rejected", 1_000)
    assert court.told(application, "done") == "CASE_PAYOUT_STATE"
    assert problems(court) == []


def test_what_comes_back_goes_to_the_same_sub_account_once(court: PayingCourt):
    case, account, payee = court.judged(1_000)
    application = court.paid(case, payee, 1_000)
    assert court.act("close", case) == "OK"
    assert court.told(application, "returned", back="BK1R") == "OK"
    assert court.told(application, "returned", back="BK1R") == "OK"
    assert (court.state(application), court.balance(account)) == ("returned", 1_000)
    assert court.world.value("SELECT state FROM court_case WHERE case_id = %s", case) == "open"
    reference = court.reference(application)
    court.booked(court.line(-1_000, reference=reference), court.line(1_000) | {"serial": "BK1R"})
    assert court.proof() == {"cases": 1_000, "main": 1_000, "bank": 1_000}
    assert court.entries(account) == [("transfer", 1_000), ("payout", 1_000), ("returned", 1_000)]
    court.paid(case, payee, 1_000)  # applied for anew
    assert problems(court) == []


def test_a_statement_pays_and_gives_back_what_no_port_told(court: PayingCourt):
    case, account, payee = court.judged(1_000)
    application = court.approved(court.apply(case, payee, 700))
    reference = court.reference(application)
    court.booked(court.line(-699, reference=reference), court.line(-700, reference=reference),
                 court.line(-700, reference=reference), court.line(700, reference=reference),
                 court.line(700, reference=reference))  # fmt: skip
    assert (court.state(application), court.balance(account)) == ("returned", 1_000)
    assert court.proof() == {"cases": 1_000, "unknown": 700, "main": 1_700, "bank": 301, "open": -1_399}
    assert problems(court) == []


def test_a_line_of_a_payout_that_cannot_leave_is_not_explained(court: PayingCourt):
    case, account, payee = court.judged(1_000)
    application = court.approved(court.apply(case, payee, 700))
    assert court.hold(case, None, "stay") == "OK"
    court.booked(court.line(-700, reference=court.reference(application)), court.line(5, account))
    assert (court.state(application), court.balance(account)) == ("approved", 1_005)
    assert court.proof()["open"] == -700


def test_a_payout_without_its_signatures_or_unlike_its_application_is_named(court: PayingCourt):
    case, _, payee = court.judged(1_000)
    court.paid(case, payee, 600)
    for change, said in (
        ("UPDATE court_signature SET person = '赵' WHERE step = 2", "without its signatures"),
        ("DELETE FROM court_signature WHERE step = 1", "without its signatures"),
        ("UPDATE court_application SET amount_fen = 599", "without its signatures"),
        ("UPDATE court_application SET levels = '{check,check}'", "without its signatures"),
        ("UPDATE court_payee SET bank_code = '104617000099'", "without its signatures"),
        ("UPDATE court_application SET state = 'sent', paid_id = NULL", "no application says so"),
    ):
        with court.world.as_owner(), court.world.conn.transaction(force_rollback=True):
            for table in ("court_signature", "court_application", "court_entry"):
                court.world.run(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
            court.world.run(change)
            found = proof.altered(court.world.conn)
            assert any(said in problem for problem in found), (change, found)
    assert problems(court) == []
