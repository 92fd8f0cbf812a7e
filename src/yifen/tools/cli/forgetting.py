"""What is worth nothing after a while is forgotten: quotes, kept messages, old traffic, sessions.

Money, the audit trail and daily files never are.
"""

import asyncio
from datetime import datetime, timedelta

import structlog

from yifen.core.wire.messages import WireFault
from yifen.hub.payments.hub import Hub

log = structlog.get_logger()
EVERY_S = 3600.0
MESSAGES_SQL = "SELECT payments_forget_messages_v1(%s)"
# What is asked of the database, and how long its rows are kept.
KEPT = (
    ("SELECT payments_forget_quotes_v1(%s)", timedelta(days=1)),
    ("SELECT payments_forget_traffic_v1(%s)", timedelta(days=800)),
    ("DELETE FROM django_session WHERE expire_date < %s", timedelta(0)),
    ("DELETE FROM checkout_rate WHERE starts_at < %s", timedelta(days=2)),
    ("DELETE FROM checkout_phone_check WHERE expires_at < %s", timedelta(days=1)),
)


async def forget(hub: Hub, now: datetime, messages_days: int) -> None:
    """Once. WireFault UNAVAILABLE when the database is away."""
    for statement, kept in (*KEPT, (MESSAGES_SQL, timedelta(days=messages_days))):
        await hub.read(statement, (now - kept,))


async def keep_forgetting(hub: Hub, messages_days: int, stop: asyncio.Event) -> None:
    """Every hour until `stop`; a database that is away is asked again an hour later."""
    while not stop.is_set():
        try:
            await forget(hub, hub.clock(), messages_days)
        except WireFault as fault:
            log.warning("old rows could not be forgotten", code=fault.code.name)
        try:
            await asyncio.wait_for(stop.wait(), EVERY_S)
        except TimeoutError:
            continue
