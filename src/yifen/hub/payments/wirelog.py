"""Out of the wire log: what a partner sent and was answered, as the conformance judge reads it."""

from datetime import datetime
from typing import Any

from yifen.core.facts.codes import wire_code
from yifen.core.facts.sqlfiles import queries
from yifen.hub.certify.record import ChannelExchange

EXCHANGES_MAX = 20_000
_SQL = queries(__package__)
EXCHANGES_SQL, UNPROVED_SQL = _SQL["exchanges"], _SQL["unproved"]


def exchanges_of(connection: Any, partner_id: int) -> list[ChannelExchange]:
    """The newest EXCHANGES_MAX requests that a partner whose `wire_log` is all provedly sent, in order.
    The account number stands as its hash: equal for equal ones. `connection`: Django's, or psycopg's."""
    with connection.cursor() as cursor:
        cursor.execute(EXCHANGES_SQL, (partner_id, EXCHANGES_MAX))
        rows = cursor.fetchall()
    return [_exchange(*row) for row in reversed(rows)]


def unproved_since(connection: Any, partner_id: int, since: datetime) -> int:
    """How many messages came in its name since then of which nothing shows that it sent them."""
    with connection.cursor() as cursor:
        cursor.execute(UNPROVED_SQL, (partner_id, since))
        return int(cursor.fetchone()[0])


def _exchange(*row: Any) -> ChannelExchange:
    at, verb, code, *more = row
    names = ("serial", "original_serial", "result", "content", "request_bytes", "encoding",
             "dialect", "ms", "account_no", "amount_fen")  # fmt: skip
    return ChannelExchange(
        at=at, verb=verb, code=wire_code(code), **dict(zip(names, more, strict=True))
    )
