"""What a partner's developer does with his pipe: a new secret, a test, sending again."""

import base64
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
from django.db import connection, transaction
from psycopg.types.json import Jsonb

from yifen.core.access import edge
from yifen.core.access.edge import Access
from yifen.core.audit.record import act
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.settings import read_settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.jobs.defer import defer
from yifen.trades.pipes.codes import PipeCode
from yifen.trades.pipes.delivering import lease_of, secret_context
from yifen.trades.pipes.finding import PING
from yifen.trades.pipes.models import DeliveryState, Pipe, PipeDelivery
from yifen.trades.pipes.webhook import PREFIX

_SQL = queries("yifen.trades.pipes")
SECRET_BYTES = 24
OVERLAP = timedelta(days=1)  # for which messages carry the signature of the secret before, too
AGAIN_MAX = 10_000
PINGS_MAX = 10  # an hour, of one pipe
ENDED = (DeliveryState.DELIVERED, DeliveryState.GIVEN_UP)


@transaction.atomic
def new_secret(access: Access, ring: KeyRing, pipe: Pipe, now: datetime) -> str:
    """A webhook's next secret, as it is shown, once; the one before signs too, for a day. One person makes it:
    it changes nothing about where things go. Refused: OUT_OF_SCOPE, PIPE_SECRET_INVALID (no webhook)."""
    _require(access, pipe)
    if pipe.kind != "webhook":
        raise Refused(PipeCode.PIPE_SECRET_INVALID)
    pipe = Pipe.objects.select_for_update().get(pk=pipe.pk)
    material = secrets.token_bytes(SECRET_BYTES)
    sealed = ring.seal(material, secret_context(pipe.ref))
    until = now + OVERLAP if pipe.secret is not None else None
    Pipe.objects.filter(pk=pipe.pk).update(secret=sealed, secret_before=pipe.secret, before_until=until)
    return PREFIX + base64.b64encode(material).decode()


@transaction.atomic
def ask_ping(access: Access, pipe: Pipe, now: datetime) -> None:
    """A test event for this pipe; the worker writes it down and sends it. Refused: OUT_OF_SCOPE, PIPE_OFF,
    PIPE_TESTED (one of the last hour waits for its first try, or there were PINGS_MAX)."""
    _require_on(access, pipe)
    with connection.cursor() as cursor:
        cursor.execute(_SQL["pings"], _lately(pipe.pk, now))
        if not cursor.fetchone()[0]:
            raise Refused(PipeCode.PIPE_TESTED)
    defer("pipes.ping", pipe=pipe.pk)


def ping(ending: Callable[[], bool], pipe: int) -> None:
    """The job: pages write no events, so that nobody forges one there."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        write_ping(conn, pipe, edge.now())


def write_ping(conn: psycopg.Connection[Any], pipe: int, now: datetime) -> None:
    """One test event, told to this pipe alone; none where `ask_ping` would refuse one, however many were asked for
    before the worker came to them."""
    number = uuid4().hex
    with conn.transaction():
        conn.execute(_SQL["pipe_held"], (pipe,))
        found = conn.execute(_SQL["pings"], _lately(pipe, now)).fetchone()
        if found and found[0]:
            conn.execute(_SQL["ping"], {"uid": f"evt_{number}", "subject": number, "pipe": pipe, "now": now,
                                        "data": Jsonb(PING.example)})  # fmt: skip


def count_again(pipe: Pipe, since: datetime, until: datetime, given_up_only: bool) -> int:
    """How many deliveries made since a moment would be sent again. Refused: REPLAY_TOO_MANY, REPLAY_AHEAD."""
    if since > until:
        raise Refused(PipeCode.REPLAY_AHEAD, "since")
    with connection.cursor() as cursor:
        cursor.execute(_SQL["again_count"], _which(pipe, since, until, given_up_only) | {"most": AGAIN_MAX + 1})
        count = int(cursor.fetchone()[0])
    if count > AGAIN_MAX:
        raise Refused(PipeCode.REPLAY_TOO_MANY, "since")
    return count


@transaction.atomic
def send_again(
    access: Access, pipe: Pipe, since: datetime, until: datetime, given_up_only: bool, counted: int, now: datetime
) -> int:
    """All of them, as many as were `counted` and shown; `until`: when they were. Refused: OUT_OF_SCOPE, PIPE_OFF,
    REPLAY_TOO_MANY, REPLAY_AHEAD, REPLAY_MOVED."""
    _require_on(access, pipe)
    Pipe.objects.select_for_update().get(pk=pipe.pk)
    if count_again(pipe, since, until, given_up_only) != counted:
        raise Refused(PipeCode.REPLAY_MOVED, "since")
    with connection.cursor() as cursor:
        cursor.execute(_SQL["again"], _which(pipe, since, until, given_up_only) | {"now": now})
        done: int = cursor.rowcount
    act(connection, "sent_again", "pipe", pipe.pk, after={"since": since.isoformat(), "deliveries": done})
    return done


@transaction.atomic
def send_one_again(access: Access, delivery: PipeDelivery, now: datetime) -> None:
    """One, whatever became of it; one that waits goes at its own time. Refused: OUT_OF_SCOPE, PIPE_OFF."""
    _require_on(access, delivery.pipe)
    with connection.cursor() as cursor:
        cursor.execute(_SQL["again_one"], (now, delivery.pk))
    act(connection, "sent_again", "pipe_delivery", delivery.pk, after={"uid": delivery.event.uid})


@transaction.atomic
def try_now(access: Access, pipe: Pipe, now: datetime, delivery: PipeDelivery | None = None) -> int:
    """What waits for its next try, one or all of a pipe, is due at once; its times go on from there. How many. Refused:
    OUT_OF_SCOPE, PIPE_OFF, DELIVERY_UNDER_WAY (none waits for longer than a try may take)."""
    _require_on(access, pipe)
    with connection.cursor() as cursor:
        cursor.execute(_SQL["sooner"], {"pipe": pipe.pk, "delivery": delivery.pk if delivery else None, "now": now,
                                        "from": now + lease_of(pipe.kind)})  # fmt: skip
        done: int = cursor.rowcount
    if not done:
        raise Refused(PipeCode.DELIVERY_UNDER_WAY)
    if delivery is not None:
        act(connection, "tried_now", "pipe_delivery", delivery.pk, after={"uid": delivery.event.uid})
    else:
        act(connection, "tried_now", "pipe", pipe.pk, after={"deliveries": done})
    return done


def _lately(pipe: int, now: datetime) -> dict[str, Any]:
    return {"pipe": pipe, "since": now - timedelta(hours=1), "most": PINGS_MAX}


def _which(pipe: Pipe, since: datetime, until: datetime, given_up_only: bool) -> dict[str, Any]:
    states = (DeliveryState.GIVEN_UP,) if given_up_only else ENDED
    return {"pipe": pipe.pk, "since": since, "until": until, "states": [str(state.value) for state in states]}


def _require(access: Access, pipe: Pipe) -> None:
    if not access.may("pipes.run"):
        raise Refused(Code.PERMISSION_MISSING)
    if not access.scope.has_partner(pipe.partner_id):
        raise Refused(Code.OUT_OF_SCOPE, "partner")


def _require_on(access: Access, pipe: Pipe) -> None:
    _require(access, pipe)
    if not pipe.enabled:
        raise Refused(PipeCode.PIPE_OFF)
