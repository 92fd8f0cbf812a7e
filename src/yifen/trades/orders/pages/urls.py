"""Addresses of the payer's pages; the kiosk has the same ones, but no history and no bindings."""

from django.urls import URLPattern, path

from yifen.trades.orders.pages import binding_views as mine
from yifen.trades.orders.pages import cashier, checks, notices, orders, pages, posters


def _shared(prefix: str, name: str, kiosk: bool) -> list[URLPattern]:
    """The way to a paid bill, in one shell."""
    mode = {"kiosk": kiosk}
    order = f"{prefix}order/<slug:order_no>/"
    return [
        path(f"{prefix}c/<slug:code>/", pages.billers, mode, name=f"{name}_category"),
        path(f"{prefix}q/<slug:code>/", pages.biller, mode, name=f"{name}_biller"),
        path(f"{prefix}q/<slug:code>/<path:account_no>", pages.account, mode,
             name=f"{name}_account"),
        path(f"{prefix}pay/", orders.pay, mode, name=f"{name}_pay"),
        path(order, orders.order, mode, name=f"{name}_order"),
        path(f"{order}go/", orders.go, mode, name=f"{name}_go"),
        path(f"{order}again/", orders.again, mode, name=f"{name}_again"),
        path(f"{order}look/", orders.look, mode, name=f"{name}_look"),
        path(f"{order}cancel/", orders.cancel, mode, name=f"{name}_cancel"),
    ]  # fmt: skip


urlpatterns: list[URLPattern] = [
    path("", pages.home, name="payer_home"),
    *_shared("", "payer", False),
    path("kiosk/", pages.kiosk_start, name="kiosk"),
    path("kiosk/home/", pages.home, {"kiosk": True}, name="kiosk_home"),
    *_shared("kiosk/", "kiosk", True),
    path("order/<slug:order_no>/receipt.pdf", orders.receipt_pdf, name="payer_receipt"),
    path("cashier/<slug:order_no>/", cashier.cashier, name="cashier"),
    path("notice/<slug:method>/", notices.notice, name="pay_notice"),
    path("check/", checks.check, name="check"),
    path("check/<str:number>/", checks.check_receipt, name="check_receipt"),
    path("mine/", mine.bindings, name="bindings"),
    path("mine/code/<slug:token>/", mine.phone_code, name="phone_code"),
    path("mine/code/<slug:token>/again/", mine.phone_code_again, name="phone_code_again"),
    path("mine/forget/", mine.forget_phone, name="forget_phone"),
    path("mine/<int:binding>/remove/", mine.unbind, name="unbind"),
    path("mine/<int:binding>/due/", mine.binding_due, name="binding_due"),
    path("bind/<slug:code>/<path:account_no>", mine.bind, name="bind"),
    path("history/", mine.history, name="history"),
    path("poster/<slug:code>/", posters.poster, name="poster"),
    path("poster/<slug:code>/<path:account_no>", posters.account_poster, name="account_poster"),
]
