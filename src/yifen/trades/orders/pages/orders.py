"""An order on the screen: made, on its way to the pay method and back, waiting, decided."""

from typing import Any, cast

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_POST

from yifen.core.access import edge
from yifen.core.access.doors import Door, allow
from yifen.core.access.telling import words
from yifen.core.documents.qr import qr_svg
from yifen.core.documents.receipt import receipt
from yifen.core.facts.masking import masked_number
from yifen.core.facts.refused import Refused
from yifen.core.plugs import result_code
from yifen.face import asking
from yifen.face.payments.receipts import is_archived, number_of, of_payment
from yifen.hub.payments.local import hub_of
from yifen.trades.orders import bound, operations, rates, receipts, rules, settle
from yifen.trades.orders.codes import OrderCode
from yifen.trades.orders.methods import Device, Goal, PayRequest, registry
from yifen.trades.orders.methods.wechat import WeChat
from yifen.trades.orders.models import Order, OrderState
from yifen.trades.orders.operations import Wish
from yifen.trades.orders.pages import browser, formtoken
from yifen.trades.orders.pages.pages import account_page
from yifen.trades.orders.pages.shell import PAYING_IDLE_S, device_of, link, show, status_of
from yifen.trades.orders.rates import Limit
from yifen.trades.orders.settle import OrderOutside


@allow(Door.PUBLIC)
def pay(request: HttpRequest, kiosk: bool = False) -> HttpResponse:
    """The form of the bills: makes the order, or finds the one it made, and goes to pay. With `spread`, one amount, the
    bills are shown as it pays them."""
    if request.method != "POST":  # another language was chosen on the page that refused
        return HttpResponseRedirect(link(kiosk, "home"))
    try:
        shown = formtoken.read(request.POST.get("token", ""))
    except Refused as refused:
        return refusal(request, refused, kiosk)
    if "spread" in request.POST:  # shown before anything is paid
        return account_page(request, shown.biller, shown.account_no, kiosk)
    number = browser.number_of(request, kiosk)
    if not number:  # without cookies nobody could be told two payers from one
        number = shown.order_no
    try:
        rates.count(Limit.START_ADDRESS, edge.address(request), edge.now())
        wish = _wish(request, shown, number, kiosk)
        order = operations.start(hub_of(request), wish, edge.now())
        if order.state in rules.OPEN and not rules.is_wished(operations.lines_of(order), wish.choices):
            return page(request, order, kiosk, Refused(OrderCode.ORDER_OPEN))  # made before, of other amounts
    except Refused as refused:
        return account_page(request, shown.biller, shown.account_no, kiosk, refused)
    return _to_method(request, order, kiosk)


def _wish(request: HttpRequest, shown: formtoken.Shown, number: str, kiosk: bool) -> Wish:
    """Refused: PAY_METHOD_UNKNOWN for a method that is not offered here."""
    device, method = device_of(request, kiosk), request.POST.get("method", "")
    offered = [one.code for one in registry.offered(edge.key_ring_of(request), device)]
    if method not in offered:
        raise Refused(OrderCode.PAY_METHOD_UNKNOWN, "method")
    return Wish(shown.order_no, shown.biller, shown.account_no, shown.due_fen,
                formtoken.choices_of(request.POST), method, device, number,
                None if kiosk else browser.holder_of(request))  # fmt: skip


@allow(Door.PUBLIC)
def again(request: HttpRequest, order_no: str, kiosk: bool = False) -> HttpResponse:
    """Go to the pay method once more: the way there was lost."""
    if request.method != "POST":
        return HttpResponseRedirect(link(kiosk, "order", order_no))
    return _to_method(request, _order(order_no), kiosk)


def _to_method(request: HttpRequest, order: Order, kiosk: bool) -> HttpResponse:
    """To the pay method if the order still can be paid; its page otherwise, or if that fails."""
    if order.state in rules.OPEN and edge.now() >= order.expires_at:
        order = settle.look(outside(request), order, edge.now())
    if order.state in rules.OPEN:
        try:
            goal = _begin(request, order)
        except Refused as refused:
            return page(request, operations.find(order.pk), kiosk, refused)
        if goal.kind == "redirect":
            return HttpResponseRedirect(link(kiosk, "go", order.pk))
    return HttpResponseRedirect(link(kiosk, "order", order.pk))


def _begin(request: HttpRequest, order: Order, person: str = "") -> Goal:
    method = registry.of(edge.key_ring_of(request))(order.method)
    partner = order.biller.partner
    ask = PayRequest(
        order.pk, order.amount_fen, f"{partner.name} {masked_number(order.account_no)}", order.expires_at,
        Device(order.device), edge.address(request), absolute(link(False, "order", order.pk)),
        absolute(reverse("pay_notice", args=[order.method])), person,
    )  # fmt: skip
    return operations.begin(method, order, ask, edge.now())


@allow(Door.PUBLIC)
@require_GET
def go(request: HttpRequest, order_no: str, kiosk: bool = False) -> HttpResponse:
    """Leaves for the pay method; a page of ours between, for a form may not lead elsewhere."""
    order = _order(order_no)
    if order.state != OrderState.PAYING or not order.goal:
        return HttpResponseRedirect(link(kiosk, "order", order_no))
    goal = Goal(**order.goal)
    if order.device == Device.WECHAT and "code" in request.GET:
        try:
            goal = _begin(request, order, _person(request, order))
        except Refused as refused:
            return page(request, order, kiosk, refused)
    if goal.kind == "qr":
        return HttpResponseRedirect(link(kiosk, "order", order_no))
    if goal.text.startswith(settings.YIFEN_WEB_ORIGIN + "/"):
        return HttpResponseRedirect(goal.text.removeprefix(settings.YIFEN_WEB_ORIGIN))
    return show(request, "go", {"order": order, "goal": goal}, kiosk)


def _person(request: HttpRequest, order: Order) -> str:
    method = registry.of(edge.key_ring_of(request))(order.method)
    found = cast(WeChat, method).person(request.GET["code"][:100])
    if holder_id := browser.holder_of(request):
        bound.know_person(edge.key_ring_of(request), holder_id, found)
    return found


@allow(Door.PUBLIC)
@require_GET
def order(request: HttpRequest, order_no: str, kiosk: bool = False) -> HttpResponse:
    """Where the order stands; opened again after anything, it is found here."""
    return page(request, _order(order_no), kiosk)


@allow(Door.PUBLIC)
@require_POST
def look(request: HttpRequest, order_no: str, kiosk: bool = False) -> HttpResponse:
    """Ask the pay method and the hub now. htmx: nothing new is 204, else the page is read again."""
    before = _order(order_no)
    after = settle.look(outside(request), before, edge.now())
    if not getattr(request, "htmx", False):
        return HttpResponseRedirect(link(kiosk, "order", order_no))
    response = HttpResponse(status=204)
    if after.state != request.POST.get("state", before.state):
        response["HX-Refresh"] = "true"
    return response


@allow(Door.PUBLIC)
def cancel(request: HttpRequest, order_no: str, kiosk: bool = False) -> HttpResponse:
    """The payer will not pay: closed at the pay method, unless the money just came. Nobody else."""
    found = _order(order_no)
    if request.method == "POST" and found.state in rules.OPEN:
        method = registry.of(edge.key_ring_of(request))(found.method)
        try:
            settle.cancel(method, found, browser.caller_of(request, kiosk), edge.now())
        except Refused as refused:
            return page(request, operations.find(order_no), kiosk, refused)
    return HttpResponseRedirect(link(kiosk, "order", order_no))


@allow(Door.PUBLIC)
@require_GET
def receipt_pdf(request: HttpRequest, order_no: str) -> HttpResponse:
    """The receipt as PDF."""
    found, ring = _order(order_no), edge.key_ring_of(request)
    try:
        data = receipts.paper(ring, found, check_url(request, found), edge.now(),
                              account_shown(request, found, False))  # fmt: skip
    except Refused:
        raise Http404 from None
    response = HttpResponse(receipt(data), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="receipt-{data.payment_id}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def page(
    request: HttpRequest, found: Order, kiosk: bool, refused: Refused | None = None
) -> HttpResponse:
    """The order's page in its state; who only has its link sees no account number and cancels
    nothing, but may pay."""
    booked = found.state == OrderState.BOOKED
    context: dict[str, Any] = {
        "order": found,
        "is_own": rules.made_by(found, browser.caller_of(request, kiosk)),
        "account_shown": account_shown(request, found, kiosk),
        "lines": operations.lines_of(found),
        "parts": found.parts.order_by("due_at", "-settle_at"),
        "error": refused and words(request, refused),
        "ends": found.state in rules.DECIDED,
        "idle_s": PAYING_IDLE_S if found.state in rules.OPEN else 60,
        "reason": reason(request, found),
    }
    if found.goal and found.goal["kind"] == "qr":
        context["qr"] = mark_safe(qr_svg(found.goal["text"]).decode())  # noqa: S308 - ours
        context["qr_url"] = found.goal["text"] if found.method == "simulated" else ""
    if booked and found.payment_id and not is_archived(found.payment_id):
        url = check_url(request, found)
        context |= {
            "number": number_of(edge.key_ring_of(request), found.payment_id),
            "standing": of_payment(found.payment_id).standing,
            "check_qr": mark_safe(qr_svg(url).decode()),  # noqa: S308 - ours
        }
        if context["is_own"]:
            facts = asking.answers("payer_facts", unread, connection.connection, found.payment_id)
            context |= {"told": facts, "waits": any(fact.get("waits") for fact in facts)}
    return show(request, "order", context, kiosk, status_of(refused) if refused else 200)


def unread(sentence: str) -> dict[str, Any]:
    """Stands for what a trade could not tell."""
    return {"title": sentence, "text": ""}


def account_shown(request: HttpRequest, found: Order, kiosk: bool) -> str:
    """Whole for who made the order."""
    own = rules.made_by(found, browser.caller_of(request, kiosk))
    return found.account_no if own else masked_number(found.account_no)


def reason(request: HttpRequest, found: Order) -> str:
    """Why an order waits or its money goes back, in the hub's words."""
    if not found.code or found.state == OrderState.BOOKED:
        return ""
    code = result_code(found.code)
    told = hub_of(request).bound(found.channel.partner.code, found.biller.partner.code, code)
    return Refused(code, detail=told).text(request.LANGUAGE_CODE)


def check_url(request: HttpRequest, found: Order) -> str:
    assert found.payment_id is not None
    number = number_of(edge.key_ring_of(request), found.payment_id)
    return absolute(reverse("check_receipt", args=[number]))


def absolute(path: str) -> str:
    """As people outside reach it."""
    return f"{settings.YIFEN_WEB_ORIGIN}{path}"


def outside(request: HttpRequest) -> OrderOutside:
    return OrderOutside(hub_of(request), registry.of(edge.key_ring_of(request)))


def refusal(request: HttpRequest, refused: Refused, kiosk: bool) -> HttpResponse:
    """A page of its own for what belongs to no other page."""
    context = {"error": words(request, refused), "back_url": link(kiosk, "home")}
    return show(request, "refused", context, kiosk, status_of(refused))


def _order(order_no: str) -> Order:
    try:
        return operations.find(order_no)
    except Refused:
        raise Http404 from None


