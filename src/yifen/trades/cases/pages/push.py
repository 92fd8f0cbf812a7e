"""The door at which banks tell of receipts: no browser, no form; their signature is what lets them in."""

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
from yifen.trades.cases import pushing

log = structlog.get_logger()


@allow(Door.PUBLIC)
@csrf_exempt
@require_POST
def court_push(request: HttpRequest) -> HttpResponse:
    """Kept, and answered with a signature; the worker books it. Who did not prove who he is hears no more than that."""
    now, headers = edge.now(), {name.lower(): value for name, value in request.headers.items()}
    if len(request.body) > pushing.BODY_MAX:
        return HttpResponse(status=413)
    try:
        with plain_connection() as conn:
            key = pushing.take(conn, edge.key_ring_of(request), headers, request.body, now)
    except WireFault as fault:
        log.warning("a bank's notice was not signed by a bank", reason=str(fault)[:200])
        return HttpResponse(status=401)
    except Refused as refused:
        meaning = refused.code.meaning
        return HttpResponse(pushing.reply(int(refused.code), f"{meaning.en} {refused.field} {refused.detail}".strip()),
                            status=meaning.status, content_type="application/json")  # fmt: skip
    body = pushing.reply(int(Code.OK), "taken")
    signed = http_signed.sign_reply(200, body, key, int(now.timestamp()))
    return HttpResponse(body, status=200, headers=signed)
