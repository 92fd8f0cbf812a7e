"""My accounts 我的户号: the phone is checked once, then several accounts stay at hand."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yifen.core.access import edge
from yifen.core.access.doors import Door, allow
from yifen.core.access.telling import language, say, words
from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.refused import Refused
from yifen.core.notifications.carriers import Medium
from yifen.core.notifications.carriers.providers import carrier_of
from yifen.core.notifications.models import Notification
from yifen.core.notifications.operations import opened
from yifen.hub.payments.local import hub_of
from yifen.trades.orders import bindings as kept
from yifen.trades.orders import catalogue, phones, queries
from yifen.trades.orders.methods.registry import simulated_on
from yifen.trades.orders.models import Holder
from yifen.trades.orders.pages import browser
from yifen.trades.orders.pages.categories import category
from yifen.trades.orders.pages.shell import link, show, status_of


@allow(Door.PUBLIC)
def bindings(request: HttpRequest) -> HttpResponse:
    """The accounts with what is due; or, POST phone, a code to check the phone."""
    holder = holder_of(request)
    context: dict[str, Any] = {"back_url": link(False, "home"), "next": _next(request)}
    if holder is not None:
        context |= {
            "phone": phones.phone_of(edge.key_ring_of(request), holder),
            "rows": [(row, category(row.biller.category)) for row in kept.of(holder)],
            "most": kept.MOST,
        }
        return show(request, "bindings", context, False)
    if request.method == "POST":
        try:
            ring = edge.key_ring_of(request)
            check = phones.send_code(ring, carrier_of(ring, Medium.SMS), request.POST.get("phone", ""),
                                     edge.address(request), edge.now(), language(request)[:2])  # fmt: skip
        except Refused as refused:
            context |= {"error": words(request, refused), "phone": request.POST.get("phone", "")}
            return show(request, "phone", context, False, status_of(refused))
        target = reverse("phone_code", args=[check.pk])
        return HttpResponseRedirect(f"{target}?{urlencode({'next': context['next']})}")
    return show(request, "phone", context, False)


@allow(Door.PUBLIC)
def phone_code(request: HttpRequest, token: str) -> HttpResponse:
    """The code that came by SMS."""
    ring = edge.key_ring_of(request)
    context: dict[str, Any] = {"back_url": reverse("bindings"), "next": _next(request), "token": token}
    if simulated_on():  # trying out: no phone is there to look at
        context["sms"] = _last_message(request)
    if request.method != "POST":
        return show(request, "phone_code", context, False)
    try:
        code, address = request.POST.get("code", ""), edge.address(request)
        holder = phones.confirm(ring, token, code, address, edge.now())
    except Refused as refused:
        context["error"] = words(request, refused)
        return show(request, "phone_code", context, False, status_of(refused))
    response = HttpResponseRedirect(context["next"] or reverse("bindings"))
    browser.set_holder(response, holder.pk)
    return response


@allow(Door.PUBLIC)
@require_POST
def phone_code_again(request: HttpRequest, token: str) -> HttpResponse:
    """Another code to the phone for which this one was asked."""
    ring, after = edge.key_ring_of(request), urlencode({"next": _next(request)})
    try:
        check = phones.send_again(ring, carrier_of(ring, Medium.SMS), token, edge.address(request), edge.now(),
                                  language(request)[:2])  # fmt: skip
    except Refused as refused:
        say(request, refused)
        return HttpResponseRedirect(f"{reverse('phone_code', args=[token])}?{after}")
    messages.success(request, _("已重新发送"))
    return HttpResponseRedirect(f"{reverse('phone_code', args=[check.pk])}?{after}")


def _last_message(request: HttpRequest) -> str:
    row = Notification.objects.filter(kind=phones.KIND).order_by("-pk").first()
    return opened(edge.key_ring_of(request), row)[1] if row else ""


@allow(Door.PUBLIC)
def bind(request: HttpRequest, code: str, account_no: str) -> HttpResponse:
    """GET asks for a name for the account, POST binds it."""
    holder, account_no = holder_of(request), clean_account(account_no)
    if holder is None:
        return HttpResponseRedirect(f"{reverse('bindings')}?{urlencode({'next': request.path})}")
    try:
        found = catalogue.biller(code)
    except Refused:
        raise Http404 from None
    context = {"biller": found, "account_no": account_no,
               "back_url": link(False, "account", code, account_no)}  # fmt: skip
    if request.method == "POST":
        try:
            kept.bind(hub_of(request), holder, code, account_no, request.POST.get("alias", ""),
                      edge.address(request), edge.now())  # fmt: skip
        except Refused as refused:
            context["error"] = words(request, refused)
            return show(request, "bind", context, False, status_of(refused))
        return HttpResponseRedirect(reverse("bindings"))
    return show(request, "bind", context, False)


@allow(Door.PUBLIC)
@require_POST
def unbind(request: HttpRequest, binding: int) -> HttpResponse:
    """Removes one of the holder's own."""
    holder = holder_of(request)
    if holder is not None:
        kept.remove(holder, binding)
        messages.success(request, _("已移除"))
    return HttpResponseRedirect(reverse("bindings"))


@allow(Door.PUBLIC)
@require_GET
def binding_due(request: HttpRequest, binding: int) -> HttpResponse:
    """A part of the list: what is due on one account now."""
    holder = holder_of(request)
    if holder is None:
        raise Http404
    try:
        row = kept.one(holder, binding)
    except Refused:
        raise Http404 from None
    context: dict[str, Any] = {}
    try:
        context["fen"] = kept.due_fen(hub_of(request), row, edge.address(request), edge.now())
    except Refused as refused:
        context["error"] = words(request, refused)
    return show(request, "due", context, False)


@allow(Door.PUBLIC)
@require_POST
def forget_phone(request: HttpRequest) -> HttpResponse:
    """This browser knows the phone no more; the bindings stay."""
    response = HttpResponseRedirect(reverse("payer_home"))
    browser.forget_holder(response)
    return response


@allow(Door.PUBLIC)
@require_GET
def history(request: HttpRequest) -> HttpResponse:
    """What was paid in this browser, by this person, and on the bound accounts."""
    holder = holder_of(request)
    rows = queries.history(
        browser.number_of(request), holder.pk if holder else None,
        queries.read_place(request.GET.get("before", "")),
    )
    older = rows[queries.PAGE - 1].place.text if len(rows) > queries.PAGE else ""
    context = {"entries": rows[: queries.PAGE], "older": older, "back_url": link(False, "home")}
    return show(request, "history", context, False)


def holder_of(request: HttpRequest) -> Holder | None:
    number = browser.holder_of(request)
    return Holder.objects.filter(pk=number).first() if number else None


def _next(request: HttpRequest) -> str:
    """Where to go on after the phone was checked; only within these pages."""
    target = request.POST.get("next", request.GET.get("next", ""))
    hosts = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(target, hosts, settings.SESSION_COOKIE_SECURE)
    return target if safe and target.startswith("/") else ""
