"""What of reconciliation waits for whom: refunds that a channel has to give its payers."""

from datetime import datetime

from django.urls import reverse

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.plain import plain_connection
from yifen.face.today import WaitingWork
from yifen.trades.reconciliation.repair import queries

TITLE = Text("退款待外部办理", "Refunds to be given outside")


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """How many refunds outside nobody has seen to."""
    if not access.may("repair.propose"):
        return []
    partners = access.scope.partners
    with plain_connection() as conn:
        number, since = queries.outside_open(conn, None if partners is None else sorted(partners))
    return [WaitingWork(TITLE, number, since, None, f"{reverse('differences')}?state=outside")]
