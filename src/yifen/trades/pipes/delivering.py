"""Delivering: what is due is taken, tried outside of any transaction, and written down; a pipe holds up only itself.

A try has a thread of its own and the time its transport allows; one thread takes and writes. A pipe whose last try
did not arrive has one place, and every pipe's first comes before any pipe's second.
"""

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import psycopg
import structlog

from yifen.core.access import edge
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.settings import read_settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.trades.pipes.port import (
    Outcome,
    PipeEnd,
    ToldEvent,
    TryResult,
    kinds,
    plain,
    transport,
)
from yifen.trades.pipes.rules import next_try

Conn = psycopg.Connection[Any]
Clock = Callable[[], datetime]
log = structlog.get_logger()
_SQL = queries(__package__)
PLACES_FAILING, PLACES_ALL = 1, 64
LEASE_S = 20.0  # beyond what the transport allows
LOOK_S = 0.5
ROUND_S = 20.0  # then the next job goes on, if nothing is under way


def lease_of(kind: str) -> timedelta:
    """For how long a try may be under way."""
    return timedelta(seconds=transport(kind).wait_s + LEASE_S)


class Taken(NamedTuple):
    """One delivery that is ours until `lease`."""

    delivery_id: int
    tries: int  # before this one
    lease: datetime
    pipe: PipeEnd
    event: ToldEvent
    fault: str = ""  # why it cannot even be tried


class TriedDelivery(NamedTuple):
    """What came of it, when it began and how long it took."""

    at: datetime
    took_ms: int
    outcome: Outcome


def run(ending: Callable[[], bool]) -> None:
    """The job, every few seconds."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        deliver_due(conn, key_ring(), edge.now, ending)


def deliver_due(conn: Conn, ring: KeyRing, clock: Clock, ending: Callable[[], bool]) -> None:
    """Until nothing is due. ToldEvent to end, it takes no more and waits for what is under way."""
    under_way: dict[Future[TriedDelivery], Taken] = {}
    ends_at = time.monotonic() + ROUND_S
    with ThreadPoolExecutor(PLACES_ALL, "pipe") as pool:
        while True:
            if not ending() and (under_way or time.monotonic() < ends_at):
                busy = Counter(one.pipe.pipe_id for one in under_way.values())
                for one in take(conn, ring, clock(), busy):
                    under_way[pool.submit(attempt, one, clock)] = one
            if not under_way:
                return
            for done in wait(under_way, LOOK_S, FIRST_COMPLETED).done:
                write(conn, under_way.pop(done), done.result(), clock())


def take(conn: Conn, ring: KeyRing, now: datetime, busy: Counter[int]) -> list[Taken]:
    """As many due deliveries as there is room for."""
    room = PLACES_ALL - busy.total()
    rows = conn.execute(_SQL["rooms"], {"now": now, "kinds": list(kinds())}).fetchall() if room > 0 else []
    places = {pipe: (transport(kind).places if is_well else PLACES_FAILING) - busy[pipe]
              for pipe, kind, is_well in rows}  # fmt: skip
    rows = [(pipe, kind) for pipe, kind, _is_well in rows if places[pipe] > 0]
    if not rows:
        return []
    found = conn.execute(_SQL["taken"], {
        "pipes": [pipe for pipe, _kind in rows], "places": [places[pipe] for pipe, _kind in rows], "now": now,
        "leases": [now + lease_of(kind) for _pipe, kind in rows],
        "most": room,
    }).fetchall()  # fmt: skip
    return [_taken(ring, *row) for row in found]


def _taken(
    ring: KeyRing, delivery_id: int, tries: int, lease: datetime, pipe_id: int, ref: str, partner: str, kind: str,
    address: str, settings: dict[str, Any], secret: bytes | None, before: bytes | None, *told: Any,
) -> Taken:  # fmt: skip
    fault, secrets = "", tuple[bytes, ...]()
    try:
        secrets = tuple(ring.open(bytes(one), secret_context(ref)) for one in (secret, before) if one is not None)
    except KeyRingError as error:
        fault = str(error)
    pipe = PipeEnd(pipe_id, ref, partner, kind, address, settings, secrets)
    return Taken(delivery_id, tries, lease, pipe, ToldEvent(*told), fault)


def secret_context(ref: object) -> str:
    """What a pipe's secret is sealed for; `plug` says the same in SQL."""
    return f"pipe:{ref}"


def attempt(taken: Taken, clock: Clock) -> TriedDelivery:
    """One try, in a thread of the pool; a fault of the transport is a failed try."""
    at, began = clock(), time.monotonic()
    if taken.fault:
        return TriedDelivery(at, 0, Outcome(TryResult.FAILED, taken.fault))
    try:
        outcome = transport(taken.pipe.kind).deliver(taken.pipe, taken.event, at)
    except Exception as error:
        log.exception("a transport failed", pipe=taken.pipe.ref, delivery=taken.delivery_id)
        outcome = Outcome(TryResult.FAILED, type(error).__name__)
    return TriedDelivery(at, int((time.monotonic() - began) * 1000), outcome)


def write(conn: Conn, taken: Taken, tried: TriedDelivery, now: datetime) -> None:
    """The try, and what it makes of the delivery, in one short transaction."""
    outcome, said = tried.outcome, plain(tried.outcome.said)
    row = {"delivery": taken.delivery_id, "pipe": taken.pipe.pipe_id, "at": tried.at, "took_ms": tried.took_ms,
           "result": outcome.result, "status": outcome.status, "said": said, "now": now, "lease": taken.lease}
    if outcome.result is TryResult.DELIVERED:
        conn.execute(_SQL["delivered"], row)
        return
    with conn.transaction():
        conn.execute(_SQL["tried"], row)
        due_at = None if outcome.result is TryResult.REFUSED else next_try(
            taken.tries + 1, now, random.random(), outcome.retry_after_s)  # fmt: skip
        if outcome.result is TryResult.GONE:
            conn.execute(_SQL["switched_off"], (said[:200], taken.pipe.pipe_id))
            due_at = now
        state = "given_up" if due_at is None else "waiting"
        conn.execute(_SQL["not_delivered"], row | {
            "state": state, "due_at": due_at, "ended_at": now if due_at is None else None})  # fmt: skip
