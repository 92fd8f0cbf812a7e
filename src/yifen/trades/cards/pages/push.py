"""The door at which issuing banks speak."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from yifen.core.access.doors import Door, allow
from yifen.core.facts.codes import Code
from yifen.core.wire.keys import Key
from yifen.face.signed_door import Said, answered
from yifen.trades.cards.doors import taking
from yifen.trades.cards.doors.signing import BODY_MAX


@allow(Door.PUBLIC)
@csrf_exempt
@require_POST
def card_push(request: HttpRequest) -> HttpResponse:
    """A message or a file; the worker takes its rows."""
    def take(*given: Any) -> tuple[Key, Said]:
        return taking.take(*given), (200, {"code": int(Code.OK), "text": "taken"})

    return answered(request, take, BODY_MAX)
