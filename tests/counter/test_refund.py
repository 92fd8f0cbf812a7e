"""Giving back what an earlier day collected: whole, in parts, out of whose drawer, and who may say yes."""

from typing import Any

import psycopg
import pytest

from tests.counter.standing import NOW, Counter, person
from tests.counter.test_collect import Deaf, refusal
from yifen.core.facts.codes import Code
from yifen.trades.counter.codes import CounterCode


def given(counter: Counter, entry: Any) -> list[tuple[Any, ...]]:
    """(serial, fen, left) of what was given back of its payment."""
    with psycopg.connect(counter.place.database.app_url) as conn:
        return conn.execute("SELECT serial, amount_fen, left_fen FROM payment_return WHERE payment_id = %s"
                            " ORDER BY left_fen DESC", (entry.payment_id,)).fetchall()  # fmt: skip


def test_parts_leave_the_drawer_until_nothing_is_left(counter: Counter):
    """Bills of 100.00 and 23.45: the second goes back first."""
    from yifen.trades.counter import queries

    shift = counter.open()
    entry = counter.yesterday(counter.collect(tendered_fen=20_000))
    drawer = queries.expected_fen(shift)
    first = counter.refund(entry, 3_000)
    assert (first.code, first.state, first.serial) == ("4626", "booked", f"{entry.serial}T1")
    assert [(line["title"], line["amount_fen"]) for line in first.lines] == [("电费B1", 655), ("电费B2", 2_345)]
    assert [row.amount_fen for row in queries.postings(first)] == [655, 2_345]
    entry.refresh_from_db()
    assert (entry.state, counter.payments()) == ("booked", [(12_345, "taken", "booked")])
    assert queries.expected_fen(shift) == drawer - 3_000
    second = counter.refund(entry, 9_345)
    assert [row.amount_fen for row in queries.postings(second)] == [9_345]
    entry.refresh_from_db()
    assert (entry.state, counter.payments()) == ("refunded", [(12_345, "refunded", "reversed")])
    assert queries.expected_fen(shift) == drawer - 12_345
    assert given(counter, entry) == [(first.serial, 3_000, 9_345), (second.serial, 9_345, 0)]
    assert refusal(lambda: counter.refund(entry, 1))[0] is Code.ALREADY_REVERSED


def test_more_than_is_left_is_refused_before_anybody_signs(counter: Counter):
    from yifen.core.access.models import Authorisation

    counter.open()
    entry = counter.yesterday(counter.collect())
    counter.refund(entry, 3_000)
    for fen, code in ((9_346, Code.AMOUNT_ABOVE_LEFT), (0, Code.AMOUNT_WRONG), (-1, Code.AMOUNT_WRONG)):
        assert refusal(lambda: counter.refund(entry, fen))[0] is code  # noqa: B023
    assert Authorisation.objects.filter(action="desk.refund", subject_key=entry.serial).count() == 1
    assert [fen for _, fen, _ in given(counter, entry)] == [3_000]


def test_the_same_form_once_more_is_the_same_refund(counter: Counter):
    from yifen.trades.counter.models import Entry

    counter.open()
    entry = counter.yesterday(counter.collect())
    first = counter.refund(entry, 3_000, serial=f"{entry.serial}T1")
    again = counter.refund(entry, 3_000, serial=f"{entry.serial}T1")
    assert (again.pk, again.state) == (first.pk, "booked")
    assert refusal(lambda: counter.refund(entry, 3_001, serial=f"{entry.serial}T1"))[0] is Code.SERIAL_REUSED
    assert refusal(lambda: counter.refund(entry, 3_000, serial=f"{entry.serial}T3"))[0] is Code.FORM_STALE
    assert Entry.objects.filter(original=entry).count() == 1
    assert [fen for _, fen, _ in given(counter, entry)] == [3_000]


def test_a_payment_of_today_is_reversed_and_what_was_taken_back_is_not_refunded(counter: Counter):
    counter.open()
    entry = counter.collect()
    assert refusal(lambda: counter.refund(entry, 3_000))[0] is Code.DAY_OPEN_USE_REVERSE
    taken = counter.reverse(entry)
    assert refusal(lambda: counter.refund(entry, 3_000))[0] is Code.ALREADY_REVERSED
    assert refusal(lambda: counter.refund(taken, 3_000))[0] is CounterCode.ENTRY_NOT_REFUNDABLE
    draft = counter.prepare()
    assert refusal(lambda: counter.refund(draft, 3_000))[0] is CounterCode.ENTRY_NOT_REFUNDABLE


def test_who_may_not_sign_gives_nothing_back(counter: Counter, place):
    counter.open()
    entry = counter.yesterday(counter.collect())
    foreign = person(f"sv{counter.number}", place.foreign.county, "supervisor")
    for checker in (counter.teller, Counter(place).teller, foreign):
        assert refusal(lambda: counter.refund(entry, 1, checker=checker))[0] is Code.PERMISSION_MISSING  # noqa: B023
    assert given(counter, entry) == []


def test_another_institutions_entry_is_not_there(counter: Counter, place):
    counter.open()
    entry = counter.yesterday(counter.collect())
    stranger = Counter(place)
    stranger.teller = person(f"x{stranger.number}", place.foreign.branch, "teller")
    stranger.open()
    assert refusal(lambda: stranger.refund(entry, 1))[0] is Code.OUT_OF_SCOPE


@pytest.mark.parametrize("hears", [True, False], ids=["booked", "never-arrived"])
def test_a_lost_answer_is_found_or_sent_again_and_holds_the_next_one_back(counter: Counter, hears: bool):
    from yifen.trades.counter.operations.reverse import again

    counter.open()
    entry = counter.yesterday(counter.collect())
    lost = counter.refund(entry, 12_345, hub=Deaf(counter.hub, hears=hears))
    assert lost.state == "unknown"
    assert refusal(lambda: counter.refund(entry, 1))[0] is CounterCode.ENTRY_UNDECIDED
    if not hears:
        assert counter.find(lost).state == "unknown"
        again(counter.hub, counter.teller, lost.pk, NOW)
    found = counter.find(lost)
    assert (found.state, found.booked_at) == ("booked", NOW if hears else found.booked_at)
    entry.refresh_from_db()
    assert (entry.state, given(counter, entry)) == ("refunded", [(f"{entry.serial}T1", 12_345, 0)])


def test_a_biller_with_a_system_of_its_own_gives_back_whole_only(counter: Counter):
    biller = counter.remote_biller()
    counter.open()
    entry = counter.collect(biller=biller, G1=3_000)
    counter.decide(entry.payment_id, "booked")
    counter.find(entry)
    counter.yesterday(entry)
    part = counter.refund(entry, 2_999)
    assert (part.state, Code(part.result)) == ("refused", Code.REFUND_WHOLE_ONLY)
    whole = counter.refund(entry, 3_000)
    assert (whole.serial, whole.state, Code(whole.result)) == (f"{entry.serial}T2", "unknown", Code.PROCESSING)
    counter.decide(entry.payment_id, "reversed")
    assert counter.find(whole).state == "booked"
    entry.refresh_from_db()
    assert entry.state == "refunded"


def test_verify_names_a_refund_that_says_another_amount(counter: Counter):
    from yifen.trades.counter.proof import altered

    counter.open()
    entry = counter.yesterday(counter.collect())
    part = counter.refund(entry, 3_000)
    with psycopg.connect(counter.place.database.super_url) as conn:
        for change, says in (
            ("amount_fen = 2999", f"amount_fen says 2999, the refund of payment {entry.payment_id} 3000"),
            ("serial = 'X'", "is a refund, its payment has none of this serial"),
        ):
            conn.execute("SET session_replication_role = replica")
            conn.execute(f"UPDATE counter_entry SET {change} WHERE id = {part.pk}".encode())
            found = [line for line in altered(conn) if line.startswith(f"counter_entry {part.pk} ")]
            assert found == [f"counter_entry {part.pk} {says}"]
            conn.rollback()


def test_the_act_is_kept_with_what_the_supervisor_saw(counter: Counter):
    counter.open()
    entry = counter.yesterday(counter.collect())
    word = counter.refund(entry, 3_000).authorisation
    assert (word.action, word.subject_key, word.reason) == ("desk.refund", entry.serial, "多收")
    assert (word.maker, word.checker) == (counter.teller, counter.supervisor)
