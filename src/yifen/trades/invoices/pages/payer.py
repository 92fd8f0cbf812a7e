"""Who paid asks for the electronic invoice 数电票 himself, from the page of his order."""

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from yifen.core.access import edge
from yifen.core.access.doors import Door, allow
from yifen.core.access.telling import put, words
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.face.plain import plain_connection
from yifen.trades.invoices.electronic import issuing
from yifen.trades.invoices.pages.electronic_forms import OwnBuyerForm

SALT, LASTS_S = "invoice.own", 3600


def address_of(payment_id: int) -> str:
    """Shown to who made the order alone; it serves for an hour, and the page of the order has a new one."""
    return reverse("invoice_own", args=[signing.dumps(payment_id, salt=SALT)])


@allow(Door.PUBLIC)
@sensitive_post_parameters()
def invoice_own(request: HttpRequest, token: str) -> HttpResponse:
    """Asks for the buyer; what may not be issued is refused with its number. Then back to the order, which says how
    far it is."""
    try:
        payment_id, order_no = _own(token)
    except Refused as refused:
        is_none = refused.code in (Code.FORM_STALE, Code.OUT_OF_SCOPE)  # a link that leads nowhere
        return _page(request, {"error": words(request, refused)}, 404 if is_none else refused.code.meaning.status)
    back = {"back_url": reverse("payer_order", args=[order_no])}
    form = OwnBuyerForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            with plain_connection() as conn:
                issuing.ask_own(conn, edge.key_ring_of(request), payment_id, form.buyer(), edge.now())
        except Refused as refused:
            put(request, form, refused, "buyer_name")
        else:
            messages.success(request, _("已申请数电票，开好后号码显示在本页"))
            return redirect(back["back_url"])
    return _page(request, back | {"form": form}, 200)


def _own(token: str) -> tuple[int, str]:
    """The payment, and the order by which it was paid. Refused: FORM_STALE (no link of ours, or of more than an hour
    ago), OUT_OF_SCOPE, and why it may have none."""
    try:
        payment_id = int(signing.loads(token, salt=SALT, max_age=LASTS_S))
    except signing.BadSignature:
        raise Refused(Code.FORM_STALE) from None
    with plain_connection() as conn:
        found = issuing.may_issue_own(conn, payment_id, edge.now())
    if found is None:
        raise Refused(Code.OUT_OF_SCOPE)
    if found[0] is not None:
        raise Refused(found[0])
    return payment_id, found[1]


def _page(request: HttpRequest, context: dict[str, object], status: int) -> HttpResponse:
    return render(request, "payer/invoice_own.html", {"home_url": "/"} | context, status=status)
