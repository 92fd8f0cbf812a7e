"""The addresses of a list: its page, and where it is exported."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from yifen.core.access.doors import View, allow
from yifen.core.access.edge import access_of
from yifen.face.exports.views import exporting
from yifen.face.lists import showing
from yifen.face.lists.listing import Listing
from yifen.face.lists.registry import bound


def list_urls(listing: Listing, view: View | None = None) -> list[URLPattern]:
    """The list's page, by `view` when it shows more than the list; and its export."""
    found = []
    if not listing.only_exported:
        found.append(path(listing.route, view or showing_of(listing), name=listing.name))
    if listing.export:
        found.append(path(f"{listing.route}export/", exporting(listing), name=f"{listing.name}_export"))
    return found


def showing_of(listing: Listing) -> View:
    """The view that shows a list and no more."""

    @allow(listing.permission)
    def shown(request: HttpRequest, **about: Any) -> HttpResponse:
        return showing.show(request, bound(listing, access_of(request), **about))

    return shown
