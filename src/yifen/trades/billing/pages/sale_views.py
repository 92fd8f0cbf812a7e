"""Sales, a customer's prepaid balance, companies' vending systems."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now
from yifen.core.access.telling import put
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope as scopes
from yifen.trades.billing.pages import sale_tables
from yifen.trades.billing.pages.customer_lists import read
from yifen.trades.billing.pages.customer_telling import Shown, table
from yifen.trades.billing.pages.customer_views import at, found
from yifen.trades.billing.pages.masking import account_shown
from yifen.trades.billing.pages.sale_forms import UnsellForm, VendingForm
from yifen.trades.billing.pages.sale_tables import OneSale
from yifen.trades.billing.prepaid import unselling, vending
from yifen.trades.billing.prepaid.reading import KEPT

_SQL = queries(__package__)


@allow("billing.view")
def billing_sale(request: HttpRequest, sale_id: int) -> HttpResponse:
    """A sale by its tiers, and its token."""
    access, sale = access_of(request), found_sale(access_of(request), sale_id)
    return render(request, "console/billing/sale.html", {
        "sale": sale, "facts": sale_tables.sale_facts(sale, access),
        "lines": sale_tables.sale_lines(read(_SQL["sale_lines"], {"sale": sale_id})),
        "may_unsell": access.may("billing.run") and sale.state == "rejected",
        "breadcrumbs": crumbs(f"T{sale_id}"),
    })  # fmt: skip


@allow("billing.run")
def billing_unsell(request: HttpRequest, sale_id: int) -> HttpResponse:
    """A sale without a token taken back, put before a second person."""
    access, form = access_of(request), UnsellForm(request.POST or None)
    sale = found_sale(access, sale_id)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            row = unselling.propose(access, sale_id, asked["again"], asked["reason"], now())
        except Refused as refused:
            put(request, form, refused, "reason")
        else:
            return redirect("proposal", row.pk)
    back = reverse("billing_sale", args=[sale_id])
    return _form(request, form, _("作废售电"), f"T{sale_id} {sale.token_reason}", back)


@allow("billing.view")
def billing_prepaid(request: HttpRequest, customer_id: int) -> HttpResponse:
    """预存: what a balance holds, of which payments it is, what of each may be given back, what it bought."""
    access, where = access_of(request), at(customer_id)
    one, balance = found(access, customer_id), read(_SQL["balance"], where)
    kept = read(KEPT, where | {"payable": balance[0][0]}) if balance else []
    return render(request, "console/billing/prepaid.html", {
        "customer": one, "account_no": account_shown(access, one.account_no),
        "facts": sale_tables.balance_facts(balance, request.LANGUAGE_CODE),
        "kept": sale_tables.kept_table(kept, access.may("payments.view")),
        "sales": sale_tables.sales_table(read(_SQL["customer_sales"], where)),
        "breadcrumbs": [{"title": _("用户"), "url": reverse("billing_customers")},
                        {"title": one.place, "url": reverse("billing_customer", args=[customer_id])},
                        {"title": _("预存款")}],
    })  # fmt: skip


@allow("billing.view")
def billing_vendings(request: HttpRequest) -> HttpResponse:
    """Companies that bill here, and where their tokens come from."""
    access = access_of(request)
    rows = read(_SQL["vendings"], scopes.params(access.scope))
    may = access.may("billing.prices")
    heads = (_("收费单位"), _("接口地址"), _("密钥版本"), _("预付费户数"), "")
    shown = table(heads, ((name, endpoint or _("无"), version, f"{count:,}",
                           {"text": _("变更"), "url": reverse("billing_vending", args=[biller])} if may else "")
                          for biller, name, endpoint, version, count in rows), (2, 3))  # fmt: skip
    return render(request, "console/billing/vendings.html", {"table": shown, "breadcrumbs": crumbs(_("售电系统"))})


@allow("billing.prices")
def billing_vending(request: HttpRequest, biller_id: int) -> HttpResponse:
    """A company's vending system, put before a second person."""
    access = access_of(request)
    names = {row[0]: row[1] for row in read(_SQL["vendings"], scopes.params(access.scope))}
    if biller_id not in names:
        raise Http404
    known = vending.vending_of(biller_id)
    form = VendingForm(request.POST or None, initial={"endpoint": known[0] if known else ""})
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            row = vending.propose(access, biller_id, asked["endpoint"], asked["secret"], now(), asked["reason"])
        except Refused as refused:
            put(request, form, refused, "endpoint")
        else:
            return redirect("proposal", row.pk)
    return _form(request, form, _("售电系统"), names[biller_id], reverse("billing_vendings"))


def found_sale(access: Access, sale_id: int) -> OneSale:
    """404 outside the scope."""
    rows = read(_SQL["one_sale"], {"sale": sale_id}) if sale_id < 2**62 else []
    if not rows or not access.scope.has_partner(rows[0][1]):
        raise Http404
    return OneSale(*rows[0])


def _form(request: HttpRequest, form: Any, title: str, lead: str, back: str) -> HttpResponse:
    return render(request, "console/billing/form.html", {
        "form": form, "title": title, "lead": lead, "back": back, "button": _("提交复核"),
        "breadcrumbs": crumbs(title)})  # fmt: skip


def crumbs(title: str) -> list[Shown]:
    return [{"title": _("售电"), "url": reverse("billing_sales")}, {"title": title}]
