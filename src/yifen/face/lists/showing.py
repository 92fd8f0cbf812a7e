"""A list as a page: what was asked in the address, and the table that answers it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.access.edge import Access, access_of, now
from yifen.face import words as said
from yifen.face.lists import counting, saved
from yifen.face.lists.filters import ListFilters
from yifen.face.lists.gone import gone_until
from yifen.face.lists.listing import Column, ListAsk, Listing, ListPage
from yifen.face.lists.paging import TooMuch, page
from yifen.face.lists.presets import presets, since
from yifen.face.words import own

SORT, AFTER, BEFORE = "sort", "after", "before"
PAGING = (SORT, AFTER, BEFORE)


def show(
    request: HttpRequest, listing: Listing, template: str = "console/list.html", **context: Any
) -> HttpResponse:
    """The list with the filters, order and page of the address."""
    access = access_of(request)
    form = form_of(listing, request.GET, access)
    shown = {"listing": listing, "form": form, "reset_url": request.path, **around(request, listing),
             "presets": presets(request, form), "since": since(request, form), **context}  # fmt: skip
    if form.is_valid() and form.asks:
        ask = ask_of(listing, request.GET, access, form)
        try:
            found = page(listing, ask)
        except TooMuch:
            shown["too_much"] = True
        else:
            shown["gone_until"] = gone_until(listing, form)
            if listing.straight and (target := listing.straight(ask, found.rows)):
                return redirect(target)
            shown |= table(request, listing, ask, found)
            shown |= counting.shown(counting.counted(listing, ask), found.rows)
    return render(request, template, shown)


def around(request: HttpRequest, listing: Listing) -> dict[str, Any]:
    """What stands above any list: tabs, buttons, the reader's own views of it."""
    access = access_of(request)
    return {
        "heading": own(access, listing.heading or listing.title),
        "tabs": listing.tabs(listing.name) if listing.tabs else [],
        "actions": [one for one in listing.actions if access.may(one.permission)],
        "views": saved.of(request, listing, query(request)),
        "view_query": query(request),
    }


def form_of(listing: Listing, asked: QueryDict, access: Access) -> ListFilters:
    """The filters as the address gives them."""
    return listing.form(asked, access, now())


def ask_of(listing: Listing, asked: QueryDict, access: Access, form: ListFilters) -> ListAsk:
    """What the address asks. An order or a key that is none of this list's is passed over."""
    name, descending = order_of(listing, asked.get(SORT, ""))
    order = listing.orders[name]
    before = order.read(asked.get(BEFORE, ""))
    key = before or order.read(asked.get(AFTER, ""))
    return ListAsk(access, form.now, form.cleaned_data | listing.about, order, descending, key,
               back=before is not None)  # fmt: skip


def order_of(listing: Listing, asked: str) -> tuple[str, bool]:
    """Name and direction of an order as the address says it: `amount` rises, `-amount` falls."""
    name = asked.removeprefix("-")
    if name not in listing.orders:
        name = listing.default_order
        asked = ""
    order = listing.orders[name]
    return name, asked.startswith("-") if asked and order.turns else order.descending


def table(request: HttpRequest, listing: Listing, ask: ListAsk, found: ListPage) -> dict[str, Any]:
    """The table's context: `parts/table.html` draws it."""
    address = addresses(request)
    asked = query(request)
    shown = {
        "columns": [head(column, listing, ask, address) for column in listing.on_page],
        "rows": [{"cells": cells(listing, row, ask.access)} for row in found.rows],
        "newer_url": address(**{BEFORE: ask.order.write(found.newer)}) if found.newer else "",
        "older_url": address(**{AFTER: ask.order.write(found.older)}) if found.older else "",
        "cut_at": found.cut_at,
        "by_time": ask.order.timed and ask.descending,
        "empty_title": _("没有符合条件的记录") if asked else listing.empty,
        "empty_note": _("换一个条件，或清除条件再查。") if asked else listing.empty_note,
        "empty_url": request.path if asked else "",
    }
    if listing.export and ask.access.may(listing.export) and found.rows:
        shown |= {"export_url": export_url(listing), "export_query": asked}
    return shown


def addresses(request: HttpRequest) -> Callable[..., str]:
    """Makes addresses of this list with the same filters: `address(after=…)`."""

    def address(**changed: str) -> str:
        asked = request.GET.copy()
        for name in (AFTER, BEFORE):
            asked.pop(name, None)
        for name, value in changed.items():
            asked[name] = value
        return f"{request.path}?{asked.urlencode()}"

    return address


def query(request: HttpRequest) -> str:
    """Filters and order of this address: what an export and a saved view repeat."""
    asked = request.GET.copy()
    for name in (AFTER, BEFORE):
        asked.pop(name, None)
    return asked.urlencode()


def export_url(listing: Listing) -> str:
    """Where this list is exported; what the list is about stands in the address."""
    return reverse(f"{listing.name}_export", kwargs=listing.about or None)


def head(
    column: Column, listing: Listing, ask: ListAsk, address: Callable[..., str]
) -> dict[str, Any]:
    """A column's head; pressing it sorts, pressing again turns the order round."""
    shown: dict[str, Any] = {"title": own(ask.access, column.title), "kind": column.kind}
    if order := listing.orders.get(column.sort):
        current = order is ask.order
        if current and not order.turns:
            return shown | {"sorted": "down" if ask.descending else "up"}
        descending = not ask.descending if current else order.descending
        shown["sort"] = address(**{SORT: ("-" if descending else "") + column.sort})
        if current:
            shown["sorted"] = "down" if ask.descending else "up"
    return shown


def cells(listing: Listing, row: Any, access: Access) -> list[dict[str, Any]]:
    """A row; its first cell leads to what the row is about."""
    found = [cell(column, row, access) for column in listing.on_page]
    if listing.opens and found and not found[0].get("url"):
        found[0]["url"] = listing.opens(row, access)
    return found


def cell(column: Column, row: Any, access: Access) -> dict[str, Any]:
    """A cell as the tag `cell` draws it; text is escaped there."""
    value = column.value_of(row, access)
    shown: dict[str, Any] = {"kind": column.kind}
    match column.kind:
        case "amount":
            shown["fen"] = value
        case "time":
            shown["at"] = value
        case "day":
            shown |= {"kind": "code", "text": value.isoformat() if value else None}
        case "num":
            shown["text"] = None if value is None else f"{value:,}"
        case "account":
            shown |= {"kind": "code", "text": value}
        case "badge":
            shown |= {"text": value, "tone": value.tone if isinstance(value, said.Toned) else column.tone_of(row)}
        case _:
            shown["text"] = value
    if column.url:
        shown["url"] = column.url(row, access)
    return shown
