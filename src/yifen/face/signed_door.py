"""Doors of the pages at which others' systems speak: no browser, no form; their signature is what lets them in."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
import psycopg
import structlog
from django.http import HttpRequest, HttpResponse

from yifen.core.access import edge
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.wire import http_signed
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import WireFault
from yifen.core.wire.signatures import unproved
from yifen.face.plain import plain_connection

log = structlog.get_logger()
Said = tuple[int, dict[str, Any]]
Take = Callable[[psycopg.Connection[Any], KeyRing, Mapping[str, str], bytes, datetime], tuple[Key, Said]]


def answered(request: HttpRequest, take: Take, body_max: int) -> HttpResponse:
    """What `take` says, signed by the key that it found. Whoever did not prove who he is hears the same, whatever was
    wrong: the log has why."""
    now, headers = edge.now(), {name.lower(): value for name, value in request.headers.items()}
    if len(request.body) > body_max:
        return HttpResponse(status=413)
    try:
        with plain_connection() as conn:
            key, (status, said) = take(conn, edge.key_ring_of(request), headers, request.body, now)
    except WireFault as fault:
        log.warning("a message at a door of the pages was not signed", path=request.path, reason=str(fault)[:200])
        return _refused(unproved())
    except Refused as refused:
        return _refused(refused)
    body = msgspec.json.encode(said)
    return HttpResponse(body, status=status, headers=http_signed.sign_reply(status, body, key, int(now.timestamp())))


def _refused(refused: Refused) -> HttpResponse:
    meaning = refused.code.meaning
    told = {"code": int(refused.code), "text": meaning.en, "field": refused.field, "detail": refused.detail}
    return HttpResponse(msgspec.json.encode(told), status=meaning.status, content_type="application/json")
