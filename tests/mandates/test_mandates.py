"""Mandates as the desk signs them: what the core and two people say, limits, dates, another account, order."""

from datetime import timedelta

import psycopg
import pytest

from tests.corebank.bench import CARD, COMPANY
from tests.mandates.bench import HOLDER, MandateBench
from tests.world import DAY
from yifen.core.facts.refused import Refused
from yifen.hub.corebank.codes import CoreCode
from yifen.trades.mandates.codes import MandateCode


def refused(call, *args, **kwargs):
    with pytest.raises(Refused) as found:
        call(*args, **kwargs)
    return found.value.code


def test_a_mandate_is_signed_by_two_people_and_the_core_and_is_sealed(bench: MandateBench):
    customer = bench.customer()
    one = bench.sign(customer, once_fen=20_000, month_fen=50_000)
    assert (one.source, one.from_on) == ("counter", DAY)
    assert (one.account_shown, one.holder_shown) == ("6222***********0123", "**小明")
    assert one.holder(bench.ring).name == HOLDER
    assert CARD.encode() not in bytes(one.account_sealed)
    assert bench.rows("SELECT number FROM mandates_for_v1(%s, %s, %s)", bench.biller, customer, DAY) == [(one.number,)]
    assert bench.altered() == []
    bench.owner("ALTER TABLE mandate DISABLE TRIGGER USER")
    bench.owner("UPDATE mandate SET once_fen = 30000 WHERE number = %s", one.number)
    assert len(bench.altered()) == 1
    bench.owner("UPDATE mandate SET once_fen = 20000 WHERE number = %s", one.number)
    bench.owner("ALTER TABLE mandate ENABLE TRIGGER USER")
    assert bench.altered() == []


def test_what_the_core_does_not_confirm_is_no_mandate(bench: MandateBench):
    customer = bench.customer()
    for account, name, code in (
        ("6222029999999999999", HOLDER, CoreCode.CORE_NO_ACCOUNT), (CARD, "张三", CoreCode.CORE_NAME_DIFFERS),
        ("6222020000000000002", "李四", CoreCode.CORE_FROZEN), ("6222020000000000003", "王五", CoreCode.CORE_CLOSED),
        ("6222020000000000004", "赵六", CoreCode.CORE_LOST),
    ):  # fmt: skip
        assert refused(bench.sign, customer, account, name=name) is code
    assert refused(bench.sign, customer, once_fen=2, month_fen=1) is MandateCode.MANDATE_LIMITS
    assert refused(bench.sign, customer, from_on=DAY - timedelta(days=40), until_on=DAY - timedelta(days=30)) \
        is MandateCode.MANDATE_DATES  # fmt: skip
    assert bench.rows("SELECT 1 FROM mandate WHERE customer = %s", customer) == []
    company = bench.sign(customer, COMPANY, name="青溪造纸厂")
    assert company.kind == "cheque"


def test_limits_of_a_debit_and_a_month_are_counted_once_a_document(bench: MandateBench):
    number = bench.sign(bench.customer(), once_fen=300, month_fen=500, no_feel=False).number
    assert bench.take(number, "debit_item:1", 301) == MandateCode.MANDATE_OVER_ONCE
    assert [bench.take(number, "debit_item:2", 300) for _ in range(2)] == [0, 0]
    assert bench.take(number, "debit_item:2", 299) == MandateCode.MANDATE_USED_OTHERWISE
    assert bench.take(number, "debit_item:3", 201) == MandateCode.MANDATE_OVER_MONTH
    assert bench.take(number, "debit_item:4", 100, "no_feel") == MandateCode.MANDATE_KIND
    assert bench.take(number, "debit_item:5", 200) == 0
    bench.untake("debit_item:2")
    assert bench.take(number, "debit_item:6", 300) == 0
    assert bench.take(number, "debit_item:2", 300) == MandateCode.MANDATE_USED_OTHERWISE


def test_another_account_is_a_new_agreement_in_the_place_of_the_old_from_its_first_day(bench: MandateBench):
    customer, card = bench.customer(), bench.card(10_000)
    old = bench.sign(customer)
    assert refused(bench.sign, customer) is MandateCode.MANDATE_THERE
    assert refused(bench.sign, customer, CARD, old.number) is MandateCode.MANDATE_SAME_ACCOUNT
    new = bench.sign(customer, card, old.number, from_on=DAY + timedelta(days=60))
    in_force = "SELECT number FROM mandates_for_v1(%s, %s, %s)"
    days = [bench.rows(in_force, bench.biller, customer, new.from_on + timedelta(days=d)) for d in (-1, 0)]
    assert days == [[(old.number,)], [(new.number,)]]
    assert refused(bench.change, old.number, once_fen=1) is MandateCode.MANDATE_ENDED
    assert bench.take(new.number, "debit_item:20", 1) == MandateCode.MANDATE_NOT_YET
    assert bench.altered() == []


def test_several_mandates_of_a_customer_pay_by_rank_then_start_then_number(bench: MandateBench):
    customer = bench.customer()
    second = bench.sign(customer, bench.card(1), rank=2)
    first = bench.sign(customer, bench.card(1), rank=1, from_on=DAY + timedelta(days=1))
    third = bench.sign(customer, bench.card(1), rank=2, from_on=DAY + timedelta(days=1))
    later = DAY + timedelta(days=40)
    rows = bench.rows("SELECT number FROM mandates_for_v1(%s, %s, %s)", bench.biller, customer, later)
    assert rows == [(first.number,), (second.number,), (third.number,)]
    # One account may pay for many customers.
    assert bench.sign(bench.customer(), CARD).account_lookup == bench.sign(bench.customer(), CARD).account_lookup


def test_a_billers_rule_says_on_which_working_day_one_begins_and_ends(bench: MandateBench):
    customer = bench.customer()
    bench.owner("INSERT INTO mandate_rule VALUES (%s, 10, 5, 0, 100000, 1, now())", bench.biller)
    try:
        assert refused(bench.sign, customer) is MandateCode.MANDATE_LIMITS
        one = bench.sign(customer, month_fen=90_000)
        assert one.from_on == DAY + timedelta(days=14)  # no holiday lies between
        ended = bench.end(one.number)
        assert (ended.ended_on, ended.end_why) == (DAY + timedelta(days=7), "counter")
    finally:
        bench.owner("DELETE FROM mandate_rule")


def test_who_has_the_pages_password_alone_signs_and_takes_nothing(bench: MandateBench):
    number = bench.sign(bench.customer()).number
    for statement, values in (
        ("UPDATE mandate SET once_fen = 0", ()),
        ("INSERT INTO mandate_use VALUES ('debit_item:99', 1, 1, now(), now())", ()),
        ("SELECT mandates_take_v1(1, 'debit_item:99', 1, now(), 'batch')", ()),
        ("SELECT mandates_confirm_v1(%s, true, now())", (number,)),
        ("SELECT mandates_single_asked_v1(1, '{}', now(), now())", ()), ("DELETE FROM mandate_event", ()),
    ):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            bench.web.execute(statement, values)
    codes = [bench.rows("SELECT mandates_sign_v1(%s, now())", number)[0][0],
             bench.rows("SELECT mandates_stop_v1(%s, 'guess', 'link', now())", number)[0][0],
             bench.rows("SELECT code FROM mandates_single_tapped_v1(%s, 'guess', '{\"form\": \"x\"}', now(), now())",
                        number)[0][0]]  # fmt: skip
    assert codes == [2105, MandateCode.MANDATE_UNKNOWN, MandateCode.MANDATE_UNKNOWN]
