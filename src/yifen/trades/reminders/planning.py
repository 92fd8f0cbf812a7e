"""Which reminders there are to be: found by what is due, never told; each is a row, once."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from yifen.core.facts.settings import quiet_hours, read_settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.notifications.operations import DIED
from yifen.trades.reminders import rules

_SQL = queries(__package__)
PLAN_EVERY = timedelta(minutes=15)
REPEATABLE = ["app", "local"]  # carriers that know a message by its id


def zone() -> ZoneInfo:
    """Of the payers' clocks."""
    return ZoneInfo(settings.TIME_ZONE)


def quiet() -> frozenset[int]:
    return quiet_hours(read_settings().quiet_hours)


def plan(now: datetime) -> int:
    """Look at those whose time has come; how many reminders were added."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SQL["plannable"], {"now": now})
        choices = [row[0] for row in cursor.fetchall()]
        if not choices:
            return 0
        today = now.astimezone(zone()).date()
        cursor.execute(_SQL["plan"], {"choices": choices, "now": now, "today": today})
        added = int(cursor.rowcount)
        cursor.execute(_SQL["planned"], {"choices": choices, "next": now + PLAN_EVERY})
    return added


def reckon(now: datetime) -> None:
    """When each that has no moment yet goes out."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["unreckoned"])
        for (hours,) in cursor.fetchall():
            at = rules.next_moment(now, hours, quiet(), zone())
            cursor.execute(_SQL["reckoned"], {"at": at, "hours": hours})


def close(now: datetime) -> None:
    """Those that waited too long, and those whose process died."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["died"], {"before": now - DIED, "now": now, "repeatable": REPEATABLE})
        for kind, bound in rules.LATE.items():
            cursor.execute(_SQL["late"], {"kind": kind, "before": now - bound, "now": now})
