"""What is read for the page of the system's state: gauges and signs of life, by this process's own eyes."""

from datetime import datetime
from shutil import disk_usage
from typing import NamedTuple, cast

import psycopg
from django.conf import settings
from django.db import connection

from yifen.core.alerts import JudgedAlert, Verdict, judged
from yifen.core.metrics.reading import ONE_MS, Measure, read_gauges
from yifen.core.metrics.signs import SignOfLife, signs

READ_S_MAX = 5.0
ORDER = (Verdict.RINGS, Verdict.UNKNOWN, Verdict.ELSEWHERE, Verdict.WELL)


class SystemState(NamedTuple):
    """At one moment: every rule as it stands, what is worse first, and every process as it last said."""

    alerts: list[JudgedAlert]
    signs: list[SignOfLife]

    @property
    def ringing(self) -> list[JudgedAlert]:
        return [one for one in self.alerts if one.verdict is Verdict.RINGS]


def state_of(now: datetime) -> SystemState:
    """Read in a few seconds; what could not be read is told so."""
    with connection.cursor():  # it is connected now
        conn = cast("psycopg.Connection[tuple[object, ...]]", connection.connection)
    with conn.transaction():
        conn.execute(f"SET LOCAL statement_timeout = {ONE_MS}".encode())
        found = list(read_gauges(conn, now, READ_S_MAX))
        living = signs(conn)
    free = disk_usage(settings.YIFEN_FOLDER).free
    alerts = judged([*found, Measure("yifen_disk_free_bytes", free)])
    return SystemState(sorted(alerts, key=lambda one: ORDER.index(one.verdict)), living)
