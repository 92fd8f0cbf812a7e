"""payments_biller_result_v1 and the outbox: every outcome in every state, late and double answers."""

from datetime import date, timedelta

import pytest

from tests.world import DAY, NOON, World
from yifen.core.facts.codes import Code
from yifen.hub.payments.calls import Booked, ResultWork

GAS = {"biller": "GAS", "account_no": "G1"}
NEXT_DAY = date(2026, 11, 24)
LATER = NOON + timedelta(minutes=5)
OUTCOMES = ("sent", "booked", "rejected", "unknown", "reversed", "reverse_refused")
PROCESSING, OK = Code.PROCESSING, Code.OK
REJECTED, BEFORE = Code.BILLER_REJECTED, Code.REVERSED_BEFORE_CHARGE

# How a payment gets into each state, and what is answered there to an outcome that does not fit.
WAYS = {
    "registered": ([], PROCESSING),
    "sent": (["sent"], PROCESSING),
    "unknown": (["sent", "unknown"], PROCESSING),
    "booked": (["booked"], OK),
    "rejected": (["rejected"], REJECTED),
    "reversing": (["reverse"], PROCESSING),
    "reversing booked": (["booked", "reverse"], PROCESSING),
    "reversed": (["reverse", "reversed"], BEFORE),
    "reversed booked": (["booked", "reverse", "reversed"], OK),
}
# (state, outcome) → code, payer state, biller state after it; whatever is not here changes nothing.
UNDECIDED = ("registered", "sent", "unknown")
FITS = {
    ("registered", "sent"): (PROCESSING, "held", "sent"),
    **{(state, "booked"): (OK, "taken", "booked") for state in UNDECIDED},
    **{(state, "rejected"): (REJECTED, "returned", "rejected") for state in UNDECIDED},
    **{(state, "unknown"): (PROCESSING, "held", "unknown") for state in UNDECIDED},
    ("reversing", "reversed"): (BEFORE, "returned", "reversed"),
    ("reversing", "reverse_refused"): (PROCESSING, "held", "unknown"),
    ("reversing booked", "reversed"): (OK, "returned", "reversed"),
    ("reversing booked", "reverse_refused"): (OK, "taken", "booked"),
}


def bring(hub: World, state: str, channel: str = "WX") -> int:
    """A payment of 3,500 fen on R1 and R2 in that state."""
    charge = hub.charge("S1", {"R1": 3000, "R2": 500}, **GAS, channel=channel)
    for step in WAYS[state][0]:
        if step == "reverse":
            answer = hub.reverse("T1", "S1", 3500, channel=channel)
            assert answer.code is PROCESSING
        else:
            assert not hub.result(charge.payment_id, step).repeated
    return charge.payment_id


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("state", WAYS)
def test_each_outcome_in_each_state(hub, state, outcome):
    payment = bring(hub, state)
    before, serials = hub.money(), hub.serials()
    hub.now = LATER
    booked = hub.result(payment, outcome, "GAS-77", "0000", LATER)
    if (state, outcome) in FITS:
        code, *states = FITS[state, outcome]
        assert (booked.code, booked.repeated) == (code, False)
        assert hub.states(payment) == tuple(states)
        event = hub.rows("SELECT at, payer_state::text, biller_state::text, note FROM payment_event"
                         " ORDER BY event_id DESC LIMIT 1")  # fmt: skip
        assert event == [(LATER, *states, f"{outcome} 0000")]
        kept = hub.rows("SELECT biller_serial, biller_code FROM payment")
        assert kept == [("GAS-77", "0000")]
    else:
        assert (booked.code, booked.repeated) == (WAYS[state][1], True)
        assert (hub.money(), hub.serials()) == (before, serials)


@pytest.mark.parametrize(("state", "outcome"), [pair for pair in FITS if pair[1] != "unknown"])
def test_the_same_answer_twice_counts_once(hub, state, outcome):
    payment = bring(hub, state)
    first = hub.result(payment, outcome, "GAS-77", "0000", LATER)
    before, serials = hub.money(), hub.serials()
    again = hub.result(payment, outcome, "GAS-78", "9999", LATER)
    assert again == Booked(first.code, True, None, first.business_day, first.booked_at, "GAS-77")
    assert (hub.money(), hub.serials()) == (before, serials)


def test_two_answers_for_one_payment_in_one_call_count_once(hub):
    payment = bring(hub, "sent")
    answers = hub.call([ResultWork(payment, "booked"), ResultWork(payment, "rejected")])
    assert [(booked.code, booked.repeated) for booked in answers] == [(OK, False), (OK, True)]
    assert hub.states(payment) == ("taken", "booked")


def test_an_answer_for_an_unknown_payment_changes_nothing(hub):
    bring(hub, "sent")
    before = hub.money()
    assert hub.result(99_000, "booked").repeated
    assert hub.money() == before


# --- booked ---------------------------------------------------------------------------------------


def test_booked_moves_the_held_money_and_settles_the_bills(hub):
    payment = bring(hub, "sent")
    hub.now = LATER
    assert hub.result(payment, "booked", "GAS-77") == Booked(OK, False, None, DAY, LATER, "GAS-77")
    assert hub.balances() == {"1121.WX": (0, 3500, 0, 0), "2241.GAS": (0, 0, 0, 3500)}
    assert hub.payable("R1", **GAS) == ("settled", 3000, False)
    assert hub.payable("R2", **GAS) == ("settled", 500, False)
    assert hub.serials() == {"S1": ("charge", OK)}
    assert hub.rows("SELECT * FROM biller_call") == []
    repeat = hub.charge("S1", {"R1": 3000, "R2": 500}, **GAS)
    assert repeat == Booked(OK, True, payment, DAY, LATER, "GAS-77")


def test_booked_after_the_cut_is_booked_on_the_open_day(hub):
    payment = bring(hub, "unknown")
    hub.cut()
    hub.now = LATER
    assert hub.result(payment, "booked").business_day == NEXT_DAY
    days = hub.rows("SELECT kind::text, business_day FROM ledger_transfer ORDER BY transfer_no")
    assert days == [("pending", DAY), ("pending", DAY), ("post", NEXT_DAY), ("post", NEXT_DAY)]
    assert hub.rows("SELECT business_day, booked_at FROM payment") == [(NEXT_DAY, LATER)]
    assert hub.reverse("T1", "S1", 3500).code is PROCESSING


def test_partial_and_open_payables_are_paid_in_part_when_booked(hub):
    hub.charge("S1", {"RP": 300, "RO": 700}, **GAS)
    hub.result(1000, "booked")
    assert hub.payable("RP", **GAS) == ("open", 300, False)
    assert hub.payable("RO", **GAS) == ("open", 0, False)
    assert hub.charge("S2", {"RP": 4700, "RO": 700}, **GAS).code is PROCESSING
    hub.result(2000, "booked")
    assert hub.payable("RP", **GAS) == ("settled", 5000, False)


def test_many_payments_are_decided_in_one_call(hub):
    for number in range(6):
        hub.owe("GAS", "G1", f"N{number}", 100)
        hub.charge(f"S{number}", {f"N{number}": 100}, **GAS)
    hub.reverse("T4", "S4", 100)
    hub.result(6000, "booked")
    hub.reverse("T5", "S5", 100)
    words = ("booked", "rejected", "unknown", "sent", "reversed", "reversed")
    works = [ResultWork(1000 * (n + 1), word) for n, word in enumerate(words)]
    answers = hub.call([*works, ResultWork(1000, "booked")])
    expected = [OK, REJECTED, PROCESSING, PROCESSING, BEFORE, OK]
    assert [booked.code for booked in answers] == [*expected, OK]
    assert [booked.repeated for booked in answers] == [False] * 6 + [True]
    assert hub.balances() == {"1121.WX": (200, 200, 0, 100), "2241.GAS": (0, 100, 200, 200)}


# --- rejected -------------------------------------------------------------------------------------


def test_rejected_gives_money_and_bills_free(hub):
    payment = bring(hub, "sent")
    hub.result(payment, "rejected", None, "DEF0001")
    assert hub.balances() == {}
    assert hub.payable("R1", **GAS) == ("open", 0, False)
    assert hub.serials() == {"S1": ("charge", REJECTED)}
    assert hub.rows("SELECT * FROM biller_call") == []
    repeat = hub.charge("S1", {"R1": 3000, "R2": 500}, **GAS)
    assert (repeat.code, repeat.repeated) == (REJECTED, True)
    assert hub.charge("S2", {"R1": 3000}, **GAS).code is PROCESSING


# --- taking back ----------------------------------------------------------------------------------


def test_taken_back_before_it_was_booked_the_money_is_free_again(hub):
    payment = bring(hub, "reversing")
    hub.now = LATER
    hub.result(payment, "reversed")
    assert hub.balances() == {}
    assert hub.payable("R1", **GAS) == ("open", 0, False)
    assert hub.serials() == {"S1": ("charge", BEFORE), "T1": ("reverse", OK)}
    assert hub.rows("SELECT business_day, booked_at FROM payment_return") == [(DAY, LATER)]
    assert hub.rows("SELECT * FROM biller_call") == []


def test_taken_back_after_it_was_booked_it_is_a_contra(hub):
    payment = bring(hub, "reversing booked")
    hub.now = LATER
    hub.result(payment, "reversed")
    assert hub.balances() == {"1121.WX": (0, 3500, 0, 3500), "2241.GAS": (0, 3500, 0, 3500)}
    assert hub.payable("R1", **GAS) == ("open", 0, False)
    assert hub.serials() == {"S1": ("charge", OK), "T1": ("reverse", OK)}
    assert hub.reverse("T1", "S1", 3500) == Booked(OK, True, payment, DAY, LATER)


def test_a_refund_that_the_biller_agreed_to(hub):
    payment = bring(hub, "booked")
    hub.cut()
    assert hub.refund("T1", "S1", 3500).code is PROCESSING
    assert hub.states(payment) == ("taken", "reversing")
    hub.result(payment, "reversed")
    assert hub.states(payment) == ("refunded", "reversed")
    assert hub.serials()["T1"] == ("refund", OK)
    assert hub.rows("SELECT business_day FROM payment_return") == [(NEXT_DAY,)]


def test_a_refused_reversal_leaves_the_payment_and_another_one_may_be_tried(hub):
    payment = bring(hub, "reversing booked")
    hub.result(payment, "reverse_refused", None, "7010")
    assert hub.balances() == {"1121.WX": (0, 3500, 0, 0), "2241.GAS": (0, 0, 0, 3500)}
    assert hub.serials() == {"S1": ("charge", OK), "T1": ("reverse", REJECTED)}
    assert hub.rows("SELECT * FROM biller_call") == []
    assert hub.reverse("T1", "S1", 3500).code is REJECTED
    assert hub.reverse("T2", "S1", 3500).code is PROCESSING
    hub.result(payment, "reversed")
    assert hub.states(payment) == ("returned", "reversed")
    assert hub.rows("SELECT serial FROM payment_return") == [("T2",)]


def test_a_refused_reversal_of_an_undecided_charge_goes_back_to_the_ladder(hub):
    payment = bring(hub, "reversing")
    hub.result(payment, "reverse_refused", None, "7010", LATER)
    assert hub.rows("SELECT payment_id, step, due_at FROM biller_call") == [
        (payment, "confirm", LATER)
    ]
    hub.result(payment, "booked")
    assert hub.states(payment) == ("taken", "booked")


def test_the_biller_agreed_but_the_transit_account_was_emptied(hub):
    """It must not be lost: the call fails whole and may be tried again when there is money."""
    payment = bring(hub, "reversing booked")
    post = """SELECT code FROM ledger_post_v1(0::smallint, %s, '{1}', '{posted}',
        ARRAY[%s::integer], ARRAY[%s::integer], '{3500}', '{NULL}', '{NULL}', '{0}', '{0}',
        ARRAY[%s::date])"""
    transit, settled = hub.account("2241.GAS"), hub.account("1002.SETTLED")
    assert hub.rows(post, NOON, transit, settled, DAY) == [(0,)]
    before = hub.money()
    hub.run("SAVEPOINT before")
    with pytest.raises(Exception, match="a contra the biller agreed to was refused"):
        hub.result(payment, "reversed")
    hub.run("ROLLBACK TO before")
    assert hub.money() == before
    assert hub.rows(post, NOON, settled, transit, DAY) == [(0,)]
    assert hub.result(payment, "reversed").code is OK


# --- limits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "outcome", "taken"),
    [
        ("sent", "booked", 3500),
        ("sent", "unknown", 3500),
        ("sent", "rejected", 0),
        ("reversing", "reversed", 0),
        ("reversing", "reverse_refused", 3500),
        ("reversing booked", "reversed", 0),
        ("reversing booked", "reverse_refused", 3500),
    ],
)
def test_the_daily_limit_gets_back_what_was_not_taken_after_all(hub, state, outcome, taken):
    payment = bring(hub, state, channel="BANK")
    assert hub.taken("BANK") == 3500
    hub.result(payment, outcome)
    hub.result(payment, outcome)
    assert hub.taken("BANK") == taken


def test_what_is_booked_on_a_later_day_counts_there_and_is_given_back_there(hub):
    payment = bring(hub, "sent", channel="BANK")
    hub.cut()
    hub.charge("S2", {"O1": 100_000}, channel="BANK")
    hub.result(payment, "booked")
    assert (hub.taken("BANK", DAY), hub.taken("BANK", NEXT_DAY)) == (0, 103_500)
    hub.reverse("T1", "S1", 3500, channel="BANK")
    hub.result(payment, "reversed")
    assert (hub.taken("BANK", DAY), hub.taken("BANK", NEXT_DAY)) == (0, 100_000)


# --- the outbox -----------------------------------------------------------------------------------

TAKE = "SELECT payment_id, step, resent FROM payments_take_calls_v1(%s, %s::integer[], %s, gen_random_uuid())"
LADDER = [1, 2, 5]


def test_due_calls_are_taken_once_a_rung_and_after_the_last_rung_no_more(hub):
    payment = bring(hub, "registered")
    due = NOON + timedelta(seconds=30)
    assert hub.rows(TAKE, due - timedelta(microseconds=1), LADDER, 10) == []
    for seconds in LADDER:
        assert hub.rows(TAKE, due, LADDER, 10) == [(payment, "charge", False)]
        assert hub.rows(TAKE, due, LADDER, 10) == []
        due += timedelta(seconds=seconds)
        assert hub.rows("SELECT due_at FROM biller_call") == [(due,)]
    assert hub.rows(TAKE, due, LADDER, 10) == [(payment, "charge", False)]
    answered = due + timedelta(minutes=5)  # the last rung's answer has its time too
    assert hub.rows("SELECT tries, due_at FROM biller_call") == [(4, answered)]
    assert hub.rows(TAKE, answered - timedelta(microseconds=1), LADDER, 10) == []
    assert hub.rows("SELECT tries, due_at FROM biller_call") == [(4, answered)]
    for moment in (answered, due + timedelta(days=9)):
        assert hub.rows(TAKE, moment, LADDER, 10) == []
        assert hub.rows("SELECT tries, due_at FROM biller_call") == [(4, None)]


def test_an_answer_with_a_time_moves_the_next_rung(hub):
    payment = bring(hub, "registered")
    hub.result(payment, "sent", None, None, LATER)
    assert hub.rows("SELECT step, due_at FROM biller_call") == [("confirm", LATER)]
    hub.result(payment, "unknown")
    assert hub.rows("SELECT step, due_at FROM biller_call") == [("confirm", LATER)]


def test_calls_are_taken_oldest_first_and_at_most_as_many_as_asked(hub):
    for number in range(3):
        hub.owe("GAS", "G1", f"N{number}", 100)
        hub.now = NOON - timedelta(minutes=number)
        hub.charge(f"S{number}", {f"N{number}": 100}, **GAS)
    taken = hub.rows(TAKE, LATER, LADDER, 2)
    assert sorted(taken) == [(2000, "charge", False), (3000, "charge", False)]


def test_the_one_re_send_is_given_once_and_never_for_a_reversal(hub):
    payment = bring(hub, "sent")
    claim = "SELECT payments_claim_resend_v1(%s, gen_random_uuid())"
    assert hub.value(claim, payment) is True
    assert hub.value(claim, payment) is False
    assert hub.rows(TAKE, LATER, LADDER, 10) == [(payment, "confirm", True)]
    hub.charge("S2", {"RP": 100}, **GAS)
    hub.reverse("T2", "S2", 100)
    assert hub.value(claim, 2000) is False
    assert hub.value(claim, 99_000) is False
