"""What people answer to an SMS, as their companies pass it on: a stop word ends reminders. The companies sign
nothing, so their address holds a secret; all it can do is end reminders."""

from collections.abc import Iterator
from typing import Any

import structlog
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from yifen.core.access import edge
from yifen.core.access.doors import Door, allow
from yifen.core.wire.decoding import decoded_any
from yifen.trades.reminders import stopping

log = structlog.get_logger()
TAKEN = {"aliyun": {"code": 0, "msg": "OK"}, "tencent": {"result": 0, "errmsg": "OK"}}
NAMES = {"aliyun": ("phone_number", "content"), "tencent": ("mobile", "text")}


@allow(Door.PUBLIC)
@csrf_exempt
@require_POST
def sms_replies(request: HttpRequest, company: str, secret: str) -> HttpResponse:
    """Alibaba Cloud sends a list, Tencent Cloud one answer."""
    ring = edge.key_ring_of(request)
    if company not in NAMES or not stopping.is_replies_secret(ring, secret):
        raise Http404
    try:
        found = decoded_any(request.body)
    except ValueError:
        return HttpResponse(status=400)
    stopped = sum(stopping.by_word(ring, phone, text, edge.now()) for phone, text in _answers(found, company))
    if stopped:
        log.info("reminders ended by an answer", company=company, count=stopped)
    return JsonResponse(TAKEN[company])


def _answers(found: Any, company: str) -> Iterator[tuple[str, str]]:
    phone, text = NAMES[company]
    for one in found if isinstance(found, list) else [found]:
        if isinstance(one, dict):
            yield str(one.get(phone, "")), str(one.get(text, ""))
