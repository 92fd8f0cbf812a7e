"""The pages of refusals and faults: each says a number, and what to do."""

import sys
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string

from yifen.core.access.doors import Door, View, allow
from yifen.core.access.telling import language
from yifen.core.away import is_away
from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.refused import Refused

AGAIN_S = 10  # when a browser asks again


def page(request: HttpRequest, status: int, code: ResultCode) -> HttpResponse:
    """A refusal as a page; its number stands with it."""
    meaning = code.meaning
    text = meaning.zh if language(request).startswith("zh") else meaning.en
    context = {"code": f"{code:04d}", "text": text, "status": status}
    return render(request, "error.html", context, status=status)


def refusing(view: View) -> View:
    """A view whose refusals are pages of their own: there is no form beside which they could stand."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **named)
        except Refused as refused:
            return page(request, refused.code.meaning.status, refused.code)

    return told


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 400, Code.INPUT_INVALID)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 403, Code.PERMISSION_MISSING)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A payer has no organisation whose things could be meant."""
    access = getattr(request, "access", None)
    return page(request, 404, Code.OUT_OF_SCOPE if access and access.user else Code.PAGE_UNKNOWN)


def failed(request: HttpRequest) -> HttpResponse:
    """Called while the fault is handled, so that it can be told from a database that is away."""
    if is_away(sys.exc_info()[1]):
        return unavailable(request)
    return page(request, 500, Code.FAULT)


def unavailable(request: HttpRequest) -> HttpResponse:
    """The database is away, or takes no writing: said in both languages, without asking it who reads."""
    said = Code.UNAVAILABLE.meaning
    about = {"code": f"{Code.UNAVAILABLE:04d}", "zh": said.zh, "en": said.en, "after_s": AGAIN_S,
             "request_id": getattr(request, "request_id", "")}  # fmt: skip
    text = render_to_string("unavailable.html", about)
    return HttpResponse(text, status=503, headers={"Retry-After": str(AGAIN_S)})


@allow(Door.PUBLIC)
def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is too old, or not ours: nothing was done."""
    return page(request, 403, Code.FORM_STALE)
