"""Papers of payments: in order, again by a supervisor's word, twice afterwards; void when the payment goes back."""

from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from tests.counter.standing import NOW
from tests.invoices.standing import FIRST, Papers
from tests.invoices.test_stock import code
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.trades.invoices.codes import InvoiceCode

RETURNED, TAKEN = ("returned", "reversed"), ("taken", "booked")


@pytest.fixture
def rolled(papers: Papers) -> Papers:
    """A teller with a roll, his shift open."""
    papers.roll()
    papers.counter.open()
    return papers


def paid(papers: Papers) -> Any:
    return papers.counter.collect()


def prints(papers: Papers) -> list[Any]:
    return papers.read("SELECT what, copy_no, number, voided_at IS NOT NULL FROM invoice_print WHERE kind_id = %s"
                       " ORDER BY print_id", papers.kind)  # fmt: skip


def another(papers: Papers, ref: str) -> Any:
    papers.counter.owe(**{ref: 1_000})
    return papers.counter.collect(**{ref: 1_000})


def test_the_lowest_number_in_hand_is_used_and_recorded_with_the_payment(rolled: Papers):
    entry = paid(rolled)
    rolled.print(entry.payment_id, FIRST)
    rolled.print(another(rolled, "C1").payment_id, FIRST + 1)
    assert prints(rolled) == [("first", 1, FIRST, False), ("first", 1, FIRST + 1, False)]
    assert rolled.states() == [(FIRST, FIRST + 1, "used"), (FIRST + 2, FIRST + 99, "hand")]
    assert rolled.altered() == []


@pytest.mark.parametrize("number", [FIRST + 1, FIRST - 1, FIRST + 1000])
def test_another_number_is_refused_and_the_right_one_named(rolled: Papers, number):
    from yifen.core.facts.refused import Refused

    with pytest.raises(Refused) as caught:
        rolled.print(paid(rolled).payment_id, number)
    assert (caught.value.code, caught.value.detail) == (InvoiceCode.INVOICE_NOT_LOWEST, "00012345")
    assert prints(rolled) == []


def test_a_payment_has_one_first_print(rolled: Papers):
    entry = paid(rolled)
    rolled.print(entry.payment_id, FIRST)
    assert code(lambda: rolled.print(entry.payment_id, FIRST + 1)) is InvoiceCode.INVOICE_PRINTED


def test_a_teller_without_paper_prints_nothing(papers: Papers):
    papers.counter.open()
    assert code(lambda: papers.print(paid(papers).payment_id, FIRST)) is InvoiceCode.INVOICE_NONE_IN_HAND


def test_a_reprint_takes_the_next_number_makes_the_old_one_void_and_bars_the_reversal(rolled: Papers):
    from yifen.trades.invoices.keeping import PAPERS

    entry = paid(rolled)
    rolled.print(entry.payment_id, FIRST)
    rolled.reprint(entry.payment_id, FIRST + 1)
    assert prints(rolled) == [("first", 1, FIRST, True), ("reprint", 1, FIRST + 1, False)]
    assert rolled.states()[:2] == [(FIRST, FIRST, "void"), (FIRST + 1, FIRST + 1, "used")]
    assert code(lambda: rolled.counter.reverse(entry)) is Code.REVERSAL_BARRED
    assert rolled.counter.payments() == [(12_345, *TAKEN)]
    assert rolled.altered() == []
    hour = timedelta(hours=1)
    assert PAPERS.of_shift(rolled.teller.pk, NOW - hour, NOW + hour) == [("电费发票", 1, 1, 98, "")]  # not used too


def test_the_hub_itself_refuses_the_reversal_of_a_reprinted_payment_whoever_asks(rolled: Papers):
    from yifen.core.wire.messages import Reverse

    entry = paid(rolled)
    rolled.print(entry.payment_id, FIRST)
    rolled.reprint(entry.payment_id, FIRST + 1)
    asked = Reverse(serial=f"{entry.serial}X", original_serial=entry.serial, amount_fen=entry.amount_fen, reason="x")
    answer = rolled.counter.hub.give_back("DESK", asked)
    assert answer[0] is Code.REVERSAL_BARRED
    assert rolled.counter.payments() == [(12_345, *TAKEN)]


def test_a_reprint_needs_a_supervisor_who_is_not_the_teller(rolled: Papers):
    entry = paid(rolled)
    rolled.print(entry.payment_id, FIRST)
    assert code(lambda: rolled.reprint(entry.payment_id, FIRST + 1, rolled.teller)) is Code.PERMISSION_MISSING
    assert prints(rolled) == [("first", 1, FIRST, False)]
    assert rolled.states()[0] == (FIRST, FIRST, "used")


def test_what_was_not_printed_is_not_printed_again(rolled: Papers):
    entry = paid(rolled)
    assert code(lambda: rolled.reprint(entry.payment_id, FIRST)) is InvoiceCode.INVOICE_NOT_PRINTED


def test_a_reprint_of_an_earlier_day_is_refused(rolled: Papers):
    entry = paid(rolled)
    rolled.print(entry.payment_id, FIRST)
    rolled.counter.yesterday(entry)
    assert code(lambda: rolled.reprint(entry.payment_id, FIRST + 1)) is InvoiceCode.INVOICE_NOT_TODAY


def test_a_reversal_makes_the_number_void_for_ever(rolled: Papers):
    entry = paid(rolled)
    rolled.print(entry.payment_id, FIRST)
    rolled.counter.reverse(entry, back=("00012345",))
    assert rolled.counter.payments() == [(12_345, *RETURNED)]
    assert rolled.states()[:2] == [(FIRST, FIRST, "void"), (FIRST + 1, FIRST + 99, "hand")]
    assert code(lambda: rolled.print(another(rolled, "C1").payment_id, FIRST)) is InvoiceCode.INVOICE_NOT_LOWEST
    assert rolled.altered() == []


@pytest.mark.parametrize("back", [(), ("00012346",)])
def test_a_reversal_wants_the_paper_back(rolled: Papers, back):
    from yifen.core.facts.refused import Refused

    entry = paid(rolled)
    rolled.print(entry.payment_id, FIRST)
    with pytest.raises(Refused) as caught:
        rolled.counter.reverse(entry, back=back)
    assert (caught.value.code.name, caught.value.detail) == ("PAPERS_MISSING", "")  # it stands on the paper alone
    assert rolled.counter.payments() == [(12_345, *TAKEN)]


def test_what_was_reversed_has_no_paper(rolled: Papers):
    entry = paid(rolled)
    rolled.counter.reverse(entry)
    unfit = InvoiceCode.INVOICE_PAYMENT_UNFIT
    assert code(lambda: rolled.print(entry.payment_id, FIRST)) is unfit
    assert code(lambda: rolled.print(entry.payment_id, FIRST, "supplementary")) is unfit


def test_a_refund_of_a_part_leaves_the_paper_and_of_all_makes_it_void(rolled: Papers):
    entry = paid(rolled)
    rolled.print(entry.payment_id, FIRST)
    rolled.counter.yesterday(entry)
    rolled.counter.refund(entry, 345)
    assert rolled.states()[0] == (FIRST, FIRST, "used")
    with pytest.raises(Refused) as caught:
        rolled.counter.refund(entry, 12_000)
    assert (caught.value.code.name, caught.value.detail) == ("PAPERS_MISSING", "")
    rolled.counter.refund(entry, 12_000, back=("00012345",))
    assert rolled.states()[0] == (FIRST, FIRST, "void")
    assert rolled.altered() == []


def test_a_supplementary_print_of_any_channel_happens_twice_at_most(rolled: Papers):
    payment = rolled.place.own.payment_id  # of a channel of its own
    rolled.print(payment, FIRST, "supplementary")
    rolled.print(payment, FIRST + 1, "supplementary")
    assert code(lambda: rolled.print(payment, FIRST + 2, "supplementary")) is InvoiceCode.INVOICE_COPIES_OVER
    assert code(lambda: rolled.print(payment, FIRST + 2)) is Code.OUT_OF_SCOPE
    assert prints(rolled) == [("supplementary", 1, FIRST, False), ("supplementary", 2, FIRST + 1, False)]
    with psycopg.connect(rolled.place.database.super_url) as conn, pytest.raises(psycopg.errors.CheckViolation):
        conn.execute("INSERT INTO invoice_print (payment_id, kind_id, number, what, copy_no, institution_id, teller_id,"
                     " printed_at) SELECT payment_id, kind_id, 1, what, 3, institution_id, teller_id, printed_at"
                     " FROM invoice_print WHERE payment_id = %s LIMIT 1", (payment,))  # fmt: skip


def test_a_payment_whose_paper_is_out_has_no_supplementary_print(rolled: Papers):
    entry = paid(rolled)
    rolled.print(entry.payment_id, FIRST)
    assert code(lambda: rolled.print(entry.payment_id, FIRST + 1, "supplementary")) is InvoiceCode.INVOICE_PRINTED


def test_a_supplementary_print_reaches_back_six_months(rolled: Papers):
    entry = paid(rolled)
    day = rolled.read("SELECT business_day FROM payment WHERE payment_id = %s", entry.payment_id)[0][0]
    for days, refused in ((186, InvoiceCode.INVOICE_TOO_OLD), (180, None)):
        with psycopg.connect(rolled.place.database.super_url) as conn:
            conn.execute("UPDATE payment SET business_day = %s WHERE payment_id = %s",
                         (day - timedelta(days=days), entry.payment_id))  # fmt: skip
        if refused:
            assert code(lambda: rolled.print(entry.payment_id, FIRST, "supplementary")) is refused
    rolled.print(entry.payment_id, FIRST, "supplementary")
    assert isinstance(day, date)


def test_another_countys_payment_is_not_printed_here(rolled: Papers):
    foreign = rolled.place.foreign.payment_id
    assert code(lambda: rolled.print(foreign, FIRST, "supplementary")) is Code.OUT_OF_SCOPE


def test_verify_names_a_number_that_a_superuser_gave_another_state(rolled: Papers):
    entry = paid(rolled)
    rolled.print(entry.payment_id, FIRST)
    with psycopg.connect(rolled.place.database.super_url) as conn:
        conn.execute("UPDATE invoice_range SET state = 'void' WHERE kind_id = %s AND state = 'used'", (rolled.kind,))
    try:
        found = rolled.altered()
        assert len(found) == 3
        assert any(line.endswith("its number is void") for line in found)
    finally:
        with psycopg.connect(rolled.place.database.super_url) as conn:
            conn.execute("SET session_replication_role = replica")
            conn.execute("UPDATE invoice_range SET state = 'used' WHERE kind_id = %s AND first_no = %s",
                         (rolled.kind, FIRST))  # fmt: skip


@pytest.mark.parametrize("act", ["receive", "give", "take", "use"])
def test_whoever_changes_a_signature_of_the_register_is_named(rolled: Papers, act):
    rolled.print(paid(rolled).payment_id, FIRST)
    with psycopg.connect(rolled.place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        ((number,),) = conn.execute("UPDATE invoice_act SET signed_by = signed_by + 1 WHERE act_id = (SELECT act_id"
                                    " FROM invoice_act WHERE act = %s AND kind_id = %s LIMIT 1) RETURNING act_id",
                                    (act, rolled.kind)).fetchall()  # fmt: skip
    assert [said.partition(" is signed")[0] for said in rolled.altered()] == [f"invoice act {number}"]
    with psycopg.connect(rolled.place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE invoice_act SET signed_by = signed_by - 1 WHERE act_id = %s", (number,))
    assert rolled.altered() == []
