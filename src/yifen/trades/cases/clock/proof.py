"""What `yifen verify` asks of clocks: pauses against what was agreed. Read-only."""

from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.verify import problems

_PAUSES = queries(__package__)["pauses_altered"]


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """What does not agree."""
    return list(problems(conn, _PAUSES))
