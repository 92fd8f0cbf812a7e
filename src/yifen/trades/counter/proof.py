"""What `yifen verify` asks of the counter: the journal against the payments that it made."""

from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.verify import problems

_JOURNAL, _REFUNDS = (queries(__package__)[name] for name in ("journal_altered", "refunds_altered"))


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """Entries that do not say what was booked."""
    return problems(conn, _JOURNAL) + problems(conn, _REFUNDS)
