"""What the charts of reconciliation count: match rate by day, age of what is open, classes of a day."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from yifen.core.access.scope import Scope
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope as scopes
from yifen.face.lists.listing import Row
from yifen.face.overview.amounts import short_yuan
from yifen.trades.reconciliation.pages.partners import IN_SCOPE
from yifen.trades.reconciliation.pages.runs_list import BP

DAYS = 30
AGES = ((0, 1), (2, 3), (4, 7), (8, None))
SIZES = ((0, 10_000), (10_000, 100_000), (100_000, 1_000_000), (1_000_000, None))  # fen, the second not included
_SQL = queries(__package__)
_GRID, _AGES, _CLASSES = _SQL["grid"], _SQL["open_by_age"], _SQL["classes_of_a_day"]
_RATES = f"""
SELECT business_day, sum(matched_count), sum(ours_count), sum(theirs_count) FROM (
    SELECT DISTINCT ON (r.partner_id, r.business_day) r.* FROM recon_run r
    JOIN partner p ON p.id = r.partner_id
    WHERE r.business_day > %(since)s AND r.ended_at IS NOT NULL AND {IN_SCOPE}
    ORDER BY r.partner_id, r.business_day, r.run_id DESC) n
GROUP BY business_day ORDER BY business_day"""


class MatchRate(NamedTuple):
    """A day of all partners in scope; `bp` in hundredths of a percent."""

    day: date
    matched: int
    bp: int


class OpenCell(NamedTuple):
    """Open differences of one band of age and one of amount, by their places in AGES and SIZES."""

    age: int
    size: int
    items: int
    fen: int


class GridCell(NamedTuple):
    """A partner's closed day: `bp` of its newest run (None: nothing to match, or no run)."""

    partner_id: int
    partner: str
    day: date
    run_id: int | None
    has_ended: bool
    bp: int | None
    has_file: bool

    @property
    def tone(self) -> str:
        """ok: all matched; waiting: not all; bad: the file is missing, or the run did not end."""
        if self.run_id is None:
            return "waiting" if self.has_file else "bad"
        if not self.has_ended:
            return "bad"
        return "ok" if self.bp in (None, BP) else "waiting"


class ClassLine(NamedTuple):
    """One class of one day; `open_fen`: of what is not closed, of an amount by how much it differs."""

    name: str
    open: int
    waiting: int
    closed: int
    open_fen: int


def rate(matched: int, ours: int, theirs: int) -> int | None:
    """Matched rows of all rows of the longer side; rounded down: nothing is 100 % that is not all."""
    most = max(ours, theirs)
    return matched * BP // most if most else None


def rates(scope: Scope, now: datetime) -> list[MatchRate]:
    """The last 30 days that have runs."""
    since = timezone.localdate(now) - timedelta(days=DAYS)
    with connection.cursor() as cursor:
        cursor.execute(_RATES, scopes.params(scope) | {"since": since})
        rows = [(day, *map(int, sums)) for day, *sums in cursor.fetchall()]
    return [MatchRate(day, matched, bp) for day, matched, ours, theirs in rows
            if (bp := rate(matched, ours, theirs)) is not None]  # fmt: skip


def grid(scope: Scope, now: datetime) -> list[GridCell]:
    """The last 30 days, partner by partner."""
    since = timezone.localdate(now) - timedelta(days=DAYS)
    with connection.cursor() as cursor:
        cursor.execute(_GRID, scopes.params(scope) | {"since": since})
        rows = cursor.fetchall()
    return [
        GridCell(partner, name, day, run, bool(ended), rate(matched, ours, theirs) if run else None, has_file)
        for partner, name, day, run, ended, matched, ours, theirs, has_file in rows
    ]


def open_cells(scope: Scope, now: datetime) -> list[OpenCell]:
    """What is not closed, by how long it stands and how much it is of."""
    sums: dict[tuple[int, int], list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_AGES, scopes.params(scope) | {"today": timezone.localdate(now)})
        for age, fen, items in cursor.fetchall():
            found = sums.setdefault((_place(AGES, age, 1), _place(SIZES, fen, 0)), [0, 0])
            found[0] += items
            found[1] += fen * items
    return [OpenCell(*key, *found) for key, found in sorted(sums.items())]


def _place(bands: tuple[tuple[int, int | None], ...], value: int, included: int) -> int:
    """In which band; `included`: 1 where a band's end belongs to it."""
    return next(n for n, (_first, last) in enumerate(bands) if last is None or value < last + included)


def age_label(place: int) -> str:
    first, last = AGES[place]
    return f"{first}–{last}" if last is not None else f"> {first - 1}"


def size_label(place: int) -> str:
    first, last = SIZES[place]
    if last is None:
        return f"≥ {short_yuan(first)}"
    return f"< {short_yuan(last)}" if not first else f"{short_yuan(first)}–{short_yuan(last)}"


def classes(run: Row) -> list[ClassLine]:
    """The differences of the run's partner and day."""
    with connection.cursor() as cursor:
        cursor.execute(_CLASSES, {"partner": run.partner_id, "day": run.business_day})
        return [ClassLine(row[0], row[1], row[2], row[3], int(row[4])) for row in cursor.fetchall()]
