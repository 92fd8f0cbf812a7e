"""What the desk entered stays as it was entered, whoever writes the table; a drawer begins with what was left in it."""

from typing import Any

import psycopg
import pytest

from tests.counter.standing import NOW, Counter, signature
from tests.web import site
from yifen.core.facts.refused import Refused
from yifen.trades.counter.codes import CounterCode


def as_web(counter: Counter, statement: str, *values: Any) -> str:
    """"done", or the first word of why the database refuses it to the pages' own role."""
    with psycopg.connect(counter.place.database.url("yifen_web"), autocommit=True) as conn:
        try:
            conn.execute(statement, values)
        except psycopg.errors.RestrictViolation as error:
            return str(error)
    return "done"


@pytest.mark.parametrize("change", [
    "opening_fen = 0", "left_fen = 7", "business_day = business_day - 1", "teller_id = teller_id + 1",
    "state = 'closed', closed_at = now(), counted_fen = 1, expected_fen = 0, difference_fen = 1",
    "state = 'closed', closed_at = now(), difference_fen = 0, counted_fen = 9, expected_fen = 9,"
    " counted = '{\"1\": 9}'",
    "state = 'closed', closed_at = now(), difference_fen = 0, counted_fen = 50000, expected_fen = 50000",
])  # fmt: skip
def test_a_shifts_opening_is_no_pages_to_change_and_its_difference_no_tellers(counter: Counter, change):
    shift = counter.open()
    assert "kept" in as_web(counter, f"UPDATE counter_shift SET {change} WHERE id = %s", shift.pk)
    closed = counter.close({10_000: 5})
    counted = "UPDATE counter_shift SET counted_fen = 1, expected_fen = 1 WHERE id = %s"
    assert "kept" in as_web(counter, counted, closed.pk)


@pytest.mark.parametrize("change", [
    "amount_fen = 1", "from_account = 'x'", "pay_kind = 'personal'", "tendered_fen = NULL, change_fen = NULL",
    "serial = 'x'", "state = 'refused'", "state = 'draft'", "prints = prints - 1", "prints = prints + 2",
    "account_no = 'x'", "lines = '[]'",
])  # fmt: skip
def test_an_entry_that_was_booked_keeps_its_money_and_its_prints(counter: Counter, change):
    from yifen.trades.counter.operations.prints import count_receipt

    counter.open()
    entry = counter.collect(tendered_fen=20_000)
    count_receipt(entry.pk)
    assert "kept" in as_web(counter, f"UPDATE counter_entry SET {change} WHERE id = %s", entry.pk)


def test_no_page_plants_an_entry_that_was_never_a_draft_or_that_nobody_signed(counter: Counter):
    """It would wait for a result that nobody can find."""
    counter.open()
    entry = counter.collect()
    same = ("shift_id, teller_id, institution_id, channel_id, code, biller_id, biller_code, account_no, payer_name,"
            " lines, quote, amount_fen, pay_kind, from_account, reason, business_day, at, prints")  # fmt: skip
    for begins in ("'unknown', now(), NULL", "'unknown', NULL, NULL", "'booked', NULL, NULL", "'draft', now(), NULL",
                   "'unknown', now(), id", "'draft', NULL, NULL"):  # fmt: skip
        said = as_web(counter, f"INSERT INTO counter_entry ({same}, serial, state, sent_at, original_id) SELECT {same},"
                               f" 'PLANTED', {begins} FROM counter_entry WHERE id = %s", entry.pk)  # fmt: skip
        assert ("no entry begins" in said) == (begins != "'draft', NULL, NULL")
    planted = "UPDATE counter_entry SET state = %s WHERE serial = 'PLANTED'"
    assert "kept" in as_web(counter, planted, "unknown")  # when it was sent, nobody says
    assert as_web(counter, planted, "refused") == "done"


def test_prints_of_a_voucher_are_counted_one_by_one(counter: Counter):
    from yifen.trades.counter.operations.prints import count_voucher

    counter.open()
    entry = counter.collect()
    assert [count_voucher(entry.pk), count_voucher(entry.pk)] == [1, 2]
    name = f"counter_entry:{entry.pk}"
    for change in ("prints = 1", "prints = 4", "document = 'x:1', prints = 3"):
        assert "one by one" in as_web(counter, f"UPDATE counter_voucher SET {change} WHERE document = %s", name)
    assert "one by one" in as_web(counter, "INSERT INTO counter_voucher VALUES ('x:2', 0)")


def test_a_drawer_opens_with_what_was_counted_last_or_with_a_supervisors_word(counter: Counter):
    from yifen.trades.counter.operations.shifts import open_otherwise, open_shift

    with pytest.raises(Refused) as found:
        open_shift(counter.teller, 50_000, NOW)  # he never balanced any: there is nothing in it
    assert (found.value.code, found.value.detail) == (CounterCode.OPENING_DIFFERS, "¥0.00")
    columns = "teller_id, institution_id, channel_id, business_day, opened_at, opening_fen, state, reason"
    first = ("SELECT u.id, u.institution_id, p.id, '2026-11-23', now(), 50000, 'open', '' FROM access_user u, partner p"
             " WHERE u.id = %s AND p.code = 'DESK'")  # fmt: skip
    assert "left 0 fen" in as_web(counter, f"INSERT INTO counter_shift ({columns}) {first}", counter.teller.pk)
    counter.open(50_000)
    counter.collect()
    counter.close({10_000: 6, 2_000: 1, 100: 3, 10: 4, 5: 1})  # 623.45
    with pytest.raises(Refused) as found:
        counter.open(50_000)
    assert (found.value.code, found.value.detail) == (CounterCode.OPENING_DIFFERS, "¥623.45")
    here = "SELECT teller_id, institution_id, channel_id, business_day, now(), 50000, 'open', ''"
    assert "left 62345 fen" in as_web(counter, f"INSERT INTO counter_shift ({columns}) {here} FROM counter_shift"
                                               " WHERE teller_id = %s", counter.teller.pk)  # fmt: skip
    signed = signature(counter.supervisor)
    open_otherwise(site.access(counter.teller), 50_000, NOW, signed, "上缴现金")
    shift = counter.close({10_000: 5})
    assert (shift.left_fen, shift.opening_fen) == (62_345, 50_000)
    assert shift.opening_authorisation.checker == counter.supervisor
    again = counter.open(50_000)
    assert (again.left_fen, again.opening_authorisation) == (50_000, None)


def test_a_substitute_brings_no_other_branchs_cash_along(counter: Counter):
    counter.open(50_000)
    counter.close({10_000: 5})
    left, teller = "SELECT counter_left_v1(%s)", counter.teller.pk
    with psycopg.connect(counter.place.database.super_url) as conn:
        assert conn.execute(left, [teller]).fetchone() == (50_000,)
        conn.execute("UPDATE access_user SET institution_id = (SELECT min(id) FROM institution"
                     " WHERE id <> institution_id AND level = 'branch') WHERE id = %s", [teller])  # fmt: skip
        assert conn.execute(left, [teller]).fetchone() == (0,)
        conn.rollback()


def test_no_page_books_an_entry_by_somebody_elses_payment_nor_seals_its_account_anew(counter: Counter):
    counter.open()
    paid, other = counter.collect(B1=10_000), counter.prepare(B2=2_345)
    other.state, other.sent_at = "unknown", NOW
    other.save()
    books = "UPDATE counter_entry SET state = 'booked', payment_id = %s WHERE id = %s"
    assert "kept" in as_web(counter, books, paid.payment_id, other.pk)
    assert "kept" in as_web(counter, books, None, other.pk)
    assert "kept" in as_web(counter, "UPDATE counter_entry SET payment_id = 1 WHERE id = %s", paid.pk)
    leg = "counter_core (entry_id, core_id, account_sealed, transit, holder, cheque_no) VALUES (%s, 1, '', 't', '', '')"
    with psycopg.connect(counter.place.database.super_url) as conn:
        conn.execute(f"INSERT INTO {leg}".encode(), (paid.pk,))
    anew = "UPDATE counter_core SET account_sealed = 'x' WHERE entry_id = %s"
    assert "its account is kept" in as_web(counter, anew, paid.pk)
    with psycopg.connect(counter.place.database.owner_url) as conn:  # `reseal`
        conn.execute(anew.encode(), (paid.pk,))
        conn.rollback()
    with psycopg.connect(counter.place.database.super_url) as conn:
        conn.execute("DELETE FROM counter_core WHERE entry_id = %s", (paid.pk,))
