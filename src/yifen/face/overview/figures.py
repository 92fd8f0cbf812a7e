"""The figures of the dashboard: payments of a day, week or month, charges, what is undecided.

They are kept a while for everyone with the same scope.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from yifen.core.access.scope import Scope
from yifen.core.facts.sandbox import SANDBOX_BOOK_ID
from yifen.core.partners.models import Partner
from yifen.face import scope as scopes
from yifen.face.kept import KeptReadings
from yifen.face.lists.paging import bounded
from yifen.face.overview.period import By, Period, period
from yifen.hub.payments import traffic_queries
from yifen.hub.payments.figures import reading
from yifen.hub.payments.figures.reading import Bucket, Group, Total
from yifen.hub.payments.traffic_queries import Figure, UndecidedPayments

KEPT = timedelta(seconds=8)
SECONDS_MAX = 10


class Compared(NamedTuple):
    """The period shown and another one, both as far as the one shown has come: `until_hour`, or so many days."""

    period: Period
    now: Total
    then: Total
    by_hour: dict[int, Total]  # of a day: all of it


class Figures(NamedTuple):
    """What the dashboard shows. Payments are those booked on the business days; charges are those of the same
    days of the clock (of the open business day: since midnight). What is undecided is so now."""

    period: Period
    clock: tuple[date, date]
    until_hour: int | None  # the open day is compared up to the hour that runs now
    made_at: datetime
    cells: list[Total]  # by hour or day, channel, biller
    buckets: list[Bucket]
    compared: dict[str, Compared]
    undecided: UndecidedPayments
    charges: Figure | None
    charges_by_time: list[Figure]
    charges_by_channel: dict[Any, Figure]
    charges_by_biller: dict[Any, Figure]

    @property
    def is_open(self) -> bool:
        return self.period.is_open

    @property
    def total(self) -> Total:
        return next(iter(self.by()), Total(()))

    def by(self, *places: int) -> list[Total]:
        """Added up by these parts of a cell's key: 0 time, 1 channel, 2 biller."""
        return added(self.cells, lambda key: tuple(key[place] for place in places))


def added(cells: Iterable[Total], key_of: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> list[Total]:
    """Totals of one key together, in the order of the keys."""
    sums: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for cell in cells:
        found = sums[key_of(cell.key)]
        for place, part in enumerate((cell.payments, cell.amount_fen, cell.returned, cell.returned_fen)):
            found[place] += part
    return [Total(key, *sums[key]) for key in sorted(sums)]


_kept: KeptReadings[Figures] = KeptReadings(KEPT)


def figures(scope: Scope, clock: Callable[[], datetime], by: By = "day", day: date | None = None) -> Figures:
    """Of this scope, and of the day, week or month that holds the day (the open one), fresh or kept. TooMuch."""
    key = (connection.settings_dict["NAME"], scope.partners, by, day)
    return _kept.get(key, clock, lambda began: gather(scope, began, by, day))


def gather(scope: Scope, now: datetime, by: By = "day", asked: date | None = None) -> Figures:
    """Read everything. TooMuch."""
    partners, open_day = real_partners(scope), scopes.business_day(scope, now)
    shown = period(by, asked or open_day, open_day)
    clock = clock_days(shown, now)
    until_hour = timezone.localtime(now).hour if by == "day" and shown.is_open else None
    with bounded(SECONDS_MAX), connection.cursor() as cursor:

        def totals(of: Period, *groups: Group) -> list[Total]:
            return reading.totals(cursor, groups, of.since, of.until, partners)

        def charges(*groups: Group) -> list[Figure]:
            return reading.charges(cursor, groups, *clock, partners)

        axis: Group = "moment" if by == "day" else "day"
        cells = totals(shown, axis, "channel", "biller")
        compared = {name: compare(shown, cells, other, totals(other, "hour" if by == "day" else "day"), until_hour)
                    for name, other in shown.compared.items()}  # fmt: skip
        return Figures(
            period=shown,
            clock=clock,
            until_hour=until_hour,
            made_at=now,
            cells=cells,
            buckets=reading.buckets(cursor, open_day, partners) if until_hour is not None else [],
            compared=compared,
            undecided=traffic_queries.undecided(cursor, partners),
            charges=next(iter(charges()), None),
            charges_by_time=charges(axis),
            charges_by_channel={row.key[0]: row for row in charges("channel")},
            charges_by_biller={row.key[0]: row for row in charges("biller")},
        )


def clock_days(shown: Period, now: datetime) -> tuple[date, date]:
    """The days of the clock whose charges are shown: today beside the open business day."""
    today = timezone.localdate(now)
    if shown.by == "day" and shown.is_open:
        return today, today
    return min(shown.since, today), min(shown.until, today)


def compare(shown: Period, cells: list[Total], other: Period, then: list[Total], until_hour: int | None) -> Compared:
    """`cells` of the period shown against those of another, by hour or by day, as far as it has come."""
    if shown.by == "day":
        hours = added(cells, lambda key: (timezone.localtime(key[0]).hour,))
        reached = [row for row in hours if until_hour is None or row.key[0] < until_hour]
        before = [row for row in then if until_hour is None or row.key[0] < until_hour]
        return Compared(other, _sum(reached), _sum(before), {row.key[0]: row for row in then})
    days = (shown.open_day - shown.since if shown.is_open else shown.until - shown.since + timedelta(days=1)).days
    reached = [row for row in cells if (row.key[0] - shown.since).days < days]
    before = [row for row in then if (row.key[0] - other.since).days < days]
    return Compared(other, _sum(reached), _sum(before), {})


def _sum(rows: list[Total]) -> Total:
    return next(iter(added(rows, lambda key: ())), Total(()))


def real_partners(scope: Scope) -> tuple[int, ...] | None:
    """The partners in scope without sandboxes; None: everyone's, and there are no sandboxes."""
    if scope.partners is None and not Partner.objects.filter(book_id=SANDBOX_BOOK_ID).exists():
        return None
    real = Partner.objects.exclude(book_id=SANDBOX_BOOK_ID)
    if scope.partners is not None:
        real = real.filter(pk__in=scope.partners)
    return tuple(sorted(real.values_list("pk", flat=True)))
