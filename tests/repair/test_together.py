"""Several processes put the same differences right at once; each one is put right once."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.repair.bench import Bench
from yifen.core.facts.codes import Code
from yifen.core.wire.messages import WireFault
from yifen.trades.reconciliation.repair import operations

CLEARING, WATER, SUSPENSE = "1121.WX", "2241.WATER", "2241.1.SUSPENSE"


def mixed(bench: Bench) -> list[int]:
    """One of each kind of work, all on one day."""
    payment, twice, (account_no, _) = bench.pay(1_000), bench.pay(10), bench.owe(100)
    bench.cut()
    return [
        bench.lacks(payment),
        bench.theirs(f"S{account_no}", 100, account_no=account_no),
        bench.item("duplicate", twice.serial, nth=2, theirs_kind="sale", theirs_fen=10),
    ]


MOVED = {CLEARING: (110, 1_000), WATER: (1_000, 100), SUSPENSE: (0, 10)}


def test_four_workers_have_the_effect_of_one(bench: Bench):
    found = mixed(bench)
    day, before = bench.read(found[0]).business_day, bench.balances()

    def work(_: int) -> operations.Worked:
        with psycopg.connect(bench.database.app_url, autocommit=True) as conn:
            return operations.work_off(conn, bench.hub, bench.now, day=day)

    with ThreadPoolExecutor(4) as pool:
        assert all(worked.failed == 0 for worked in pool.map(work, range(4)))
    assert [bench.read(item_id).state for item_id in found] == ["closed"] * 3
    assert bench.moved(before) == MOVED
    assert [bench.acts(item_id).count("close") for item_id in found] == [1, 1, 1]


def test_a_pass_does_what_goes_by_itself_and_leaves_the_rest(bench: Bench):
    found = mixed(bench)
    day = bench.read(found[0]).business_day
    large = bench.lacks(payment := bench.pay(200_000), business_day=day)
    told = bench.item("ours_only", "1234", "WATER", ours_kind="sale", ours_fen=5, business_day=day)
    before = bench.balances()
    worked = operations.work_off(bench.night, bench.hub, bench.now, "eod", book_id=1, day=day)
    assert worked == (3, 1, 0, 0, 1)
    assert bench.moved(before) == MOVED
    assert bench.read(large).state == "open"
    assert bench.read(told).state == "waiting"
    assert bench.world.states(payment.id) == ("taken", "booked")
    again = operations.work_off(bench.night, bench.hub, bench.now, "eod", day=day)
    assert again == (0, 0, 0, 0, 1)
    closed = bench.world.value("SELECT closed_by FROM recon_item WHERE item_id = %s", found[0])
    assert closed == "eod"


def test_a_pass_finishes_what_was_approved_and_broken_off(bench: Bench):
    payment = bench.pay(150_000)
    bench.cut()
    item_id = bench.lacks(payment)
    bench.agreed(item_id, "refund")
    partner = bench.world.ids["WX"]
    worked = operations.work_off(bench.night, bench.hub, bench.now, partner_id=partner,
                                 day=bench.read(item_id).business_day)  # fmt: skip
    assert worked == (1, 0, 0, 0, 0)
    assert bench.world.states(payment.id) == ("refunded", "reversed")


class Away:
    """A hub that answers nothing, or that is faulty."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def query(self, channel, message):
        raise self.error

    give_back = charge = query


@pytest.mark.parametrize("kind", ["refund", "book"])
def test_while_the_hub_is_away_nothing_is_lost_or_decided(bench: Bench, kind):
    payment, (account_no, _) = bench.pay(100), bench.owe(60)
    bench.cut()
    item_id = (
        bench.lacks(payment) if kind == "refund"
        else bench.theirs(f"S{account_no}", 60, account_no=account_no)
    )  # fmt: skip
    before = bench.balances()
    away = Away(WireFault(Code.UNAVAILABLE))
    for _ in range(3):
        waits = operations.carry_out(bench.conn, item_id, away, bench.now)
        assert waits.state == ("doing" if kind == "refund" else "open")
    assert bench.acts(item_id) == (["begin", "wait"] if kind == "refund" else ["wait"])
    assert bench.moved(before) == {}
    assert bench.carry(item_id).state == "closed"


def test_one_that_breaks_keeps_nobody_from_the_next(bench: Bench):
    payment, twice = bench.pay(100), bench.pay(20)
    bench.cut()
    broken = bench.lacks(payment)
    sound = bench.item("duplicate", twice.serial, nth=2, theirs_kind="sale", theirs_fen=20)
    day = bench.read(broken).business_day
    worked = operations.work_off(bench.night, Away(OSError("wire cut")), bench.now, day=day)
    assert worked == (1, 0, 0, 1, 0)
    assert bench.read(sound).state == "closed"
    assert bench.read(broken).state == "doing"
    worked = operations.work_off(bench.night, bench.hub, bench.now, day=day)
    assert worked == (1, 0, 0, 0, 0)


def test_a_partner_that_is_shut_out_leaves_its_items_to_people(bench: Bench):
    payment = bench.pay(100)
    bench.cut()
    item_id, before = bench.lacks(payment), bench.balances()
    shut = Away(WireFault(Code.PARTNER_SUSPENDED))
    failed = operations.carry_out(bench.conn, item_id, shut, bench.now)
    assert (failed.state, failed.tries) == ("open", 1)
    assert bench.step(item_id)[:2] == ("refund", False)
    assert bench.approved(item_id, "refund").state == "closed"
    assert bench.moved(before) == {CLEARING: (0, 100), WATER: (100, 0)}
