"""Live counters of simulated traffic: what a screen shows while payments run."""

from collections import Counter
from dataclasses import dataclass, field

from yifen.core.facts.codes import Code

DUPLICATES = (Code.SERIAL_REUSED, Code.ALREADY_PAID)


@dataclass
class Counters:
    """One channel's counts; money in fen."""

    payments: int = 0
    amount_fen: int = 0
    reversed: int = 0
    repeats: int = 0  # the same serial sent again and answered the same
    unknown: int = 0  # undecided at this moment
    resolved: int = 0  # were undecided once, are decided now
    lost: int = 0  # answers that never arrived
    refused: Counter[Code] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)  # answers that must not be

    @property
    def duplicates_refused(self) -> int:
        return sum(self.refused[code] for code in DUPLICATES)


def added(parts: list[Counters]) -> Counters:
    """The sum of several channels' counters."""
    total = Counters()
    for part in parts:
        for name in ("payments", "amount_fen", "reversed", "repeats", "unknown", "resolved",
                     "lost"):  # fmt: skip
            setattr(total, name, getattr(total, name) + getattr(part, name))
        total.refused += part.refused
        total.problems += part.problems
    return total
