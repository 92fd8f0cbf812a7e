"""What is worth nothing after a while is forgotten: quotes, kept messages, old traffic, sessions.

Money, the audit trail and daily files never are.
"""

import asyncio
from datetime import datetime, timedelta

import structlog

from yifen.core.facts.sqlfiles import queries
from yifen.core.wire.messages import WireFault
from yifen.hub.payments.hub import Hub

log = structlog.get_logger()
EVERY_S = 3600.0
_SQL = queries(__package__)
MESSAGES_SQL = _SQL["forget_messages"]
# What is asked of the database, and how long its rows are kept.
KEPT = (
    (_SQL["forget_quotes"], timedelta(days=1)),
    (_SQL["forget_traffic"], timedelta(days=800)),
    (_SQL["forget_sessions"], timedelta(0)),
    (_SQL["forget_tries"], timedelta(days=2)),
    (_SQL["forget_phone_checks"], timedelta(days=1)),
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
