"""What pages ask of the night's process, for it alone moves the money of closed days: a run, and
repairs that a second person approved."""

from collections.abc import Callable
from datetime import date

import psycopg
import structlog

from yifen.core.access.edge import now
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.settings import read_settings
from yifen.face.shell.hub import local_hub
from yifen.trades.reconciliation import runs
from yifen.trades.reconciliation.chargebacks import carrying as chargebacks
from yifen.trades.reconciliation.profile import read_profile
from yifen.trades.reconciliation.repair import operations
from yifen.trades.reconciliation.repair.carrying import BY_ITSELF
from yifen.trades.reconciliation.repair.items import read

log = structlog.get_logger()
RUN, REPAIR = "reconciliation.run", "reconciliation.repair"
Ending = Callable[[], bool]


def _connected() -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(read_settings().database_url, autocommit=True)


def run(ending: Ending, *, partner_id: int, day: str) -> None:
    """The newest file of a partner and day."""
    with _connected() as conn:
        try:
            runs.reconcile(conn, read_profile(conn, partner_id), date.fromisoformat(day), now())
        except Refused as refused:
            log.warning("a run was refused", partner=partner_id, day=day, reason=str(refused))


def repair(ending: Ending, *, items: list[int]) -> None:
    """Carry approved repairs out, in the name of who decided; what is left when the process ends, the
    next night's pass does."""
    with _connected() as conn:
        for item_id in items:
            if ending():
                return
            try:
                who = read(conn, item_id).decided_by or BY_ITSELF
                operations.carry_out(conn, item_id, local_hub(), now(), who)
            except Refused as refused:
                log.warning("a repair was refused", item=item_id, reason=str(refused))


def chargeback(ending: Ending, *, chargeback: int) -> None:
    """Send a chargeback that two people agreed to; tried again while it has no end."""
    with _connected() as conn:
        state = chargebacks.carry_out(conn, local_hub(), chargeback, now())
    log.info("a chargeback was sent", chargeback=chargeback, state=state)
    if state == "doing":
        raise Refused(Code.PROCESSING, "chargeback", str(chargeback))  # the job is tried again, then the night does it
