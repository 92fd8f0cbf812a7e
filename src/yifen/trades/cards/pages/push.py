"""The door at which issuing banks speak: no browser, no form; their signature is what lets them in."""

import msgspec
import structlog
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from yifen.core.access import edge
from yifen.core.access.doors import Door, allow
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.wire import http_signed
from yifen.core.wire.messages import WireFault
from yifen.face.plain import plain_connection
from yifen.trades.cards.doors import taking
from yifen.trades.cards.doors.signing import BODY_MAX

log = structlog.get_logger()


@allow(Door.PUBLIC)
@csrf_exempt
@require_POST
def card_push(request: HttpRequest) -> HttpResponse:
    """A message or a file; the worker takes its rows. Who did not prove who he is hears no more than that."""
    now, headers = edge.now(), {name.lower(): value for name, value in request.headers.items()}
    if len(request.body) > BODY_MAX:
        return HttpResponse(status=413)
    try:
        with plain_connection() as conn:
            key = taking.take(conn, edge.key_ring_of(request), headers, request.body, now)
    except WireFault as fault:
        log.warning("a message at the cards' door was not signed", reason=str(fault)[:200])
        return HttpResponse(status=401)
    except Refused as refused:
        meaning = refused.code.meaning
        told = {"code": int(refused.code), "text": meaning.en, "field": refused.field, "detail": refused.detail}
        return HttpResponse(msgspec.json.encode(told), status=meaning.status, content_type="application/json")
    body = msgspec.json.encode({"code": int(Code.OK), "text": "taken"})
    return HttpResponse(body, headers=http_signed.sign_reply(200, body, key, int(now.timestamp())))
