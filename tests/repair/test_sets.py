"""Many differences at once: as many statements as for one, messages side by side, and of what is about the
same the one after the other."""

from contextlib import suppress
from threading import Barrier
from typing import Any

import pytest

from tests.checkout.test_crash import Frail, Fuse, Killed
from tests.repair.bench import Bench
from tests.repair.test_bounds import lacking, theirs
from tests.repair.test_crash import FrailConnection
from tests.sampling import stride
from yifen.trades.reconciliation.repair import operations
from yifen.trades.reconciliation.repair.carrying import SENT_AT_ONCE

CLEARING, WATER, SUSPENSE = "1121.WX", "2241.WATER", "2241.1.SUSPENSE"


class Counting:
    """The real connection, and how many statements it was asked."""

    def __init__(self, real: Any) -> None:
        self._real, self.statements = real, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def execute(self, *asked: Any) -> Any:
        self.statements += 1
        return self._real.execute(*asked)


@pytest.fixture
def bounds_of_many(bench: Bench):
    """The partner lets a thousand of a class go by themselves."""
    bench.profile("WX", "channel", "theirs")
    for kind, action in (("theirs_only", "book"), ("ours_only", "refund")):
        bench.policy("WX", kind, action, True)
    bench.world.run("UPDATE recon_policy SET automatic_items_max = 1000, automatic_sum_fen_max = 10000000")
    yield
    bench.world.run("DELETE FROM recon_policy")
    bench.world.run("DELETE FROM recon_profile")


def told(bench: Bench, count: int, fen: int) -> list[int]:
    run = bench.run("WATER", bench.item_day)
    return [bench.item("ours_only", f"L{bench.item_day:%m%d}-{n}", "WATER", ours_kind="sale", ours_fen=fen,
                       run_id=run) for n in range(count)]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "count", "statements", "worked"),
    [
        (told, 1, 10, (0, 1, 0, 0, 0)), (told, 100, 10, (0, 100, 0, 0, 0)),
        (told, 500, 46, (0, 500, 0, 0, 0)),
        (lacking, 1, 12, (1, 0, 0, 0, 0)), (lacking, 100, 12, (100, 0, 0, 0, 0)),
        (theirs, 1, 17, (1, 0, 0, 0, 0)), (theirs, 100, 17, (100, 0, 0, 0, 0)),
    ],
    ids=["tell 1", "tell 100", "tell 500", "refund 1", "refund 100", "book 1", "book 100"],
)  # fmt: skip
def test_a_hundred_take_as_many_statements_as_one(
    bench: Bench, bounds_of_many: None, make: Any, count: int, statements: int, worked: tuple[int, ...]
):
    """What is due (and that nothing more is), the items, profile, policy; then lock and read, begin and tell,
    and the items as they are. A refund locks and reads twice; a booking asks records and billers besides."""
    found = make(bench, count, 100)
    counting = Counting(bench.night)
    day = bench.read(found[0]).business_day
    assert operations.work_off(counting, bench.hub, bench.now, day=day) == worked
    assert counting.statements == statements


def test_messages_are_on_their_way_side_by_side(bench: Bench, bounds_of_many: None):
    """Each waits until as many are there as the hub may have at once."""
    found, meet = lacking(bench, SENT_AT_ONCE, 100), Barrier(SENT_AT_ONCE)

    class Meeting:
        def give_back(self, channel, message):
            meet.wait(20)
            return bench.hub.give_back(channel, message)

    day = bench.read(found[0]).business_day
    assert operations.work_off(bench.night, Meeting(), bench.now, day=day).closed == SENT_AT_ONCE


def test_two_sales_of_one_account_pay_two_bills(bench: Bench):
    """The second asks what is owed once the first is booked."""
    account_no, _ = bench.owe(100)
    bench.world.owe("WATER", account_no, f"{account_no}-2", 100)
    before, run = bench.balances(), bench.run(day=bench.item_day)
    found = [bench.theirs(f"{account_no}{mark}", 100, account_no=account_no, run_id=run) for mark in "xy"]
    worked = operations.work_off(bench.night, bench.hub, bench.now, day=bench.item_day)
    assert worked == (2, 0, 0, 0, 0)
    assert [bench.acts(item) for item in found] == [["begin", "close"]] * 2
    assert bench.moved(before) == {CLEARING: (200, 0), WATER: (0, 200)}


def test_what_is_about_the_same_goes_one_after_the_other():
    rows = [
        (1, 7, "A", None, None, 70, "X"),
        (2, 7, "B", None, None, 71, "Y"),
        (3, 7, "C", "A", None, None, None),  # names the serial of 1
        (4, 8, "A", None, None, None, None),  # another partner's
        (5, 7, "D", None, "C", None, None),  # about 3, which waits
        (6, 9, "Q", None, None, 70, "Z"),  # the payment of 1
        (7, 9, "R", None, None, None, "Z"),  # the account of 6
    ]
    assert list(operations.rounds(rows)) == [[1, 2, 4], [3, 6], [5, 7]]


def test_a_batch_killed_between_its_steps_is_put_right_once(bench: Bench):
    steps = 0
    while True:
        bench.another_day()
        payments, twice, (account_no, _) = [bench.pay(n) for n in (1_000, 500)], bench.pay(10), bench.owe(100)
        bench.cut()
        run, before = bench.run(day=bench.item_day), bench.balances()
        found = [*(bench.lacks(payment, run_id=run) for payment in payments),
                 bench.theirs(f"S{account_no}", 100, account_no=account_no, run_id=run),
                 bench.item("duplicate", twice.serial, nth=2, theirs_kind="sale", theirs_fen=10,
                            run_id=run)]  # fmt: skip
        fuse = Fuse(steps)
        dying, hub = FrailConnection(bench.night, fuse), Frail(bench.hub, fuse)
        with suppress(Killed):
            operations.work_off(dying, hub, bench.now, day=bench.item_day)
        operations.work_off(bench.night, bench.hub, bench.now, day=bench.item_day)
        assert [bench.acts(item).count("close") for item in found] == [1] * 4, f"killed after {steps} steps"
        assert bench.moved(before) == {CLEARING: (110, 1_500), WATER: (1_500, 100), SUSPENSE: (0, 10)}
        if fuse.left is not None and fuse.left >= 0:
            break
        steps += stride(7)
    assert steps > 60
