"""Whose files are reconciled: partners in scope, with the side they stand on."""

from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.http import Http404

from yifen.core.access.edge import Access
from yifen.core.access.scope import Scope
from yifen.face import scope as scopes

IN_SCOPE = "(%(all)s OR p.id = ANY (%(partners)s::integer[]))"
_PARTNERS = f"""
SELECT p.id, p.code, p.name,
       coalesce(q.party, CASE WHEN b.partner_id IS NOT NULL THEN 'biller'
                              WHEN c.partner_id IS NOT NULL THEN 'channel' END),
       q.partner_id IS NOT NULL, coalesce(c.hosted, '') <> '' OR coalesce(b.endpoint, 'x') = ''
FROM partner p
LEFT JOIN channel c ON c.partner_id = p.id LEFT JOIN biller b ON b.partner_id = p.id
LEFT JOIN recon_profile q ON q.partner_id = p.id
WHERE p.sandbox_of_id IS NULL AND {IN_SCOPE}
    AND (q.partner_id IS NOT NULL OR b.partner_id IS NOT NULL OR c.partner_id IS NOT NULL)
ORDER BY p.code"""
_LAST_DAY = f"""SELECT max(r.business_day) FROM recon_run r JOIN partner p ON p.id = r.partner_id
WHERE {IN_SCOPE}"""


class PartnerSide(NamedTuple):
    """A partner that may send a file. `has_profile`: somebody said how it is reconciled; `hosted`:
    we run it ourselves, so that nobody sends a file unless a profile says so."""

    id: int
    code: str
    name: str
    party: str
    has_profile: bool
    hosted: bool

    @property
    def label(self) -> str:
        return f"{self.code} {self.name}"


def sides(scope: Scope) -> list[PartnerSide]:
    """Everyone in scope, sandboxes aside."""
    with connection.cursor() as cursor:
        cursor.execute(_PARTNERS, scopes.params(scope))
        return [PartnerSide(*row) for row in cursor.fetchall()]


def side(scope: Scope, code: str) -> PartnerSide:
    """One of them by code; Http404 outside the scope."""
    found = next((row for row in sides(scope) if row.code == code), None)
    if found is None:
        raise Http404
    return found


def choices(scope: Scope) -> list[tuple[Any, Any]]:
    """For a form's field."""
    return [(row.id, row.label) for row in sides(scope)]


def of(access: Access) -> list[tuple[Any, Any]]:
    """For a filter."""
    return choices(access.scope)


def last_day(scope: Scope) -> date | None:
    """The newest day that was reconciled; None: none yet."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST_DAY, scopes.params(scope))
        found: date | None = cursor.fetchone()[0]
    return found
