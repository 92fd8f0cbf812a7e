"""What `yifen verify` asks of what banks and courts' own systems said at the doors: their signatures are read again.
Read-only."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import psycopg

from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.hub.payments.verify import problems
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.doors import asking, pushing
from yifen.trades.cases.doors.asking import KeptAsk
from yifen.trades.cases.doors.pushing import KeptPush
from yifen.trades.cases.doors.signing import KnownKeys

_SQL = queries(__package__)
_CASES = _SQL["asks_altered"]
FIRST = 20
"""How many of each kind are named."""


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """Receipts and cases that were taken for signed, and are not."""
    ring = key_ring()
    return [*islice(_pushes(conn, ring), FIRST), *islice(_asks(conn, ring), FIRST), *problems(conn, _CASES)]


def _pushes(conn: psycopg.Connection[Any], ring: KeyRing) -> Iterator[str]:
    known: KnownKeys = {}
    for kept in map(KeptPush._make, _told(conn, "pushes_told", CaseCode.PUSH_UNPROVED, CaseCode.PUSH_UNREADABLE)):
        if why := pushing.why_not(conn, ring, kept, known):
            yield f"court_push {kept.push_id} was not signed by its bank: {why}"


def _asks(conn: psycopg.Connection[Any], ring: KeyRing) -> Iterator[str]:
    known: KnownKeys = {}
    for kept in map(KeptAsk._make, _told(conn, "asks_told", CaseCode.ASK_UNPROVED, CaseCode.ASK_UNREADABLE)):
        _ask, why = asking.signed_ask(conn, ring, kept, known)
        if why:
            yield f"court_ask {kept.ask_id} was not signed by its court: {why}"


def _told(conn: psycopg.Connection[Any], statement: str, *unproved: int) -> Iterator[tuple[Any, ...]]:
    """Some hundred at a time."""
    last, found = 0, list[Any]([()])
    while found:
        found = conn.execute(_SQL[statement], {"after": last, "unproved": list(unproved)}).fetchall()
        for row in found:
            last = row[0]
            yield row
