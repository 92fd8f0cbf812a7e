"""Refunds in part: up to what is left of a payment, from its last bill backwards, each by its own serial."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.settlement.test_many_buckets import at_once
from tests.sql.test_return import GAS, NEXT_DAY, codes
from tests.world import DAY, NOON, World
from yifen.core.facts.codes import Code
from yifen.hub.payments.calls import Booked
from yifen.hub.payments.verify import documents, documents_of_trades, verify

LATER = NOON + timedelta(hours=1)


def lefts(hub: World) -> list[tuple[Any, ...]]:
    return hub.rows("SELECT serial, amount_fen, left_fen, business_day FROM payment_return ORDER BY left_fen DESC")


@pytest.fixture
def paid(hub: World) -> World:
    """A payment of two bills, 10.00 and 3.00, of a day that is closed."""
    assert hub.charge("S1", {"B1": 1000, "P1": 300}).code is Code.OK
    hub.cut()
    hub.now = LATER
    return hub


def test_parts_take_the_bills_back_from_the_last_one_until_nothing_is_left(paid: World) -> None:
    assert paid.refund("T1", "S1", 200, reason="一部分") == Booked(Code.OK, False, 1000, NEXT_DAY, LATER)
    assert (paid.states(1000), paid.payable("P1"), paid.payable("B1")) == (
        ("taken", "booked"), ("open", 100, False), ("settled", 1000, False))  # fmt: skip
    assert paid.refund("T2", "S1", 500).code is Code.OK
    assert (paid.states(1000), paid.payable("P1"), paid.payable("B1")) == (
        ("taken", "booked"), ("open", 0, False), ("open", 600, False))  # fmt: skip
    assert paid.balances() == {"1121.WX": (0, 1300, 0, 700), "2241.WATER": (0, 700, 0, 1300)}
    assert paid.refund("T3", "S1", 600).code is Code.OK
    assert (paid.states(1000), paid.payable("B1")) == (("refunded", "reversed"), ("open", 0, False))
    assert paid.balances() == {"1121.WX": (0, 1300, 0, 1300), "2241.WATER": (0, 1300, 0, 1300)}
    assert lefts(paid) == [("T1", 200, 1100, NEXT_DAY), ("T2", 500, 600, NEXT_DAY), ("T3", 600, 0, NEXT_DAY)]
    contras = "SELECT reverses_no, amount_fen FROM ledger_transfer WHERE reverses_no IS NOT NULL ORDER BY transfer_no"
    assert paid.rows(contras) == [(2, 200), (1, 400), (2, 100), (1, 600)]
    events = "SELECT payer_state::text, biller_state::text, note FROM payment_event ORDER BY event_id"
    assert paid.rows(events) == [("taken", "booked", "refund")] * 2 + [("refunded", "reversed", "refund")]


def test_one_fen_more_than_what_is_left_is_refused(paid: World, refused: Any) -> None:
    assert paid.refund("T1", "S1", 500).code is Code.OK
    assert refused("refund", "T2", "S1", 801) is Code.AMOUNT_ABOVE_LEFT
    assert refused("refund", "T3", "S1", 1300) is Code.AMOUNT_ABOVE_LEFT
    assert refused("refund", "T4", "S1", 1301) is Code.ORIGINAL_MISMATCH
    assert paid.refund("T5", "S1", 800).code is Code.OK
    assert refused("refund", "T6", "S1", 1) is Code.ALREADY_REVERSED
    assert refused("refund", "T7", "S1", 1300) is Code.ALREADY_REVERSED


def test_each_serial_gets_its_own_first_answer_again(paid: World) -> None:
    paid.refund("T1", "S1", 200)
    paid.now = LATER + timedelta(hours=1)
    paid.cut()
    paid.refund("T2", "S1", 500)
    money = paid.money()
    assert paid.refund("T1", "S1", 200) == Booked(Code.OK, True, 1000, NEXT_DAY, LATER)
    assert paid.refund("T2", "S1", 500) == Booked(
        Code.OK, True, 1000, NEXT_DAY + timedelta(days=1), paid.now)  # fmt: skip
    assert paid.refund("T1", "S1", 201).code is Code.SERIAL_REUSED
    assert paid.money() == money


def test_after_a_part_there_is_no_reversal(paid: World, refused: Any) -> None:
    paid.refund("T1", "S1", 200)
    assert refused("reverse", "T2", "S1", 1300) is Code.DAY_CLOSED_USE_REFUND
    assert refused("reverse", "T3", "S1", 1100) is Code.ORIGINAL_MISMATCH


def test_on_the_open_day_nothing_is_given_back_in_part(hub: World, refused: Any) -> None:
    hub.charge("S1", {"B1": 1000})
    assert refused("reverse", "T1", "S1", 999) is Code.ORIGINAL_MISMATCH
    assert refused("refund", "T2", "S1", 999) is Code.DAY_OPEN_USE_REVERSE


def test_what_a_part_gave_back_can_be_paid_again(paid: World) -> None:
    paid.refund("T1", "S1", 700)
    assert (paid.payable("B1"), paid.payable("P1")) == (("open", 600, False), ("open", 0, False))
    assert paid.charge("S2", {"B1": 400}).code is Code.OK
    assert paid.payable("B1") == ("settled", 1000, False)
    assert paid.refund("T2", "S1", 600).code is Code.OK
    assert paid.payable("B1") == ("open", 400, False)


@pytest.mark.parametrize("outcome", ["sent", "booked"])
def test_a_biller_s_own_system_gives_back_whole_only(hub: World, refused: Any, outcome: str) -> None:
    hub.charge("S1", {"R1": 3000}, **GAS)
    hub.result(1000, outcome)
    hub.cut()
    assert refused("refund", "T1", "S1", 2999) is Code.REFUND_WHOLE_ONLY
    assert hub.refund("T2", "S1", 3000).code is Code.PROCESSING
    hub.result(1000, "reversed")
    assert hub.states(1000) == ("refunded", "reversed")


def test_of_a_payer_s_order_no_more_is_given_back_than_is_left(hub: World, refused: Any) -> None:
    """How a part reaches the payer: tests/checkout/test_parts.py."""
    hub.set_up("UPDATE channel SET hosted = 'payer' WHERE partner_id = %s", hub.ids["WX"])
    hub.charge("S1", {"B1": 1000})
    hub.cut()
    assert hub.refund("T1", "S1", 400).code is Code.OK
    assert refused("refund", "T2", "S1", 601) is Code.AMOUNT_ABOVE_LEFT
    assert lefts(hub) == [("T1", 400, 600, NEXT_DAY)]


@pytest.mark.parametrize("amount", [0, -1, None], ids=["nothing", "less", "null"])
@pytest.mark.parametrize("verb", ["reverse", "refund"])
def test_an_amount_that_is_none_takes_nothing_back(paid: World, verb: str, amount: int | None) -> None:
    work = paid.return_work(verb, "T1", "S1", 1)
    work.message.amount_fen = amount  # as no door lets it in
    before = paid.money()
    assert codes(paid.call([work])) == [Code.ORIGINAL_MISMATCH]
    assert paid.money() == before


def test_two_parts_of_one_payment_in_one_call(paid: World) -> None:
    both = [paid.return_work("refund", serial, "S1", 700) for serial in ("T1", "T2")]
    assert codes(paid.call(both)) == [Code.OK, Code.BUSY]
    assert codes(paid.call(both[1:])) == [Code.AMOUNT_ABOVE_LEFT]
    assert lefts(paid) == [("T1", 700, 600, NEXT_DAY)]


def test_a_payment_counts_until_all_of_it_is_given_back(paid: World) -> None:
    figures = "SELECT business_day, sum(sign), sum(net_fen) FROM payment_movement GROUP BY 1 ORDER BY 1"
    paid.refund("T1", "S1", 200)
    paid.refund("T2", "S1", 300)
    assert paid.rows(figures) == [(DAY, 1, 1300), (NEXT_DAY, 0, -500)]
    paid.refund("T3", "S1", 800)
    assert paid.rows(figures) == [(DAY, 1, 1300), (NEXT_DAY, -1, -1300)]


# --- committed ------------------------------------------------------------------------------------


@pytest.fixture(params=[1, 4], ids=["one-bucket", "four-buckets"])
def wide(request: pytest.FixtureRequest, new_database: NewDatabase) -> Iterator[World]:
    database = new_database(buckets=request.param)
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        world = World(conn, request.param).network()
        world.database = database  # type: ignore[attr-defined]
        for n in range(4):
            world.owe("WATER", f"W{n}", "B1", 600)
            world.owe("WATER", f"W{n}", "B2", 400)
            assert world.charge(f"S{n}", {"B1": 600, "B2": 400}, account_no=f"W{n}").code is Code.OK
        world.cut()
        yield world


def test_parts_that_race_never_exceed_the_payment(wide: World) -> None:
    """Six connections want 300 each of every payment of 1,000, the same three serials twice."""

    def doing(number: int) -> Any:
        def act(own: psycopg.Connection[Any]) -> list[Code]:
            other = World.__new__(World)
            other.__dict__ |= wide.__dict__ | {"conn": own}
            return [other.refund(f"T{n}-{number % 5}", f"S{n}", 300).code for n in range(4)]

        return act

    found = at_once(wide.database, *(doing(number) for number in range(6)))  # type: ignore[attr-defined]
    assert [one for one in found if isinstance(one, Exception)] == []
    for n in range(4):
        payment = wide.value("SELECT payment_id FROM payment WHERE serial = %s", f"S{n}")
        sums = "SELECT count(*), sum(amount_fen), min(left_fen) FROM payment_return WHERE payment_id = %s"
        assert wide.rows(sums, payment) == [(3, 900, 100)]
        kept = wide.serials()
        said = sorted(kept[f"T{n}-{number}"][1] for number in range(5))
        assert said == [Code.OK] * 3 + [Code.AMOUNT_ABOVE_LEFT] * 2
    assert wide.balances()["2241.WATER"] == (0, 3600, 0, 4000)
    assert verify(wide.conn).problems == []


ALTERED = {
    "amount of a part": ("UPDATE payment_return SET amount_fen = 301 WHERE serial = 'T1'",
                         "payment_return {} amount_fen says 301, its transfers 300"),
    "what a part left": ("UPDATE payment_return SET left_fen = 1 WHERE serial = 'T1'",
                         "payment_return {} is missing, the ledger took the payment back: 300 fen"),
    "a part less": ("DELETE FROM payment_return WHERE serial = 'T1'",
                    "payment_return {} is missing, the ledger took the payment back: 300 fen"),
    "a part more": ("INSERT INTO payment_return SELECT bucket, payment_id, verb, channel_id, 'T9', 100, reason,"
                    " business_day, booked_at, 100 FROM payment_return WHERE serial = 'T2'",
                    "the ledger has no contra that leaves 100 fen"),
    "a part's reason": ("UPDATE payment_return SET reason = '别的' WHERE serial = 'T1'",
                        "payment_return {} was altered after it was sealed"),
    "two parts' serials": ("UPDATE payment_return SET serial = 'TX' WHERE serial = 'T1';"
                           "UPDATE payment_return SET serial = 'T1' WHERE serial = 'T2';"
                           "UPDATE payment_return SET serial = 'T2' WHERE serial = 'TX'",
                           "payment_return {} was altered after it was sealed"),
    "a part made the whole": ("UPDATE payment SET payer_state = 'refunded', biller_state = 'reversed'"
                              " WHERE serial = 'S1'", "payment {} has payer state refunded"),
    "a part's history": ("DELETE FROM payment_event WHERE event_id = (SELECT min(event_id) FROM payment_event)",
                         "payment_event of payment {} is missing: it was taken back"),
}  # fmt: skip


def test_verify_names_what_was_altered_of_parts(wide: World) -> None:
    wide.refund("T1", "S1", 300)
    wide.now = LATER
    wide.refund("T2", "S1", 500)
    assert verify(wide.conn).problems == []
    payment = wide.value("SELECT payment_id FROM payment WHERE serial = 'S1'")
    with psycopg.connect(wide.database.super_url) as conn:  # type: ignore[attr-defined]
        for name, (change, says) in ALTERED.items():
            conn.execute("SET session_replication_role = replica")
            conn.execute(change)  # type: ignore[call-overload]
            found = documents(conn, payment % 1000) + documents_of_trades(conn)
            conn.rollback()
            assert [one for one in found if says.format(payment) in one], (name, found)
