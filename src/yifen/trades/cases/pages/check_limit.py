"""How often papers may be checked from one address: counted with receipts of payments, in the same window."""

from datetime import UTC, datetime
from hashlib import sha256

from yifen.core.access.rules import counted_from
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face.plain import plain_connection
from yifen.trades.cases.codes import CaseCode

MOST, WINDOW_S = 30, 600  # as orders' CHECK_ADDRESS
_SQL = queries(__package__)


def count(address: str, now: datetime) -> None:
    """Counts this try. Refused: CHECKS_TOO_MANY."""
    seconds = int(now.timestamp())
    starts_at = datetime.fromtimestamp(seconds - seconds % WINDOW_S, UTC)
    key = sha256(f"CHECK_ADDRESS:{counted_from(address)}".encode()).hexdigest()
    with plain_connection() as conn:
        (tries,) = conn.execute(_SQL["count_check"], (key, starts_at)).fetchall()[0]
    if tries > MOST:
        raise Refused(CaseCode.CHECKS_TOO_MANY)
