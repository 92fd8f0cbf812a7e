"""The console's pages of electronic invoices: one with what people may do about it, sellers, a day compared."""

from typing import Any

from django.contrib import messages
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, key_ring_of, now
from yifen.core.access.fields import searched
from yifen.core.access.telling import put, say, words
from yifen.core.audit.record import act
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.core.wire.signed_port import NoPortAnswer
from yifen.face.lists.selecting import in_institutions, params_of
from yifen.face.plain import plain_connection
from yifen.trades.invoices.electronic import issuers, issuing, rules
from yifen.trades.invoices.electronic.issuers import IssuerForm
from yifen.trades.invoices.electronic.port import port_of
from yifen.trades.invoices.electronic.rules import IssuedNumber
from yifen.trades.invoices.pages.electronic_forms import BuyerForm, InvoiceDayForm, TaxIssuerForm
from yifen.trades.invoices.pages.electronic_listing import KINDS, STATES, said
from yifen.trades.invoices.pages.views import read

_SQL = queries(__package__)
_ONE = _SQL["electronic"].format(scope=in_institutions("e.institution_id"))
_ISSUERS, _BILLERS, _SELLERS = _SQL["issuers"], _SQL["billers"], _SQL["sellers"]
SHOWN_MOST = 200


@allow("invoices.view")
def invoice_electronic(request: HttpRequest, order_no: str) -> HttpResponse:
    """One order. POST act: again (with the buyer's mended data), drop (reason). The database asks whether he may."""
    access = access_of(request)
    rows = read(_ONE, params_of(access, now()) | {"order": searched(order_no)})
    if not rows:  # or it is another's
        raise Http404
    (order_no, kind, state, platform, code, reason, number, sheet_no, total, tax, lines, payment, blue, blue_number,
     follows, next_no, buyer, seller, outlet, asker, asked_at, issued_at, sent_at, look_at) = rows[0]  # fmt: skip
    is_failed, is_stuck = state == "failed", state in rules.OPEN and look_at is None
    may = access.may("invoices.electronic")
    form = _buyer_form(request, order_no) if may and is_failed and kind == "blue" else None
    if request.method == "POST" and (done := _acted(request, order_no, form)):
        return done
    facts = [
        (_("种类"), KINDS[kind][0]), (_("发票号码"), number), (_("确认单编号"), sheet_no),
        (_("所冲蓝票"), blue_number or blue), (_("价税合计"), f"¥{grouped_yuan(total)}"),
        (_("其中税额"), f"¥{grouped_yuan(tax)}"), (_("购方"), buyer), (_("收费单位"), seller), (_("网点"), outlet),
        (_("申请人"), asker), (_("平台状态"), platform), (_("说明"), said(reason)),
        (_("申请时间"), asked_at), (_("最近发出"), sent_at), (_("开具时间"), issued_at), (_("代替"), follows),
        (_("已重开为"), next_no),
    ]  # fmt: skip
    return render(request, "console/invoices/electronic.html", {
        "order_no": order_no, "state": STATES[state][0], "tone": STATES[state][1], "payment": payment,
        "lines": [line | {"percent": f"{line['permille'] / 10:g}"} for line in lines],
        "facts": [{"title": title, "text": text, "kind": "time" if hasattr(text, "year") else "", "at": text}
                  for title, text in facts if text],
        "code": words(request, Refused(result_code(code))) if code else "", "form": form,
        "is_failed": is_failed and may, "is_stuck": is_stuck and may, "breadcrumbs": _crumbs(order_no),
    })  # fmt: skip


def _buyer_form(request: HttpRequest, order_no: str) -> BuyerForm:
    """As it was, to be mended; who may mend it sees it whole, which leaves a trace."""
    if request.method == "POST" and request.POST.get("act") == "again":
        return BuyerForm(request.POST)
    with plain_connection() as conn:
        buyer = issuing.buyer_of(key_ring_of(request), issuing.find(conn, order_no))
    act(connection, "invoice.buyer", "invoice_electronic", order_no)
    return BuyerForm(initial={"buyer_name": buyer.name, "buyer_tax_no": buyer.tax_no, "buyer_mail": buyer.mail})


def _acted(request: HttpRequest, order_no: str, form: BuyerForm | None) -> HttpResponse | None:
    """What was asked of it is done; None: it was refused, and the page says why."""
    session, ring, word = access_of(request).session, key_ring_of(request), request.POST.get("act")
    try:
        with plain_connection() as conn:
            if word == "drop":
                issuing.drop(conn, session, order_no, request.POST.get("reason", ""), now())
                return redirect("invoice_electronic", order_no)
            if form is not None and not (form.is_bound and form.is_valid()):
                return None
            new = issuing.again(conn, ring, session, order_no, form.buyer() if form else None, now())
        messages.success(request, _("已交系统发送"))
        return redirect("invoice_electronic", new)
    except Refused as refused:
        put(request, form, refused, "buyer_name") if form is not None and form.is_bound else say(request, refused)
    return None


@allow("invoices.issuer")
@sensitive_post_parameters("secret")
def invoice_issuers(request: HttpRequest) -> HttpResponse:
    """The sellers; GET biller: one to be changed; POST one, for another person to decide."""
    access, asked = access_of(request), request.GET.get("biller", "")
    standing = issuers.issuer_of(int(asked)) if asked.isdecimal() and access.scope.has_partner(int(asked)) else None
    form = TaxIssuerForm(request.POST or None, initial=_typed(standing) if standing else None)
    form.fields["biller_id"].choices = read(_BILLERS, params_of(access, now()))  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("proposal", issuers.propose(access, IssuerForm(**form.cleaned_data), now()).pk)
        except Refused as refused:
            put(request, form, refused, "endpoint")
    rows = read(_ISSUERS, params_of(access, now()))
    return render(request, "console/invoices/issuers.html", {
        "form": form, "issuers": rows, "breadcrumbs": _crumbs(_("数电票平台"))})  # fmt: skip


def _typed(standing: dict[str, Any]) -> dict[str, Any]:
    """As it is typed; the key stays unsaid."""
    return standing | {"biller_id": standing["biller"], "secret": "",
                       "rates": "\n".join(rules.rate_text(row) for row in standing["rates"])}  # fmt: skip


@allow("invoices.electronic")
def invoice_day(request: HttpRequest) -> HttpResponse:
    """与平台核对: our numbers of a day against the platform's list, number by number, both directions."""
    sellers = read(_SELLERS, params_of(access_of(request), now()))
    form = InvoiceDayForm(request.POST or None, sellers=sellers)
    found = None
    if request.method == "POST" and form.is_valid():
        biller, day = form.cleaned_data["biller"], form.cleaned_data["day"]
        tax_no = next(row[2] for row in sellers if row[0] == biller)
        try:
            with plain_connection() as conn:
                port = port_of(conn, key_ring_of(request), biller, now)
                port.check_way()
                found = issuing.compare(conn, port, biller, tax_no, day)
        except NoPortAnswer:
            form.add_error(None, _("平台没有答复，请稍后再试"))
        except Refused as refused:
            form.add_error(None, words(request, refused))
        else:
            act(connection, "invoice.day", "invoice_issuer", biller, after={
                "day": day.isoformat(), "both": found.both, "ours": len(found.ours_only),
                "theirs": len(found.theirs_only), "differ": len(found.differ)})  # fmt: skip
    shown = found and {"both": found.both, "differ": found.differ[:SHOWN_MOST], "sides": [
        (_("只有本系统登记"), *_side(found.ours_only)), (_("只有平台登记"), *_side(found.theirs_only))]}
    return render(request, "console/invoices/day.html", {
        "form": form, "found": shown, "breadcrumbs": _crumbs(_("与平台核对"))})  # fmt: skip


def _side(rows: list[IssuedNumber]) -> tuple[int, list[tuple[str, Any, int]]]:
    return len(rows), [(row.number, KINDS[row.kind][0], row.fen) for row in rows[:SHOWN_MOST]]


def _crumbs(title: str) -> list[dict[str, Any]]:
    return [{"title": _("数电票"), "url": reverse("invoice_electronics")}, {"title": title}]
