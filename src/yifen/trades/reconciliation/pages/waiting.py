"""What of reconciliation waits for whom: refunds that a channel has to give its payers, payments nobody decided."""

from datetime import datetime

from django.urls import reverse

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face.plain import plain_connection
from yifen.face.today import WaitingWork
from yifen.trades.reconciliation.repair.queries import outside_open

OUTSIDE = Text("退款待外部办理", "Refunds to be given outside")
UNDECIDED = Text("未决缴费待定论", "Undecided payments to be ended")
_SQL = queries(__package__)


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """How many refunds outside nobody has seen to; how many payments of closed days two people have to end."""
    if not access.may("repair.propose"):
        return []
    partners = None if access.scope.partners is None else sorted(access.scope.partners)
    with plain_connection() as conn:
        refunds, refunds_since = outside_open(conn, partners)
        undecided, since, fen = conn.execute(_SQL["undecided_open"], {"partners": partners}).fetchone() or (0, None, 0)
    return [
        WaitingWork(OUTSIDE, refunds, refunds_since, None, f"{reverse('differences')}?state=outside"),
        WaitingWork(UNDECIDED, undecided, since, fen, reverse("undecided_payments")),
    ]
