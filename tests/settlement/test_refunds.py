"""Refunds of days that were settled: out of the settlement account, or a claim on the next settlement; the
same over any number of buckets, and never refused for want of money."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.settlement.squared import NEXT, Squared
from tests.settlement.test_many_buckets import Act, at_once
from tests.world import DAY, NOON
from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.codes import Code
from yifen.hub.payments.verify import verify
from yifen.night.reports.daily_proof import prove
from yifen.trades.settlement.operations import payouts
from yifen.trades.settlement.operations.settle import settle

THIRD = DAY + timedelta(days=2)


@pytest.fixture(params=[1, 4], ids=["one-bucket", "four-buckets"])
def world(request: pytest.FixtureRequest, new_database: NewDatabase) -> Iterator[Squared]:
    database = new_database(buckets=request.param)
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        made = Squared(conn, request.param)
        made.network()
        yield made


def accounts(world: Squared) -> tuple[str, str]:
    """Of one bucket and, where there are several, of another."""
    biller, names = world.ids["WATER"], [f"K{n}" for n in range(40)]
    first, last = 0, world.buckets - 1
    found = {account_bucket(biller, name, world.buckets): name for name in names}
    return found[first], next(name for name in names if name != found[first]
                              and account_bucket(biller, name, world.buckets) == last)  # fmt: skip


def settled(world: Squared, *fen: int) -> list[str]:
    """Payments of WATER on DAY, which is cut and settled; their serials."""
    one, other = accounts(world)
    serials = [world.pay("WATER", amount, (one, other)[n % 2]) for n, amount in enumerate(fen)]
    world.cut()
    done = world.settle("WATER")
    assert (done.code, done.moved_fen) == (0, sum(fen))
    world.now += timedelta(days=1)
    return serials


def claims(world: Squared) -> list[tuple[Any, ...]]:
    return world.rows("SELECT amount_fen, paid_fen FROM refund_claim ORDER BY document_id DESC")


def in_order(world: Squared) -> None:
    """Books that balance, a proof of every closed day that explains every fen, nothing altered."""
    assert sum(world.free().values()) == 0
    assert verify(world.conn).problems == []
    world.cut()
    for (day,) in world.rows("SELECT DISTINCT business_day FROM ledger_day_head ORDER BY 1"):
        proof = prove(world.conn, 1, day)
        assert (proof.off_fen, [a.account.code for a in proof.unexplained]) == (0, [])


def test_the_settlement_account_pays_though_its_money_is_in_other_buckets(world: Squared) -> None:
    first, _second = settled(world, 30_000, 50_000)
    again = world.pay("WATER", 7_000, accounts(world)[1])  # newer money is not touched
    assert world.refund("T1", first, 30_000).code is Code.OK
    assert world.free() == {"1121.WX": -57_000, "2011.WATER": 50_000, "2241.WATER": 7_000}
    assert claims(world) == [(30_000, 30_000)]
    assert world.refund("T1", first, 30_000).repeated
    assert world.reverse("T2", again, 7_000).code is Code.OK
    in_order(world)


def test_what_the_account_lacks_is_a_claim_that_the_next_settlement_pays(world: Squared) -> None:
    world.agreement("WATER", ((0, 0, 0),), payout=True)
    world.bank()
    world.payee("WATER")
    first, _second = settled(world, 30_000, 50_000)
    out = payouts.instruct(world.conn, world.ids["WATER"], THIRD, NOON)
    assert (out.code, out.amount_fen) == (0, 80_000)
    assert world.refund("T1", first, 30_000).code is Code.OK
    assert claims(world) == [(30_000, 0)]
    assert world.free()["1221.WATER"] == -30_000
    world.pay("WATER", 20_000, accounts(world)[0])
    world.cut()
    assert world.settle("WATER", NEXT).moved_fen == 20_000
    assert claims(world) == [(30_000, 20_000)]
    later = THIRD + timedelta(days=9)
    assert payouts.instruct(world.conn, world.ids["WATER"], later, NOON).code != 0
    world.pay("WATER", 25_000, accounts(world)[1])
    world.cut()
    assert world.settle("WATER", THIRD).moved_fen == 25_000
    assert claims(world) == [(30_000, 30_000)]
    assert payouts.instruct(world.conn, world.ids["WATER"], later, NOON).amount_fen == 15_000
    assert "1221.WATER" not in world.free()
    in_order(world)


def test_by_agreement_it_waits_for_the_next_settlement(world: Squared) -> None:
    world.agreement("WATER", ((0, 0, 0),), refunds="claim")
    first, _second = settled(world, 30_000, 50_000)
    world.agreement("WATER", ((0, 0, 0),), valid_from=NEXT)  # what was agreed for the day counts
    assert world.refund("T1", first, 30_000).code is Code.OK
    assert (claims(world), world.free()["2011.WATER"]) == ([(30_000, 0)], 80_000)
    world.cut()
    assert world.settle("WATER", NEXT).moved_fen == 0
    assert (claims(world), world.free()["2011.WATER"]) == ([(30_000, 30_000)], 50_000)
    in_order(world)


def test_a_group_that_takes_all_leaves_what_is_owed(world: Squared) -> None:
    world.merchant("HEAT", level="group")
    world.merchant("WATER", "HEAT", pooled=True)
    first, _second = settled(world, 30_000, 50_000)
    assert world.refund("T1", first, 30_000).code is Code.OK
    assert claims(world) == [(30_000, 0)]
    world.pay("WATER", 40_000, accounts(world)[1])
    world.cut()
    done = world.settle("WATER", NEXT)
    assert world.parts(done.document_id) == {("WATER", "own"): 30_000, ("HEAT", "pooled"): 10_000}
    assert claims(world) == [(30_000, 30_000)]
    assert world.free() == {"1121.WX": -90_000, "2011.HEAT": 90_000}
    in_order(world)


def test_a_day_that_waits_to_be_settled_keeps_its_money(world: Squared) -> None:
    """A refund of an earlier, settled day takes nothing from a closed one that is not settled yet."""
    (first,) = settled(world, 30_000)
    world.pay("WATER", 50_000, accounts(world)[1])
    world.cut()
    assert world.refund("T1", first, 30_000).code is Code.OK
    assert world.settle("WATER", NEXT).moved_fen == 50_000
    assert claims(world) == [(30_000, 30_000)]
    in_order(world)


def test_before_its_day_is_settled_a_refund_comes_out_of_the_day(world: Squared) -> None:
    serial = world.pay("WATER", 30_000, accounts(world)[0])
    world.cut()
    assert world.refund("T1", serial, 30_000).code is Code.OK
    assert claims(world) == []
    assert world.settle("WATER").moved_fen == 0
    in_order(world)


def test_refunds_in_all_buckets_at_once_beside_charges_and_a_settlement(
    new_database: NewDatabase,
) -> None:
    database = new_database(buckets=4)
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        world = Squared(conn, 4)
        world.network()
        serials = [world.pay("WATER", 1_000, f"P{n}") for n in range(12)]
        world.cut()
        assert world.settle("WATER").moved_fen == 12_000
        world.pay("WATER", 500, "P1")
        world.cut()
        for n in range(12):
            world.owe("WATER", f"P{n}", f"L{n}", 50)
        backs = [world.return_work("refund", f"T{s}", s, 1_000) for s in serials]
        news = [world.charge_work(f"Z{n}", {f"L{n}": 50}, account_no=f"P{n}") for n in range(12)]

        def doing(works: list[Any]) -> Act:
            def act(own: psycopg.Connection[Any]) -> list[Code]:
                other = Squared.__new__(Squared)
                other.__dict__ |= world.__dict__ | {"conn": own}
                return [other.call([work])[0].code for work in works]

            return act

        found = at_once(
            database, *(doing(backs[n::3]) for n in range(3)), doing(news),
            lambda own: settle(own, world.ids["WATER"], NEXT, NOON),
        )  # fmt: skip
        assert [one for one in found if isinstance(one, Exception)] == []
        assert [code for one in found[:4] for code in one] == [Code.OK] * 24
        assert (sum(fen for fen, _ in claims(world)), found[4].moved_fen) == (12_000, 500)
        assert {amount - paid for amount, paid in claims(world)} == {0}
        in_order(world)


def test_parts_of_a_settled_payment_are_each_a_claim(world: Squared) -> None:
    """The first two are paid by the account, the third is more than it has; as many claims."""
    world.agreement("WATER", ((0, 0, 0),), payout=True)
    world.bank()
    world.payee("WATER")
    first, _second = settled(world, 30_000, 50_000)
    assert world.refund("T1", first, 10_000).code is Code.OK
    assert world.refund("T2", first, 5_000).code is Code.OK
    assert (claims(world), world.free()["2011.WATER"]) == ([(10_000, 10_000), (5_000, 5_000)], 65_000)
    assert payouts.instruct(world.conn, world.ids["WATER"], THIRD, NOON).amount_fen == 65_000
    assert world.refund("T3", first, 15_001).code is Code.AMOUNT_ABOVE_LEFT
    assert world.refund("T4", first, 15_000).code is Code.OK
    assert claims(world) == [(10_000, 10_000), (5_000, 5_000), (15_000, 0)]
    world.pay("WATER", 20_000, accounts(world)[0])
    world.cut()
    assert world.settle("WATER", NEXT).moved_fen == 20_000
    assert claims(world)[2] == (15_000, 15_000)
    assert "1221.WATER" not in world.free()
    in_order(world)


def test_one_part_before_its_day_is_settled_and_one_after(world: Squared) -> None:
    """The first comes out of the day, the second out of the settlement account: neither counts twice."""
    serial = world.pay("WATER", 30_000, accounts(world)[0])
    world.cut()
    assert world.refund("T1", serial, 10_000).code is Code.OK
    assert world.settle("WATER").moved_fen == 20_000
    assert world.refund("T2", serial, 5_000).code is Code.OK
    assert claims(world) == [(5_000, 5_000)]
    world.pay("WATER", 7_000, accounts(world)[1])
    world.cut()
    assert world.refund("T3", serial, 15_000).code is Code.OK  # on the third day, the second not settled
    assert world.settle("WATER", NEXT).moved_fen == 7_000
    assert claims(world) == [(5_000, 5_000), (15_000, 15_000)]
    assert world.free() == {"1121.WX": -7_000, "2011.WATER": 7_000}
    in_order(world)


def test_commission_by_count_gives_back_a_payment_when_all_of_it_is_given_back(world: Squared) -> None:
    world.agreement("WATER", ((0, 0, 100),), measure="count", period="month")
    serial = world.pay("WATER", 30_000, accounts(world)[0])
    world.cut()
    assert world.settle("WATER").moved_fen == 30_000
    figures = "SELECT business_day, payments, amount_fen, commission_fen FROM settlement ORDER BY 1"
    assert world.refund("T1", serial, 10_000).code is Code.OK
    world.cut()
    world.settle("WATER", NEXT)
    assert world.refund("T2", serial, 20_000).code is Code.OK
    world.cut()
    world.settle("WATER", THIRD)
    assert world.rows(figures) == [
        (DAY, 1, 30_000, 100), (NEXT, 0, -10_000, 0), (THIRD, -1, -20_000, -100)]  # fmt: skip
    in_order(world)
