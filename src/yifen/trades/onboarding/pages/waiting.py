"""What is proposed about a partner and waits for a second person."""

from yifen.core.access.models import Authorisation
from yifen.core.access.second import acts
from yifen.core.access.telling import told
from yifen.core.partners.models import Partner


def waiting(row: Partner) -> list[tuple[str, Authorisation]]:
    """(what, the proposal), the oldest first."""
    rows = Authorisation.objects.filter(partner=row, decided_at=None, action__in=acts())
    return [(told(acts()[one.action].title), one)
            for one in rows.select_related("maker").order_by("pk")]  # fmt: skip
