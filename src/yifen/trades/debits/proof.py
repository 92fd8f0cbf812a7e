"""How `verify` reads the books of batch debit."""

from yifen.core.facts.sqlfiles import queries
from yifen.hub.corebank.operations import Connection
from yifen.hub.payments.verify import problems

_SQL = queries(__package__)
_CHECKS = tuple(_SQL[name] for name in ("altered", "batches_altered", "bills_altered"))


def altered(conn: Connection) -> list[str]:
    """Items that are not what their moves at the core, their payments and their mandates say; batches that are not
    their items; bills that are kept for nothing."""
    return [problem for check in _CHECKS for problem in problems(conn, check)]
