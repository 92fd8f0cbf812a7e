"""What the wall of the hall 大屏 shows: sums and counts, nobody's name; read for all with the same scope, and kept."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from yifen.core.access.scope import Scope
from yifen.core.facts.days import ZONE
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope as scopes
from yifen.face.kept import KeptReadings
from yifen.face.lists.paging import TooMuch, bounded
from yifen.face.overview.figures import real_partners
from yifen.hub.payments import traffic_queries
from yifen.hub.payments.figures import reading
from yifen.trades.visits import rules

_SQL = queries(__package__)
KEPT, RATES_KEPT, CALLS_OF = timedelta(seconds=20), timedelta(minutes=5), timedelta(minutes=15)
SECONDS_MAX = 10


class WallRate(NamedTuple):
    """How much of a fee's newest period is paid."""

    biller: str
    fee: str
    from_on: date
    to_on: date
    asked_fen: int
    paid_fen: int

    @property
    def bp(self) -> int:
        return rules.rate_bp(self.paid_fen, self.asked_fen)

    @property
    def percent(self) -> str:
        return f"{self.bp // 100}.{self.bp % 100 // 10}"

    @property
    def left_fen(self) -> int:
        return self.asked_fen - self.paid_fen


class WallVisits(NamedTuple):
    """Visits of a kind."""

    kind: str
    untaken: int = 0
    given: int = 0
    late: int = 0
    done: int = 0


class Wall(NamedTuple):
    """At one moment; money of the open business day, what was given back on it aside."""

    at: datetime
    day: date
    payments: int
    amount_fen: int
    rates: list[WallRate] | None  # None: they took too long
    visits: list[WallVisits]
    channels: list[tuple[str, str]]  # its name, how it fares


_kept: KeptReadings[Wall] = KeptReadings(KEPT)
_rates: KeptReadings[list[WallRate] | None] = KeptReadings(RATES_KEPT)


def wall(scope: Scope, now: Any) -> Wall:
    """Of this scope. TooMuch."""
    key = (connection.settings_dict["NAME"], scope.partners)
    shown = _kept.get(key, now, lambda at: gather(scope, at))
    return shown._replace(rates=_rates.get(key, now, lambda _at: rates_of(scope)))


def rates_of(scope: Scope) -> list[WallRate] | None:
    """Every bill of the newest periods is looked at: read apart and seldom. None: they took too long."""
    try:
        with bounded(SECONDS_MAX), connection.cursor() as cursor:
            cursor.execute(_SQL["wall_rates"], scopes.params(scope))
            return [WallRate(*row) for row in cursor.fetchall()]
    except TooMuch:
        return None


def gather(scope: Scope, at: datetime) -> Wall:
    """Everything but the rates. TooMuch."""
    partners, day, asked = real_partners(scope), scopes.business_day(scope, at), scopes.params(scope)
    with bounded(SECONDS_MAX), connection.cursor() as cursor:
        total = next(iter(reading.totals(cursor, (), day, day, partners)), reading.Total(()))
        cursor.execute(_SQL["wall_visits"], asked | {"today": at.astimezone(ZONE).date()})
        visits = {row[0]: WallVisits(*row) for row in cursor.fetchall()}
        calls = {row.key: row for row in traffic_queries.figures(cursor, "channel", at - CALLS_OF, at, partners)}
        channels = scopes.channels(scope)
        cursor.execute(_SQL["suspended"], ([one.id for one in channels],))
        suspended = {row[0] for row in cursor.fetchall()}
    fares = [(one.name, rules.fares(calls.get(one.id), one.id in suspended)) for one in channels]
    kinds = [visits.get(kind, WallVisits(kind)) for kind in rules.FINDINGS]
    return Wall(at, day, total.payments, total.amount_fen, None, kinds, fares)
