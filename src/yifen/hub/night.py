"""What a step of the end of day needs, and what it answers: a small result, or why it waits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec
import psycopg

if TYPE_CHECKING:  # the files of the cut tell failures in these words, and the hub stands on the files
    from yifen.hub.payments.local import LocalHub

Connection = psycopg.Connection[Any]
Result = dict[str, Any]
Step = Callable[[Connection, "Night"], Result]


@dataclass(frozen=True)
class NightOutside:
    """What stands around a night. `inbox`: where partners' files land, a folder each; `bank_port`:
    the port of a bank by partner id, None where payouts go by file; `quiet_s`: how long a file must
    not have grown to be taken; `clock`: the true time, which may be another than the night's."""

    hub: "LocalHub"
    inbox: Path
    bank_port: Callable[[Connection, int], Any]
    quiet_s: int = 2
    clock: Callable[[], datetime] | None = None


class _Nobody:
    """What the steps after a signature have around them: nothing that could be called."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"{name} is called outside, which a signature does not do")


NOBODY = NightOutside(cast("LocalHub", _Nobody()), Path(), lambda conn, bank: None)


@dataclass(frozen=True)
class Night:
    """One book's day, and now. `early`: the day may be closed before it is over; `signed_by`: who
    closes it with unproved money."""

    eod_id: int
    book_id: int
    day: date
    now: datetime
    began_at: datetime
    outside: NightOutside
    early: bool = False
    signed_by: str = ""

    def clock(self) -> datetime:
        """By which others are called: they believe no other time, even in the night of a day long past."""
        return self.outside.clock() if self.outside.clock else self.now


class Reason(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a day cannot go on or close: a kind of `words.REASONS`, and what it is about; `code` says why in a
    number that has its meaning in both languages."""

    kind: str
    partner: str = ""
    institution: int = 0
    day: date | None = None
    count: int = 0
    fen: int = 0
    code: int = 0
    detail: str = ""
    detail_zh: str = ""  # where it differs


class Waits(Exception):
    """A step that cannot go on yet; what it did so far stands."""

    def __init__(self, reasons: list[Reason], result: Result | None = None) -> None:
        super().__init__(", ".join(reason.kind for reason in reasons))
        self.reasons, self.result = reasons, result or {}


class NightTally:
    """Figures of a step, together and by institution, so that each sees its own."""

    def __init__(self) -> None:
        self._sums: dict[int, dict[str, int]] = {}

    def add(self, institution: int, **figures: int) -> None:
        mine = self._sums.setdefault(institution, {})
        for name, figure in figures.items():
            mine[name] = mine.get(name, 0) + int(figure)

    def result(self, **more: Any) -> Result:
        """`sums`, `institutions` (by id, as text), and what else there is to tell."""
        whole: dict[str, int] = {}
        for mine in self._sums.values():
            for name, figure in mine.items():
                whole[name] = whole.get(name, 0) + figure
        by = {str(key): mine for key, mine in sorted(self._sums.items())}
        return {"sums": whole, "institutions": by, **more}


class DrawerPart(msgspec.Struct, frozen=True):
    """What a trade moved through a teller's drawer in a shift. `rows`: (transaction code, way of paying, count, fen,
    was it given out); `undecided`: how many nobody knows of yet, for which the shift stays open."""

    rows: tuple[tuple[str, str, int, int, bool], ...] = ()
    undecided: int = 0


class ProofLine(msgspec.Struct, frozen=True):
    """What a trade explains of an account's balance at a cut, on the account's own side: `role` says
    what the account is to it, `what` the kind of line, `ref` the document (empty: several)."""

    account_id: int
    role: str
    what: str
    day: date
    partner: str
    fen: int
    ref: int | None = None
    age_days: int = 0
