"""Hands out the site that `./yifen docs --site` built: files of known kinds that lie in its folder (decision 0031)."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import http_date, parse_http_date_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from yifen.core.access.doors import Door, allow

KINDS = {
    ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
    ".json": "application/json", ".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp",
    ".xsd": "application/xml",
}  # fmt: skip


@allow(Door.PUBLIC)
@require_safe
def docs(request: HttpRequest) -> HttpResponseBase:
    """The first page in the reader's language; before the site is built, how it is made."""
    if not (Path(settings.YIFEN_DOCS) / "index.html").is_file():
        return render(request, "docs/not_built.html")
    if get_language() == "en":
        return redirect("docs_file", file="en/")
    return sent(request, "index.html")


@allow(Door.PUBLIC)
@require_safe
def docs_file(request: HttpRequest, file: str) -> HttpResponseBase:
    """A file of the site; a folder's address is that of its first page."""
    return sent(request, f"{file}index.html" if file.endswith("/") else file)


def sent(request: HttpRequest, name: str) -> HttpResponseBase:
    """The file, or that it did not change. Http404: there is none, it is of no kind that the site has, or it lies
    elsewhere."""
    folder = Path(settings.YIFEN_DOCS).resolve()
    try:
        file = (folder / name).resolve()
        if not (file.is_relative_to(folder) and file.suffix in KINDS and file.is_file()):
            raise Http404
    except (OSError, ValueError):  # a name that no file can have
        raise Http404 from None
    changed = int(file.stat().st_mtime)
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    fresh = {"Last-Modified": http_date(changed), "Cache-Control": "no-cache"}  # kept, and asked about each time
    if since is not None and since >= changed:
        return HttpResponse(status=304, headers=fresh)
    return HttpResponse(file.read_bytes(), content_type=KINDS[file.suffix], headers=fresh)
