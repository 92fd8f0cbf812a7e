"""What goes wrong at a court's terminal leaves its books whole: a lost answer, a reversal again and again or after the
money was paid out, totals that are apart. The proof is asked behind each act."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.cases.door_court import CourtBench
from tests.conftest import NewDatabase
from tests.pos.test_taking_back import wait_booked
from yifen.core.facts.codes import Code


@pytest.fixture(scope="module")
def bench(new_database: NewDatabase) -> Iterator[CourtBench]:
    with closing(CourtBench(new_database(), [])) as made:
        yield made


def whole(bench: CourtBench) -> dict[str, int]:
    """The proof before and behind the worker's look at what channels took; it has no gap."""
    unfollowed = bench.court.proof()
    bench.court.follow()
    stands = bench.court.proof()
    for found in (unfollowed, stands):
        assert [found.get(name, 0) for name in ("gap", "bank_gap", "open")] == [0, 0, 0], found
    return stands


def arrived(bench: CourtBench) -> None:
    """The day ends; what the terminal took is on the main account."""
    bench.night()
    bench.court.booked(bench.hub_payout())


def test_a_lost_answer_and_its_reversal_however_often_leave_the_one_payment_that_was_answered(bench: CourtBench):
    court, terminal = bench.court, bench.terminal()
    case, account, _ = court.judged()
    assert bench.code(terminal.sale(account, 1_000, "lost")) == ""
    first = terminal.trace
    bench.run(wait_booked(bench, terminal, first))
    assert (whole(bench)["coming"], court.balance(account)) == (1_000, 1_000)
    assert bench.code(terminal.sale(account, 2_000)) == "00"  # it makes good first
    for _ in range(3):
        assert bench.code(terminal.reverse(first, 1_000)) == "00"
        whole(bench)
    assert court.entries(account) == [("collected", 1_000), ("given_back", 1_000), ("collected", 2_000)]
    assert (court.balance(account), bench.card_fen(terminal), bench.exceptions(terminal)) == (2_000, 2_000, [])
    assert bench.world.rows("SELECT fen FROM court_clock WHERE case_id = %s", case) == [(2_000,)]
    assert court.asked(case, court.payee(case, "applicant"), 1) == ("CASE_PAYOUT_SHORT", None)  # still on its way
    assert bench.code(terminal.settle()) == "00"


def test_a_reversal_of_what_is_held_or_has_arrived_is_an_exception_and_the_payout_goes(bench: CourtBench):
    court, terminal = bench.court, bench.terminal()
    case, account, payee = court.judged()
    assert bench.code(terminal.sale(account, 5_000)) == "00"
    sold = terminal.trace
    arrived(bench)
    application = court.approved(court.apply(case, payee, 5_000))
    court.pay(court.case()[1], 9_000, "WX")  # of this day: from it the hub could give back what it has paid on
    before = whole(bench)
    assert bench.code(terminal.reverse(sold, 5_000)) == "12"
    assert (whole(bench), court.balance(account), bench.card_fen(terminal)) == (before, 5_000, 5_000)
    assert bench.code(terminal.sale(account, 2_000, "lost")) == ""
    lost = terminal.trace
    bench.run(wait_booked(bench, terminal, lost))
    with bench.conn.transaction():
        assert court.hold(case, None, "bankruptcy") == "OK"
    assert bench.code(terminal.reverse(lost, 2_000)) == "12"
    assert bench.exceptions(terminal) == [("money_stays", trace, fen, fen, Code.MONEY_TIED)
                                          for trace, fen in ((sold, 5_000), (lost, 2_000))]  # fmt: skip
    with bench.conn.transaction():
        assert court.release(court.last_hold()) == "OK"
    assert (court.send(application), court.told(application, "done"), court.balance(account)) == ("OK", "OK", 2_000)
    whole(bench)


def test_a_reversal_behind_the_payout_is_an_exception_and_nothing_goes_below_zero(bench: CourtBench):
    court, terminal = bench.court, bench.terminal()
    case, account, payee = court.judged()
    assert bench.code(terminal.sale(account, 5_000)) == "00"
    sold = terminal.trace
    arrived(bench)
    application = court.approved(court.apply(case, payee, 5_000))
    court.pay(court.case()[1], 9_000, "WX")
    assert court.send(application) == "OK"  # the bank is about to hear of it
    before = whole(bench)
    for _ in range(2):
        assert bench.code(terminal.reverse(sold, 5_000)) == "12"
        assert whole(bench) == before
    assert bench.exceptions(terminal) == [("money_stays", sold, 5_000, 5_000, Code.MONEY_TIED)]
    assert (court.balance(account), bench.card_fen(terminal), court.told(application, "done")) == (0, 5_000, "OK")
    whole(bench)
    assert court.entries(account) == [("collected", 5_000), ("payout", 5_000)]


def test_totals_that_are_apart_move_no_money_of_a_case(bench: CourtBench):
    court, terminal = bench.court, bench.terminal()
    _, account, _ = court.judged()
    assert [bench.code(terminal.sale(account, fen)) for fen in (1_000, 2_000)] == ["00", "00"]
    before, last = whole(bench), terminal.trace
    terminal.sold[last] = terminal.sold[last]._replace(fen=2_100)
    said = bench.run(terminal.settle())
    assert (said.fields["39"], said.fields["48"][30]) == ("00", "2")
    assert sorted(bench.exceptions(terminal), key=str) == [
        ("item_differs", last, 2_000, 2_100, 0), ("totals_differ", None, 3_000, 3_100, 0)]  # fmt: skip
    assert (whole(bench), court.balance(account)) == (before, 3_000)


def test_what_stands_afterwards_is_proved(bench: CourtBench):
    bench.proved()
