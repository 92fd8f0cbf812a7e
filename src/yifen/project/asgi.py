"""Where the pages are served: `granian --interface asgi yifen.project.asgi:app`; behind a guard against
slow and endless callers stands the WSGI application of Django."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from yifen.core import tracing
from yifen.core.access import edge
from yifen.core.facts.settings import read_settings
from yifen.core.incoming.connections import keep_watch
from yifen.core.incoming.leaving import Leaving
from yifen.core.incoming.threaded import Threaded
from yifen.core.metrics.life import Life
from yifen.core.metrics.places import Word
from yifen.core.metrics.reading import Measure
from yifen.face.shell import alive, measured
from yifen.face.shell.middleware import FILE_BYTES_MAX
from yifen.project.wsgi import app as pages

THREADS = 16  # a page waits for the database or a biller, not for the processor
_own = read_settings()
tracing.begin("web", _own)


def _started() -> None:
    """Behind proxies all connections are theirs."""
    keep_watch(_own.web_port, 0 if settings.YIFEN_WEB_PROXIES else _own.client_connections)
    _life.begin()


def _wrong() -> list[Word]:
    """In a thread of its own, whose connection nobody else closes."""
    try:
        return alive.wrong()
    finally:
        connection.close()


def _figures() -> Iterator[Measure]:
    for state, number in _threaded.standing().items():
        yield Measure("yifen_page_threads", number, (state,))
    yield from measured.of_hub()


_life = Life(Path(_own.data), "web", _own.database_url, edge.now, _wrong, bool(_own.metrics), (_figures,))
_threaded = Threaded(pages, THREADS, FILE_BYTES_MAX, edge.address_in, _started, _life.end)
app = Leaving(_threaded, _own.web_port)
