"""What the charts of reconciliation count: match rate by day, age of what is open, classes of a day."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from yifen.core.access.scope import Scope
from yifen.face import scope as scopes
from yifen.face.lists.listing import Row
from yifen.trades.reconciliation.pages.partners import IN_SCOPE
from yifen.trades.reconciliation.pages.runs_list import BP

DAYS = 30
AGES = ((0, 1), (2, 3), (4, 7), (8, None))
_RATES = f"""
SELECT business_day, sum(matched_count), sum(ours_count), sum(theirs_count) FROM (
    SELECT DISTINCT ON (r.partner_id, r.business_day) r.* FROM recon_run r
    JOIN partner p ON p.id = r.partner_id
    WHERE r.business_day > %(since)s AND r.ended_at IS NOT NULL AND {IN_SCOPE}
    ORDER BY r.partner_id, r.business_day, r.run_id DESC) n
GROUP BY business_day ORDER BY business_day"""
_AGES = f"""
SELECT %(today)s::date - (i.opened_at AT TIME ZONE 'Asia/Shanghai')::date, count(*)
FROM recon_item i JOIN partner p ON p.id = i.partner_id
WHERE i.state <> 'closed' AND {IN_SCOPE} GROUP BY 1"""
# Items keep the run that first found them, so those of a day are those of its runs.
_CLASSES = """
SELECT i.class::text, count(*) FILTER (WHERE i.state NOT IN ('closed', 'waiting')),
       count(*) FILTER (WHERE i.state = 'waiting'), count(*) FILTER (WHERE i.state = 'closed'),
       coalesce(sum(CASE i.class WHEN 'amount' THEN abs(i.theirs_fen - i.ours_fen)
                                 ELSE greatest(i.ours_fen, i.theirs_fen) END)
                FILTER (WHERE i.state <> 'closed'), 0)
FROM recon_item i WHERE i.run_id IN (
    SELECT run_id FROM recon_run WHERE partner_id = %(partner)s AND business_day = %(day)s)
    AND i.closed_by IS DISTINCT FROM 'gone'
GROUP BY i.class ORDER BY i.class"""


class MatchRate(NamedTuple):
    """A day of all partners in scope; `bp` in hundredths of a percent."""

    day: date
    matched: int
    bp: int


class Age(NamedTuple):
    """Open differences of `first` to `last` days (None: and older)."""

    first: int
    last: int | None
    items: int

    @property
    def label(self) -> str:
        return f"{self.first}–{self.last}" if self.last is not None else f"> {self.first - 1}"


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


def ages(scope: Scope, now: datetime) -> list[Age]:
    """What is not closed, by how long it stands."""
    with connection.cursor() as cursor:
        cursor.execute(_AGES, scopes.params(scope) | {"today": timezone.localdate(now)})
        counts = cursor.fetchall()
    return [
        Age(first, last, sum(n for age, n in counts if age >= first and (last is None or age <= last)))
        for first, last in AGES
    ]  # fmt: skip


def classes(run: Row) -> list[ClassLine]:
    """The differences of the run's partner and day."""
    with connection.cursor() as cursor:
        cursor.execute(_CLASSES, {"partner": run.partner_id, "day": run.business_day})
        return [ClassLine(row[0], row[1], row[2], row[3], int(row[4])) for row in cursor.fetchall()]
