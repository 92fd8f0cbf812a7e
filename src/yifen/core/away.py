"""What says that the database is away 数据库不可用, or takes no writing for now: what was asked may be
asked again, and it is no fault of whoever asked."""

import psycopg
from psycopg import errors

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused

DATABASE_AWAY = (psycopg.OperationalError, psycopg.InterfaceError, errors.ReadOnlySqlTransaction)
AWAY = (*DATABASE_AWAY, OSError, TimeoutError)


def is_away(error: BaseException | None) -> bool:
    """Whether it says so, or what it was made of does: Django and the hub have words of their own."""
    while error is not None:
        if isinstance(error, DATABASE_AWAY):
            return True
        if isinstance(error, Refused) and error.code is Code.UNAVAILABLE:
            return True
        error = error.__cause__
    return False
