"""Traffic in memory: how many calls, of whom, with which code, how long; drained to the database.

Noting costs a dictionary look-up and never waits; what it holds is bounded (H12).
"""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime
from itertools import chain

from msgspec import Struct, field

from yifen.core.facts.codes import Code
from yifen.core.facts.pgarrays import numbers, plain
from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.bounds import BOUNDS_MS

COLUMNS = len(BOUNDS_MS) + 1
KEYS_MAX = 4096
FOLDED_MAX = 1024  # more keys, all of biller 0, once KEYS_MAX is reached

Key = tuple[int, int, int, str, int]  # minute since 1970, partner, biller, verb, code
NOTE_SQL = queries(__package__)["note_traffic"]


class TrafficTally(Struct, gc=False):
    """What one key counted."""

    calls: int = 0
    ms_sum: int = 0
    ms_max: int = 0
    slow: list[int] = field(default_factory=lambda: [0] * COLUMNS)

    def note(self, ms: int) -> None:
        self.calls += 1
        self.ms_sum += ms
        if ms > self.ms_max:
            self.ms_max = ms
        self.slow[bisect_left(BOUNDS_MS, ms)] += 1

    def copy(self) -> "TrafficTally":
        return TrafficTally(self.calls, self.ms_sum, self.ms_max, list(self.slow))

    def add(self, other: "TrafficTally") -> None:
        self.calls += other.calls
        self.ms_sum += other.ms_sum
        self.ms_max = max(self.ms_max, other.ms_max)
        self.slow = [one + two for one, two in zip(self.slow, other.slow, strict=True)]


class Traffic:
    """Counts by minute. When there are too many keys, new ones are counted without their biller;
    when even those are too many, calls are only counted in `lost`."""

    def __init__(self, keys_max: int = KEYS_MAX, folded_max: int = FOLDED_MAX) -> None:
        self._keys_max, self._all_max = keys_max, keys_max + folded_max
        self._tallies: dict[Key, TrafficTally] = {}
        self.lost = 0

    def __len__(self) -> int:
        return len(self._tallies)

    def note(
        self, at: datetime, partner_id: int, biller_id: int, verb: str, code: Code, ms: int
    ) -> None:
        """One call that came in `at` and was answered after `ms`. partner_id 0: nobody we know;
        biller_id 0: the message names none."""
        # `_value_` and not the member: Python hashes a member by a function of its own, slowly
        key = (int(at.timestamp()) // 60, partner_id, biller_id, verb, code._value_)
        tally = self._tallies.get(key) or self._open(key)
        if tally is None:
            self.lost += 1
            return
        tally.calls += 1
        tally.ms_sum += ms
        if ms > tally.ms_max:
            tally.ms_max = ms
        tally.slow[bisect_left(BOUNDS_MS, ms)] += 1

    def take(self) -> dict[Key, TrafficTally]:
        """Everything counted so far, which is then no longer here."""
        taken, self._tallies = self._tallies, {}
        return taken

    def now(self) -> dict[Key, TrafficTally]:
        """What is here at this moment, for whoever only looks."""
        return dict(self._tallies)

    def put_back(self, taken: dict[Key, TrafficTally]) -> None:
        """What could not be written; it is added to what was counted meanwhile."""
        for key, tally in taken.items():
            kept = self._tallies.get(key) or self._open(key)
            if kept is None:
                self.lost += tally.calls
            else:
                kept.add(tally)

    def _open(self, key: Key) -> TrafficTally | None:
        if len(self._tallies) >= self._keys_max:
            key = (*key[:2], 0, *key[3:])
            if found := self._tallies.get(key):
                return found
            if len(self._tallies) >= self._all_max:
                return None
        tally = self._tallies[key] = TrafficTally()
        return tally


def pack(taken: dict[Key, TrafficTally]) -> tuple[str, ...]:
    """The parameters of NOTE_SQL."""
    keys, tallies = list(taken), list(taken.values())
    return (
        numbers([minute for minute, *_ in keys]),
        numbers([partner_id for _, partner_id, *_ in keys]),
        numbers([biller_id for _, _, biller_id, *_ in keys]),
        plain([verb for _, _, _, verb, _ in keys]),
        numbers([code for *_, code in keys]),
        numbers([tally.calls for tally in tallies]),
        numbers([tally.ms_sum for tally in tallies]),
        numbers([tally.ms_max for tally in tallies]),
        numbers(_flat(tally.slow for tally in tallies)),
    )


def _flat(rows: Iterable[list[int]]) -> list[int]:
    return list(chain.from_iterable(rows))
