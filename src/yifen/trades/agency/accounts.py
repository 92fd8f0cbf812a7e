"""A company's own account at the core."""

from yifen.core.facts.sqlfiles import queries
from yifen.hub.corebank import accounts
from yifen.hub.corebank.operations import Cores

_SQL = queries(__package__)


def settlement_account(cores: Cores, biller_id: int) -> str:
    """The account of its pair, opened."""
    row = cores.conn.execute(_SQL["settled_to"], (biller_id,)).fetchone()
    assert row is not None
    return cores.ring.open(bytes(row[0]), accounts.pair_context(biller_id)).decode()
