"""What `yifen verify` asks of budget indicators: entries against the ledger, indicators and holds against entries, what
was granted against what people agreed to. Read-only."""

from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.verify import problems

_SQL = queries(__package__)
_CHECKS = tuple(_SQL[name] for name in ("entries_altered", "indicators_altered", "holds_altered", "bureaus_apart",
                                       "grants_altered"))  # fmt: skip


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """What does not agree."""
    return [problem for check in _CHECKS for problem in problems(conn, check)]
