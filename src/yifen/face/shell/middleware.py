"""What every answer carries: a strict content policy, the language that the reader chose; and how much
anybody may send."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import translation

from yifen.core.facts import request_ids
from yifen.core.facts.codes import Code
from yifen.core.plugs import plugs
from yifen.core.ring import key_ring
from yifen.face.shell import errors
from yifen.face.shell.hub import local_hub

Answer = Callable[[HttpRequest], HttpResponse]
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
    " frame-ancestors 'none'; form-action 'self'"
)


def page_policy(get_response: Answer) -> Answer:
    """Nothing but our own files, nobody's frame, nothing kept on the way; each request gets an id for
    logs and audit."""

    def answer(request: HttpRequest) -> HttpResponse:
        given = request.headers.get(request_ids.HEADER, "")
        request.request_id = request_ids.taken(given, settings.YIFEN_REQUEST_IDS)  # type: ignore[attr-defined]
        with request_ids.under(request.request_id):  # type: ignore[attr-defined]
            response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        response[request_ids.HEADER] = request.request_id  # type: ignore[attr-defined]
        response.headers.setdefault("Cache-Control", "no-store")  # pages, papers and exports alike
        return response

    return answer


def language(get_response: Answer) -> Answer:
    """Chinese unless the reader chose otherwise: browsers are often set to a language that their
    owner does not read (X1)."""

    def answer(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_CODE)
        if chosen not in dict(settings.LANGUAGES):
            chosen = settings.LANGUAGE_CODE
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = get_response(request)
        response.headers.setdefault("Content-Language", chosen)
        return response

    return answer


FILE_BYTES_MAX = 1 << 30
"""Of any file that anybody may send."""


def body_limit(get_response: Answer) -> Answer:
    """Django bounds everything but files: refused before a byte is read."""

    def answer(request: HttpRequest) -> HttpResponse:
        length = str(request.META.get("CONTENT_LENGTH", ""))
        if length.isdecimal() and int(length) > body_max(request, int(length)):
            return errors.page(request, 413, Code.INPUT_INVALID)
        return get_response(request)

    return answer


def body_max(request: HttpRequest, length: int) -> int:
    """Large files only where a file is expected, and from nobody who has not signed in."""
    small: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if length <= small or SESSION_KEY not in request.session:
        return small
    try:
        route = resolve(request.path_info).url_name or ""
    except Resolver404:
        return small
    return next((plug.uploads[route] for plug in plugs() if route in plug.uploads), small)


def resources(get_response: Answer) -> Answer:
    """Hands each view the hub and the key ring of this process (`hub_of`, `key_ring_of`)."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.hub, request.key_ring = local_hub(), key_ring()  # type: ignore[attr-defined]
        return get_response(request)

    return answer
