"""A dispute that was found right holds its bills until they are corrected or cancelled; then what is left is dunned."""

from datetime import timedelta

import pytest

from tests.arrears.debtor import DUE, Debtor


def upheld(debtor: Debtor) -> int:
    """Two days behind the due date: the dispute, found right by another person."""
    debtor.after(2)
    debtor.owed()
    assert debtor.called("arrears_dispute_v1", "maker01", debtor.customer, debtor.fee, [debtor.bill], "抄错") == "OK"
    hold = int(debtor.world.value("SELECT hold_id FROM arrears_hold"))
    assert debtor.called("arrears_settle_v1", "checker01", hold, True, "确实抄错") == "OK"
    return hold


def states(debtor: Debtor) -> list[str]:
    statement = "SELECT arrears_hold_state_v1(h, %s) FROM arrears_hold h"
    return [state for (state,) in debtor.world.rows(statement, debtor.world.now.date())]


def test_a_bill_that_is_known_to_be_wrong_is_not_dunned_until_it_is_mended(debtor: Debtor) -> None:
    hold = upheld(debtor)
    assert (debtor.next()[2], states(debtor), debtor.message()) == ("disputed", ["mending"], None)
    assert debtor.world.value("SELECT why FROM arrears_debt") == "disputed"
    assert debtor.called("arrears_settle_v1", "checker01", hold, True, "再一次") == "HOLD_UNKNOWN"
    debtor.after(90)
    debtor.refresh()
    assert (debtor.next()[2], states(debtor)) == ("disputed", ["mending"])  # never silently


def test_what_is_left_of_a_corrected_bill_is_dunned(debtor: Debtor) -> None:
    upheld(debtor)
    run = debtor.town.cancelled(debtor.bill)[1]
    assert run is not None
    assert debtor.next()[2] == "disputed"  # nobody agreed to it yet
    assert debtor.town.published(run) == ["OK"]
    again = debtor.billed(2026)
    debtor.refresh()
    assert states(debtor) == ["upheld"]
    assert debtor.next()[::2] == ("message", "")
    assert debtor.world.rows("SELECT oldest_bill, why FROM arrears_debt") == [(again, "")]


CORRECTED = """WITH run AS (
        INSERT INTO billing_run (biller_id, fee_id, kind, from_on, to_on, due_on, subject, begun_at, begun_by)
        SELECT %(biller)s, %(fee)s, 'correction', '2026-12-01', '2026-12-01', '2026-12-20',
            jsonb_build_object('bill', %(bill)s::bigint), %(now)s, 'maker01' RETURNING run_id
    ), bill AS (
        INSERT INTO billing_bill (bucket, bill_id, run_id, piece, service_id, account_no, from_on, to_on, qty_milli,
            used_milli, amount_fen, corrects_id)
        SELECT 0, 990000, run_id, 0, %(service)s, 'A', '2026-12-01', '2026-12-01', 0,
            0, -2000, %(bill)s FROM run
    )
    INSERT INTO billing_booking (document_id, bucket, biller_id, kind, run_id, piece, business_day, at)
    SELECT 99, 0, %(biller)s, 'published', run_id, 0, '2026-12-22',
        %(now)s::timestamptz + %(later)s::interval FROM run"""


@pytest.mark.parametrize(("later", "why"), [("1 hour", ""), ("-1 hour", "disputed")])
def test_a_correction_counts_if_it_was_published_behind_the_dispute(debtor: Debtor, later: str, why: str) -> None:
    upheld(debtor)
    with debtor.world.as_owner():
        facts = {"biller": debtor.town.biller, "fee": debtor.fee, "bill": debtor.bill, "service": debtor.service}
        debtor.world.conn.execute(CORRECTED, facts | {"later": later, "now": debtor.world.now})
    assert debtor.next()[2] == why


def test_a_waived_late_fee_mends_a_dispute_of_it(debtor: Debtor) -> None:
    upheld(debtor)
    debtor.after(3)
    fen = debtor.owed() - 222_000
    assert debtor.agreed("billing.waive", "billing_waive_v1", {"bill": debtor.bill, "amount_fen": fen}) == "OK"
    assert (debtor.next()[0], debtor.next()[2]) == ("message", "")
    debtor.refresh()
    assert states(debtor) == ["upheld"]
    assert debtor.message() == ("no_phone", 222_000)


def test_what_was_found_right_is_taken_back_by_another_human_than_who_found_it(debtor: Debtor) -> None:
    hold = upheld(debtor)
    for by in ("maker01", "checker01"):
        assert debtor.called("arrears_settle_v1", by, hold, False, "无须更正") == "CHECKER_IS_MAKER"
    assert debtor.next()[2] == "disputed"


def test_a_promise_is_said_with_a_promise_alone_and_a_number_that_is_none_ends_the_call(debtor: Debtor) -> None:
    debtor.after(1)
    debtor.message()
    debtor.after(10)
    day = DUE + timedelta(days=12)
    assert debtor.call("reached", day, 100) == debtor.call("reached", None, 100) == "INPUT_INVALID"
    assert debtor.next()[0] == "call"
    assert debtor.call("no_phone") == "OK"
    assert debtor.world.value("SELECT how FROM arrears_done WHERE kind = 'call'") == "no_phone"


def test_who_has_no_phone_is_not_called(debtor: Debtor) -> None:
    skip = "SELECT arrears_skip_calls_v1(0::smallint, %s)"
    debtor.after(1)
    debtor.message()
    assert debtor.world.value(skip, debtor.world.now) == 0
    debtor.after(10)
    debtor.world.value("SELECT arrears_refresh_v1(0::smallint, %s)", debtor.world.now)
    with debtor.world.as_owner():
        debtor.world.run("UPDATE billing_customer SET contact = 'sealed'")
    assert debtor.world.value(skip, debtor.world.now) == 0
    with debtor.world.as_owner():
        debtor.world.run("UPDATE billing_customer SET contact = NULL")
    assert debtor.world.value(skip, debtor.world.now) == 1
    assert debtor.world.rows("SELECT kind, how, done_by FROM arrears_done ORDER BY done_id")[-1] == (
        "call", "no_phone", "worker")  # fmt: skip
    assert debtor.next() == ("letter", str(DUE + timedelta(days=20)), "waiting")


def test_a_sheet_tells_each_bill_with_its_principal_and_its_late_fee(debtor: Debtor) -> None:
    assert debtor.rule([("letter", 1, 0, 0)]) == "OK"
    debtor.after(2)
    _code, number = debtor.sheet("letter")
    assert debtor.world.rows("SELECT bill_id, due_on, principal_fen, late_fen FROM arrears_letter_bill"
                             " WHERE letter_no = %s", number) == [(debtor.bill, DUE, 222_000, 888)]  # fmt: skip
    assert debtor.world.value("SELECT owed_fen FROM arrears_letter") == 222_888


def test_an_office_is_told_by_who_makes_rules_and_the_newest_counts(debtor: Debtor) -> None:
    def told(by: str, phone: str, address: str) -> str:
        return debtor.called("arrears_office_v1", by, debtor.town.biller, phone, address)

    assert told("nobody", "1", "2") == "PERMISSION_MISSING"
    assert told("maker01", " ", "路 8 号") == told("maker01", "1" * 41, "路 8 号") == "INPUT_INVALID"
    assert told("maker01", " 0871-1 ", "路 8 号") == "OK"
    assert debtor.world.rows("SELECT phone, address, made_by FROM arrears_office") == [("0871-1", "路 8 号", "maker01")]


def test_who_paid_is_shown_so_at_once_and_nobody_goes_to_cut_him_off(debtor: Debtor) -> None:
    assert debtor.rule([("notice", 1, 0, 0), ("cut", 16, 15, 0)]) == "OK"
    debtor.after(1)
    number = debtor.sheet("notice")[1]
    assert number is not None
    assert debtor.served(number, DUE + timedelta(days=1)) == "OK"
    debtor.after(16)
    assert debtor.cut() == "OK"
    debtor.pay(debtor.owed())
    assert debtor.world.rows("SELECT why FROM arrears_debt") == [("cut",)]
    debtor.world.value("SELECT arrears_look_v1(%s, %s)", debtor.customer, debtor.world.now)
    assert debtor.world.rows("SELECT why FROM arrears_debt") == []
    assert debtor.visits() == [("cut", "ours", "dropped")]
