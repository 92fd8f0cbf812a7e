"""The job that ends what a teller's page left behind: the browser is gone, the payer's account has paid, nobody asked
the hub.

The payer has paid and may have left: his bills are booked, with the moment and the day of his payment. What the hub
refuses for good goes back to his account.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from yifen.core.access.edge import now
from yifen.core.facts.sqlfiles import queries
from yifen.face.plain import plain_connection
from yifen.face.shell.hub import local_hub
from yifen.hub.payments.local import LocalHub
from yifen.trades.counter.models import Entry
from yifen.trades.counter.operations.find import find

QUIET = timedelta(minutes=2)
"""So long the page that sent it is given to end it itself."""
log = structlog.get_logger()
_SQL = queries(__package__)


def run(ending: Callable[[], bool]) -> None:
    """Look once at each that is due."""
    finish(local_hub(), now(), ending)


def finish(hub: LocalHub, at: datetime, ending: Callable[[], bool] = lambda: False) -> int:
    """Settles entries of which the core has said its word and the hub was not asked, or not heard; answers how many are
    decided now. A move that is not known is the core's own job: it is not asked here."""
    with plain_connection() as conn:
        due = [row[0] for row in conn.execute(_SQL["to_finish"], {"quiet": at - QUIET, "now": at}).fetchall()]
    done = 0
    for number in due:
        if ending():
            break
        entry = Entry.objects.select_related("channel__partner", "biller__partner", "shift").get(pk=number)
        try:
            done += find(hub, entry, at).is_decided
        except Exception:  # one bad entry must not keep its neighbours
            log.exception("an entry of the desk is not ended", entry=number)
    return done
