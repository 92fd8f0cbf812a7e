"""The figures of the dashboard: one business day's payments, today's traffic, what is undecided.

They are kept a while for everyone with the same scope, the longer the longer they took, so that
open dashboards never cost more than a small part of the database.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from threading import Lock
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from yifen.core.access.scope import Scope
from yifen.core.facts.sandbox import SANDBOX_BOOK_ID
from yifen.core.partners.models import Partner
from yifen.face import scope as scopes
from yifen.face.lists.paging import bounded
from yifen.hub.payments import traffic_queries
from yifen.hub.payments.traffic_queries import Figure, UndecidedPayments, Volume

KEPT = timedelta(seconds=8)
KEPT_FACTOR = 20
FORGOTTEN = timedelta(minutes=10)
SECONDS_MAX = 10
CHARGES = ("charge",)


class Figures(NamedTuple):
    """What the dashboard shows. Volumes count every payment of the business day, also those given
    back or undecided; traffic counts the charges since midnight, or on that date for a day that
    is over. What is undecided is so now."""

    day: date
    is_open: bool
    made_at: datetime
    hours: list[Volume]
    channels: list[Volume]
    billers: list[Volume]
    undecided: UndecidedPayments
    charges: Figure | None
    charges_by_hour: list[Figure]
    charges_by_channel: dict[Any, Figure]
    charges_by_biller: dict[Any, Figure]

    @property
    def payments(self) -> int:
        return sum(row.payments for row in self.channels)

    @property
    def amount_fen(self) -> int:
        return sum(row.amount_fen for row in self.channels)

    @property
    def returned(self) -> int:
        return sum(row.returned for row in self.channels)

    @property
    def returned_fen(self) -> int:
        return sum(row.returned_fen for row in self.channels)


def figures(scope: Scope, clock: Callable[[], datetime], day: date | None = None) -> Figures:
    """Of this scope and day (the open one), fresh or kept. TooMuch."""
    return _kept.get(scope, clock, day)


def gather(scope: Scope, now: datetime, asked: date | None = None) -> Figures:
    """Read everything. TooMuch."""
    partners = real_partners(scope)
    open_day = scopes.business_day(scope, now)
    day = asked or open_day
    is_open = day == open_day
    since = midnight(timezone.localdate(now) if is_open else day)
    until = since + timedelta(days=1)
    with bounded(SECONDS_MAX), connection.cursor() as cursor:
        charges = {
            by: traffic_queries.figures(cursor, by, since, until, partners, CHARGES)
            for by in ("verb", "hour", "channel", "biller")
        }
        return Figures(
            day=day,
            is_open=is_open,
            made_at=now,
            hours=traffic_queries.volumes(cursor, "hour", day, partners),
            channels=traffic_queries.volumes(cursor, "channel", day, partners),
            billers=traffic_queries.volumes(cursor, "biller", day, partners),
            undecided=traffic_queries.undecided(cursor, partners),
            charges=next(iter(charges["verb"]), None),
            charges_by_hour=charges["hour"],
            charges_by_channel={row.key: row for row in charges["channel"]},
            charges_by_biller={row.key: row for row in charges["biller"]},
        )


def midnight(day: date) -> datetime:
    """When the day of the clock on the wall begins."""
    return timezone.make_aware(datetime.combine(day, time()))


def real_partners(scope: Scope) -> tuple[int, ...] | None:
    """The partners in scope without sandboxes; None: everyone's, and there are no sandboxes."""
    if scope.partners is None and not Partner.objects.filter(book_id=SANDBOX_BOOK_ID).exists():
        return None
    real = Partner.objects.exclude(book_id=SANDBOX_BOOK_ID)
    if scope.partners is not None:
        real = real.filter(pk__in=scope.partners)
    return tuple(sorted(real.values_list("pk", flat=True)))


class _Kept:
    """The newest figures of each scope; two who ask at once wait for the same reading."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._locks: dict[Any, Lock] = {}
        self._found: dict[Any, tuple[Figures, datetime]] = {}

    def get(self, scope: Scope, clock: Callable[[], datetime], day: date | None = None) -> Figures:
        key = (connection.settings_dict["NAME"], scope.partners, day)
        with self._guard:
            self._forget(clock())
            lock = self._locks.setdefault(key, Lock())
        with lock:
            began = clock()
            found, until = self._found.get(key, (None, began))
            if found is None or until <= began:
                found = gather(scope, began, day)
                took = clock() - began
                self._found[key] = found, began + max(KEPT, took * KEPT_FACTOR)
            return found

    def _forget(self, now: datetime) -> None:
        """What nobody asked for again: the figures of a day are no small thing."""
        for key in [
            key for key, (_figures, until) in self._found.items() if until < now - FORGOTTEN
        ]:
            del self._found[key], self._locks[key]


_kept = _Kept()
