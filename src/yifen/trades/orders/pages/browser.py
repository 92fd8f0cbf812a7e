"""What a payer's browser carries without a sign-in: its own number, the city, the checked phone.

All in signed cookies that scripts cannot read. A kiosk has a number of its own, new for each person.
"""

from secrets import token_hex
from urllib.parse import quote, unquote

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from yifen.trades.orders.rules import Caller

YEAR_S = 365 * 24 * 3600
HOLDER_S = 180 * 24 * 3600
BROWSER, KIOSK, HOLDER, CITY = "yifen_browser", "yifen_kiosk", "yifen_holder", "yifen_city"


def number_of(request: HttpRequest, kiosk: bool = False) -> str:
    """Empty for a browser that was never here."""
    return str(request.get_signed_cookie(KIOSK if kiosk else BROWSER, default="", salt=BROWSER))


def numbered(
    request: HttpRequest, response: HttpResponse, kiosk: bool = False, anew: bool = False
) -> HttpResponse:
    """The response, with a number for a browser that has none (or is to have a new one)."""
    if anew or not number_of(request, kiosk):
        name, age_s = (KIOSK, None) if kiosk else (BROWSER, YEAR_S)
        _set(response, name, token_hex(16), age_s)
    return response


def holder_of(request: HttpRequest) -> int | None:
    """Whose phone was checked in this browser."""
    text = request.get_signed_cookie(HOLDER, default="", salt=HOLDER, max_age=HOLDER_S)
    return int(text) if text else None


def caller_of(request: HttpRequest, kiosk: bool) -> Caller:
    """Who this is to an order; nobody at a kiosk is known by a phone."""
    return Caller(number_of(request, kiosk), None if kiosk else holder_of(request))


def set_holder(response: HttpResponse, holder_id: int) -> None:
    response.set_signed_cookie(
        HOLDER, str(holder_id), salt=HOLDER, max_age=HOLDER_S, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def forget_holder(response: HttpResponse) -> None:
    response.delete_cookie(HOLDER, samesite="Lax")


def city_of(request: HttpRequest, cities: list[str]) -> str:
    """The city that was asked for or chosen before, else the only one; empty: all of them."""
    kept = str(request.get_signed_cookie(CITY, default="", salt=CITY))
    asked = request.GET.get("city", unquote(kept))
    if asked in cities:
        return asked
    return cities[0] if len(cities) == 1 else ""


def remember_city(request: HttpRequest, response: HttpResponse, city: str) -> None:
    if "city" in request.GET and city:
        response.set_signed_cookie(
            CITY, quote(city), salt=CITY, max_age=YEAR_S, httponly=True, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip


def _set(response: HttpResponse, name: str, number: str, age_s: int | None) -> None:
    response.set_signed_cookie(
        name, number, salt=BROWSER, max_age=age_s, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
