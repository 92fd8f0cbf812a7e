"""payments_return_v1: reversal on the day, refund after it; every code, one by one and in batches."""

from datetime import date, timedelta

import psycopg
import pytest

from tests.world import DAY, NOON, World
from yifen.core.facts.codes import Code
from yifen.hub.payments.calls import Booked

GAS = {"biller": "GAS", "account_no": "G1"}
NEXT_DAY = date(2026, 11, 24)
LATER = NOON + timedelta(hours=1)
POST_SQL = """SELECT code FROM ledger_post_v1(0::smallint, %s, '{1}', '{posted}', ARRAY[%s::integer],
    ARRAY[%s::integer], ARRAY[%s::bigint], '{NULL}', '{NULL}', '{0}', '{0}', ARRAY[%s::date])"""


def codes(answers: list[Booked]) -> list[Code]:
    return [booked.code for booked in answers]


def move(hub: World, debit: str, credit: str, amount: int, day: date = DAY) -> None:
    """A transfer beside the payments, for example the settlement of a transit account."""
    assert hub.rows(POST_SQL, hub.now, hub.account(debit), hub.account(credit), amount, day) == [
        (Code.OK,)
    ]


# --- reversal -------------------------------------------------------------------------------------


def test_a_reversal_writes_contras_and_opens_the_bills_again(hub):
    hub.charge("S1", {"B1": 1000, "P1": 300})
    hub.now = LATER
    assert hub.reverse("T1", "S1", 1300, reason="柜员录错") == Booked(
        Code.OK, False, 1000, DAY, LATER
    )
    assert hub.balances() == {"1121.WX": (0, 1300, 0, 1300), "2241.WATER": (0, 1300, 0, 1300)}
    assert (hub.payable("B1"), hub.payable("P1")) == (("open", 0, False), ("open", 0, False))
    assert hub.states(1000) == ("returned", "reversed")
    assert hub.serials() == {"S1": ("charge", Code.OK), "T1": ("reverse", Code.OK)}
    returns = hub.rows(
        "SELECT payment_id, verb::text, channel_id, serial, amount_fen, reason, business_day,"
        " booked_at FROM payment_return"
    )
    assert returns == [(1000, "reverse", hub.ids["WX"], "T1", 1300, "柜员录错", DAY, LATER)]
    contras = hub.rows("SELECT transfer_no, reverses_no, batch_no FROM ledger_transfer ORDER BY 1")
    assert contras == [(1, None, 1), (2, None, 1), (3, 1, 2), (4, 2, 2)]
    events = hub.rows("SELECT payment_id, at, payer_state::text, biller_state::text, note"
                      " FROM payment_event")  # fmt: skip
    assert events == [(1000, LATER, "returned", "reversed", "reverse")]


def test_a_reversed_bill_can_be_paid_again_with_a_new_serial(hub):
    hub.charge("S1", {"B1": 1000})
    hub.reverse("T1", "S1", 1000)
    assert hub.charge("S2", {"B1": 1000}).code is Code.OK
    assert hub.balances() == {"1121.WX": (0, 2000, 0, 1000), "2241.WATER": (0, 1000, 0, 2000)}
    assert hub.payable("B1") == ("settled", 1000, False)


def test_reversing_one_of_two_partial_payments_takes_back_just_that_one(hub):
    hub.charge("S1", {"P1": 3000})
    hub.charge("S2", {"P1": 2000})
    assert hub.payable("P1") == ("settled", 5000, False)
    assert hub.reverse("T1", "S1", 3000).code is Code.OK
    assert hub.payable("P1") == ("open", 2000, False)


def test_a_reversed_open_payment_leaves_the_payable_as_it_was(hub):
    hub.charge("S1", {"O1": 500})
    hub.reverse("T1", "S1", 500)
    assert hub.payable("O1") == ("open", 0, False)


def test_a_repeated_reversal_gets_the_first_answer(hub):
    hub.charge("S1", {"B1": 1000})
    hub.now = LATER
    hub.reverse("T1", "S1", 1000)
    before = hub.money()
    hub.now = LATER + timedelta(hours=1)
    assert hub.reverse("T1", "S1", 1000) == Booked(Code.OK, True, 1000, DAY, LATER)
    hub.cut()
    assert hub.reverse("T1", "S1", 1000) == Booked(Code.OK, True, 1000, DAY, LATER)
    assert hub.money()["ledger_transfer"] == before["ledger_transfer"]


def test_a_reversal_gives_the_channel_its_daily_limit_back(hub):
    hub.charge("S1", {"O1": 100_000}, channel="BANK")
    hub.charge("S2", {"O1": 50_000}, channel="BANK")
    hub.reverse("T1", "S1", 100_000, channel="BANK")
    assert hub.taken("BANK") == 50_000


# --- refund ---------------------------------------------------------------------------------------


def test_a_refund_after_the_cut_is_booked_on_the_new_day(hub):
    hub.charge("S1", {"B1": 1000})
    hub.cut()
    hub.now = LATER
    assert hub.refund("T1", "S1", 1000) == Booked(Code.OK, False, 1000, NEXT_DAY, LATER)
    assert hub.states(1000) == ("refunded", "reversed")
    assert hub.payable("B1") == ("open", 0, False)
    assert hub.serials()["T1"] == ("refund", Code.OK)
    days = hub.rows("SELECT business_day FROM ledger_transfer ORDER BY transfer_no")
    assert days == [(DAY,), (NEXT_DAY,)]
    assert hub.rows("SELECT business_day FROM payment") == [(DAY,)]
    assert hub.rows("SELECT verb::text, business_day FROM payment_return") == [("refund", NEXT_DAY)]


def test_a_refund_leaves_the_limits_of_both_days_alone(hub):
    hub.charge("S1", {"O1": 100_000}, channel="BANK")
    hub.cut()
    hub.charge("S2", {"O1": 200}, channel="BANK")
    hub.refund("T1", "S1", 100_000, channel="BANK")
    assert (hub.taken("BANK", DAY), hub.taken("BANK", NEXT_DAY)) == (100_000, 200)


def test_on_its_day_it_is_a_reversal_and_afterwards_a_refund(hub, refused):
    hub.charge("S1", {"B1": 1000})
    assert refused("refund", "T1", "S1", 1000) is Code.DAY_OPEN_USE_REVERSE
    hub.cut()
    assert refused("reverse", "T2", "S1", 1000) is Code.DAY_CLOSED_USE_REFUND


# --- refusals -------------------------------------------------------------------------------------


def test_the_serial_of_a_return_is_used_once(hub):
    hub.charge("S1", {"B1": 1000})
    hub.charge("S2", {"B2": 2000})
    hub.reverse("T1", "S1", 1000, reason="a")
    before, serials = hub.money(), hub.serials()
    for verb, serial, original, amount, reason in (
        ("reverse", "T1", "S2", 2000, "a"),
        ("reverse", "T1", "S1", 999, "a"),
        ("reverse", "T1", "S1", 1000, "b"),
        ("refund", "T1", "S1", 1000, "a"),
        ("reverse", "S2", "S1", 1000, "a"),
    ):
        answer = getattr(hub, verb)(serial, original, amount, reason=reason)
        assert answer.code is Code.SERIAL_REUSED
    assert (hub.money(), hub.serials()) == (before, serials)


def test_an_unknown_original_is_blocked_for_good(hub, refused):
    assert refused("reverse", "T1", "S1", 1000) is Code.ORIGINAL_UNKNOWN_BLOCKED
    assert hub.serials() == {
        "T1": ("reverse", Code.ORIGINAL_UNKNOWN_BLOCKED),
        "S1": ("tombstone", Code.REVERSED_BEFORE_CHARGE),
    }
    assert hub.charge("S1", {"B1": 1000}).code is Code.REVERSED_BEFORE_CHARGE
    assert refused("reverse", "T2", "S1", 1000) is Code.ORIGINAL_UNKNOWN_BLOCKED
    assert hub.reverse("S1", "S9", 1000).code is Code.SERIAL_REUSED


def test_an_unknown_original_of_a_refund_is_not_blocked(hub, refused):
    assert refused("refund", "T1", "S1", 1000) is Code.SERIAL_UNKNOWN
    assert hub.charge("S1", {"B1": 1000}).code is Code.OK


def test_another_channels_payment_is_not_known(hub, refused):
    hub.charge("S1", {"B1": 1000})
    before = hub.balances()
    assert refused("refund", "T1", "S1", 1000, channel="BANK") is Code.SERIAL_UNKNOWN
    assert refused("reverse", "T2", "S1", 1000, channel="BANK") is Code.ORIGINAL_UNKNOWN_BLOCKED
    assert hub.balances() == before
    assert hub.reverse("T1", "S1", 1000).code is Code.OK


def test_what_was_refused_needs_no_reversal(hub, refused):
    hub.charge("S1", {"B1": 999})
    assert refused("reverse", "T1", "S1", 999) is Code.ORIGINAL_NOT_BOOKED


def test_a_return_cannot_be_returned(hub, refused):
    hub.charge("S1", {"B1": 1000})
    hub.reverse("T1", "S1", 1000)
    assert refused("reverse", "T2", "T1", 1000) is Code.ORIGINAL_NOT_BOOKED
    hub.cut()
    assert refused("refund", "T3", "T1", 1000) is Code.ORIGINAL_NOT_BOOKED


@pytest.mark.parametrize(("verb", "amount"), [("reverse", 999), ("reverse", 1001), ("reverse", 1), ("refund", 1001)])
def test_a_reversal_is_of_the_whole_and_nothing_takes_back_more(hub, refused, verb, amount):
    hub.charge("S1", {"B1": 1000})
    if verb == "refund":
        hub.cut()
    assert refused(verb, "T1", "S1", amount) is Code.ORIGINAL_MISMATCH


@pytest.mark.parametrize("first", ["reverse", "refund"])
@pytest.mark.parametrize("second", ["reverse", "refund"])
def test_a_payment_is_taken_back_once(hub, refused, first, second):
    hub.charge("S1", {"B1": 1000})
    if first == "refund":
        hub.cut()
    assert getattr(hub, first)("T1", "S1", 1000).code is Code.OK
    assert refused(second, "T2", "S1", 1000) is Code.ALREADY_REVERSED
    hub.cut()
    assert refused(second, "T3", "S1", 1000) is Code.ALREADY_REVERSED


def test_refusals_come_in_the_order_of_the_code_table(hub, refused):
    """One request, wrong in several ways; the earlier code of the table is answered."""
    hub.charge("S1", {"B1": 1000})
    hub.charge("BAD", {"B1": 5})
    hub.charge("S2", {"B2": 2000})
    hub.reverse("T0", "S2", 2000)
    assert hub.reverse("S1", "NONE", 1).code is Code.SERIAL_REUSED
    assert refused("refund", "T1", "NONE", 1) is Code.SERIAL_UNKNOWN
    assert refused("reverse", "T2", "NONE", 1) is Code.ORIGINAL_UNKNOWN_BLOCKED
    assert refused("refund", "T3", "BAD", 1) is Code.ORIGINAL_NOT_BOOKED
    assert refused("refund", "T4", "S2", 2001) is Code.ORIGINAL_MISMATCH
    assert refused("refund", "T5", "S2", 2000) is Code.ALREADY_REVERSED
    assert refused("reverse", "T6", "S1", 1) is Code.ORIGINAL_MISMATCH
    assert refused("refund", "T7", "S1", 1000) is Code.DAY_OPEN_USE_REVERSE


# --- the transit account is short -----------------------------------------------------------------


def test_a_refund_waits_for_money_on_the_transit_account(hub, refused):
    hub.charge("S1", {"B1": 1000})
    move(hub, "2241.WATER", "1002.SETTLED", 1)
    hub.cut()
    assert refused("refund", "T1", "S1", 1000) is Code.BALANCE_SHORT
    assert hub.charge("S2", {"O1": 100}).code is Code.OK
    assert hub.refund("T1", "S1", 1000).code is Code.OK
    assert hub.balances()["2241.WATER"] == (0, 1001, 0, 1100)


def test_refunds_of_one_call_get_the_money_in_its_order(hub):
    for serial, lines in (("S1", {"B1": 1000}), ("S2", {"B2": 2000}), ("S3", {"P1": 500})):
        hub.charge(serial, lines)
    move(hub, "2241.WATER", "1002.SETTLED", 2000)  # 1,500 are left
    hub.cut()
    works = [
        hub.return_work("refund", f"T{n}", f"S{n}", amount)
        for n, amount in ((1, 1000), (2, 2000), (3, 500))
    ]
    assert codes(hub.call(works)) == [Code.OK, Code.BALANCE_SHORT, Code.BUSY]
    assert [hub.states(1000 * n)[0] for n in (1, 2, 3)] == ["refunded", "taken", "taken"]
    assert codes(hub.call(works[2:])) == [Code.OK]
    assert codes(hub.call(works[1:2])) == [Code.BALANCE_SHORT]
    assert hub.balances()["2241.WATER"] == (0, 3500, 0, 3500)


# --- batches --------------------------------------------------------------------------------------


def test_two_serials_for_one_original_in_one_call(hub):
    hub.charge("S1", {"B1": 1000})
    both = [hub.return_work("reverse", serial, "S1", 1000) for serial in ("T1", "T2")]
    assert codes(hub.call(both)) == [Code.OK, Code.BUSY]
    assert codes(hub.call(both[1:])) == [Code.ALREADY_REVERSED]
    assert hub.balances()["2241.WATER"] == (0, 1000, 0, 1000)


def test_the_same_serial_twice_in_one_call(hub):
    hub.charge("S1", {"B1": 1000})
    work = hub.return_work("reverse", "T1", "S1", 1000)
    assert codes(hub.call([work, work])) == [Code.OK, Code.BUSY]
    assert hub.call([work, work]) == [Booked(Code.OK, True, 1000, DAY, NOON)] * 2


def test_one_unknown_original_twice_in_one_call(hub):
    both = [hub.return_work("reverse", serial, "S1", 1000) for serial in ("T1", "T2")]
    assert codes(hub.call(both)) == [Code.ORIGINAL_UNKNOWN_BLOCKED, Code.BUSY]
    assert codes(hub.call(both[1:])) == [Code.ORIGINAL_UNKNOWN_BLOCKED]


def test_a_return_whose_serial_is_another_ones_original_waits(hub):
    works = [
        hub.return_work("reverse", "T1", "T2", 5),
        hub.return_work("reverse", "T2", "T3", 5),
        hub.return_work("reverse", "T4", "T5", 5, channel="BANK"),
        hub.return_work("reverse", "T2", "T1", 5, channel="BANK"),
    ]
    blocked = Code.ORIGINAL_UNKNOWN_BLOCKED
    assert codes(hub.call(works)) == [blocked, Code.BUSY, blocked, blocked]
    assert codes(hub.call(works[1:2])) == [Code.SERIAL_REUSED]
    assert hub.serials() == {
        "T1": ("reverse", blocked),
        "T2": ("tombstone", Code.REVERSED_BEFORE_CHARGE),
    }


def test_a_return_cannot_name_itself(hub, refused):
    hub.charge("S1", {"B1": 1000})
    assert refused("reverse", "T1", "T1", 5) is Code.SERIAL_REUSED
    assert refused("refund", "T2", "T2", 5) is Code.SERIAL_REUSED
    assert hub.reverse("S1", "S1", 1000).code is Code.SERIAL_REUSED
    assert hub.reverse("T3", "S1", 1000).code is Code.OK
    both = [hub.return_work("reverse", serial, "T9", 5) for serial in ("T8", "T9")]
    assert codes(hub.call(both)) == [Code.ORIGINAL_UNKNOWN_BLOCKED, Code.BUSY]


def test_good_and_bad_mix_in_one_call(hub):
    hub.charge("S1", {"B1": 1000})
    hub.charge("S2", {"B2": 2000})
    hub.charge("S3", {"R1": 3000}, **GAS)
    hub.reverse("T0", "S2", 2000)
    hub.now = LATER
    answers = hub.call([
        hub.return_work("reverse", "T1", "S1", 1000),
        hub.return_work("reverse", "T0", "S2", 2000),
        hub.return_work("reverse", "T2", "S2", 2000),
        hub.return_work("reverse", "T3", "NONE", 5),
        hub.return_work("reverse", "T4", "S3", 3000),
        hub.return_work("refund", "T5", "GONE", 5),
    ])  # fmt: skip
    assert answers == [
        Booked(Code.OK, False, 1000, DAY, LATER),
        Booked(Code.OK, True, 2000, DAY, NOON),
        Booked(Code.BUSY, False, 2000, DAY, None),  # the same original as the one before it
        Booked(Code.ORIGINAL_UNKNOWN_BLOCKED, False, None, None, None),
        Booked(Code.PROCESSING, False, 3000, DAY, None),
        Booked(Code.SERIAL_UNKNOWN, False, None, None, None),
    ]


# --- a biller with its own system -----------------------------------------------------------------


@pytest.mark.parametrize("outcome", [None, "sent", "unknown", "booked"])
def test_a_remote_payment_is_taken_back_once_its_biller_agrees(hub, refused, outcome):
    hub.charge("S1", {"R1": 3000}, **GAS)
    if outcome:
        hub.result(1000, outcome)
    money = hub.balances()
    hub.now = LATER
    assert hub.reverse("T1", "S1", 3000) == Booked(Code.PROCESSING, False, 1000, DAY, None)
    assert hub.balances() == money
    assert hub.states(1000) == ("taken" if outcome == "booked" else "held", "reversing")
    assert hub.rows("SELECT payment_id, step, tries, due_at FROM biller_call") == [
        (1000, "reverse", 0, LATER)
    ]
    assert hub.rows("SELECT booked_at FROM payment_return") == [(None,)]
    assert refused("reverse", "T2", "S1", 3000) is Code.ORIGINAL_PROCESSING
    again = hub.reverse("T1", "S1", 3000)
    assert again == Booked(Code.PROCESSING, True, 1000, DAY, None)
    assert hub.serials()["T1"] == ("reverse", Code.PROCESSING)


@pytest.mark.parametrize("outcome", [None, "sent", "unknown"])
@pytest.mark.parametrize("end", ["reversed", "reverse_refused"])
def test_an_undecided_payment_has_an_end_after_the_cut(hub, refused, outcome, end):
    """Its biller is asked to take it back; until it agrees nothing goes to the payer."""
    hub.charge("S1", {"R1": 3000}, **GAS)
    if outcome:
        hub.result(1000, outcome)
    hub.cut()
    assert refused("reverse", "T0", "S1", 3000) is Code.DAY_CLOSED_USE_REFUND
    assert hub.refund("T1", "S1", 3000) == Booked(Code.PROCESSING, False, 1000, NEXT_DAY, None)
    assert (hub.states(1000), hub.payable("R1", **GAS)) == (("held", "reversing"), ("open", 0, True))
    hub.result(1000, end)
    if end == "reversed":
        assert hub.states(1000) == ("refunded", "reversed")
        assert (hub.payable("R1", **GAS), hub.balances()) == (("open", 0, False), {})
        assert hub.refund("T1", "S1", 3000) == Booked(Code.OK, True, 1000, NEXT_DAY, NOON)
    else:
        assert hub.states(1000) == ("held", "unknown")  # and the ladder asks again
        assert hub.rows("SELECT step FROM biller_call") == [("confirm",)]
        hub.result(1000, "booked")
        assert hub.states(1000) == ("taken", "booked")
        assert hub.refund("T2", "S1", 3000).code is Code.DAY_OPEN_USE_REVERSE  # booked on this day


@pytest.mark.parametrize("verb", ["reverse", "refund"])
def test_what_was_held_for_a_biller_s_system_is_taken_back_there_though_it_has_none_now(hub, verb):
    hub.charge("S1", {"R1": 3000}, **GAS)
    hub.result(1000, "unknown")
    hub.set_up("UPDATE biller SET endpoint = '' WHERE partner_id = %s", hub.ids["GAS"])
    if verb == "refund":
        hub.cut()
    back = {"reverse": hub.reverse, "refund": hub.refund}[verb]
    assert back("T1", "S1", 3000).code is Code.PROCESSING
    assert hub.states(1000) == ("held", "reversing")
    assert hub.rows("SELECT step FROM biller_call") == [("reverse",)]
    hub.result(1000, "reversed")
    assert hub.balances() == {}


def test_what_was_booked_here_is_taken_back_here_though_its_biller_has_a_system_now(hub):
    hub.charge("S1", {"B1": 1000})
    hub.set_up("UPDATE biller SET endpoint = 'http://127.0.0.1:9' WHERE partner_id = %s",
               hub.ids["WATER"])  # fmt: skip
    assert hub.reverse("T1", "S1", 1000).code is Code.OK
    assert (hub.states(1000), hub.rows("SELECT * FROM biller_call")) == (("returned", "reversed"), [])


def test_what_the_biller_refused_needs_no_reversal(hub, refused):
    hub.charge("S1", {"R1": 3000}, **GAS)
    hub.result(1000, "rejected")
    assert refused("reverse", "T1", "S1", 3000) is Code.ORIGINAL_NOT_BOOKED


# --- several buckets ------------------------------------------------------------------------------


@pytest.fixture
def wide(new_database):
    with psycopg.connect(new_database(buckets=4).app_url) as conn:
        world = World(conn, 4).network()
        for number in range(12):
            world.owe("WATER", f"W{number}", "B1", 1000)
        yield world
        conn.rollback()


def test_reversals_find_their_payment_in_its_bucket(wide):
    buckets = set()
    for number in range(12):
        booked = wide.charge(f"S{number}", {"B1": 1000}, account_no=f"W{number}")
        answer = wide.reverse(f"T{number}", f"S{number}", 1000)
        assert answer == Booked(Code.OK, False, booked.payment_id, DAY, NOON)
        buckets.add(booked.payment_id % 1000)
    assert buckets == {0, 1, 2, 3}
    assert wide.balances()["2241.WATER"] == (0, 12_000, 0, 12_000)


def test_a_tombstone_laid_in_any_bucket_blocks_the_charge_in_its_own(wide):
    for number in range(12):
        assert wide.reverse(f"T{number}", f"S{number}", 1000).code is Code.ORIGINAL_UNKNOWN_BLOCKED
        answer = wide.charge(f"S{number}", {"B1": 1000}, account_no=f"W{number}")
        assert answer.code is Code.REVERSED_BEFORE_CHARGE
    assert wide.balances() == {}


def test_a_reversal_sent_to_the_wrong_bucket_is_sent_again(wide):
    """The charge came between the gateway's look at the serial and the call."""
    booked = wide.charge("S1", {"B1": 1000}, account_no="W1")
    wrong = (booked.payment_id + 1) % 4
    before = wide.money()
    answer = wide.call([wide.return_work("reverse", "T1", "S1", 1000)], bucket=wrong)[0]
    assert answer.code is Code.ORIGINAL_PROCESSING
    assert wide.money() == before
    assert wide.reverse("T1", "S1", 1000).code is Code.OK


def test_a_repeat_sent_to_the_wrong_bucket_gets_the_first_answer(wide):
    """Both looked at the serial before the charge was there; one was faster, and went to its bucket."""
    booked = wide.charge("S1", {"B1": 1000}, account_no="W1")
    first = wide.reverse("T1", "S1", 1000)
    wrong = (booked.payment_id + 1) % 4
    again = wide.call([wide.return_work("reverse", "T1", "S1", 1000)], bucket=wrong)[0]
    assert again == Booked(Code.OK, True, booked.payment_id, DAY, NOON)
    assert (first.payment_id, first.business_day) == (booked.payment_id, DAY)
