"""What of figures a reader may be told: by company, bank or bureau, and of official cards by unit, or himself alone."""

from typing import Any

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope
from yifen.trades.figures import spending
from yifen.trades.figures.catalogue import SOURCES

_SQL = queries(__package__)
_UNITS, _PERSON = _SQL["units_seen"], _SQL["person_seen"]


def topics(access: Access) -> set[str]:
    """The permissions by which he is told figures."""
    return {one.permission for one in SOURCES.values() if access.may(one.permission)}


def reach(conn: Any, access: Access) -> dict[str, Any]:
    """As statements ask: face/scope.params, with his `topics`; of official cards the `units` whose swipes he sees, or
    (a holder) the `person` that he is."""
    found: dict[str, Any] = scope.params(access.scope) | {"topics": topics(access)}
    if spending.PERMISSION in found["topics"]:
        user = access.user.pk if access.user else 0
        wide = access.may("cards.view")
        row = conn.execute(_UNITS if wide else _PERSON, (user,)).fetchone()
        found["units" if wide else "person"] = row[0] if row else None
    return found
