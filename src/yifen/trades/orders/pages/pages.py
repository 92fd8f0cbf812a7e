"""Finding what is to be paid: city, category, biller, account number, bills."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET

from yifen.core.access import edge
from yifen.core.access.doors import Door, allow
from yifen.core.access.telling import words
from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Biller
from yifen.hub.payments.local import hub_of
from yifen.trades.orders import bills as owing
from yifen.trades.orders import bindings, catalogue, queries, rules
from yifen.trades.orders.methods import registry
from yifen.trades.orders.pages import browser, formtoken
from yifen.trades.orders.pages.categories import category, in_order
from yifen.trades.orders.pages.shell import device_of, link, show, status_of


@allow(Door.PUBLIC)
@require_GET
def home(request: HttpRequest, kiosk: bool = False) -> HttpResponse:
    """The categories of a city; what this browser paid last; what it has not finished."""
    cities = catalogue.cities()
    city = browser.city_of(request, cities)
    codes = catalogue.in_city(city).order_by("category").values_list("category", flat=True)
    number = "" if kiosk else browser.number_of(request)
    context: dict[str, Any] = {
        "cities": cities,
        "city": city,
        "tiles": in_order(codes.distinct()),
        "open_orders": queries.open_orders(number),
        "recent": queries.recent_accounts(number),
    }
    response = show(request, "home", context, kiosk)
    browser.remember_city(request, response, city)
    return browser.numbered(request, response, kiosk)


@allow(Door.PUBLIC)
@require_GET
def kiosk_start(request: HttpRequest) -> HttpResponse:
    """Language first; whoever was here before is forgotten."""
    response = show(request, "kiosk_start", {"next": link(True, "home")}, True)
    return browser.numbered(request, response, kiosk=True, anew=True)


@allow(Door.PUBLIC)
@require_GET
def billers(request: HttpRequest, code: str, kiosk: bool = False) -> HttpResponse:
    """The billers of a category; with one alone, straight to it."""
    city = browser.city_of(request, catalogue.cities())
    found = list(catalogue.in_city(city).filter(category=code))
    if not found:
        raise Http404
    if len(found) == 1:
        return HttpResponseRedirect(link(kiosk, "biller", found[0].partner.code))
    context = {"category": category(code), "billers": found, "city": city}
    return show(request, "billers", context | {"back_url": link(kiosk, "home")}, kiosk)


@allow(Door.PUBLIC)
def biller(request: HttpRequest, code: str, kiosk: bool = False) -> HttpResponse:
    """Also the target of a biller's QR poster: asks for the account number."""
    found = _biller(code)
    if request.method == "POST":
        account_no = clean_account(request.POST.get("account_no", ""))
        if account_no:
            return HttpResponseRedirect(link(kiosk, "account", code, account_no))
        return _ask_account(request, found, kiosk, Refused(Code.INPUT_INVALID, "account_no"))
    return _ask_account(request, found, kiosk)


def _ask_account(
    request: HttpRequest, found: Biller, kiosk: bool, refused: Refused | None = None, typed: str = ""
) -> HttpResponse:
    number = "" if kiosk else browser.number_of(request)
    context = {
        "biller": found,
        "category": category(found.category),
        "account_no": typed or queries.last_account(number, found.pk),
        "error": refused and words(request, refused),
        "retry": refused is not None and refused.code is not Code.ACCOUNT_UNKNOWN,
        "back_url": link(kiosk, "home"),
    }
    return show(request, "biller", context, kiosk, status_of(refused) if refused else 200)


@allow(Door.PUBLIC)
@require_GET
def account(request: HttpRequest, code: str, account_no: str, kiosk: bool = False) -> HttpResponse:
    """Who it is (masked), what is due, how to pay: also the target of a payer's own QR poster."""
    return account_page(request, code, clean_account(account_no), kiosk)


def account_page(
    request: HttpRequest, code: str, account_no: str, kiosk: bool, refused: Refused | None = None
) -> HttpResponse:
    """The bills as they are now; `refused` says why an order could not be made of the last ones."""
    now, found = edge.now(), _biller(code)
    try:
        reply = owing.bills(hub_of(request), code, account_no, edge.address(request), now)
    except Refused as error:
        return _ask_account(request, found, kiosk, error, account_no)
    shown = reply.payables[: owing.SHOWN_MAX]
    spread = None
    if "spread" in request.POST:
        try:
            spread = rules.spread(shown, request.POST["spread"])
        except Refused as error:
            refused = error
    token = formtoken.make(code, reply.account_no, {row.payable: row.due_fen for row in shown})
    ring, device = edge.key_ring_of(request), device_of(request, kiosk)
    context = {
        "biller": found,
        "category": category(found.category),
        "reply": reply,
        "rows": formtoken.rows_of(shown, request.POST, spread),
        "spreads": len(shown) > 1 and found.oldest_first and not found.endpoint,
        "keeps": any(payable.mode == "open" for payable in shown),
        "spread": request.POST.get("spread", ""), "is_spread": spread is not None,
        "more": len(reply.payables) - len(shown),
        "token": token,
        "methods": registry.offered(ring, device),
        "method": request.POST.get("method", ""),
        "error": refused and words(request, refused),
        "bound": bindings.has(browser.holder_of(request), found.pk, reply.account_no),
        "back_url": link(kiosk, "biller", code),
    }
    response = show(request, "account", context, kiosk, status_of(refused) if refused else 200)
    return browser.numbered(request, response, kiosk)


def _biller(code: str) -> Biller:
    try:
        return catalogue.biller(code)
    except Refused:
        raise Http404 from None


