"""`/health` and `/ready` of the pages, for balancers, as the gateway has them: before any host, session or
language is looked at, and without a word about what is behind."""

from collections.abc import Callable

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse

from yifen.core.away import AWAY
from yifen.core.facts.sqlfiles import queries
from yifen.core.metrics.places import NO_DATABASE, Word
from yifen.face.shell.hub import local_hub
from yifen.hub.measured import process as measured

_WRITABLE = queries("yifen.hub.payments")["takes_writing"]


def alive(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """/health: the process lives. /ready: 503 while pages cannot do their work, and why."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.path == "/health":
            return _plain(200, "ok")
        if request.path == "/ready":
            why = "\n".join(f"{zh} · {en}" for zh, en in wrong())
            return _plain(503, why) if why else _plain(200, "ready")
        return get_response(request)

    return answer


def wrong() -> list[Word]:
    """Why this process should get no calls now; its own hub counts once it was started."""
    found = [] if _takes_writing() else [NO_DATABASE]
    if hub := local_hub().started:
        found += [word for word in measured.wrong(hub) if word not in found]
    return found


def _takes_writing() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute(_WRITABLE)
            return bool(cursor.fetchone()[0])
    except (Error, *AWAY):
        return False


def _plain(status: int, text: str) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8",
                        headers={"Cache-Control": "no-store"})  # fmt: skip
