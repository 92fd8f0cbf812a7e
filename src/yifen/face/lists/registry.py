"""Every list of the house by its name, as the plugs name them."""

from functools import cache
from typing import Any

from django.http import Http404

from yifen.core.access.edge import Access
from yifen.core.plugs import PlugError, called, plugs
from yifen.face.lists.listing import Listing


@cache
def lists_by_name() -> dict[str, Listing]:
    """PlugError: two lists have one name, or what is named is no list."""
    found: dict[str, Listing] = {}
    for plug in plugs():
        for dotted in plug.lists:
            listing: Any = called(dotted)
            if not isinstance(listing, Listing):
                raise PlugError(f"{dotted} is no list")
            if listing.name in found:
                raise PlugError(f"the list {listing.name} is claimed twice, also by {dotted}")
            found[listing.name] = listing
    return found


def list_of(name: str, access: Access, **about: Any) -> Listing:
    """The list of that name, of the thing that `about` names. Http404: there is none, or the thing is
    not in the scope of who asks."""
    listing = lists_by_name().get(name)
    if listing is None:
        raise Http404
    return bound(listing, access, **about)


def bound(listing: Listing, access: Access, **about: Any) -> Listing:
    """The list of the thing that `about` names. Http404 outside the scope."""
    return listing.bind(access, **about) if listing.bind else listing
