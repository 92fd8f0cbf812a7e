"""What a bill consists of, and which of its days had a share 份额, as it was made."""

from typing import Any

from django.db import connection

from yifen.core.facts.sqlfiles import queries

_SQL = queries(__package__)


def bill_lines(bill_id: int) -> list[tuple[Any, ...]]:
    """In order: part, tier, its number, quantity, price, fen, price version; of what follows no quantity how many days
    counted, of how many."""
    return _read(_SQL["bill_lines"], bill_id)


def bill_shares(bill_id: int) -> list[tuple[Any, ...]]:
    """From, to, share, why."""
    return _read(_SQL["bill_shares"], bill_id)


def _read(statement: str, bill_id: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"bill": bill_id})
        return list(cursor.fetchall())
