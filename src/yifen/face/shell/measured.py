"""The figures of the pages: how long they take, by part of the house; and those of their own hub."""

from collections.abc import Callable, Iterable
from functools import cache
from time import perf_counter

from django.http import HttpRequest, HttpResponse

from yifen.core import tracing
from yifen.core.metrics.reading import Measure
from yifen.core.metrics.store import observe
from yifen.face.shell.hub import local_hub
from yifen.hub.measured.process import Measured

DURATION = "yifen_page_duration_seconds"


def measured(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Every page, by what its route begins with: addresses that are none are one."""

    def answer(request: HttpRequest) -> HttpResponse:
        began = perf_counter()
        with tracing.span("page", method=str(request.method)):
            response = get_response(request)
        match = request.resolver_match
        part = match.route.partition("/")[0] if match else "none"
        observe(DURATION, perf_counter() - began, part or "payer", f"{response.status_code // 100}xx")
        return response

    return answer


@cache
def _measured() -> Measured | None:
    hub = local_hub().started
    return Measured(hub) if hub else None


def of_hub() -> Iterable[Measure]:
    """Once anybody called it."""
    if _measured() is None:
        _measured.cache_clear()
    found = _measured()
    return found() if found else ()
