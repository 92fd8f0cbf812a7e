"""payments_charge_v1: every code in order of precedence, one by one and in batches."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from uuid import UUID

import psycopg
import pytest

from tests.world import CHINA, DAY, NOON, World
from yifen.core.facts.codes import Code
from yifen.hub.payments.calls import Booked

SECOND = timedelta(seconds=1)


def codes(answers: list[Booked]) -> list[Code]:
    return [booked.code for booked in answers]


# --- booking --------------------------------------------------------------------------------------


def test_a_charge_is_booked_on_both_sides_of_the_ledger(hub):
    booked = hub.charge("S1", {"B1": 1000}, operator="T001")
    assert booked == Booked(Code.OK, False, 1000, DAY, NOON, None)
    assert hub.balances() == {"1121.WX": (0, 1000, 0, 0), "2241.WATER": (0, 0, 0, 1000)}
    assert hub.payable("B1") == ("settled", 1000, False)
    assert hub.serials() == {"S1": ("charge", Code.OK)}
    row = hub.rows(
        "SELECT channel_id, biller_id, account_no, serial, amount_fen, payer_state::text,"
        " biller_state::text, business_day, paid_at,"
        " booked_at, operator FROM payment"
    )
    assert row == [
        (hub.ids["WX"], hub.ids["WATER"], "A1", "S1", 1000, "taken", "booked",
         DAY, NOON, NOON, "T001")
    ]  # fmt: skip


def test_a_transfer_names_its_payment_and_its_payable(hub):
    hub.charge("S1", {"B1": 1000, "B2": 2000})
    found = hub.rows(
        "SELECT t.reference_id, p.ref, t.amount_fen, t.batch_no FROM ledger_transfer t"
        " JOIN payable p ON p.payable_id = t.detail_id ORDER BY transfer_no"
    )
    assert found == [(1000, "B1", 1000, 1), (1000, "B2", 2000, 1)]


def test_payment_ids_count_up_in_the_order_of_the_call_and_name_their_bucket(hub):
    works = [hub.charge_work(f"S{n}", {"O1": 100 + n}) for n in range(3)]
    assert [booked.payment_id for booked in hub.call(works[:1])] == [1000]
    refs = hub.call([works[0], hub.charge_work("X", {"B1": 1}), hub.charge_work("Y", {"B1": 1000}),
                     hub.charge_work("Z", {"B2": 2000})])  # fmt: skip
    assert [(booked.code, booked.payment_id) for booked in refs] == [
        (Code.OK, 1000),
        (Code.AMOUNT_WRONG, None),
        (Code.OK, 2000),
        (Code.OK, 3000),
    ]


def test_a_payable_can_credit_an_account_of_its_own(hub):
    deposit = hub.account("2251.DEPOSIT", "liability")
    hub.owe("WATER", "A1", "D1", 700, credit_id=deposit)
    assert hub.charge("S1", {"D1": 700, "B1": 1000}).code is Code.OK
    assert hub.balances() == {
        "1121.WX": (0, 1700, 0, 0),
        "2241.WATER": (0, 0, 0, 1000),
        "2251.DEPOSIT": (0, 0, 0, 700),
    }


def test_a_charge_of_a_biller_with_its_own_system_holds_the_money_and_waits(hub):
    booked = hub.charge("S1", {"R1": 3000, "R2": 500}, biller="GAS", account_no="G1")
    assert booked == Booked(Code.PROCESSING, False, 1000, DAY, None, None)
    assert hub.balances() == {"1121.WX": (3500, 0, 0, 0), "2241.GAS": (0, 0, 3500, 0)}
    assert hub.states(1000) == ("held", "registered")
    assert hub.payable("R1", "GAS", "G1") == hub.payable("R2", "GAS", "G1") == ("open", 0, True)
    calls = hub.rows("SELECT payment_id, step, tries, resent, due_at FROM biller_call")
    assert calls == [(1000, "charge", 0, False, NOON + timedelta(seconds=30))]
    again = hub.charge("S1", {"R1": 3000, "R2": 500}, biller="GAS", account_no="G1")
    assert again == Booked(Code.PROCESSING, True, 1000, DAY, None, None)


# --- the serial -----------------------------------------------------------------------------------


def test_a_repeat_gets_the_first_answer_and_books_nothing(hub):
    first = hub.charge("S1", {"B1": 1000})
    before = hub.money()
    hub.now = NOON + timedelta(hours=3)
    again = hub.charge("S1", {"B1": 1000})
    assert again == Booked(Code.OK, True, first.payment_id, DAY, NOON, None)
    assert hub.money() == before


def test_a_repeat_gets_the_first_answer_even_after_reversal_and_cut(hub):
    hub.charge("S1", {"B1": 1000})
    hub.reverse("R1", "S1", 1000)
    hub.cut()
    assert hub.charge("S1", {"B1": 1000}) == Booked(Code.OK, True, 1000, DAY, NOON, None)


@pytest.mark.parametrize(
    "other",
    [
        {"lines": {"B1": 999}},
        {"lines": {"B2": 1000}},
        {"account_no": "A2"},
        {"biller": "HEAT"},
        {"paid_at": NOON + SECOND},
        {"operator": "T002"},
        {"business_day": DAY},
        {"quote": "Q"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_serial_with_other_content_is_refused_for_ever(hub, other):
    hub.charge("S1", {"B1": 1000})
    before, serials = hub.money(), hub.serials()
    fields = {"lines": {"B1": 1000}, **other}
    assert hub.charge("S1", **fields).code is Code.SERIAL_REUSED
    assert (hub.money(), hub.serials()) == (before, serials)


@pytest.mark.parametrize("verb", ["reverse", "refund"])
def test_a_serial_used_by_another_verb_is_refused(hub, verb):
    hub.charge("S1", {"B1": 1000})
    if verb == "refund":
        hub.cut()
    assert getattr(hub, verb)("T1", "S1", 1000).code is Code.OK
    before = hub.money()
    assert hub.charge("T1", {"B1": 1000}).code is Code.SERIAL_REUSED
    assert hub.money() == before


def test_a_charge_that_was_reversed_before_it_came_is_refused_for_ever(hub):
    assert hub.reverse("R1", "S1", 1000).code is Code.ORIGINAL_UNKNOWN_BLOCKED
    before = hub.money()
    assert hub.charge("S1", {"B1": 1000}).code is Code.REVERSED_BEFORE_CHARGE
    assert hub.charge("S1", {"B1": 1000}).code is Code.REVERSED_BEFORE_CHARGE
    assert hub.money() == before
    assert hub.charge("S2", {"B1": 1000}).code is Code.OK


def test_serials_of_two_channels_are_apart(hub):
    assert hub.charge("S1", {"B1": 1000}).code is Code.OK
    assert hub.charge("S1", {"B2": 2000}, channel="BANK").code is Code.OK


# --- may this channel speak to this biller now ----------------------------------------------------


def test_a_channel_that_is_not_admitted_is_refused(hub, refused):
    assert refused("charge", "S1", {"B1": 1000}, channel="STRANGER") is Code.NOT_ADMITTED
    assert refused("charge", "S1", {"B1": 1000}, channel="GAS") is Code.NOT_ADMITTED


def test_an_admission_that_was_withdrawn_does_not_count(hub, refused):
    hub.run("UPDATE admission SET active = false")
    assert refused("charge", "S1", {"B1": 1000}) is Code.NOT_ADMITTED


@pytest.mark.parametrize(
    ("channel", "clock", "open_"),
    [
        ("COUNTER", time(8, 59, 59, 999999), False),
        ("COUNTER", time(9), True),
        ("COUNTER", time(16, 59, 59, 999999), True),
        ("COUNTER", time(17), False),
        ("COUNTER", time(0), False),
        ("NIGHT", time(21, 59, 59), False),
        ("NIGHT", time(22), True),
        ("NIGHT", time(0), True),
        ("NIGHT", time(5, 59, 59), True),
        ("NIGHT", time(6), False),
        ("WX", time(3), True),
    ],
)
def test_service_hours_are_the_books_local_time(hub, refused, channel, clock, open_):
    hub.now = datetime.combine(DAY, clock, CHINA)
    if open_:
        assert hub.charge("S1", {"B1": 1000}, channel=channel).code is Code.OK
    else:
        assert refused("charge", "S1", {"B1": 1000}, channel=channel) is Code.CHANNEL_CLOSED
        hub.now = datetime.combine(DAY, time(9) if channel == "COUNTER" else time(22), CHINA)
        assert hub.charge("S1", {"B1": 1000}, channel=channel).code is Code.OK


@pytest.mark.parametrize(
    ("hours", "clock", "open_"),
    [
        ((None, "17:00"), time(16, 59), True),
        ((None, "17:00"), time(17), False),
        (("09:00", None), time(8, 59), False),
        (("09:00", None), time(23, 59), True),
    ],
)
def test_one_end_of_the_service_hours_may_be_left_open(hub, refused, hours, clock, open_):
    hub.channel("HALF", hours=hours)
    hub.admit("HALF", "WATER")
    hub.now = datetime.combine(DAY, clock, CHINA)
    if open_:
        assert hub.charge("S1", {"B1": 1000}, channel="HALF").code is Code.OK
    else:
        assert refused("charge", "S1", {"B1": 1000}, channel="HALF") is Code.CHANNEL_CLOSED


def test_an_outage_counts_from_its_first_moment_to_before_its_last(hub, refused):
    hub.outage("WATER", NOON, NOON + SECOND)
    hub.now = NOON - SECOND / 1000
    assert hub.charge("S1", {"B1": 1000}).code is Code.OK
    for moment in (NOON, NOON + SECOND - SECOND / 1000):
        hub.now = moment
        assert refused("charge", "S2", {"B2": 2000}) is Code.BILLER_OUTAGE
    hub.now = NOON + SECOND
    assert hub.charge("S2", {"B2": 2000}).code is Code.OK


def test_an_outage_of_one_biller_does_not_stop_another(hub):
    hub.outage("HEAT", NOON, NOON + SECOND)
    assert hub.charge("S1", {"B1": 1000}).code is Code.OK


def test_a_charge_may_name_its_business_day_and_only_the_open_one(hub, refused):
    named = {"lines": {"B1": 1000}}
    past, future = date(2026, 11, 22), date(2026, 11, 24)
    assert refused("charge", "S1", {"B1": 1000}, business_day=past) is Code.DAY_CLOSED
    assert refused("charge", "S2", {"B1": 1000}, business_day=future) is Code.DAY_NOT_OPEN
    assert hub.charge("S3", **named, business_day=DAY).code is Code.OK
    hub.cut()
    assert refused("charge", "S4", {"B2": 2000}, business_day=DAY) is Code.DAY_CLOSED
    booked = hub.charge("S5", {"B2": 2000}, business_day=future)
    assert (booked.code, booked.business_day) == (Code.OK, future)


# --- what is paid ---------------------------------------------------------------------------------


def test_a_payable_is_found_by_biller_account_and_reference(hub, refused):
    assert refused("charge", "S1", {"B9": 1000}) is Code.PAYABLE_UNKNOWN
    assert refused("charge", "S2", {"B1": 1000}, account_no="A2") is Code.PAYABLE_UNKNOWN
    assert refused("charge", "S3", {"B1": 1000}, biller="GAS") is Code.PAYABLE_UNKNOWN


def test_a_withdrawn_payable_cannot_be_paid(hub, refused):
    withdraw = "SELECT payments_withdraw_payable_v1(0::smallint, %s, 'A1', 'B1')"
    with hub.as_owner():
        assert hub.value(withdraw, hub.ids["WATER"]) is True
    assert refused("charge", "S1", {"B1": 1000}) is Code.PAYABLE_WITHDRAWN


def test_a_payable_with_money_on_it_cannot_be_withdrawn(hub):
    hub.charge("S1", {"P1": 100})
    hub.charge("S2", {"R1": 3000}, biller="GAS", account_no="G1")
    before = hub.money()
    withdraw = "SELECT payments_withdraw_payable_v1(0::smallint, %s, %s, %s)"
    with hub.as_owner():
        assert hub.value(withdraw, hub.ids["WATER"], "A1", "P1") is False
        assert hub.value(withdraw, hub.ids["GAS"], "G1", "R1") is False
    assert hub.money() == before


def test_a_paid_payable_is_not_paid_twice(hub, refused):
    hub.charge("S1", {"B1": 1000})
    assert refused("charge", "S2", {"B1": 1000}) is Code.ALREADY_PAID
    assert refused("charge", "S2", {"B1": 1000}, channel="BANK") is Code.ALREADY_PAID


def test_a_payable_with_an_undecided_payment_waits_for_it(hub, refused):
    gas = {"biller": "GAS", "account_no": "G1"}
    hub.charge("S1", {"R1": 3000}, **gas)
    assert refused("charge", "S2", {"R1": 3000}, **gas) is Code.PAYABLE_HELD
    hub.result(1000, "rejected")
    assert hub.charge("S2", {"R1": 3000}, **gas).code is Code.PROCESSING


@pytest.mark.parametrize("amount", [1, 999, 1001, 10**15 - 1])
def test_an_exact_payable_takes_just_what_is_due(refused, amount):
    assert refused("charge", "S1", {"B1": amount}) is Code.AMOUNT_WRONG


def test_a_partial_payable_takes_from_its_least_to_what_is_left(hub, refused):
    assert refused("charge", "S1", {"P1": 99}) is Code.AMOUNT_WRONG
    assert refused("charge", "S2", {"P1": 5001}) is Code.AMOUNT_WRONG
    assert hub.charge("S3", {"P1": 100}).code is Code.OK
    assert hub.payable("P1") == ("open", 100, False)
    assert refused("charge", "S4", {"P1": 4901}) is Code.AMOUNT_WRONG
    assert hub.charge("S5", {"P1": 4850}).code is Code.OK
    assert refused("charge", "S6", {"P1": 49}) is Code.AMOUNT_WRONG  # 50 are left, less than 100
    assert refused("charge", "S7", {"P1": 51}) is Code.AMOUNT_WRONG
    assert hub.charge("S8", {"P1": 50}).code is Code.OK
    assert hub.payable("P1") == ("settled", 5000, False)
    assert refused("charge", "S9", {"P1": 1}) is Code.ALREADY_PAID


def test_an_open_payable_takes_its_least_to_its_most_any_number_of_times(hub, refused):
    assert refused("charge", "S1", {"O1": 99}) is Code.AMOUNT_WRONG
    assert refused("charge", "S2", {"O1": 200_001}) is Code.AMOUNT_WRONG
    for serial, amount in (("S3", 100), ("S4", 200_000), ("S5", 200_000)):
        assert hub.charge(serial, {"O1": amount}).code is Code.OK
    assert hub.payable("O1") == ("open", 0, False)
    assert hub.balances()["2241.WATER"] == (0, 0, 0, 400_100)


def test_a_bill_that_grew_after_a_partial_payment_takes_the_rest(hub, refused):
    hub.charge("S1", {"P1": 5000})
    hub.owe("WATER", "A1", "P1", 5200, "partial", min_fen=100)
    assert hub.payable("P1") == ("open", 5000, False)
    assert refused("charge", "S2", {"P1": 201}) is Code.AMOUNT_WRONG
    assert hub.charge("S3", {"P1": 200}).code is Code.OK
    assert hub.payable("P1") == ("settled", 5200, False)


# --- quotes ---------------------------------------------------------------------------------------

HEAT = {"biller": "HEAT", "account_no": "H1"}


def test_newer_terms_of_a_bill_replace_the_older(hub, refused):
    hub.owe("WATER", "A1", "B1", 1000, "partial", min_fen=300)
    assert hub.charge("S1", {"B1": 400}).code is Code.OK
    hub.owe("WATER", "A1", "B1", 1000, "exact")
    assert refused("charge", "S2", {"B1": 300}) is Code.AMOUNT_WRONG
    hub.owe("WATER", "A1", "B1", 400, "partial", min_fen=300)
    assert hub.payable("B1") == ("settled", 400, False)


def test_a_bill_with_payments_stays_open_or_limited(hub):
    """How what was paid counts is decided by that; without a payment it may change."""
    modes = "SELECT ref, mode::text, due_fen FROM payable WHERE ref IN ('B1', 'B2', 'O1') ORDER BY 1"
    hub.charge("S1", {"B1": 1000})
    hub.charge("S2", {"O1": 500})
    for ref, mode in (("B1", "open"), ("B2", "open"), ("O1", "exact")):
        hub.owe("WATER", "A1", ref, 700, mode)
    assert hub.rows(modes) == [("B1", "exact", 1000), ("B2", "open", 700), ("O1", "open", 0)]


def test_a_biller_with_quotes_is_charged_by_a_quote_that_still_holds(hub, refused):
    hub.quote("Q-1", {"Q1": 4000, "Q2": 100}, NOON + SECOND)
    assert refused("charge", "S1", {"Q1": 4000}, **HEAT) is Code.QUOTE_REQUIRED
    assert refused("charge", "S2", {"Q1": 4000}, **HEAT, quote="Q-2") is Code.QUOTE_MISMATCH
    assert hub.charge("S3", {"Q1": 4000}, **HEAT, quote="Q-1").code is Code.OK
    hub.now = NOON + SECOND
    assert refused("charge", "S4", {"Q2": 100}, **HEAT, quote="Q-1") is Code.QUOTE_EXPIRED


def test_a_quote_is_for_one_channel_biller_and_account(hub, refused):
    hub.owe("HEAT", "H2", "Q1", 4000)
    hub.quote("Q-1", {"Q1": 4000}, NOON + SECOND)
    mismatch = Code.QUOTE_MISMATCH
    assert refused("charge", "S1", {"Q1": 4000}, **HEAT, quote="Q-1", channel="BANK") is mismatch
    assert (
        refused("charge", "S2", {"Q1": 4000}, biller="HEAT", account_no="H2", quote="Q-1")
        is mismatch
    )
    assert refused("charge", "S3", {"B1": 1000}, quote="Q-1") is mismatch


def test_a_quote_is_for_the_payables_and_amounts_that_it_named(hub, refused):
    hub.quote("Q-1", {"Q1": 4000}, NOON + SECOND)
    assert refused("charge", "S1", {"Q2": 100}, **HEAT, quote="Q-1") is Code.QUOTE_MISMATCH
    hub.owe("HEAT", "H1", "Q1", 4001)  # a late fee came
    assert refused("charge", "S2", {"Q1": 4001}, **HEAT, quote="Q-1") is Code.QUOTE_MISMATCH
    hub.owe("HEAT", "H1", "Q1", 4000)
    assert refused("charge", "S3", {"Q1": 3999}, **HEAT, quote="Q-1") is Code.AMOUNT_WRONG


def test_a_quote_can_be_given_to_a_biller_that_does_not_ask_for_one(hub, refused):
    assert refused("charge", "S1", {"B1": 1000}, quote="Q-1") is Code.QUOTE_MISMATCH
    hub.quote("Q-1", {"B1": 1000}, NOON + SECOND, biller="WATER", account_no="A1")
    assert hub.charge("S2", {"B1": 1000}, quote="Q-1").code is Code.OK


# --- limits ---------------------------------------------------------------------------------------


def test_one_payment_may_reach_its_limit_and_not_pass_it(hub, refused):
    assert refused("charge", "S1", {"B4": 100_001}, channel="BANK") is Code.OVER_PAYMENT_LIMIT
    assert refused("charge", "S2", {"B3": 99_999, "B2": 2000}, channel="BANK") is (
        Code.OVER_PAYMENT_LIMIT
    )
    assert hub.charge("S3", {"O1": 100_000}, channel="BANK").code is Code.OK
    assert hub.charge("S4", {"B4": 100_001}).code is Code.OK


def test_a_day_may_reach_its_limit_and_not_pass_it_and_the_next_begins_anew(hub, refused):
    assert hub.charge("S1", {"O1": 100_000}, channel="BANK").code is Code.OK
    assert hub.charge("S2", {"O1": 100_000}, channel="BANK").code is Code.OK
    assert refused("charge", "S3", {"O1": 50_001}, channel="BANK") is Code.OVER_DAY_LIMIT
    assert hub.charge("S4", {"O1": 50_000}, channel="BANK").code is Code.OK
    assert hub.taken("BANK") == 250_000
    assert refused("charge", "S5", {"O1": 100}, channel="BANK") is Code.OVER_DAY_LIMIT
    hub.cut()
    assert hub.charge("S5", {"O1": 100}, channel="BANK").code is Code.OK
    assert (hub.taken("BANK"), hub.taken("BANK", date(2026, 11, 24))) == (250_000, 100)


def test_a_repeat_and_a_refusal_do_not_count_against_the_day(hub):
    for serial in ("S1", "S1", "S1"):
        assert hub.charge(serial, {"O1": 100_000}, channel="BANK").code is Code.OK
    hub.charge("S2", {"B1": 999}, channel="BANK")
    assert hub.taken("BANK") == 100_000


def test_a_channel_without_a_limit_keeps_no_usage(hub):
    hub.charge("S1", {"B1": 1000})
    assert hub.rows("SELECT * FROM channel_usage") == []


# --- the ledger refuses ---------------------------------------------------------------------------


def test_a_closed_transit_account_refuses_the_charge_and_its_neighbours_are_booked(hub):
    other = hub.account("2251.OLD", "liability")
    hub.owe("WATER", "A1", "D1", 700, credit_id=other)
    hub.set_up("SELECT ledger_close_account_v1(%s)", other)
    answers = hub.call([
        hub.charge_work("S1", {"B1": 1000}),
        hub.charge_work("S2", {"B2": 2000, "D1": 700}),
        hub.charge_work("S3", {"P1": 100}),
    ])  # fmt: skip
    assert codes(answers) == [Code.OK, Code.LEDGER_ACCOUNT_CLOSED, Code.OK]
    assert hub.balances() == {"1121.WX": (0, 1100, 0, 0), "2241.WATER": (0, 0, 0, 1100)}
    assert hub.payable("B2") == ("open", 0, False)
    assert hub.value("SELECT count(*) FROM payment") == 2
    assert hub.serials()["S2"] == ("charge", Code.LEDGER_ACCOUNT_CLOSED)


# --- precedence -----------------------------------------------------------------------------------


def test_refusals_come_in_the_order_of_the_code_table(hub, refused):
    """One charge that is wrong in all the ways at once; mended one by one, the next is named."""
    hub.channel("POOR", payment_max=999, day_max=500, hours=("09:00", "17:00"))
    hub.admit("POOR", "HEAT", active=False)
    hub.outage("HEAT", NOON - SECOND, NOON + SECOND)
    hub.quote("OLD", {"Q1": 4000}, NOON)
    hub.quote("THEIRS", {"Q1": 4000}, NOON + timedelta(days=1))
    hub.quote("OURS", {"Q1": 4000, "Q2": 100}, NOON + timedelta(days=1), channel="POOR")
    hub.now = datetime.combine(DAY, time(8), CHINA)
    request = {**HEAT, "channel": "POOR", "business_day": date(2026, 11, 20), "lines": {"NO": 1}}

    def partner(code: str, **fields: object) -> Callable[[], None]:
        sets = ", ".join(f"{name} = %({name})s" for name in fields)

        def change() -> None:
            with hub.as_owner():
                hub.conn.execute(f"UPDATE partner SET {sets} WHERE code = %(code)s",
                                 {"code": code, **fields})  # fmt: skip

        return change

    partner("POOR", suspended=True)()
    partner("HEAT", suspended=True)()

    def admit() -> None:
        hub.run("UPDATE admission SET active = true")

    def open_up() -> None:
        hub.now = NOON

    def end_outage() -> None:
        hub.run("DELETE FROM biller_outage")

    def raise_limit() -> None:
        hub.run("UPDATE channel SET payment_fen_max = 10000 WHERE partner_id = %s", hub.ids["POOR"])

    steps = [
        (None, {}, Code.PARTNER_SUSPENDED),
        (partner("POOR", suspended=False), {}, Code.BILLER_UNKNOWN),
        (partner("HEAT", live_at=NOON), {}, Code.NOT_ADMITTED),
        (partner("POOR", book_id=900), {}, Code.NOT_ADMITTED),
        (admit, {}, Code.NOT_ADMITTED),
        (partner("POOR", book_id=1), {}, Code.BILLER_SUSPENDED),
        (partner("HEAT", suspended=False, book_id=900), {}, Code.NOT_ADMITTED),
        (partner("HEAT", book_id=1), {}, Code.CHANNEL_CLOSED),
        (open_up, {}, Code.BILLER_OUTAGE),
        (end_outage, {}, Code.DAY_CLOSED),
        (None, {"business_day": date(2026, 12, 1)}, Code.DAY_NOT_OPEN),
        (None, {"business_day": None}, Code.PAYABLE_UNKNOWN),
        (None, {"lines": {"Q1": 3999}}, Code.QUOTE_REQUIRED),
        (None, {"quote": "OLD"}, Code.QUOTE_EXPIRED),
        (None, {"quote": "THEIRS"}, Code.QUOTE_MISMATCH),
        (None, {"quote": "OURS"}, Code.AMOUNT_WRONG),
        (None, {"lines": {"Q1": 4000}}, Code.OVER_PAYMENT_LIMIT),
        (raise_limit, {}, Code.OVER_DAY_LIMIT),
    ]
    for number, (mend, change, expected) in enumerate(steps):
        if mend:
            mend()
        request |= change
        fields = dict(request)
        assert refused("charge", f"S{number}", fields.pop("lines"), **fields) is expected


def test_of_several_lines_the_first_code_of_the_table_is_answered(hub, refused):
    hub.charge("S0", {"B1": 1000})
    assert refused("charge", "S1", {"B2": 1, "B1": 1000, "NO": 5}) is Code.PAYABLE_UNKNOWN
    assert refused("charge", "S2", {"B2": 1, "B1": 1000}) is Code.ALREADY_PAID
    assert refused("charge", "S3", {"P1": 100, "B2": 1}) is Code.AMOUNT_WRONG


# --- batches --------------------------------------------------------------------------------------


def test_two_serials_for_one_bill_in_one_call(hub):
    both = [hub.charge_work("S1", {"B1": 1000}), hub.charge_work("S2", {"B1": 1000})]
    assert codes(hub.call(both)) == [Code.OK, Code.BUSY]
    assert hub.serials() == {"S1": ("charge", Code.OK)}
    assert codes(hub.call(both[1:])) == [Code.ALREADY_PAID]
    assert hub.balances()["2241.WATER"] == (0, 0, 0, 1000)


def test_the_same_serial_twice_in_one_call(hub):
    work = hub.charge_work("S1", {"B1": 1000})
    assert codes(hub.call([work, work])) == [Code.OK, Code.BUSY]
    assert hub.call([work, work]) == [Booked(Code.OK, True, 1000, DAY, NOON, None)] * 2
    other = hub.charge_work("S2", {"B2": 2000})
    assert codes(hub.call([other, hub.charge_work("S2", {"P1": 100})])) == [Code.OK, Code.BUSY]
    assert codes(hub.call([hub.charge_work("S2", {"P1": 100})])) == [Code.SERIAL_REUSED]


def test_who_is_refused_does_not_hinder_who_comes_after(hub):
    answers = hub.call([
        hub.charge_work("S1", {"B1": 999}),
        hub.charge_work("S2", {"B1": 1000}, channel="STRANGER"),
        hub.charge_work("S3", {"B1": 1000}),
        hub.charge_work("S4", {"B2": 2000}),
    ])  # fmt: skip
    assert codes(answers) == [Code.AMOUNT_WRONG, Code.NOT_ADMITTED, Code.OK, Code.OK]


def test_one_without_lines_shifts_no_other_s_code(hub):
    first, third = hub.charge_work("S1", {"B1": 1000}), hub.charge_work("S3", {"P1": 99_999_999})
    works = [first, hub.charge_work("S2", {"B2": 2000}), third, hub.charge_work("S4", {"B2": 2000})]
    with hub.as_owner():
        [(found,)] = hub.rows(
            "SELECT codes FROM payments_charge_items_v1(%s, %s::int[], %s, %s::smallint[], %s, %s::int[],"
            " %s::bigint[], %s::date[], %s::int[], %s::int[])",
            hub.now, [work.partner_id for work in works], [work.message.serial for work in works], [0] * 4,
            [UUID(bytes=work.content_hash) for work in works], [work.biller_id for work in works], [1000] * 4,
            [DAY] * 4,
            [1, 3, 3, 4], [0, int(Code.PAYABLE_HELD), int(Code.AMOUNT_WRONG), 0],
        )  # fmt: skip
    assert found == [Code.OK, Code.OK, min(Code.PAYABLE_HELD, Code.AMOUNT_WRONG), Code.OK]


def test_a_biller_that_vanished_meanwhile_does_not_touch_its_neighbours(hub):
    hub.ids["GONE"] = 999_999
    answers = hub.call([
        hub.charge_work("S1", {"B1": 1000}, biller="GONE"),
        hub.charge_work("S2", {"B1": 1000}),
        hub.charge_work("S3", {"B2": 2000}),
    ])  # fmt: skip
    assert codes(answers) == [Code.NOT_ADMITTED, Code.OK, Code.OK]
    assert hub.balances()["2241.WATER"] == (0, 0, 0, 3000)


def test_only_those_that_share_a_payable_with_an_earlier_one_wait(hub):
    answers = hub.call([
        hub.charge_work("S1", {"B1": 1000, "P1": 100}),
        hub.charge_work("S2", {"P1": 100, "B2": 2000}),
        hub.charge_work("S3", {"B2": 2000}),  # S2 waits; whether it takes B2 is not known yet
        hub.charge_work("S4", {"B3": 99_999}),
    ])  # fmt: skip
    assert codes(answers) == [Code.OK, Code.BUSY, Code.BUSY, Code.OK]


def test_several_payables_are_paid_all_or_none(hub, refused):
    assert refused("charge", "S1", {"B1": 1000, "B2": 2001}) is Code.AMOUNT_WRONG
    assert hub.charge("S2", {"B1": 1000, "B2": 2000, "P1": 5000}).code is Code.OK
    assert [hub.payable(ref) for ref in ("B1", "B2", "P1")] == [
        ("settled", 1000, False),
        ("settled", 2000, False),
        ("settled", 5000, False),
    ]
    assert hub.value("SELECT amount_fen FROM payment") == 8000


def test_repeats_news_and_refusals_mix_in_one_call(hub):
    first = hub.charge("S1", {"B1": 1000})
    hub.now = NOON + SECOND
    answers = hub.call([
        hub.charge_work("S2", {"B2": 2000}),
        hub.charge_work("S1", {"B1": 1000}),
        hub.charge_work("S3", {"B1": 1000}),
        hub.charge_work("S1", {"B1": 1001}),
        hub.charge_work("S4", {"R1": 3000}, biller="GAS", account_no="G1"),
    ])  # fmt: skip
    assert answers == [
        Booked(Code.OK, False, 2000, DAY, NOON + SECOND, None),
        Booked(Code.OK, True, first.payment_id, DAY, NOON, None),
        Booked(Code.ALREADY_PAID, False, None, DAY, None, None),
        Booked(Code.SERIAL_REUSED, True, None, DAY, None, None),
        Booked(Code.PROCESSING, False, 3000, DAY, None, None),
    ]


def test_the_day_limit_admits_in_the_order_of_the_call(hub):
    call = []
    for number, amount in enumerate((100_000, 100_000, 50_001, 50_000, 1)):
        hub.owe("WATER", "A1", f"L{number}", amount)
        call.append(hub.charge_work(f"S{number}", {f"L{number}": amount}, channel="BANK"))
    assert codes(hub.call(call)) == [Code.OK, Code.OK, Code.OVER_DAY_LIMIT, Code.BUSY, Code.BUSY]
    assert codes(hub.call(call[3:])) == [Code.OK, Code.OVER_DAY_LIMIT]
    assert hub.taken("BANK") == 250_000


def test_two_limited_channels_in_one_call_count_each_for_itself(hub):
    hub.channel("BANK2", day_max=1000)
    hub.admit("BANK2", "WATER")
    answers = hub.call([
        hub.charge_work("S1", {"B1": 1000}, channel="BANK2"),
        hub.charge_work("S2", {"B2": 2000}, channel="BANK"),
        hub.charge_work("S3", {"P1": 100}, channel="BANK2"),
        hub.charge_work("S4", {"B3": 99_999}),
    ])  # fmt: skip
    assert codes(answers) == [Code.OK, Code.OK, Code.OVER_DAY_LIMIT, Code.OK]
    assert (hub.taken("BANK"), hub.taken("BANK2"), hub.taken("WX")) == (2000, 1000, 0)


def test_a_full_batch_is_booked_item_by_item(hub):
    for number in range(256):
        hub.owe("WATER", "A1", f"N{number}", 1 + number)
    works = [hub.charge_work(f"S{n}", {f"N{n}": 1 + n}) for n in range(256)]
    answers = hub.call(works)
    assert codes(answers) == [Code.OK] * 256
    assert [booked.payment_id for booked in answers] == [1000 * n for n in range(1, 257)]
    assert hub.balances()["2241.WATER"] == (0, 0, 0, 256 * 257 // 2)
    assert hub.value("SELECT count(*) FROM ledger_batch") == 1


# --- several buckets ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def four_buckets(new_database):
    return new_database(buckets=4)


@pytest.fixture
def wide(four_buckets):
    """The network over four buckets, with an account of WATER in each."""
    with psycopg.connect(four_buckets.app_url) as conn:
        world = World(conn, 4).network()
        for number in range(40):
            world.owe("WATER", f"W{number}", "B1", 1000)
        yield world
        conn.rollback()


def accounts_by_bucket(wide: World) -> dict[int, str]:
    works = [wide.charge_work("x", {"B1": 1}, account_no=f"W{n}") for n in range(40)]
    return {wide.bucket_of(work): work.message.account_no for work in works}


def test_a_payment_lives_in_the_bucket_of_its_account(wide):
    places = accounts_by_bucket(wide)
    assert sorted(places) == [0, 1, 2, 3]
    for bucket, account_no in places.items():
        booked = wide.charge(f"S{bucket}", {"B1": 1000}, account_no=account_no)
        assert booked.payment_id == 1000 + bucket
    found = wide.rows("SELECT bucket, transfer_no, batch_no FROM ledger_transfer ORDER BY 1")
    assert found == [(bucket, 1, 1) for bucket in range(4)]
    assert wide.balances()["2241.WATER"] == (0, 0, 0, 4000)


def test_a_serial_is_one_over_all_buckets(wide):
    places = accounts_by_bucket(wide)
    assert wide.charge("S1", {"B1": 1000}, account_no=places[0]).code is Code.OK
    before = wide.money()
    for bucket in (1, 2, 3):
        assert wide.charge("S1", {"B1": 1000}, account_no=places[bucket]).code is Code.SERIAL_REUSED
    assert wide.money() == before
    assert wide.charge("S1", {"B1": 1000}, account_no=places[0]) == Booked(
        Code.OK, True, 1000, DAY, NOON, None
    )
