"""Doors at which banks tell of receipts and courts ask for cases."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from yifen.core.access.doors import Door, allow
from yifen.core.facts.codes import Code
from yifen.core.plugs import result_code
from yifen.core.wire.keys import Key
from yifen.face.signed_door import Said, answered
from yifen.trades.cases.doors import asking, pushing
from yifen.trades.cases.doors.signing import BODY_MAX


@allow(Door.PUBLIC)
@csrf_exempt
@require_POST
def court_push(request: HttpRequest) -> HttpResponse:
    """A receipt; the worker books it."""
    def take(*given: Any) -> tuple[Key, Said]:
        return pushing.take(*given), (200, {"code": int(Code.OK), "text": "taken"})

    return answered(request, take, BODY_MAX)


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

    return answered(request, take, BODY_MAX)
