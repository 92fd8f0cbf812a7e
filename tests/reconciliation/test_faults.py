"""Random faults in random files: what the engine finds is what was put in, nothing missed, nothing
invented. The model is the list of faults itself."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from tests.reconciliation.day import LATE, Day, Line

SEEDS = range(25)
PPM = 6000


def fee_of(line: Line) -> int:
    """0.6 %, half a fen up; what we pay for a sale comes back with a refund."""
    sign = -1 if line.kind == "sale" else 1
    return sign * ((line.fen * PPM + 500_000) // 1_000_000)


class Faults:
    """A file with faults, and the items that they must give."""

    def __init__(self, lines: list[Line], draw: Random) -> None:
        self.draw, self.lines = draw, [line._replace(fee=fee_of(line)) for line in lines]
        self.expected: set[tuple[Any, ...]] = set()
        self.free = list(range(len(lines)))
        draw.shuffle(self.free)
        for fault in (self.lost, self.extra, self.amount, self.turned, self.fee, self.doubled,
                      self.doubled_wrong):  # fmt: skip
            for _ in range(draw.randrange(4)):
                fault()
        self.file = [line for line in self.lines if line is not None]
        draw.shuffle(self.file)

    def pick(self) -> tuple[int, Line]:
        at = self.free.pop()
        return at, self.lines[at]

    def lost(self) -> None:
        at, line = self.pick()
        self.lines[at] = None  # type: ignore[call-overload]
        self.expected.add(("ours_only", line.serial, 1, line.fen, None))

    def extra(self) -> None:
        _, line = self.pick()
        line = line._replace(serial=f"X{self.draw.randrange(10**6)}")
        self.lines.append(line._replace(fee=0))
        self.expected.add(("theirs_only", line.serial, 1, None, line.fen))

    def amount(self) -> None:
        at, line = self.pick()
        wrong = line._replace(fen=line.fen + self.draw.choice((-1, 1, 100)))
        self.lines[at] = wrong._replace(fee=fee_of(wrong))
        self.expected.add(("amount", line.serial, 1, line.fen, wrong.fen))

    def turned(self) -> None:
        at, line = self.pick()
        self.lines[at] = line._replace(kind="refund", original="W999")
        self.expected.add(("status", line.serial, 1, line.fen, line.fen))

    def fee(self) -> None:
        at, line = self.pick()
        self.lines[at] = line._replace(fee=line.fee - 1)
        self.expected.add(("fee", line.serial, 1, line.fen, line.fen))

    def doubled(self) -> None:
        _, line = self.pick()
        for nth in range(2, 2 + self.draw.randrange(1, 3)):
            self.lines.append(line)
            self.expected.add(("duplicate", line.serial, nth, None, line.fen))

    def doubled_wrong(self) -> None:
        """Two rows, one of them of another amount: the one that agrees counts."""
        _, line = self.pick()
        self.lines.append(line._replace(fen=line.fen + 5))
        self.expected.add(("duplicate", line.serial, 2, None, line.fen + 5))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_answer_is_the_set_of_injected_faults(day: Day, seed: int) -> None:
    day.world.run("UPDATE recon_profile SET fee_ppm = %s", PPM)
    faults = Faults(day.lines, Random(seed))
    found = day.reconcile(faults.file)
    assert {row[:5] for row in day.items()} == faults.expected
    assert sum(found.differences.values()) + found.waiting == len(faults.expected)
    wrong = {row[1] for row in faults.expected if row[4] is not None}
    agreed = [line for line in day.lines if line.serial not in wrong
              and ("ours_only", line.serial, 1, line.fen, None) not in faults.expected]  # fmt: skip
    twice = [line for line in day.lines
             if any(row[:2] == ("duplicate", line.serial) for row in faults.expected)]  # fmt: skip
    assert found.matched.count == len(agreed) + len(twice)
    assert found.matched.amount_fen == sum(line.fen for line in [*agreed, *twice])
    assert found.theirs.count == len(faults.file)
    assert found.ours.count == len(day.lines)


@pytest.mark.parametrize("seed", range(5))
def test_a_corrected_file_closes_what_it_corrects_and_nothing_else(day: Day, seed: int) -> None:
    """The second version lacks half of the faults; the third has none."""
    draw = Random(seed)
    lost = draw.sample(day.lines, 10)
    day.reconcile([line for line in day.lines if line not in lost])
    assert {row[1] for row in day.items("open")} == {line.serial for line in lost}
    before = day.world.rows("SELECT item_id FROM recon_item ORDER BY item_id")
    found = day.reconcile([line for line in day.lines if line not in lost[:5]])
    assert {row[1] for row in day.items("open")} == {line.serial for line in lost[:5]}
    assert found.differences == {"ours_only": 5}
    assert day.world.rows("SELECT item_id FROM recon_item ORDER BY item_id") == before
    assert day.reconcile(day.lines).differences == {}
    assert {row[-1] for row in day.items()} == {"closed"}
    versions = day.world.rows("SELECT version FROM recon_file ORDER BY version")
    assert versions == [(1,), (2,), (3,)]


def test_every_row_of_a_wrong_file_is_a_difference(day: Day) -> None:
    found = day.reconcile([line._replace(serial=f"Z{line.serial}") for line in day.lines])
    assert found.differences == {"ours_only": 119, "theirs_only": 119}
    assert found.waiting == 2
    assert (found.matched.count, found.matched.amount_fen) == (0, 0)


def test_moments_around_the_cut_are_those_of_the_line(day: Day) -> None:
    """A line's own time decides whether it waits: 22:30 and later, for a cut at 23:00."""
    late = LATE - timedelta(minutes=16)
    extra = [Line(f"X{n}", "sale", 5 + n, 0, late + timedelta(minutes=n)) for n in range(3)]
    found = day.reconcile(day.lines + extra)
    assert (found.differences, found.waiting) == ({"theirs_only": 1}, 2)
    assert [row[1] for row in day.items("waiting")] == ["X1", "X2"]
