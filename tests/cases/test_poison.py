"""What one partner, one clerk or who has the web role's password tells the court's doors and tables holds up nobody
else: bills that are no case's, moments that no clock shows, requests that can never be, numbers that end."""

from datetime import date, timedelta

import pytest
from psycopg import errors

from tests.cases import test_ask, test_push
from tests.cases.court import Court
from tests.cases.test_ask import asked, opened
from tests.cases.test_push import booked, told
from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.refused import Refused
from yifen.core.plugs import result_code
from yifen.trades.bills import files
from yifen.trades.bills.codes import BillCode
from yifen.trades.cases import proof
from yifen.trades.cases.codes import CaseCode as C
from yifen.trades.cases.doors import asking
from yifen.trades.cases.rules import with_check

bank, own = test_push.bank, test_ask.own


def import_of(court: Court, biller: int, account: str) -> str:
    """A file of bills that two people agreed to, which withdraws the case's payable and asks for a fee."""
    one = court.world
    bucket = account_bucket(biller, account, one.buckets)
    file = one.value("INSERT INTO bill_file (biller_id, name, sha256, bytes, rows, wrong, due_fen, received_at,"
                     " received_by) VALUES (%s, 'b.csv', sha256(%s::text::bytea), 1, 2, 0, 1000, %s, 'maker01')"
                     " RETURNING file_id", biller, account, one.now)  # fmt: skip
    for line, (ref, withdraw) in enumerate((("CASE", True), ("FEE1", False)), 2):
        one.run("INSERT INTO bill_row (file_id, piece, line_no, bucket, account_no, name, ref, title, withdraw, mode,"
                " due_fen, min_fen, max_fen) VALUES (%s, 0, %s, %s, %s, '~1~x~00', %s, '费', %s, 'exact', 1000, 1,"
                " 1000)", file, line, bucket, account, ref, withdraw)  # fmt: skip
    pieces = one.value("SELECT bills_pieces_v1(%s)", file)
    one.run("UPDATE access_user_role SET role = 'finance' WHERE role = 'court_head'")
    proposal = one.two_people("payables.import", str(file), {"pieces": pieces}, biller)
    return result_code(one.value("SELECT bills_import_v1(%s, 0, %s)", proposal, one.now)).name


def test_what_is_paid_to_a_court_is_a_cases_and_no_bill(court: Court):
    """A clerk's bill on a sub-account took money past the case, and withdrew the case's own payable."""
    _, account = court.case()
    for wanted in (court.id, "COURT01"):
        with pytest.raises(Refused) as refused:
            files.hosted(court.world.conn, str(wanted))
        assert refused.value.code is BillCode.BILLS_SOLE
    assert import_of(court, court.id, account) == "BILLS_SOLE"
    bill = ("SELECT payments_{}_payables_v1(%s::smallint, ARRAY[%s]::integer[], ARRAY[%s], '{{FEE1}}', '{{费}}',"
            " '{{exact}}', '{{1000}}', '{{1}}', '{{1000}}', '{{NULL}}', '{{NULL}}'{})")  # fmt: skip
    bucket = court.world.value("SELECT bucket FROM court_account WHERE account_no = %s", account)
    with (
        court.world.as_owner(),
        pytest.raises(errors.RaiseException),
        court.world.conn.transaction(),
    ):
        court.world.value(bill.format("import", ""), bucket, court.id, account)
    court.booked(court.line(500, account))  # its payable is there, and takes
    other = court.world.biller("PLAIN")
    assert import_of(court, other, "GW1") == "OK"
    assert court.world.payable("FEE1", "PLAIN", "GW1") == ("open", 0, False)
    with court.world.as_owner():
        assert proof.altered(court.world.conn) == []
        court.world.value(
            bill.format("keep", ", false"), bucket, court.id, account
        )  # as an owner may
    court.pay(account, 1_000, ref="FEE1")
    with court.world.as_owner():
        [said] = proof.altered(court.world.conn)
        assert said.endswith(f"of court {court.id} is of no sub-account, 1000 fen are paid on it")


def test_moments_that_no_clock_shows_are_refused_and_an_old_one_ends_by_itself(bank: Court):
    """One such row stopped the worker's job for every court."""
    _, account = bank.case()
    for wrong in (
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        bank.world.now + timedelta(hours=2),
    ):
        with pytest.raises(Refused) as refused:
            told(bank, account, paid_at=wrong)
        assert refused.value.code is C.PUSH_UNREADABLE
    told(bank, account)
    again = ("INSERT INTO court_push (bank_id, serial, main_no, account_no, amount_fen, paid_at, signed, body,"
             " received_at) SELECT bank_id, %s, main_no, account_no, 9, {}, signed, body, {} FROM court_push"
             " LIMIT 1")  # fmt: skip
    for paid_at, received_at in (("'-infinity'", "received_at"), ("paid_at", "'infinity'"),
                                 ("'0001-01-01 00:00+14'", "received_at")):  # fmt: skip
        with pytest.raises(errors.CheckViolation), bank.world.conn.transaction():
            bank.world.run(again.format(paid_at, received_at), "P8")
    bank.world.set_up("ALTER TABLE court_push DROP CONSTRAINT court_push_paid, DROP CONSTRAINT within_paid_at")
    bank.world.run(again.format("'0001-01-01 00:00+14'", "received_at"), "P0")
    told(bank, account, 30, "P2")
    assert booked(bank) == [0, C.PUSH_UNREADABLE, 0]
    assert bank.balance(account) == 730
    bank.world.set_up("ALTER TABLE court_rule DISABLE TRIGGER append_only")
    bank.world.set_up("UPDATE court_rule SET bank_id = NULL")  # it is no court's bank any more
    with pytest.raises(Refused) as refused:
        told(bank, account, serial="P9")
    assert refused.value.code is C.PUSH_FOREIGN


def test_no_process_adds_a_file_of_a_moment_that_no_page_can_show_nor_a_line_to_one_that_is_whole(
    court: Court,
):
    """One line more turned the daily proof red for good."""
    _, account = court.case()
    file = court.statement(court.line(500, account))
    for state in ("staged", "booked"):
        with (
            pytest.raises(errors.CheckViolation, match="has all its lines"),
            court.world.conn.transaction(),
        ):
            court.world.run("INSERT INTO court_row SELECT file_id, 9, 'X', kind, amount_fen, 1000, at, account_no,"
                            " business, reference, who FROM court_row WHERE file_id = %s", file)  # fmt: skip
        assert state == "booked" or court.book(file) == "OK"
    with court.world.as_owner():
        assert proof.altered(court.world.conn) == []
    add = ("INSERT INTO court_file (court_id, name, sha256, rows, wrong, opening_fen, closing_fen, received_by,"
           " received_at, old_on) SELECT court_id, name, '', 1, 0, 0, 1, 'x', {} FROM court_file")  # fmt: skip
    for moments in ("'infinity', NULL", "received_at, 'infinity'"):
        with pytest.raises(errors.CheckViolation), court.world.conn.transaction():
            court.world.run(add.format(moments))


def test_what_can_never_be_opened_is_refused_or_ends_and_each_court_has_its_turn(
    own: Court, monkeypatch: pytest.MonkeyPatch
):
    for wrong in ({"due_fen": 10**30}, {"due_fen": -1}, {"parties": [{"role": "x\u0000", "name": "李"}]},
                  {"filed_on": date(1, 1, 1)}, {"account": "6" * 41}):  # fmt: skip
        with pytest.raises(Refused) as refused:
            asked(own, **wrong)
        assert refused.value.code is C.ASK_UNREADABLE
    other = own.world.biller("COURT02")
    assert own.rule(other, code="桂0305", main_no="6217030500000000", prefix="62170305") == "OK"
    asked(own)
    add = ("INSERT INTO court_ask (court_id, request, number, signed, body, received_at) SELECT %s, 'Q' || n,"
           " k.number, k.signed, k.body, k.received_at FROM court_ask k, generate_series(1, %s) n"
           " WHERE k.request = 'R1'")  # fmt: skip
    own.world.run(add, own.id, 600)
    own.world.run(add, other, 1)
    turn = asking_turn(own)
    assert turn.count(own.id) == 100
    assert turn.count(other) == 1
    with monkeypatch.context() as old:  # one that was taken in before such things were refused
        old.setattr("yifen.trades.cases.doors.asking.read", lambda body: asked_for(own))
        opened(own)
    assert asked(own).code == C.ASK_UNREADABLE
    assert asking_turn(own).count(own.id) == 100


def asking_turn(court: Court) -> list[int]:
    """Whose requests the worker takes up next."""
    asks = [ask for (ask,) in court.world.rows(asking._SQL["asks_to_open"])]
    return [
        court.world.value("SELECT court_id FROM court_ask WHERE ask_id = %s", ask) for ask in asks
    ]


def asked_for(court: Court) -> asking.CourtAsk:
    return asking.CourtAsk(
        "R1", test_ask.NUMBER, [asking.AskedParty("debtor", "李")], due_fen=10**30
    )


def test_a_clerks_odd_number_does_not_end_the_rules_own(court: Court):
    odd = with_check("62170304999999", "luhn")
    assert court.world.rows(
        "SELECT code FROM cases_numbers_v1('maker01', %s, ARRAY[%s])", court.id, odd
    ) == [(0,)]
    assert court.case()[1] == odd
    assert court.case()[1] == with_check("62170304000001", "luhn")
    taken = with_check("62170304000002", "luhn")
    court.world.rows("SELECT code FROM cases_numbers_v1('maker01', %s, ARRAY[%s])", court.id, taken)
    assert [court.case()[1] for _ in range(2)] == [taken, with_check("62170304000003", "luhn")]
    court.world.set_up("UPDATE court_account SET account_no = %s WHERE account_no = %s",
                       with_check("62170304999998", "luhn"), with_check("62170304000003", "luhn"))  # fmt: skip
    assert (
        court.world.value("SELECT cases_next_account_v1(%s, %s)", court.id, court.world.now) is None
    )
    assert court.ask("(2026)桂0304执99号", account_no="")[0] == "CASE_NUMBERS_GONE"


def test_a_clock_has_ten_years_at_most(court: Court):
    due = "SELECT cases_due_v1(%s, %s, true), cases_due_but_v1(%s, %s, true, %s::datemultirange)"
    day, most = date(2026, 11, 2), date(2026, 11, 4)
    for from_on, days, but in ((day, 10**9, "{}"), ("infinity", 2, "{}"), (day, -1, "{}")):
        assert court.world.rows(due, from_on, days, from_on, days, but) == [(None, None)]
    assert court.world.rows(due, day, 2, day, 2, "{[2026-11-03,4000-01-01)}") == [(most, None)]
    assert court.world.rows(due, day, 2, day, 2, "{[2026-11-03,2026-11-04)}") == [
        (most, date(2026, 11, 5))
    ]
