"""A court's old balances: its main account case by case, as the bank has it, before anything else is booked."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from tests.cases import proposals, test_push
from tests.cases.court import Court
from tests.web import site
from tests.web.province import Province
from tests.world import DAY
from yifen.core.facts.refused import Refused
from yifen.trades.cases import proof
from yifen.trades.cases.codes import CaseCode as C
from yifen.trades.cases.old_rows import KnownCase, OldCheck

NUMBER, HEADER = "(2018)桂0304执9号", ["案号", "当事人", "余额", "到账日期", "备注"]
KNOWN = {NUMBER: KnownCase("62170304", frozenset({"李四"}))}


def read(*rows: list[str]) -> list[Any]:
    checks = OldCheck(HEADER, date(2026, 11, 22), KNOWN)
    return [checks.read(number, cells) for number, cells in enumerate(rows, 2)]


def test_a_row_is_a_line_of_the_case_or_of_nobody_and_balances_add_up():
    found = read(["〔2018〕桂0304执9号", "李四", "1,234.56", "2018-03-01", ""], ["", "某公司", "0.44", "", "拍卖款"],
                 ["(2019)桂0304执7号", "赵六", "5", "", ""])  # fmt: skip
    assert [faults for _, faults in found] == [[], [], []]
    told = [(row.account_no, row.amount_fen, row.balance_fen, row.at.date(), row.payer, row.words) for row, _ in found]
    assert told == [
        ("62170304", 123_456, 123_456, date(2018, 3, 1), "李四", NUMBER.replace("(", "〔").replace(")", "〕")),
        ("", 44, 123_500, date(2026, 11, 22), "某公司", "拍卖款"),
        ("", 500, 124_000, date(2026, 11, 22), "赵六", "(2019)桂0304执7号")]  # fmt: skip


@pytest.mark.parametrize(("cells", "code"), [
    ([NUMBER, "王五", "1", "", ""], C.OLD_PARTY), ([NUMBER, "李四", "0", "", ""], C.OLD_AMOUNT),
    ([NUMBER, "李四", "-1", "", ""], C.OLD_AMOUNT), ([NUMBER, "李四", "", "", ""], C.OLD_AMOUNT),
    ([NUMBER, "李四", "1", "2026-11-23", ""], C.OLD_DAY), ([NUMBER, "李四", "1", "x", ""], C.OLD_DAY),
    ([NUMBER, "李四", "1"], C.LINE_CELLS),
])  # fmt: skip
def test_what_is_wrong_with_a_row_is_named(cells: list[str], code: int):
    ((row, faults),) = read(cells)
    assert (row, [fault.code for fault in faults]) == (None, [code])


def test_old_balances_come_once_before_the_first_statement_which_begins_with_them(court: Court):
    (_, account), old = court.case(), DAY - timedelta(days=1)
    lines = (court.line(10_000, account), court.line(2_000))
    assert court.book(court.statement(court.line(-1), old_on=old)) == "STATEMENT_ROWS_WRONG"
    assert court.book(court.statement(court.line(1, business="interest"), old_on=old)) == "STATEMENT_ROWS_WRONG"
    assert court.book(court.statement(*lines, old_on=old)) == "OK"
    assert court.proof() == {"cases": 10_000, "unknown": 2_000, "main": 12_000, "bank": 12_000}
    assert court.book(court.statement(court.line(5), opening=0, old_on=old)) == "OLD_LATE"
    assert court.book(court.statement(court.line(5), opening=11_999)) == "STATEMENT_GAP"
    assert court.book(court.statement(court.line(5))) == "OK"
    assert court.proof() == {"cases": 10_000, "unknown": 2_005, "main": 12_005, "bank": 12_005}
    with court.world.as_owner():
        assert proof.altered(court.world.conn) == []


def test_behind_a_statement_there_are_no_old_balances(court: Court):
    court.booked(court.line(5))
    assert court.book(court.statement(court.line(7), opening=0, old_on=DAY - timedelta(days=1))) == "OLD_LATE"


def test_old_balances_and_what_was_booked_since_never_count_the_same_money(court: Court):
    _, account = court.case()
    court.pay(account, 7)
    court.follow()
    assert court.book(court.statement(court.line(5, account), opening=0, old_on=DAY)) == "OLD_LATE"
    assert court.book(court.statement(court.line(5, account), opening=0, old_on=DAY - timedelta(days=1))) == "OK"
    court.world.key("BANK1", 1, "hmac-sha256", test_push.SECRET)
    test_push.told(court, account, paid_at=court.world.now - timedelta(days=1))
    test_push.told(court, account, serial="P2")
    assert test_push.booked(court) == [C.PUSH_SHOWN, 0]
    assert court.proof() == {"cases": 712, "coming": 707, "main": 5, "bank": 5}


def test_the_list_has_to_add_up_to_the_bank_s_balance_of_that_day(place: Province):
    from yifen.trades.cases import old_balances, statements
    from yifen.trades.cases.reading import found_case

    with transaction.atomic():
        case = proposals.a_case(place)
        number, yesterday = found_case(case.case_id).number, proposals.at().date() - timedelta(days=2)
        body = f"案号,当事人,余额\n{number},李执行,100.00\n,某公司,0.50\n".encode()
        asked = (site.access(place.users["finance"]), place.own.biller, io.BytesIO(body), "old.csv", "clerk")
        for day, bank, code in ((yesterday, 10_049, C.OLD_NOT_BANK), (proposals.at().date() + timedelta(days=1), 10_050,
                                                                     C.OLD_DAY)):  # fmt: skip
            with pytest.raises(Refused) as refused:
                old_balances.take_in(*asked, day, bank, proposals.at())
            assert refused.value.code is code
        file = old_balances.take_in(*asked, yesterday, 10_050, proposals.at())
        assert statements.standings(file) == [("transfer", 1, 10_000), ("unknown", 1, 50)]
        shown = statements.view({"file": file})
        assert ("old_on", str(yesterday)) in [(change.field, change.after) for change in shown]
        transaction.set_rollback(True)
