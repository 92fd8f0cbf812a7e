"""A payer and a payable, with what was paid and what is held."""


from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of
from yifen.core.facts.masking import masked_name
from yifen.face.masking import account_shown
from yifen.face.payables import queries
from yifen.face.payables.payers_list import scope_of
from yifen.face.payables.queries import Payable
from yifen.face.payables.telling import (
    Shown,
    facts,
    history_table,
    left_of,
    payables_table,
)


@allow("payables.view")
def payer(request: HttpRequest, payable_id: int) -> HttpResponse:
    """The payer to whom this payable belongs, with all that he owes and owed."""
    access = access_of(request)
    found = found_payable(access, payable_id)
    rows = queries.payables_of(scope_of(access), found.biller_id, found.account_no)
    return render(request, "console/payer.html", {
        "breadcrumbs": crumbs(_("缴费户")),
        "payer": found,
        "account_no": account_shown(access, found.account_no),
        "name": masked_name(found.payer_name or ""),
        "left_fen": sum(left_of(row) for row in rows if row.state == "open"),
        "paid_fen": sum(row.paid_fen for row in rows),
        "held": sum(1 for row in rows if row.held_by),
        "table": payables_table(rows) | cut(rows, queries.PAYABLES_MAX),
    })  # fmt: skip


@allow("payables.view")
def payable(request: HttpRequest, payable_id: int) -> HttpResponse:
    """One payable and every posting that moved money for it."""
    access = access_of(request)
    found = found_payable(access, payable_id)
    postings = queries.history(found)
    return render(request, "console/payable.html", {
        "breadcrumbs": crumbs(found.ref, found),
        "payable": found,
        "facts": facts(found, access),
        "table": history_table(postings, access) | cut(postings, queries.POSTINGS_MAX),
    })  # fmt: skip


def cut(rows: Sequence[Any], most: int) -> Shown:
    """A table that stops at its bound says so."""
    return {"cut_at": most if len(rows) >= most else 0}


def found_payable(access: Access, payable_id: int) -> Payable:
    """404 outside the scope."""
    found = queries.payable(scope_of(access), payable_id)
    if found is None:
        raise Http404
    return found


def crumbs(title: str, below: Payable | None = None) -> list[Shown]:
    found = [{"title": _("应缴项"), "url": reverse("payables")}]
    if below is not None:
        found.append({"title": _("缴费户"), "url": reverse("payer", args=[below.payable_id])})
    return [*found, {"title": title}]
