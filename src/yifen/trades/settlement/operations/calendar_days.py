"""The calendar 日历: a holiday, or a make-up working day; days without a row follow their weekday."""

from datetime import date

from django.db import transaction

from yifen.core.facts.refused import Refused
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.models import CalendarDay


@transaction.atomic
def put(day: date, kind: str, name: str) -> CalendarDay:
    """Say what a day is. Payouts that have their day keep it. Refused: CALENDAR_INVALID on kind
    (also: a make-up day that is no weekend) or name."""
    if kind not in CalendarDay.Kind.values:
        raise Refused(SettlementCode.CALENDAR_INVALID, "kind")
    if kind == CalendarDay.Kind.MAKE_UP and day.weekday() < 5:
        raise Refused(SettlementCode.CALENDAR_INVALID, "kind", f"{day}")
    if not 0 < len(name.strip()) <= 40 or not name.isprintable():
        raise Refused(SettlementCode.CALENDAR_INVALID, "name")
    row, _ = CalendarDay.objects.update_or_create(day=day, defaults={"kind": kind, "name": name})
    return row


@transaction.atomic
def remove(day: date) -> None:
    """It is what its weekday says again; nothing if there was no row."""
    CalendarDay.objects.filter(day=day).delete()
