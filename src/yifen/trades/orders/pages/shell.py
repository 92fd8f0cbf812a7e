"""The two shells of the same pages: a phone's, and a kiosk's with huge targets and an idle reset."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from yifen.core.facts.refused import Refused
from yifen.trades.orders.methods import Device

IDLE_S = 60
PAYING_IDLE_S = 300  # the payer's eyes are on his phone


def link(kiosk: bool, name: str, *args: Any) -> str:
    """The address of a page in this shell."""
    return reverse(f"{'kiosk' if kiosk else 'payer'}_{name}", args=args)


def show(
    request: HttpRequest, template: str, context: dict[str, Any], kiosk: bool, status: int = 200
) -> HttpResponse:
    """A page in its shell; a page may give its own `idle_s`."""
    own = {
        "kiosk": kiosk,
        "shell": "kiosk" if kiosk else "payer",
        "home_url": link(kiosk, "home"),
        "idle_s": IDLE_S,
        "idle_url": reverse("kiosk"),
    }
    return render(request, f"payer/{template}.html", own | context, status=status)


def status_of(refused: Refused) -> int:
    return refused.code.meaning.status


def device_of(request: HttpRequest, kiosk: bool) -> Device:
    """Where the payer is, by what his browser says of itself; what it says is no security."""
    agent = request.headers.get("User-Agent", "")
    if kiosk:
        return Device.SCREEN
    if "MicroMessenger" in agent:
        return Device.WECHAT
    if "AlipayClient" in agent:
        return Device.ALIPAY
    return Device.PHONE if "Mobi" in agent or "Android" in agent else Device.SCREEN
