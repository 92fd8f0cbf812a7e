"""Accounts, their statements on screen and paper, their day-end balances."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of
from yifen.face import words
from yifen.face.ledger.accounts import found_account
from yifen.face.ledger.day_ends import days_of
from yifen.face.ledger.paper import PAPER_ROWS, paper
from yifen.face.ledger.standing import totals
from yifen.face.ledger.statement import params_of, statement_of
from yifen.face.lists import showing
from yifen.face.lists.gone import refuse_gone
from yifen.face.lists.listing import Listing, Row
from yifen.face.shell.errors import refusing

Shown = dict[str, Any]


@allow("ledger.view")
def account(request: HttpRequest, account_id: int) -> HttpResponse:
    """The statement of one account."""
    access = access_of(request)
    found = found_account(access, account_id)
    listing = statement_of(access, account_id)
    return showing.show(request, listing, "console/account.html", account=found,
                        tab="account", **around(found, access), **period(request, listing))  # fmt: skip


@allow("ledger.view")
def account_days(request: HttpRequest, account_id: int) -> HttpResponse:
    """Its day-end balances."""
    access = access_of(request)
    found = found_account(access, account_id)
    return showing.show(request, days_of(access, account_id), "console/account.html",
                        account=found, tab="account_days", **around(found, access))  # fmt: skip


@allow("ledger.export")
@refusing
def account_pdf(request: HttpRequest, account_id: int) -> HttpResponse:
    """The statement as it is printed and kept; 404 when it is longer than paper should hold."""
    access = access_of(request)
    found = found_account(access, account_id)
    listing = statement_of(access, account_id)
    form = showing.form_of(listing, request.GET, access)
    if not form.is_valid():
        raise Http404
    refuse_gone(listing, form)
    ask = showing.ask_of(listing, request.GET, access, form)
    made = paper(found, listing, ask, request.GET.urlencode())
    if made is None:
        raise Http404
    name = f"{found.code}-{ask.filters['since']}-{ask.filters['until']}.pdf"
    return HttpResponse(made, content_type="application/pdf",
                        headers={"Content-Disposition": f'inline; filename="{name}"'})  # fmt: skip


def around(found: Row, access: Access) -> Shown:
    """What stands above both tables of an account."""
    tabs = ((_("明细账"), "account"), (_("日终余额"), "account_days"))
    return {
        "breadcrumbs": [{"title": _("账户"), "url": reverse("accounts")}, {"title": found.code}],
        "account_tabs": [(title, reverse(name, args=[found.account_id]), name) for title, name in tabs],
        "side": words.word(words.SIDES, found.side), "account_name": words.account(found.name),
    }


def period(request: HttpRequest, listing: Listing) -> Shown:
    """The totals of the period."""
    access = access_of(request)
    form = showing.form_of(listing, request.GET, access)
    if not form.is_valid():
        return {}
    ask = showing.ask_of(listing, request.GET, access, form)
    found = totals(found_account(access, listing.about["account_id"]).sign, params_of(ask))
    may = access.may("ledger.export")
    pdf = reverse("account_pdf", kwargs=listing.about) + "?" + request.GET.urlencode()
    return {"totals": found, "pdf_url": pdf if may else "", "paper_rows": PAPER_ROWS}
