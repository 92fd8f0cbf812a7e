"""`/health` and `/ready` of the pages, for balancers, as the gateway has them: before any host, session or
language is looked at, and without a word about what is behind."""

from collections.abc import Callable

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse

from yifen.core.away import AWAY
from yifen.core.facts.sqlfiles import queries

_WRITABLE = queries("yifen.hub.payments")["takes_writing"]


def alive(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """/health: the process lives. /ready: 503 while the database is away or takes no writing."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.path == "/health":
            return _plain(200, "ok")
        if request.path == "/ready":
            return _plain(200, "ready") if _takes_writing() else _plain(503, "the database is away")
        return get_response(request)

    return answer


def _takes_writing() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute(_WRITABLE)
            return bool(cursor.fetchone()[0])
    except (Error, *AWAY):
        return False


def _plain(status: int, text: str) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain",
                        headers={"Cache-Control": "no-store"})  # fmt: skip
