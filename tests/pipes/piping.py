"""Pipes of a test, made past the two people; what the worker does, by its own role and a clock of ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from psycopg.types.json import Jsonb

from tests.pipes.receiver import SECRET
from tests.world import LONG_AGO, World, the_ring
from yifen.core.facts.processes import WORKER

ALL = ["payment.decided", "payment.returned", "bill.changed", "file.ready", "day.settled", "payout.done",
       "payout.returned", "report.ready", "debit.done"]  # fmt: skip


def pipe(world: World, partner: str, address: str, wants: list[str] | None = None, **fields: Any) -> int:
    """A webhook of a partner that has a secret."""
    ref = str(uuid4())
    row = {"ref": ref, "partner_id": world.ids[partner], "kind": "webhook", "address": address,
           "wants": Jsonb(ALL if wants is None else wants), "settings": Jsonb({}),
           "secret": the_ring().seal(SECRET, f"pipe:{ref}"), "enabled": True, "made_at": LONG_AGO}  # fmt: skip
    return int(world._insert("pipe", row | fields, "id"))


@contextmanager
def as_worker(world: World) -> Iterator[None]:
    """With its rights and no others."""
    world.run(f"SET ROLE {WORKER}")
    try:
        yield
    finally:
        world.run("RESET ROLE")


def find(world: World) -> None:
    """One round of all sources."""
    from yifen.trades.pipes import finding

    with as_worker(world):
        finding.find_all(world.conn, lambda: world.now, lambda: False)
    faults = world.rows("SELECT source, fault FROM pipe_cursor WHERE fault <> ''")
    assert faults == []


def deliver(world: World) -> None:
    """Everything that is due at the world's now."""
    from yifen.trades.pipes import delivering

    with as_worker(world):
        delivering.deliver_due(world.conn, the_ring(), lambda: world.now, lambda: False)


def later(world: World, seconds: float) -> datetime:
    world.now += timedelta(seconds=seconds)
    return world.now


def events(world: World, kind: str, partner: str) -> list[dict[str, Any]]:
    """The data of a partner's events, in the order of their finding."""
    return [row[0] for row in world.rows(
        "SELECT data FROM pipe_event WHERE kind = %s AND partner_id = %s ORDER BY id", kind, world.ids[partner])]


def deliveries(world: World) -> list[tuple[Any, ...]]:
    """(partner, kind, state, tries, words) of each."""
    return world.rows(
        "SELECT r.code, e.kind, d.state, d.tries, d.said FROM pipe_delivery d JOIN pipe_event e ON e.id = d.event_id"
        " JOIN partner r ON r.id = e.partner_id ORDER BY d.id")
