"""One channel's day against its file: every class found, none invented; runs repeated."""

from tests.reconciliation.day import Day
from yifen.trades.reconciliation.runs import Sums


def test_a_file_that_agrees_leaves_no_item(day: Day) -> None:
    found = day.reconcile(day.lines)
    total = Sums(120, sum(line.fen for line in day.lines))
    assert (found.ours, found.theirs, found.matched) == (total, total, total)
    assert (found.differences, found.waiting, day.items()) == ({}, 0, [])
