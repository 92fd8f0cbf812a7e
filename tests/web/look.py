"""Shows the style guide and the sample pages, with the project's own settings and static files.

`python -m tests.web.look FOLDER [PAGE …]` photographs them; without a folder they are served on
127.0.0.1 until the input ends, and `?theme=dark&language=en&kiosk=1` chooses.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, make_server

PAGES = Path(__file__).with_name("pages")
NAMES = ("home", "set_language", "set_theme", "sign_out", "profile", "search", "today_badges", "docs")
"""Addresses that the bases name."""
SIZES = {"desktop": (1366, 768), "phone": (360, 740), "kiosk": (1080, 1400)}
SHOTS = {
    "styleguide": ("desktop", "phone"), "console": ("desktop", "phone"), "list": ("desktop",),
    "detail": ("desktop",), "desk": ("desktop",), "payer": ("phone",), "payer_home": ("phone", "kiosk"),
    "payer_done": ("phone",), "error": ("desktop", "phone"), "access/sign_in": ("desktop", "phone"),
}  # fmt: skip


def prepare() -> None:
    """Django with the project's settings, and the sample pages beside its own."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yifen.project.settings")
    import django
    from django.conf import settings

    settings.TEMPLATES[0]["DIRS"].append(PAGES)
    settings.ROOT_URLCONF = urlconf()
    django.setup()


def urlconf() -> Any:
    """The addresses that the bases name, leading nowhere: no page of the product is loaded."""
    from django.http import HttpResponse
    from django.urls import path

    return tuple(path(f"{name}/", lambda request: HttpResponse(), name=name) for name in NAMES)


def render(name: str, language: str = "zh-hans", theme: str = "auto", kiosk: bool = False) -> str:
    """One page as its readers get it."""
    from django.template.loader import render_to_string
    from django.test import RequestFactory
    from django.utils import translation

    from tests.web.samples import everything

    context = everything() | {"theme": theme, "kiosk": kiosk, "status": 404, "text": "没有这一页"}
    with translation.override(language):
        return render_to_string(f"{name}.html", context, _request(RequestFactory().get("/")))


def _request(request: Any) -> Any:
    request._messages = []
    return request


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    asked = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    asked["kiosk"] = asked.get("kiosk", "") == "1"  # type: ignore[assignment]
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), POLICY])
    if environ["PATH_INFO"].strip("/") in NAMES:
        return [b""]
    return [render(environ["PATH_INFO"].strip("/"), **asked).encode()]


POLICY = ("Content-Security-Policy", "default-src 'self'; img-src 'self' data:")


class Silent(WSGIRequestHandler):
    """No line for each request."""

    def log_message(self, *args: Any) -> None:
        """Nothing."""


@contextmanager
def serving() -> Iterator[str]:
    """The address of the pages, while they are served."""
    from django.core.wsgi import get_wsgi_application
    from whitenoise import WhiteNoise

    prepare()
    from django.contrib.staticfiles.finders import get_finders

    get_wsgi_application()
    files = WhiteNoise(application)
    for finder in get_finders():
        for path, storage in finder.list([]):
            prefix = f"{storage.prefix}/" if getattr(storage, "prefix", None) else ""
            files.add_file_to_dictionary(f"/static/{prefix}{path}", storage.path(path))
    server = make_server("127.0.0.1", 0, files, handler_class=Silent)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def photograph(folder: Path, names: list[str]) -> None:
    """Each page in both themes, in the sizes of its readers."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    with serving() as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name in names or SHOTS:
            for size in SHOTS[name]:
                for theme in ("light", "dark"):
                    width, height = SIZES[size]
                    page = browser.new_page(viewport={"width": width, "height": height})
                    page.on("console", lambda said, name=name: print(name, said.text))
                    page.on("pageerror", lambda error, name=name: print(name, error))
                    language = os.environ.get("LOOK_LANGUAGE", "zh-hans")
                    page.goto(
                        f"{address}/{name}?theme={theme}&language={language}&kiosk={int(size == 'kiosk')}"
                    )
                    page.wait_for_timeout(700 if name in ("styleguide", "console") else 100)
                    file = f"{name.replace('/', '-')}-{size}-{theme}.png"
                    page.screenshot(path=folder / file, full_page=name == "styleguide")
                    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                    print(file, f"overflows by {wide}" if wide > 0 else "")
                    page.close()
        browser.close()


if __name__ == "__main__":
    if sys.argv[1:]:
        photograph(Path(sys.argv[1]), sys.argv[2:])
    else:
        with serving() as here:
            print(here, flush=True)
            sys.stdin.read()
