"""Doors at which banks tell of receipts and courts ask for cases: no browser, no form; their signature is what
lets them in."""

from collections.abc import Callable
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
from yifen.trades.cases.doors import asking, pushing
from yifen.trades.cases.doors.signing import BODY_MAX

log = structlog.get_logger()
Said = tuple[int, dict[str, Any]]


@allow(Door.PUBLIC)
@csrf_exempt
@require_POST
def court_push(request: HttpRequest) -> HttpResponse:
    """A receipt; the worker books it."""
    def take(*given: Any) -> tuple[Key, Said]:
        return pushing.take(*given), (200, {"code": int(Code.OK), "text": "taken"})

    return _answered(request, take)


@allow(Door.PUBLIC)
@csrf_exempt
@require_POST
def court_ask(request: HttpRequest) -> HttpResponse:
    """A case to open. Until the worker has opened it 202; asked again, its sub-account number, or why not."""
    def take(*given: Any) -> tuple[Key, Said]:
        key, end = asking.take(*given)
        if end.code is None:
            return key, (202, {"code": int(Code.PROCESSING), "text": "taken"})
        meaning = result_code(end.code).meaning
        told = {"code": end.code, "text": meaning.en, "number": end.number, "account": end.account_no}
        return key, (meaning.status if end.code else 200, told)

    return _answered(request, take)


def _answered(request: HttpRequest, take: Callable[..., tuple[Key, Said]]) -> HttpResponse:
    """Signed; who did not prove who he is hears no more than that."""
    now, headers = edge.now(), {name.lower(): value for name, value in request.headers.items()}
    if len(request.body) > BODY_MAX:
        return HttpResponse(status=413)
    try:
        with plain_connection() as conn:
            key, (status, said) = take(conn, edge.key_ring_of(request), headers, request.body, now)
    except WireFault as fault:
        log.warning("a message at the court's door was not signed", reason=str(fault)[:200])
        return HttpResponse(status=401)
    except Refused as refused:
        meaning = refused.code.meaning
        told = {"code": int(refused.code), "text": meaning.en, "field": refused.field, "detail": refused.detail}
        return HttpResponse(msgspec.json.encode(told), status=meaning.status, content_type="application/json")
    body = msgspec.json.encode(said)
    return HttpResponse(body, status=status, headers=http_signed.sign_reply(status, body, key, int(now.timestamp())))
