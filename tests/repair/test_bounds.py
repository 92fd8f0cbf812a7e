"""What goes by itself has bounds, by item, by number and by sum of a day; above them people are asked, and
the item says why."""

from datetime import date

import pytest

from tests.repair.bench import Bench
from yifen.trades.reconciliation.repair import operations
from yifen.trades.reconciliation.repair.rules import Why
from yifen.trades.reconciliation.repair.words import RepairAction

DAYS = iter(date(2025, 1, day) for day in range(1, 32))


def lacking(bench: Bench, count: int, fen: int) -> list[int]:
    """So many of our sales that one file lacks, on a day of their own."""
    paid = [bench.pay(fen) for _ in range(count)]
    day = next(DAYS)
    run = bench.run(day=day)
    return [bench.lacks(payment, run_id=run, business_day=day) for payment in paid]


def theirs(bench: Bench, count: int, fen: int) -> list[int]:
    day = next(DAYS)
    run = bench.run(day=day)
    return [bench.theirs(f"T{day:%m%d}-{n}", fen, account_no=bench.owe(fen)[0], run_id=run, business_day=day)
            for n in range(count)]  # fmt: skip


@pytest.mark.parametrize("make", [lacking, theirs], ids=["refund", "book"])
@pytest.mark.parametrize(
    ("count", "fen", "why"),
    [
        (5, 100_000, None), (1, 100_001, Why.ITEM), (20, 25_000, None), (20, 25_001, Why.SUM),
        (6, 100_000, Why.SUM), (21, 100, Why.COUNT),
    ],
    ids=["five", "an item above", "sum is the bound", "sum above", "six", "one too many"],
)  # fmt: skip
def test_bounds_hold_to_the_fen_and_the_item(bench: Bench, make, count: int, fen: int, why: Why | None):
    items = make(bench, count, fen)
    steps = [bench.step(item) for item in items]
    assert {(step.automatic, step.why) for step in steps} == {(why is None, why)}
    assert {step.action for step in steps} == {
        RepairAction.REFUND if make is lacking else RepairAction.BOOK}  # fmt: skip


def test_what_is_held_says_why_once_and_moves_nothing(bench: Bench):
    [item] = lacking(bench, 1, 100_001)
    before = bench.balances()
    for _ in range(2):
        worked = operations.work_off(bench.conn, bench.hub, bench.now, day=bench.read(item).business_day)
        assert (worked.left, worked.closed) == (1, 0)
    assert (bench.acts(item), bench.last_note(item)) == (["left"], "item")
    assert bench.moved(before) == {}


def test_a_second_file_does_not_begin_to_count_anew(bench: Bench):
    """Twenty were given back; what a correction of the same day lacks besides is for people."""
    items = lacking(bench, 20, 100)
    day = bench.read(items[0]).business_day
    assert operations.work_off(bench.conn, bench.hub, bench.now, day=day).closed == 20
    payment = bench.pay(100)
    again = bench.lacks(payment, run_id=bench.run(day=day), business_day=day)
    assert (bench.step(again).automatic, bench.step(again).why) == (False, Why.COUNT)


def test_a_day_that_is_not_whole_moves_nothing_because_a_line_is_missing(bench: Bench):
    [sale], [other] = lacking(bench, 1, 100), theirs(bench, 1, 100)
    bench.world.run("INSERT INTO recon_file (file_id, partner_id, business_day, version, format, name, sha256, bytes,"
                    " rows, amount_fen, fee_fen, received_at, received_by)"
                    " SELECT nextval('recon_file_no'), partner_id, business_day, 9999, 'hub', 'late',"
                    " sha256(item_id::text::bytea), 1, 0, 0, 0, now(), 'x' FROM recon_item"
                    " WHERE item_id = ANY (%s)", [sale, other])  # fmt: skip
    for item in (sale, other):
        assert (bench.step(item).automatic, bench.step(item).why) == (False, Why.PARTIAL)
        assert bench.step(item).possible & {RepairAction.REFUND, RepairAction.BOOK}  # two people may
        with pytest.raises(Exception, match="REPAIR_NOT_DECIDED"):
            bench.carry(item)
