"""A case's sub-account is a payable like any other: opened by one, reached by every channel, closed without money
alone."""

from datetime import timedelta
from typing import Any

import pytest

from tests.cases.court import Court
from tests.world import the_ring
from yifen.core.facts.codes import Code
from yifen.core.partners.roster import RosterBiller
from yifen.core.wire.messages import Query
from yifen.hub.payments import reading
from yifen.hub.payments.names import sealed_name
from yifen.trades.cases import proof
from yifen.trades.cases.rules import with_check


def test_a_case_gets_the_next_number_with_its_check_digit(court: Court):
    accounts = [court.case()[1] for _ in range(3)]
    assert accounts == [with_check(f"62170304{serial:06d}", "luhn") for serial in (1, 2, 3)]


def test_numbers_that_the_bank_made_go_first_and_any_of_them_may_be_said(court: Court):
    asked = ("maker01", court.id, ["6217999900000028", "6217999900000011", "6217999900000011"])
    assert court.world.rows("SELECT code, added FROM cases_numbers_v1(%s, %s, %s::text[])", *asked) == [(0, 2)]
    assert court.case(account_no="6217999900000028")[1] == "6217999900000028"
    assert court.case()[1] == "6217999900000011"
    assert court.case()[1] == with_check("62170304000001", "luhn")


@pytest.mark.parametrize("method", ["none", "luhn", "mod97"])
def test_the_database_makes_check_digits_as_the_rules_do(court: Court, method: str):
    for digits in ("62170304000001", "7", "99999999999999999999", "7992739871"):
        assert court.world.made("SELECT cases_with_check_v1(%s, %s)", digits, method) == with_check(digits, method)


def test_what_is_no_case_is_refused_and_nothing_is_left_of_it(court: Court):
    taken, _ = court.case(number="(2026)桂0304执9号")
    before = court.world.money()
    for asked, code in (
        (("(2026)桂0304执9号",), "CASE_EXISTS"), (("2026桂0304执9号",), "CASE_NUMBER_WRONG"),
        (("（2026）桂0304执8号",), "CASE_NUMBER_WRONG"), (("(2026)桂0304执8号", -1), "CASE_FIELDS"),
        (("(2026)桂0304执8号", 0, "6217030400000099"), "CASE_ACCOUNT_TAKEN"),
        (("(2026)桂0304执8号", 0, court.account(taken)), "CASE_ACCOUNT_TAKEN"),
        (("(2026)桂0304执8号", 0, "", "seer01"), "PERMISSION_MISSING"),
        (("(2026)桂0304执8号", 0, "", "nobody"), "PERMISSION_MISSING"),
    ):  # fmt: skip
        assert court.ask(*asked) == (code, None)
    assert court.world.money() == before


def test_no_case_without_a_rule_and_no_rule_of_yesterday(court: Court):
    assert court.rule(valid_from="2026-11-22") == "COURT_RULE_DAY"
    assert court.rule() == "COURT_RULE_DAY"  # there is one of this day
    assert court.rule(valid_from="2026-12-01", code="桂0305") == "COURT_RULE_CODE"
    assert court.rule(valid_from="2026-12-01", prefix="99") == "OK"
    assert court.case()[1].startswith("62170304")  # until then
    other = court.world.biller("COURT02")
    assert court.world.value("SELECT cases_next_account_v1(%s, %s)", other, court.world.now) is None


def test_no_two_courts_have_a_main_account_or_numbers_that_begin_alike(court: Court):
    other = court.world.biller("COURT02")
    theirs = {"code": "桂0305", "main_no": "6217030500000000", "prefix": "62170305"}
    for alike in ({"main_no": "6217030400000000"}, {"prefix": "6217030412"}, {"prefix": "6217"}):
        assert court.rule(other, **(theirs | alike)) == f"COURT_RULE_{'MAIN' if 'main_no' in alike else 'PREFIX'}"
    assert court.rule(other, **theirs) == "OK"
    for alike in ({"main_no": "6217030500000000"}, {"prefix": "621703051"}):  # an old court's new rule
        which = "MAIN" if "main_no" in alike else "PREFIX"
        assert court.rule(valid_from="2026-12-01", **alike) == f"COURT_RULE_{which}"
    for number in ("6217030500000001", "6217030500000000"):  # nor does a bank make theirs for us
        asked = "SELECT code FROM cases_numbers_v1('maker01', %s, ARRAY[%s])"
        assert court.world.rows(asked, court.id, number) == [(9070,)]
    court.world.run("SELECT cases_numbers_v1('maker01', %s, '{771000000001}')", court.id)
    assert court.rule(other, **(theirs | {"valid_from": "2026-12-01", "prefix": "7710"})) == "COURT_RULE_PREFIX"


def test_a_number_never_leads_to_two_open_cases(court: Court):
    (old, _), (new, _) = court.case(number="(2018)桂0304执9号"), court.case(number="(2019)桂0304执恢9号")
    own, older = "(2018)桂0304执9号", "(2017)桂0304执8号"
    assert court.link(new, own) == "CASE_NUMBER_OPEN"
    assert (court.act("close", old), court.link(new, own), court.link(new, own)) == ("OK", "OK", "OK")
    assert court.act("reopen", old) == "CASE_NUMBER_LEADS"
    assert court.link(new, older, "resumed") == "CASE_NUMBER_NONE"  # no case of the court has it: older, or none
    assert (court.link(new, older), court.ask(older)) == ("OK", ("CASE_NUMBER_LEADS", None))
    assert court.link(court.case()[0], older) == "CASE_NUMBER_LEADS"
    assert (court.act("close", new), court.act("reopen", old)) == ("OK", "OK")
    assert court.act("reopen", new) == "CASE_NUMBER_LEADS"  # a number of it is an open case's own
    assert (court.unlink(new, own), court.unlink(new, own)) == ("OK", "CASE_NAME_UNKNOWN")
    assert (court.act("reopen", new), court.link(old, older)) == ("OK", "CASE_NUMBER_LEADS")
    assert (court.unlink(new, older), court.link(old, older)) == ("OK", "OK")
    alone = court.world.proposed("cases.unlink", str(old), {"case": old, "number": older}, court.id)
    for function in ("cases_link_v1", "cases_unlink_v1", "cases_correct_v1"):
        assert court.code(f"SELECT {function}(%s, %s)", alone, court.world.now) == "CASE_NOT_AGREED"
    with court.world.as_owner():
        court.world.run("ALTER TABLE court_name DISABLE TRIGGER append_only")
        court.world.run("UPDATE court_name SET kind = 'source'")
        assert any("linked otherwise" in problem for problem in proof.altered(court.world.conn))


def test_a_case_of_another_courts_number_is_opened_where_that_court_entrusted_it(court: Court):
    assert court.ask("(2026)京0101执9005号") == ("CASE_OTHER_COURT", None)
    assert court.ask("(2026)桂03执9005号") == ("CASE_OTHER_COURT", None)  # the court above is another one
    assert court.ask("(2026)最高法执1号") == ("CASE_OTHER_COURT", None)
    assert court.ask("(2026)京0101执9005号", entrusted="京0101委托，执委3号")[0] == "OK"
    assert court.ask("(2015)象法执民字第2741号")[0] == "OK"  # of before codes
    assert court.world.rows("SELECT entrusted FROM court_case ORDER BY case_id") == [("京0101委托，执委3号",), ("",)]


def test_what_is_said_of_a_case_is_put_right_by_two_people(court: Court):
    case, account = court.case(due_fen=50_000)
    party, sealed = court.world.value("SELECT party_id FROM court_party WHERE case_id = %s", case), b"new".hex()
    asked = {"case": case, "due_fen": None, "filed_on": None}

    def corrected(**content: Any) -> str:
        return court.agreed("cases.correct", "cases_correct_v1", **(asked | content))

    names = {"party": party, "name": sealed, "more": [b"other".hex()],
             "payer": sealed_name(the_ring(), court.id, account, "王新")}  # fmt: skip
    assert corrected() == corrected(**(names | {"name": "x"})) == corrected(due_fen=-1) == "CASE_CORRECTION"
    assert corrected(**(names | {"party": 10**9})) == "CASE_PARTY_UNKNOWN"
    assert corrected(**names, due_fen=70_000, filed_on="2026-11-01") == "OK"
    assert court.world.rows("SELECT role, name FROM court_party WHERE case_id = %s ORDER BY party_id", case) == [
        ("debtor", b"new"), ("debtor", b"other")]  # fmt: skip
    assert court.world.rows("SELECT due_fen, filed_on::text FROM court_case") == [(70_000, "2026-11-01")]
    assert court.world.rows("SELECT y.due_fen, y.max_fen, p.name FROM payable y JOIN payer p USING (account_no)"
                            " WHERE y.account_no = %s", account) == [(70_000, 140_000, names["payer"])]  # fmt: skip
    assert court.act("close", case) == "OK"
    assert corrected(due_fen=1) == "CASE_NOT_OPEN"


def test_a_case_takes_so_much_beyond_what_is_owed_as_its_rule_says(court: Court):
    _, account = court.case(due_fen=50_000)
    most = "SELECT max_fen FROM payable WHERE account_no = %s"
    assert court.world.value(most, account) == 100_000
    late = court.world.charge("B1", {"CASE": 100_001}, channel="POS", biller="COURT01", account_no=account)
    assert late.code is not Code.OK
    court.pay(account, 80_000)
    assert (court.follow(), court.world.value(most, account)) == (1, 20_000)
    assert court.rule(valid_from="2026-11-24", beyond_percent=1_001) == "COURT_RULE_WRONG"
    assert court.rule(valid_from="2026-11-24", beyond_percent=70) == "OK"
    court.world.now += timedelta(days=1)
    court.pay(account, 1)
    assert (court.follow(), court.world.value(most, account)) == (1, 4_999)
    assert court.world.value(most, court.case()[1]) == 999_999_999_999_999


def test_every_channel_pays_to_a_sub_account_and_what_is_owed_falls(court: Court):
    _, account = court.case(due_fen=50_000)
    court.pay(account, 12_345)
    court.pay(account, 1, channel="WX")
    assert (court.balance(account), court.follow()) == (12_346, 2)
    assert court.world.rows("SELECT title, due_fen, mode::text, ref FROM payable WHERE account_no = %s", account) == [
        ("执行案款 (2026)桂0304执1号", 37_654, "open", "CASE")]  # fmt: skip
    assert court.entries(account) == [("collected", 12_345), ("collected", 1)]
    assert court.proof() == {"cases": 12_346, "coming": 12_346}
    court.pay(account, 60_000)  # beyond what is owed: kept, it goes back to the payer
    assert (court.follow(), court.balance(account)) == (1, 72_346)


def test_a_query_tells_the_masked_name_and_what_is_left(court: Court):
    _, account = court.case(due_fen=50_000)
    court.pay(account, 12_346)
    court.follow()
    asked = Query(biller="COURT01", account_no=account)
    rows = court.world.conn.execute(reading.QUERY_SQL, {
        "channel": court.world.ids["POS"], "biller": court.id, "account_no": account, "remote": False,
        "bucket": court.world.value("SELECT bucket FROM court_account"),
        "now": court.world.now}).fetchall()  # fmt: skip
    biller = RosterBiller(court.id, "COURT01", None, "", "json", 1, 1, {})
    reply = reading.query_reply(asked, rows, the_ring(), biller)
    assert (reply.payer_name, [(one.payable, one.mode, one.due_fen, one.min_fen) for one in reply.payables]) == (
        "*四", [("CASE", "open", 37_654, 1)])  # fmt: skip


def test_where_the_rule_says_so_no_more_is_taken_than_is_owed(court: Court):
    assert court.rule(valid_from="2026-11-24", beyond=False) == "OK"
    court.world.set_up("UPDATE ledger_book SET current_day = '2026-11-24'")
    court.world.now = court.world.now.replace(day=24)
    _, account = court.case(due_fen=1_000)
    more = court.world.charge("POS-MORE", {"CASE": 1_001}, channel="POS", biller="COURT01", account_no=account,
                              paid_at=court.world.now)  # fmt: skip
    assert more.code is Code.AMOUNT_WRONG
    court.pay(account, 400)
    court.follow()
    assert court.world.value("SELECT max_fen FROM payable WHERE account_no = %s", account) == 600


def test_a_reversal_takes_its_money_off_the_case(court: Court):
    _, account = court.case()
    serial = court.pay(account, 9_000)
    court.follow()
    assert court.world.reverse("R1", serial, 9_000, channel="POS").code == 0
    assert court.follow() == 1
    assert (court.balance(account), court.entries(account)) == (0, [("collected", 9_000), ("given_back", 9_000)])
    assert court.proof() == {}


def test_a_case_with_money_stays_open_and_one_without_is_closed(court: Court):
    case, account = court.case()
    serial = court.pay(account, 100)
    assert court.act("close", case) == "CASE_HAS_MONEY"
    assert court.world.reverse("R1", serial, 100, channel="POS").code == 0
    assert court.act("close", case, "seer01") == "PERMISSION_MISSING"
    assert (court.act("close", case), court.act("close", case)) == ("OK", "CASE_NOT_OPEN")
    late = court.world.charge("LATE", {"CASE": 1}, channel="POS", biller="COURT01", account_no=account)
    assert late.code is Code.PAYABLE_WITHDRAWN


def test_a_closed_case_is_opened_again_under_its_number(court: Court):
    case, account = court.case(due_fen=500)
    assert (court.act("reopen", case), court.act("close", case), court.act("reopen", case)) == (
        "CASE_NOT_CLOSED", "OK", "OK")  # fmt: skip
    court.pay(account, 200, ref="CASE2")
    assert (court.follow(), court.balance(account)) == (1, 200)
    assert court.proof() == {"cases": 200, "coming": 200}


def test_a_resumed_case_is_found_by_its_old_number(court: Court):
    old, _ = court.case(number="(2018)桂0304执123号")
    new, _ = court.case(number="(2019)桂0304执恢45号")
    assert court.act("close", old) == "OK"
    assert (court.link(new, "(2018)桂0304执123号"), court.link(new, "(2018)桂0304执123号")) == ("OK", "OK")
    assert court.link(new, "(2019)桂0304执恢45号") == "CASE_NUMBER_WRONG"
    assert court.world.rows("SELECT number, kind FROM court_name WHERE case_id = %s", new) == [("(2018)桂0304执123号",
                                                                                                "old")]


def test_a_case_that_is_merged_takes_its_money_and_its_numbers_with_it(court: Court):
    (case, account), (into, to) = court.case(), court.case()
    court.booked(court.line(7_000, account))
    court.pay(account, 500)
    assert court.merge(case, into) == "CASE_HAS_MONEY"  # on its way
    assert (court.balance(account), court.balance(to)) == (7_500, 0)
    assert court.merge(case, case) == "CASE_MERGE_WRONG"
    assert court.world.reverse("R1", "POS000002", 500, channel="POS").code == 0
    assert court.merge(case, into) == "OK"
    assert (court.balance(account), court.balance(to)) == (0, 7_000)
    assert court.entries(to) == [("moved_in", 7_000)]
    assert court.world.rows("SELECT number, kind FROM court_name WHERE case_id = %s", into) == [
        ("(2026)桂0304执1号", "merged")]  # fmt: skip
    assert (court.merge(case, into), court.act("reopen", case)) == ("CASE_NOT_OPEN", "CASE_NOT_CLOSED")
    assert court.proof() == {"cases": 7_000, "main": 7_000, "bank": 7_000}
