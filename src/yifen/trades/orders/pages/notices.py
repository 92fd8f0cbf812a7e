"""Notices of pay methods: no browser, no form; their signature is what lets them in."""

import structlog
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from yifen.core.access import edge
from yifen.core.access.doors import Door, allow
from yifen.core.facts.refused import Refused
from yifen.trades.orders import operations
from yifen.trades.orders.methods import PayMethodPort, registry

log = structlog.get_logger()


@allow(Door.PUBLIC)
@csrf_exempt
@require_POST
def notice(request: HttpRequest, method: str) -> HttpResponse:
    """Records that the money came; the job books it. What is not taken will be sent again."""
    try:
        known = registry.of(edge.key_ring_of(request))(method)
    except Refused:
        return HttpResponse(status=404)
    reply = known.reply(_taken(request, known))
    return HttpResponse(reply.body, status=reply.status, content_type=reply.content_type)


def _taken(request: HttpRequest, method: PayMethodPort) -> bool:
    """A forged one, and one about an order that is not ours, are refused alike."""
    try:
        found = method.notice(request.body, request.headers, edge.now())
        order = operations.find(found.order_no)
        if order.method != method.code:
            return False
        if found.trade.state == "paid":
            operations.money_came(order, found.trade, edge.now())
    except Refused as refused:
        log.warning("a notice was not taken", method=method.code, reason=str(refused))
        return False
    return True
