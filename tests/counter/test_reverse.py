"""Taking back on the same day: who may say yes, and what it does to drawer and books."""

from typing import Any

import pytest

from tests.counter.standing import NOW, Counter, person, signature
from tests.counter.test_collect import TAKEN, Deaf, refusal
from tests.web import site
from yifen.core.facts.codes import Code
from yifen.trades.counter.codes import CounterCode

RETURNED = ("returned", "reversed")


def reverse_at(hub: Any, counter: Counter, entry: Any) -> Any:
    from yifen.trades.counter.operations.reverse import reverse

    signed = signature(counter.supervisor)
    return reverse(hub, site.access(counter.teller), entry.pk, signed, "收错户", NOW)


def test_a_reversal_takes_the_payment_back_and_the_cash_out_of_the_drawer(counter: Counter):
    from yifen.trades.counter import queries

    shift = counter.open()
    entry = counter.collect(tendered_fen=20_000)
    taken = counter.reverse(entry)
    assert (taken.code, taken.state, taken.serial) == ("4625", "booked", f"{entry.serial}R")
    assert taken.payment_id == entry.payment_id
    entry.refresh_from_db()
    assert entry.state == "reversed"
    assert counter.payments() == [(12_345, *RETURNED)]
    assert queries.expected_fen(shift) == 50_000
    assert counter.collect().state == "booked"  # the bills can be paid again


def test_the_supervisors_word_is_kept_and_used_up(counter: Counter):
    counter.open()
    taken = counter.reverse(counter.collect())
    word = taken.authorisation
    assert (word.action, word.subject_key) == ("desk.reversal", taken.original.serial)
    assert (word.maker, word.checker, word.reason) == (counter.teller, counter.supervisor, "收错户")
    assert word.used_at == NOW


def test_reversing_again_is_the_same_reversal(counter: Counter):
    counter.open()
    entry = counter.collect()
    first = counter.reverse(entry)
    again = counter.reverse(entry, reason="另一原因")
    assert (again.pk, again.state) == (first.pk, "booked")
    assert counter.payments() == [(12_345, *RETURNED)]


# --- who may -----------------------------------------------------------------------------------


def test_the_teller_cannot_be_his_own_checker_under_either_login(counter: Counter):
    from yifen.core.access.models import User, UserRole

    counter.open()
    entry = counter.collect()
    assert refusal(lambda: counter.reverse(entry, counter.teller))[0] is Code.PERMISSION_MISSING
    UserRole.objects.create(user=counter.teller, role="supervisor")  # as roles never clash
    assert refusal(lambda: counter.reverse(entry, counter.teller))[0] is Code.CHECKER_IS_MAKER
    twin = person(f"tw{counter.number}", counter.place.own.county, "supervisor")
    User.objects.filter(pk__in=(twin.pk, counter.teller.pk)).update(person=f"P{counter.number}")
    assert refusal(lambda: counter.reverse(entry, twin))[0] is Code.CHECKER_IS_MAKER
    assert counter.payments() == [(12_345, *TAKEN)]


def test_a_colleague_who_is_no_supervisor_cannot(counter: Counter, place):
    counter.open()
    entry = counter.collect()
    colleague = Counter(place).teller
    assert refusal(lambda: counter.reverse(entry, colleague))[0] is Code.PERMISSION_MISSING
    assert counter.payments() == [(12_345, *TAKEN)]


def test_a_supervisor_of_another_county_cannot(counter: Counter, place):
    counter.open()
    entry = counter.collect()
    foreign = person(f"sv{counter.number}", place.foreign.county, "supervisor")
    assert refusal(lambda: counter.reverse(entry, foreign))[0] is Code.PERMISSION_MISSING
    assert counter.payments() == [(12_345, *TAKEN)]


def test_a_supervisor_who_was_dismissed_cannot(counter: Counter, place):
    counter.open()
    entry = counter.collect()
    gone = person(f"sv{counter.number}", place.own.county, "supervisor")
    gone.is_active = False
    gone.save()
    assert refusal(lambda: counter.reverse(entry, gone))[0] is Code.AUTHORISATION_INVALID


def test_another_institutions_entry_is_not_there(counter: Counter, place):
    counter.open()
    entry = counter.collect()
    stranger = Counter(place)
    stranger.teller = person(f"x{stranger.number}", place.foreign.branch, "teller")
    stranger.open()
    assert refusal(lambda: stranger.reverse(entry))[0] is Code.OUT_OF_SCOPE


def test_a_colleague_of_the_same_outlet_reverses_out_of_his_own_drawer(counter: Counter, place):
    from yifen.trades.counter import queries

    first = counter.open()
    entry = counter.collect()
    colleague = Counter(place)
    second = colleague.open()
    assert colleague.reverse(entry).state == "booked"
    assert (queries.expected_fen(first), queries.expected_fen(second)) == (62_345, 37_655)


# --- what may be reversed ----------------------------------------------------------------------


def test_what_was_not_booked_is_not_reversed(counter: Counter):
    counter.open()
    for entry in (counter.prepare(), counter.collect(B1=9_999)):
        assert refusal(lambda: counter.reverse(entry))[0] is CounterCode.ENTRY_NOT_REVERSIBLE  # noqa: B023


def test_a_reversal_is_not_reversed(counter: Counter):
    counter.open()
    taken = counter.reverse(counter.collect())
    assert refusal(lambda: counter.reverse(taken))[0] is CounterCode.ENTRY_NOT_REVERSIBLE


def test_what_a_day_closed_over_is_refunded_not_reversed(counter: Counter):
    from datetime import timedelta

    counter.open()
    entry = counter.collect()
    entry.business_day -= timedelta(days=1)
    entry.save()
    assert refusal(lambda: counter.reverse(entry))[0] is Code.DAY_CLOSED_USE_REFUND


def test_a_lost_answer_to_a_reversal_is_found_and_settles_both(counter: Counter):
    from yifen.trades.counter import queries

    shift = counter.open()
    entry = counter.collect()
    taken = reverse_at(Deaf(counter.hub, hears=True), counter, entry)
    assert taken.state == "unknown"
    assert refusal(lambda: counter.reverse(entry))[0] is CounterCode.ENTRY_UNDECIDED
    assert counter.find(taken).state == "booked"
    entry.refresh_from_db()
    assert entry.state == "reversed"
    assert queries.expected_fen(shift) == 50_000


def test_a_payment_that_never_arrived_is_blocked_for_good(counter: Counter):
    from tests.counter.test_collect import send_to
    from yifen.trades.counter import queries

    shift = counter.open()
    entry = send_to(Deaf(counter.hub, hears=False), counter, counter.prepare())
    taken = counter.reverse(entry)
    assert (taken.state, Code(taken.result)) == ("refused", Code.ORIGINAL_UNKNOWN_BLOCKED)
    entry.refresh_from_db()
    assert entry.state == "refused"
    assert counter.send(entry).state == "refused"
    late = counter.hub.charge("DESK", charge_of(entry))
    assert late[0] is Code.REVERSED_BEFORE_CHARGE
    assert (counter.payments(), queries.expected_fen(shift)) == ([], 50_000)


def charge_of(entry: Any) -> Any:
    from yifen.trades.counter.operations.collect import charge_message

    return charge_message(entry)


def test_a_biller_that_agrees_later_leaves_the_drawer_as_it_was(counter: Counter):
    """Neither the payment nor its reversal was ever booked, so no cash moved in the end."""
    from yifen.trades.counter import queries

    biller = counter.remote_biller()
    shift = counter.open()
    entry = counter.collect(biller=biller, G1=3_000)
    taken = counter.reverse(entry)
    assert (taken.state, Code(taken.result)) == ("unknown", Code.PROCESSING)
    counter.decide(entry.payment_id, "reversed")
    assert counter.find(entry).state == "refused"
    assert counter.find(taken).state == "booked"
    entry.refresh_from_db()
    assert entry.state == "reversed"
    assert queries.expected_fen(shift) == 50_000


def test_no_reversal_can_stand_booked_without_an_authorisation(counter: Counter):
    from django.db import IntegrityError, transaction

    counter.open()
    taken = counter.reverse(counter.collect())
    taken.authorisation = None
    with pytest.raises(IntegrityError), transaction.atomic():
        taken.save()


def test_a_reversal_that_never_arrived_is_sent_again_without_another_word(counter: Counter):
    """Else the entry would stay unknown, and the shift could never be balanced."""
    from yifen.trades.counter.operations.reverse import again

    counter.open()
    entry = counter.collect()
    taken = reverse_at(Deaf(counter.hub, hears=False), counter, entry)
    assert counter.find(taken).state == "unknown"
    taken.refresh_from_db()
    done = again(counter.hub, counter.teller, taken.pk, NOW)
    assert (done.pk, done.state, done.authorisation_id) == (
        taken.pk, "booked", taken.authorisation_id,
    )  # fmt: skip
    entry.refresh_from_db()
    assert (entry.state, counter.payments()) == ("reversed", [(12_345, *RETURNED)])
