"""The pages of refusals and faults: each says a number, and what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yifen.core.access.doors import Door, allow
from yifen.core.access.telling import language
from yifen.core.facts.codes import Code, ResultCode


def page(request: HttpRequest, status: int, code: ResultCode) -> HttpResponse:
    """A refusal as a page; its number stands with it."""
    meaning = code.meaning
    text = meaning.zh if language(request).startswith("zh") else meaning.en
    context = {"code": f"{code:04d}", "text": text, "status": status}
    return render(request, "error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 400, Code.INPUT_INVALID)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 403, Code.PERMISSION_MISSING)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 404, Code.OUT_OF_SCOPE)


def failed(request: HttpRequest) -> HttpResponse:
    return page(request, 500, Code.FAULT)


@allow(Door.PUBLIC)
def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is too old, or not ours: nothing was done."""
    return page(request, 403, Code.FORM_STALE)
