"""Limits of tries, in fixed windows kept in the database: what may be asked how often (X2).

A key is hashed before it is kept, so nobody's number or address stands in the table.
"""

from datetime import UTC, datetime, timedelta
from enum import Enum
from hashlib import sha256
from typing import NamedTuple

from django.db import connection

from yifen.core.access.rules import counted_from
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.trades.orders.codes import OrderCode


class Window(NamedTuple):
    """So many within so many seconds."""

    most: int
    window_s: int


class Limit(Enum):
    """What is counted, and how much of it is allowed for one address, account or phone."""

    QUERY_ADDRESS = Window(120, 60)  # many payers share the address of a mobile network
    QUERY_ACCOUNT = Window(60, 600)
    MISS_ADDRESS = Window(20, 600)  # numbers that are nobody's: somebody is trying them out
    START_ADDRESS = Window(60, 60)
    CHECK_ADDRESS = Window(30, 600)
    SMS_PHONE_SOON = Window(1, 60)
    SMS_PHONE = Window(5, 3600)
    SMS_ADDRESS = Window(20, 3600)
    CODE_ADDRESS = Window(60, 3600)
    DUE_HOLDER = Window(60, 60)


_SQL = queries(__package__)
_COUNT_SQL = _SQL["count_try"]
_SEEN_SQL = _SQL["tries"]
_FORGET_SQL = _SQL["forget_tries"]
_LONGEST = timedelta(hours=2)


def count(limit: Limit, subject: str, now: datetime) -> None:
    """Counts this try. Refused: TOO_MANY_TRIES."""
    if _ask(_COUNT_SQL, limit, subject, now) > limit.value.most:
        raise Refused(OrderCode.TOO_MANY_TRIES)


def check(limit: Limit, subject: str, now: datetime) -> None:
    """Counts nothing. Refused: TOO_MANY_TRIES when the window is full."""
    if _ask(_SEEN_SQL, limit, subject, now) >= limit.value.most:
        raise Refused(OrderCode.TOO_MANY_TRIES)


def forget(now: datetime) -> None:
    """Windows that are over."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_SQL, [now - _LONGEST])


def _ask(statement: str, limit: Limit, subject: str, now: datetime) -> int:
    seconds = int(now.timestamp())
    starts_at = datetime.fromtimestamp(seconds - seconds % limit.value.window_s, UTC)
    if limit.name.endswith("_ADDRESS"):
        subject = counted_from(subject)
    key = sha256(f"{limit.name}:{subject}".encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(statement, [key, starts_at])
        row = cursor.fetchone()
    return int(row[0]) if row else 0
