"""One channel's day against its file: every class found, none invented; runs repeated."""

from datetime import timedelta

from tests.reconciliation.day import MORNING, NIGHT, Day, Line
from tests.world import DAY
from yifen.trades.reconciliation.repair import items
from yifen.trades.reconciliation.repair.evidence import our_line
from yifen.trades.reconciliation.runs import Sums

NEXT = DAY + timedelta(days=1)


def test_a_file_that_agrees_leaves_no_item(day: Day) -> None:
    found = day.reconcile(day.lines)
    total = Sums(120, sum(line.fen for line in day.lines))
    assert (found.ours, found.theirs, found.matched) == (total, total, total)
    assert (found.differences, found.waiting, day.items()) == ({}, 0, [])


def given_back_in_parts(day: Day) -> list[Line]:
    """Of W003 (10.21) 3.00 and 7.21 are given back on the next day, which is closed; their lines."""
    world, noon = day.world, MORNING.replace(tzinfo=NIGHT.tzinfo) + timedelta(days=1)
    lines = []
    for serial, fen in (("T1", 300), ("T2", 721)):
        world.now = noon + timedelta(minutes=len(lines))
        assert world.refund(serial, "W003", fen).code == 0
        at = world.now.astimezone(NIGHT.tzinfo).replace(tzinfo=None)
        lines.append(Line(serial, "refund", fen, 0, at, "A9", "W003"))
    world.cut()
    return lines


def test_two_parts_of_one_payment_are_two_lines_that_prove_each_other(day: Day) -> None:
    lines = given_back_in_parts(day)
    found = day.reconcile(lines, NEXT)
    assert (found.ours, found.theirs, found.matched) == (Sums(2, -1021), Sums(2, -1021), Sums(2, -1021))
    assert (found.differences, day.items()) == ({}, [])


def test_a_part_of_another_amount_or_that_they_lack_is_named_by_its_own_serial(day: Day) -> None:
    first, _second = given_back_in_parts(day)
    day.reconcile([first._replace(fen=301)], NEXT)
    assert day.items() == [("amount", "T1", 1, 300, 301, "open"), ("ours_only", "T2", 1, 721, None, "open")]
    (one, other) = (items.read(day.world.conn, item_id) for (item_id,) in day.world.rows(
        "SELECT item_id FROM recon_item ORDER BY serial"))  # fmt: skip
    shown = [str(our_line(day.world.conn, item)).split("|") for item in (one, other)]
    assert [(cells[2], cells[7]) for cells in shown] == [("T1", "300"), ("T2", "721")]


def test_a_biller_s_leg_numbers_the_parts_of_a_day(day: Day) -> None:
    given_back_in_parts(day)
    payment = day.world.value("SELECT payment_id FROM payment WHERE serial = 'W003'")
    ours = "SELECT serial, amount_fen FROM recon_ours_biller_v1(%s, %s) WHERE kind = 'refund' ORDER BY 1"
    with day.world.as_owner():
        found = day.world.rows(ours, day.world.ids["WATER"], NEXT)
    assert found == [(f"{payment}R", 300), (f"{payment}R2", 721)]
