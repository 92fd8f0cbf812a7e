"""What the filters offer and pages assume of who asks: partners, books and days in scope."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from yifen.core.access.scope import Scope
from yifen.core.facts.pgarrays import numbers
from yifen.core.facts.settings import read_settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.categories import category
from yifen.core.partners.models import Biller

_CHANNELS = """
SELECT p.id, p.code, p.name FROM partner p JOIN channel c ON c.partner_id = p.id
WHERE p.id <> ALL (%(sandboxes)s::integer[]) AND (%(all)s OR p.id = ANY (%(partners)s::integer[])
    OR EXISTS (SELECT FROM admission a WHERE a.channel_id = p.id
        AND a.biller_id = ANY (%(partners)s::integer[])))
ORDER BY p.code"""
_BILLERS = """
SELECT p.id, p.code, p.name FROM partner p JOIN biller b ON b.partner_id = p.id
WHERE p.id <> ALL (%(sandboxes)s::integer[]) AND (%(all)s OR p.id = ANY (%(partners)s::integer[])
    OR EXISTS (SELECT FROM admission a WHERE a.biller_id = p.id
        AND a.channel_id = ANY (%(partners)s::integer[])))
ORDER BY p.code"""
_DAY = queries(__package__)["business_day"]


class Named(NamedTuple):
    """A partner or a book as a choice."""

    id: int
    code: str
    name: str

    @property
    def label(self) -> str:
        return f"{self.code} {self.name}"


def channels(scope: Scope) -> list[Named]:
    """Channels in scope, and those that collect for billers in scope."""
    return _named(_CHANNELS, scope)


def billers(scope: Scope) -> list[Named]:
    """Billers in scope, and those that channels in scope collect for."""
    return _named(_BILLERS, scope)


def paid_to(partner_id: int) -> frozenset[str]:
    """What is paid to a partner (`Category.paid`); empty: it is no biller."""
    found = Biller.objects.filter(partner_id=partner_id).values_list("category", flat=True)
    return frozenset(category(code).paid for code in found)


def business_day(scope: Scope, now: datetime) -> date:
    """The open business day of the books in scope, sandboxes aside; of several the latest. An outlet has no partner of
    its own: it works in the books of those above it."""
    with connection.cursor() as cursor:
        cursor.execute(_DAY, params(scope))
        found: date | None = cursor.fetchone()[0]
    return found or timezone.localdate(now)


def books() -> list[Named]:
    """Every book 账簿."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT book_id, code, name FROM ledger_book ORDER BY code")
        return [Named(*row) for row in cursor.fetchall()]


def params(scope: Scope) -> dict[str, Any]:
    """`all`, `partners`, `institutions` and `sandboxes` of a statement that asks only for rows in scope."""
    return {"all": scope.partners is None, "partners": numbers(scope.partners or ()),
            "institutions": numbers(scope.institutions or ()), "sandboxes": numbers(scope.sandboxes)}  # fmt: skip


def buckets() -> int:
    """The number of buckets, as the settings say."""
    return read_settings().buckets


def _named(statement: str, scope: Scope) -> list[Named]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params(scope))
        return [Named(*row) for row in cursor.fetchall()]
