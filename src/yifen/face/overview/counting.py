"""What a statistic counts: a line each thing, out of the figures of days; result codes out of the minutes."""

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone
from django.utils.translation import get_language
from msgspec import Struct

from yifen.core.directory.models import Institution
from yifen.core.directory.queries import subtree
from yifen.core.facts.codes import Code
from yifen.core.partners.models import ChannelKind, Partner
from yifen.core.plugs import result_codes
from yifen.face.lists.listing import ListAsk
from yifen.face.overview.figures import real_partners
from yifen.hub.payments import traffic_queries
from yifen.hub.payments.figures import reading
from yifen.hub.payments.figures.reading import Narrowed, Total
from yifen.hub.payments.traffic_queries import Figure


class StatisticsLine(Struct, frozen=True):
    """What one thing took, and how its charges were answered; None: it has no such figure. `then`: in the period
    before, of as many days."""

    key: str
    name: str
    payments: int | None = None
    amount_fen: int | None = None
    then_payments: int | None = None
    then_fen: int | None = None
    returned: int | None = None
    returned_fen: int | None = None
    calls: Figure | None = None

    def call(self, name: str) -> Any:
        """One of the figures of its charges."""
        return getattr(self.calls, name) if self.calls else None


class StatisticsQuestion(NamedTuple):
    """What the form's answers mean."""

    by: str
    since: date
    until: date
    partners: tuple[int, ...] | None
    narrowed: Narrowed

    @property
    def before(self) -> tuple[date, date]:
        """As many days, up to the one before."""
        last = self.since - timedelta(days=1)
        return last - (self.until - self.since), last


def asked_of(ask: ListAsk) -> StatisticsQuestion:
    data = ask.filters
    seat, hour = data["institution"], data["hour"]
    narrowed = Narrowed(data["channel"], data["biller"], subtree(seat) if seat else None,
                        hour=int(hour) if hour else None)  # fmt: skip
    partners = real_partners(ask.access.scope)
    return StatisticsQuestion(data["by"] or "biller", data["since"], data["until"], partners, narrowed)


def lines(ask: ListAsk) -> list[StatisticsLine]:
    """All, in the order that is asked."""
    asked = asked_of(ask)
    found = of_codes(asked) if asked.by == "code" else of_payments(asked)
    return sorted(found, key=ask.order.key, reverse=ask.descending)


def of_payments(asked: StatisticsQuestion) -> Iterator[StatisticsLine]:
    """Payments and charges by the same thing."""
    by, *_rest = asked
    with connection.cursor() as cursor:

        def totals(since: date, until: date) -> dict[Any, Total]:
            rows = reading.totals(cursor, [by], since, until, asked.partners, asked.narrowed)  # type: ignore[list-item]
            return {row.key[0]: row for row in rows}

        now, then = totals(asked.since, asked.until), totals(*asked.before)
        calls = {row.key[0]: row for row in reading.charges(
            cursor, [by], asked.since, asked.until, asked.partners, asked.narrowed)}  # type: ignore[list-item]  # fmt: skip
    if by in ("day", "week", "month"):
        then = {}  # other days; what they were is another line
    name_of = NAMES[by](asked)
    for key in {*now, *then, *calls} - {None}:
        one, before = now.get(key, Total(())), then.get(key)
        yield StatisticsLine(
            f"{key:02d}" if by == "hour" else str(key), name_of(key), one.payments, one.amount_fen,
            before.payments if before else None, before.amount_fen if before else None,
            one.returned, one.returned_fen, calls.get(key),
        )  # fmt: skip


def of_codes(asked: StatisticsQuestion) -> Iterator[StatisticsLine]:
    """Charges by what they were answered: read from the minutes, so as far back as those are kept."""
    one, until = asked.narrowed, asked.until + timedelta(days=1)
    with connection.cursor() as cursor:
        rows = traffic_queries.codes(cursor, _midnight(asked.since), _midnight(until), asked.partners, one.channel,
                                     one.biller, one.institutions, one.hour)  # fmt: skip
    for row in rows:
        yield StatisticsLine(f"{row.key:04d}", _code_name(row.key), calls=row)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _code_name(number: int) -> str:
    known = {code.value: code for code in result_codes().values()}
    meaning = known.get(number, Code.FAULT).meaning
    return f"{number:04d} {meaning.en if (get_language() or '').startswith('en') else meaning.zh}"


def _partners(asked: StatisticsQuestion) -> Callable[[Any], str]:
    names = {row.pk: f"{row.code} {row.name}" for row in Partner.objects.all()}
    return lambda key: names.get(key, str(key))


def _institutions(asked: StatisticsQuestion) -> Callable[[Any], str]:
    names = {row.pk: f"{row.code} {row.name}" for row in Institution.objects.all()}
    return lambda key: names.get(key, str(key))


def _weeks(asked: StatisticsQuestion) -> Callable[[date], str]:
    return lambda monday: _days(asked, monday, monday + timedelta(days=6))


def _months(asked: StatisticsQuestion) -> Callable[[date], str]:
    def name(first: date) -> str:
        last = first.replace(day=monthrange(first.year, first.month)[1])
        is_whole = asked.since <= first and last <= asked.until
        return f"{first:%Y-%m}" if is_whole else _days(asked, first, last)

    return name


def _days(asked: StatisticsQuestion, first: date, last: date) -> str:
    """As far as they were asked for: a part is not called the whole."""
    begins, ends = max(first, asked.since), min(last, asked.until)
    return str(begins) if begins == ends else f"{begins} — {ends}"


NAMES: dict[str, Callable[[StatisticsQuestion], Callable[[Any], str]]] = {
    "day": lambda asked: str,
    "week": _weeks,
    "month": _months,
    "hour": lambda asked: lambda key: f"{key:02d}:00",
    "institution": _institutions,
    "biller": _partners,
    "channel": _partners,
    "kind": lambda asked: lambda key: str(ChannelKind(key).label),
}
