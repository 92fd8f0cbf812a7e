"""The figures of the dashboard: one business day's payments, today's traffic, what is undecided.

They are kept a while for everyone with the same scope, the longer the longer they took, so that
open dashboards never cost more than a small part of the database.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from yifen.access.scope import Scope
from yifen.console import scope as scopes
from yifen.console.paging import bounded
from yifen.partners.models import Partner
from yifen.payments import traffic_queries
from yifen.payments.traffic_queries import Figure, Undecided, Volume

KEPT = timedelta(seconds=8)
KEPT_FACTOR = 20
SECONDS_MAX = 10
CHARGES = ("charge",)


class Figures(NamedTuple):
    """What the dashboard shows. Volumes count every payment of the business day, also those given
    back or undecided; traffic counts the charges since midnight."""

    day: date
    made_at: datetime
    hours: list[Volume]
    channels: list[Volume]
    billers: list[Volume]
    undecided: Undecided
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


def figures(scope: Scope, clock: Callable[[], datetime]) -> Figures:
    """Of this scope, fresh or kept. TooMuch."""
    return _kept.get(scope, clock)


def gather(scope: Scope, now: datetime) -> Figures:
    """Read everything. TooMuch."""
    partners = real_partners(scope)
    day = scopes.business_day(scope, now)
    since = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    until = now + timedelta(minutes=1)
    with bounded(SECONDS_MAX), connection.cursor() as cursor:
        charges = {
            by: traffic_queries.figures(cursor, by, since, until, partners, CHARGES)
            for by in ("verb", "hour", "channel", "biller")
        }
        return Figures(
            day=day,
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


def real_partners(scope: Scope) -> tuple[int, ...] | None:
    """The partners in scope without sandboxes; None: everyone's, and there are no sandboxes."""
    if scope.partners is None and not Partner.objects.filter(sandbox_of__isnull=False).exists():
        return None
    real = Partner.objects.filter(sandbox_of__isnull=True)
    if scope.partners is not None:
        real = real.filter(pk__in=scope.partners)
    return tuple(sorted(real.values_list("pk", flat=True)))


class _Kept:
    """The newest figures of each scope; two who ask at once wait for the same reading."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._locks: dict[Any, Lock] = {}
        self._found: dict[Any, tuple[Figures, datetime]] = {}

    def get(self, scope: Scope, clock: Callable[[], datetime]) -> Figures:
        key = (connection.settings_dict["NAME"], scope.partners)
        with self._guard:
            lock = self._locks.setdefault(key, Lock())
        with lock:
            began = clock()
            found, until = self._found.get(key, (None, began))
            if found is None or until <= began:
                found = gather(scope, began)
                took = clock() - began
                self._found[key] = found, began + max(KEPT, took * KEPT_FACTOR)
            return found


_kept = _Kept()
