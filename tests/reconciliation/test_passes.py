"""What is matched by more than the serial: the other side of the cut, a rule, sums."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.reconciliation.day import LATE, MORNING, Day, Line
from tests.world import DAY

NEXT = date(2026, 11, 24)


def closed(day: Day) -> list[tuple[Any, ...]]:
    """(class, serial, by what, does it share its group) of closed items."""
    return day.world.rows(
        "SELECT class::text, serial, closed_by, count(*) OVER (PARTITION BY group_no)"
        " FROM recon_item WHERE state = 'closed' ORDER BY serial, class"
    )


def test_a_row_that_the_partner_has_on_the_next_day_waits_and_then_agrees(day: Day) -> None:
    """Ours at 22:45 of the 23rd; theirs in the file of the 24th (domain.md case 7)."""
    first = day.reconcile(day.lines[:-1])
    assert (first.differences, first.waiting) == ({}, 1)
    second = day.reconcile(day.lines[-1:], NEXT)
    assert (second.differences, second.waiting, second.closed) == ({}, 0, {"cross_day": 1})
    assert closed(day) == [
        ("ours_only", "W119", "cross_day", 2), ("theirs_only", "W119", "cross_day", 2),
    ]  # fmt: skip


def test_a_row_that_the_partner_has_on_the_day_before_agrees_at_once(day: Day) -> None:
    """Theirs at 22:45 of the 22nd's file, ours booked on the 23rd."""
    early = DAY - timedelta(days=1)
    late = LATE - timedelta(days=1)
    first = day.reconcile([day.lines[0]._replace(at=late)], early)
    assert (first.differences, first.waiting) == ({}, 1)
    second = day.reconcile(day.lines[1:])
    assert (second.differences, second.waiting, second.closed) == ({}, 0, {"cross_day": 1})


def test_what_waited_counts_once_the_next_day_has_not_explained_it(day: Day) -> None:
    extra = Line("X1", "sale", 500, 0, LATE)
    first = day.reconcile([*day.lines, extra])
    assert (first.differences, first.waiting) == ({}, 1)
    day.reconcile([Line("X2", "sale", 1, 0, MORNING + timedelta(days=1))], NEXT)
    assert [row[:2] for row in day.items("open")] == [("theirs_only", "X1"), ("theirs_only", "X2")]


def test_another_amount_on_the_next_day_explains_nothing(day: Day) -> None:
    day.reconcile(day.lines[1:])
    day.reconcile([day.lines[0]._replace(fen=day.lines[0].fen + 1)], NEXT)
    assert [row[:2] for row in day.items("open")] == [
        ("ours_only", "W000"), ("theirs_only", "W000"),
    ]  # fmt: skip


def test_a_rule_matches_the_same_account_and_amount_near_in_time(day: Day) -> None:
    day.world.run("UPDATE recon_profile SET by_rule = true, rule_window_min = 10")
    other = day.lines[0]._replace(serial="P-1", at=day.lines[0].at + timedelta(minutes=9))
    far = day.lines[1]._replace(serial="P-2", at=day.lines[1].at + timedelta(minutes=11))
    found = day.reconcile([other, far, *day.lines[2:]])
    assert found.closed == {"rule": 1}
    assert closed(day) == [("theirs_only", "P-1", "rule", 2), ("ours_only", "W000", "rule", 2)]
    assert found.differences == {"ours_only": 1, "theirs_only": 1}


@pytest.mark.parametrize("written", ["Ａ９", "A 9", "Ａ\u3000９"], ids=["full-width", "blank", "both"])
def test_a_rule_matches_an_account_in_any_writing(day: Day, written: str) -> None:
    day.world.run("UPDATE recon_profile SET by_rule = true, rule_window_min = 10")
    found = day.reconcile([day.lines[0]._replace(serial="P-1", account=written), *day.lines[1:]])
    assert (found.closed, found.differences) == ({"rule": 1}, {})
    assert day.world.rows("SELECT account_no FROM recon_item WHERE serial = 'P-1'") == [("A9",)]


def test_a_rule_does_not_guess_between_unequal_numbers(day: Day) -> None:
    """Two of theirs could be the one of ours: a person decides."""
    day.world.run("UPDATE recon_profile SET by_rule = true")
    twins = [day.lines[0]._replace(serial=serial) for serial in ("P-1", "P-2")]
    found = day.reconcile([*twins, *day.lines[1:]])
    assert (found.closed, found.differences) == ({}, {"ours_only": 1, "theirs_only": 2})


class Bank:
    """A bank leg: what we expect, and lines of a statement."""

    def __init__(self, day: Day) -> None:
        self.day = day
        day.world.partner("ICBC")
        day.describe("ICBC", party="bank", by_group=True)
        day.world.run("UPDATE recon_profile SET party = 'bank' WHERE partner_id = %s", self.id)

    @property
    def id(self) -> int:
        return self.day.world.ids["ICBC"]

    def expect(self, serial: str, fen: int, kind: str = "in", batch: str | None = None) -> None:
        self.day.world._insert("recon_expected", {
            "partner_id": self.id, "business_day": DAY, "kind": kind, "serial": serial,
            "amount_fen": fen, "batch": batch, "document_id": -1,
        })  # fmt: skip

    def statement(self, *lines: tuple[str, str, int], day: date = DAY) -> dict[str, int]:
        rows = [Line(serial, kind, fen, 0, MORNING) for serial, kind, fen in lines]
        return self.day.reconcile(rows, day, "ICBC").differences

    def done(self) -> list[str]:
        rows = self.day.world.rows("SELECT serial FROM recon_expected WHERE done ORDER BY 1")
        return [row[0] for row in rows]


def test_a_banks_line_closes_what_is_expected_by_its_reference(day: Day) -> None:
    bank = Bank(day)
    bank.expect("PO1", 700, "out")
    bank.expect("RC1", 900)
    assert bank.statement(("RC1", "sale", 900)) == {}
    assert bank.done() == ["RC1"]
    assert [row[1:] for row in day.items()] == [("PO1", 1, 700, None, "waiting")]
    assert bank.statement(("PO1", "refund", 700), day=NEXT) == {}
    assert bank.done() == ["PO1", "RC1"]
    assert [row[1:] for row in day.items()] == [("PO1", 1, 700, None, "closed")]


def test_a_banks_line_of_another_direction_or_amount_closes_nothing(day: Day) -> None:
    bank = Bank(day)
    bank.expect("RC1", 900)
    bank.expect("RC2", 800)
    assert bank.statement(("RC1", "refund", 900), ("RC2", "sale", 801)) == {
        "status": 1, "amount": 1,
    }  # fmt: skip
    assert bank.done() == []


def test_the_sum_of_a_day_or_a_batch_is_one_line_of_the_bank(day: Day) -> None:
    """Three channels' money of one batch in one sum; a sum that is not exact explains nothing."""
    bank = Bank(day)
    for serial, fen in (("RC1", 100), ("RC2", 250), ("RC3", 50)):
        bank.expect(serial, fen, batch="UMS-1")
    assert bank.statement(("UMS-1", "sale", 399)) == {"theirs_only": 1}
    assert bank.done() == []
    assert bank.statement(("UMS-1", "sale", 400), day=NEXT) == {}
    assert bank.done() == ["RC1", "RC2", "RC3"]


def test_one_expected_sum_may_come_in_several_lines(day: Day) -> None:
    bank = Bank(day)
    bank.expect("RC9", 600, batch="B9")
    world = day.world
    layout = world.value("SELECT layout_id FROM recon_profile WHERE partner_id = %s", bank.id)
    world.run("UPDATE recon_layout_column SET target = 'batch', type = 'text'"
              " WHERE layout_id = %s AND name = 'account'", layout)  # fmt: skip
    lines = [Line(f"L{n}", "sale", 200, 0, MORNING, "RC9") for n in range(3)]
    found = day.reconcile(lines, DAY, "ICBC")
    assert (found.differences, found.closed, bank.done()) == ({}, {"group": 1}, ["RC9"])
