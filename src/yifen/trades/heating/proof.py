"""What `yifen verify` asks of heating: scanned papers are those that the audit trail was told of. Read-only."""

from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.verify import problems

_CHECK = queries(__package__)["papers_altered"]


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """Papers that are others than was told, or gone."""
    return problems(conn, _CHECK)
