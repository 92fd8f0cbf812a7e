"""Work in a thread of this process, known to every process by an advisory lock of the database.

The lock ends with its connection, so work whose process died is never taken for work under way.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import IntEnum
from threading import Thread

import structlog
from django.db import connection
from django.utils import translation

log = structlog.get_logger()
GRACE = timedelta(minutes=1)  # between the row and the lock
_IS_HELD = """SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid = %s AND objid = %s AND objsubid = 2)"""


class Kind(IntEnum):
    """What the lock is for; the first of its two numbers."""

    EXPORT = 0x59460001
    BOOKS_CHECK = 0x59460002


def start(kind: Kind, number: int, work: Callable[[], None]) -> Thread:
    """Do the work in a thread, in the reader's language; it says itself when it fails."""
    language = translation.get_language()

    def run() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s, %s)", [kind, _half(number)])
            with translation.override(language):
                work()
        except Exception:
            log.exception("work of a page failed", kind=kind.name, number=number)
        finally:
            connection.close()  # and with it the lock

    thread = Thread(target=run, name=f"{kind.name.lower()}-{number}", daemon=True)
    thread.start()
    return thread


def was_interrupted(kind: Kind, number: int, asked_at: datetime, now: datetime) -> bool:
    """Nobody works on it, though its row says so."""
    if now - asked_at < GRACE:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_IS_HELD, [kind, _half(number)])
        return not cursor.fetchone()[0]


def _half(number: int) -> int:
    return number % 2**31
