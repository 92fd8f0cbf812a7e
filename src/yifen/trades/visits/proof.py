"""What `yifen verify` asks of visits: pictures are those that the audit trail was told of. Read-only."""

from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.verify import problems

_CHECK = queries(__package__)["photos_altered"]


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """Pictures whose digest is another than was told, or that are gone."""
    return problems(conn, _CHECK)
