"""What `yifen verify` asks of reconciliation: every repair's posting against its transfer."""

from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.verify import problems

_REPAIRS = queries(__package__)["repairs_altered"]


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """Repairs that do not agree with the ledger."""
    return problems(conn, _REPAIRS)
