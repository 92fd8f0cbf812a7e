"""Where the pages are served: `granian --interface asgi yifen.project.asgi:app`; behind a guard against
slow and endless callers stands the WSGI application of Django."""

from django.conf import settings

from yifen.core.access.edge import address_in
from yifen.core.facts.settings import read_settings
from yifen.core.incoming.connections import keep_watch
from yifen.core.incoming.leaving import Leaving
from yifen.core.incoming.threaded import Threaded
from yifen.face.shell.middleware import FILE_BYTES_MAX
from yifen.project.wsgi import app as pages

THREADS = 16  # a page waits for the database or a biller, not for the processor
_own = read_settings()


def _started() -> None:
    """Behind proxies all connections are theirs."""
    keep_watch(_own.web_port, 0 if settings.YIFEN_WEB_PROXIES else _own.client_connections)


app = Leaving(Threaded(pages, THREADS, FILE_BYTES_MAX, address_in, _started), _own.web_port)
