"""The figures of the dashboard: one business day's payments, today's traffic, what is undecided.

They are kept a while for everyone with the same scope.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from yifen.core.access.scope import Scope
from yifen.core.facts.sandbox import SANDBOX_BOOK_ID
from yifen.core.partners.models import Partner
from yifen.face import scope as scopes
from yifen.face.kept import KeptReadings
from yifen.face.lists.paging import bounded
from yifen.hub.payments import traffic_queries
from yifen.hub.payments.traffic_queries import Figure, UndecidedPayments, Volume

KEPT = timedelta(seconds=8)
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


_kept: KeptReadings[Figures] = KeptReadings(KEPT)


def figures(scope: Scope, clock: Callable[[], datetime], day: date | None = None) -> Figures:
    """Of this scope and day (the open one), fresh or kept. TooMuch."""
    key = (connection.settings_dict["NAME"], scope.partners, day)
    return _kept.get(key, clock, lambda began: gather(scope, began, day))


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
