"""What `yifen verify` asks of the counter: the journal against the payments that it made."""

from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.verify import problems

_NAMES = ("journal_altered", "refunds_altered", "journal_lacks", "core_altered", "core_back_altered", "core_lacks")
_CHECKS = [queries(__package__)[name] for name in _NAMES]


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """Entries that do not say what was booked, and what was booked without an entry."""
    return [problem for check in _CHECKS for problem in problems(conn, check)]
