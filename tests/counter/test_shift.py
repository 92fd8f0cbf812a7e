"""The drawer: exact to the fen, closed once, never with something undecided in it."""

import psycopg
import pytest

from tests.counter.standing import NOW, Counter, day_before
from tests.counter.test_collect import Deaf, refusal, send_to
from yifen.core.facts.codes import Code
from yifen.core.plugs import result_code
from yifen.trades.counter.codes import CounterCode


def test_a_shift_opens_with_its_cash_on_the_open_business_day(counter: Counter, place):
    shift = counter.open(123_456)
    assert (shift.opening_fen, shift.state, f"{shift.business_day}") == (123_456, "open", "2026-11-23")
    assert (shift.institution_id, shift.channel.partner.code) == (place.own.branch, "DESK")


def test_a_teller_has_one_open_shift(counter: Counter):
    counter.open()
    assert refusal(counter.open)[0] is CounterCode.SHIFT_ALREADY_OPEN


@pytest.mark.parametrize("fen", [-1, 10**9 + 1, 99_999_999_900])
def test_a_drawer_cannot_hold_an_impossible_sum(counter: Counter, fen):
    assert refusal(lambda: counter.open(fen)) == (Code.INPUT_INVALID, "opening")


def test_the_nearest_counter_channel_above_is_used(counter: Counter, place):
    import psycopg

    from yifen.trades.counter import queries

    assert queries.counter_of(place.own.branch).partner.code == "DESK"
    with psycopg.connect(place.database.app_url) as conn:
        conn.execute("UPDATE partner SET suspended = true WHERE code = 'DESK'")
    try:
        found = refusal(lambda: queries.counter_of(place.own.branch))
    finally:
        with psycopg.connect(place.database.app_url) as conn:
            conn.execute("UPDATE partner SET suspended = false WHERE code = 'DESK'")
    assert found[0] is CounterCode.COUNTER_MISSING


def test_the_drawer_of_a_day_adds_up_to_the_fen(counter: Counter):
    """600.00 to start; 123.45 and 0.07 in cash, 50.00 by card; the 0.07 taken back."""
    from yifen.trades.counter import queries

    counter.owe(B3=7, B4=5_000)
    shift = counter.open(60_000)
    counter.collect(tendered_fen=20_000)
    small = counter.collect(B3=7)
    counter.collect(kind="personal", from_account="6222001234567890", B4=5_000)
    counter.reverse(small)
    assert [tuple(row) for row in queries.totals(shift)] == [
        ("4623", "cash", 2, 12_352, False),
        ("4623", "personal", 1, 5_000, False),
        ("4625", "cash", 1, 7, True),
    ]
    assert queries.expected_fen(shift) == 72_345
    closed = counter.close({10_000: 7, 2_000: 1, 100: 3, 10: 4, 5: 1})
    assert (closed.expected_fen, closed.counted_fen, closed.difference_fen) == (72_345, 72_345, 0)
    assert closed.counted == {"10000": 7, "2000": 1, "100": 3, "10": 4, "5": 1}
    assert (closed.state, closed.closed_at, closed.authorisation) == ("closed", NOW, None)


def test_a_closed_shift_is_not_closed_again(counter: Counter):
    counter.open(0)
    counter.close({})
    assert refusal(lambda: counter.close({}))[0] is CounterCode.SHIFT_NOT_OPEN
    assert counter.open(0).state == "open"  # and the teller may open another


@pytest.mark.parametrize(
    ("counted", "field"),
    [({3: 1}, "pieces_3"), ({100: -1}, "pieces_100"), ({100: 1_000_001}, "pieces_100")],
)
def test_a_count_that_no_drawer_holds_is_refused(counter: Counter, counted, field):
    counter.open(0)
    assert refusal(lambda: counter.close(counted)) == (Code.INPUT_INVALID, field)


@pytest.mark.parametrize(("counted", "difference"), [({10_000: 6}, 10_000), ({10_000: 4}, -10_000)])
def test_a_difference_needs_a_reason_and_a_supervisor(counter: Counter, counted, difference):
    counter.open()
    boss = counter.supervisor
    assert refusal(lambda: counter.close(counted)) == (CounterCode.SHIFT_DIFFERENCE, "reason")
    assert refusal(lambda: counter.close(counted, boss))[0] is CounterCode.SHIFT_DIFFERENCE
    assert refusal(lambda: counter.close(counted, None, "少给一张"))[0] is CounterCode.SHIFT_DIFFERENCE
    own_word = refusal(lambda: counter.close(counted, counter.teller, "少给一张"))
    assert own_word[0] is Code.PERMISSION_MISSING
    shift = counter.close(counted, boss, "少给一张")
    assert (shift.difference_fen, shift.reason) == (difference, "少给一张")
    assert (shift.authorisation.checker, shift.authorisation.action) == (boss, "desk.close")


def test_a_shift_with_an_undecided_entry_stays_open(counter: Counter):
    counter.open(0)
    entry = send_to(Deaf(counter.hub, hears=True), counter, counter.prepare())
    assert refusal(lambda: counter.close({}))[0] is CounterCode.ENTRY_UNDECIDED
    counter.find(entry)
    assert counter.close({10_000: 1, 2_000: 1, 100: 3, 10: 4, 5: 1}).difference_fen == 0


def test_a_draft_lapses_with_its_shift(counter: Counter):
    counter.open(0)
    entry = counter.prepare()
    counter.close({})
    entry.refresh_from_db()
    assert (entry.state, result_code(entry.result)) == ("refused", CounterCode.DRAFT_LAPSED)
    assert counter.send(entry).state == "refused"
    assert counter.payments() == []


def test_a_draft_ends_with_its_day_in_the_cuts_own_transaction(counter: Counter):
    """A shift that nobody balanced holds none for ever; what was confirmed is no draft, and stays."""
    counter.open(0)
    sent = counter.prepare(serial="sent")
    sent.state, sent.sent_at = "unknown", sent.at
    sent.save()
    entry = counter.prepare(serial="left")
    read = "SELECT id, state, result FROM counter_entry WHERE id IN (%s, %s) ORDER BY id"
    with psycopg.connect(counter.place.database.super_url) as conn:
        conn.execute("UPDATE ledger_book SET current_day = current_day + 1 WHERE book_id <> 1")  # another book's cut
        assert conn.execute(read, (sent.pk, entry.pk)).fetchall()[1] == (entry.pk, "draft", None)
        conn.execute("UPDATE ledger_book SET current_day = current_day + 1 WHERE book_id = 1")
        assert conn.execute(read, (sent.pk, entry.pk)).fetchall() == [
            (sent.pk, "unknown", None), (entry.pk, "refused", CounterCode.DRAFT_LAPSED)]  # fmt: skip
        conn.rollback()


def test_after_the_cut_the_shift_takes_nothing_more(counter: Counter):
    """The day is cut with a draft on the screen: it is not booked on a day that is not the shift's."""
    shift = counter.open(0)
    entry = counter.prepare()
    day_before(counter.place, shift)
    assert refusal(lambda: counter.prepare(serial="other"))[0] is CounterCode.SHIFT_DAY_OVER
    assert refusal(lambda: counter.send(entry))[0] is CounterCode.SHIFT_DAY_OVER
    assert counter.payments() == []


def test_the_hub_refuses_the_shifts_day_should_the_cut_come_in_between(counter: Counter):
    from datetime import timedelta

    from yifen.trades.counter.operations.collect import charge_message

    counter.open(0)
    entry = counter.prepare()
    entry.shift.business_day -= timedelta(days=1)
    assert counter.hub.charge("DESK", charge_message(entry))[0] is Code.DAY_CLOSED


# --- printing ------------------------------------------------------------------------------------


def test_receipts_are_counted_and_leave_a_trace(counter: Counter):
    from django.db import connection

    from yifen.core.audit.queries import history
    from yifen.trades.counter.operations.prints import count_receipt

    counter.open()
    entry = counter.collect()
    assert [count_receipt(entry.pk) for _ in range(3)] == [1, 2, 3]
    acts = [found for found in history(connection, "counter_entry", entry.serial)]
    assert [(found.action, found.after) for found in acts] == [
        ("receipt.print", {"print": number}) for number in (3, 2, 1)
    ]


def test_there_is_no_receipt_of_what_was_not_booked(counter: Counter):
    from yifen.trades.counter.operations.prints import count_receipt, count_voucher

    counter.open()
    for entry in (counter.prepare(), counter.collect(B1=9_999)):
        assert refusal(lambda: count_receipt(entry.pk))[0] is CounterCode.RECEIPT_MISSING  # noqa: B023
        assert refusal(lambda: count_voucher(entry.pk))[0] is CounterCode.RECEIPT_MISSING  # noqa: B023


# --- the journal -----------------------------------------------------------------------------------


def test_the_journal_shows_an_institutions_entries_newest_first_by_pages(counter: Counter, place):
    from yifen.trades.counter import queries
    from yifen.trades.counter.queries import JournalFilters

    counter.owe(B3=7)
    counter.open()
    made = [counter.collect(B1=10_000).pk, counter.collect(B2=2_345).pk, counter.collect(B3=7).pk]
    mine = JournalFilters(teller=counter.teller.login.upper())
    first = queries.journal((place.own.branch,), mine, limit=2)
    assert [row.pk for row in first] == made[:0:-1]
    assert [row.pk for row in queries.journal(None, mine, before=first[-1].pk)] == made[:1]
    assert queries.journal((place.foreign.branch,), mine) == []
    assert queries.entry_in((place.foreign.branch,), made[0]) is None


@pytest.mark.parametrize("by", ["serial", "account_no", "payment_id"])
def test_the_journal_finds_an_entry_by_any_of_its_numbers(counter: Counter, by):
    from yifen.trades.counter import queries
    from yifen.trades.counter.queries import JournalFilters

    counter.open()
    entry = counter.collect()
    found = queries.journal(None, JournalFilters(text=str(getattr(entry, by))))
    assert [row.pk for row in found] == [entry.pk]


def test_the_postings_of_a_payment_are_those_of_the_ledger(counter: Counter):
    from yifen.trades.counter import queries

    counter.open()
    entry = counter.collect()
    assert [tuple(row) for row in queries.postings(entry)] == [
        ("电费B1", "1121.DESK 账户1121.DESK", "2241.POWER01 账户2241.POWER01", 10_000),
        ("电费B2", "1121.DESK 账户1121.DESK", "2241.POWER01 账户2241.POWER01", 2_345),
    ]
