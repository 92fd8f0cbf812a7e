"""Doors at which partners ask for mandates, cancel them, debit by them and read their own: no browser, no form; their
signature is what lets them in."""

from datetime import date
from typing import Any

import msgspec
import structlog
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from yifen.core.access import edge
from yifen.core.access.doors import Door, allow
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.plugs import result_code
from yifen.core.wire import http_signed
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import WireFault
from yifen.face.plain import plain_connection
from yifen.trades.mandates.doors import words

log = structlog.get_logger()


@allow(Door.PUBLIC)
@csrf_exempt
@require_POST
def mandate_push(request: HttpRequest, path: str) -> HttpResponse:
    """Until the worker has done it 202; asked again, the mandate's number or the debit's serial, or why not."""

    def answer(conn: Any, headers: dict[str, str]) -> tuple[Key, int, dict[str, Any]]:
        key, end = words.take(conn, edge.key_ring_of(request), path, headers, request.body, edge.now())
        if end.code is None:
            return key, 202, {"code": int(Code.PROCESSING), "text": "taken"}
        meaning = result_code(end.code).meaning
        return key, meaning.status if end.code else 200, {"code": end.code, "text": meaning.en, "number": end.number}

    return _answered(request, answer)


@allow(Door.PUBLIC)
@csrf_exempt
@require_POST
def mandate_read(request: HttpRequest) -> HttpResponse:
    """A biller's own mandates, or those that a channel asked for."""

    def answer(conn: Any, headers: dict[str, str]) -> tuple[Key, int, dict[str, Any]]:
        key, rows = words.own_mandates(conn, edge.key_ring_of(request), headers, request.body, edge.now())
        told = [{name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
                for row in rows]  # fmt: skip
        return key, 200, {"code": int(Code.OK), "text": "read", "mandates": told}

    return _answered(request, answer)


def _answered(request: HttpRequest, answer: Any) -> HttpResponse:
    """Signed; who did not prove who he is hears no more than that."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    if len(request.body) > words.BODY_MAX:
        return HttpResponse(status=413)
    try:
        with plain_connection() as conn:
            key, status, said = answer(conn, headers)
    except WireFault as fault:
        log.warning("a message at the mandates' door was not signed", reason=str(fault)[:200])
        return HttpResponse(status=401)
    except Refused as refused:
        meaning = refused.code.meaning
        told = {"code": int(refused.code), "text": meaning.en, "field": refused.field, "detail": refused.detail}
        return HttpResponse(msgspec.json.encode(told), status=meaning.status, content_type="application/json")
    body = msgspec.json.encode(said)
    return HttpResponse(body, status=status,
                        headers=http_signed.sign_reply(status, body, key, int(edge.now().timestamp())))  # fmt: skip
