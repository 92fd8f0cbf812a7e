"""Pages of contracts and kinds of collection."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.second import open_proposal
from yifen.core.access.telling import put, say
from yifen.core.facts.refused import Refused
from yifen.face.lists.selecting import in_scope, one, params_of
from yifen.face.plain import plain_connection
from yifen.hub.corebank.jobs import cores_of
from yifen.trades.collection import contracts
from yifen.trades.collection.contracts import CollectionKindForm, ContractForm
from yifen.trades.collection.pages.forms import CollectContractForm, CollectKindForm
from yifen.trades.collection.pages.listing import CONTRACTS, KINDS
from yifen.trades.collection.pages.reading import BIGGEST, SQL, rows
from yifen.trades.collection.pages.views import crumbs, opened_paper, said

_PAIRS = SQL["pairs"].format(scope=in_scope("p.id"))
_OF = SQL["contract_of"].format(scope=in_scope("c.biller_id"))


@allow("collection.bank")
def collection_contract_new(request: HttpRequest) -> HttpResponse:
    """POST asks the core whose the account is, then another person."""
    access = access_of(request)
    with plain_connection() as conn:
        pairs = conn.execute(_PAIRS.encode(), params_of(access, now())).fetchall()
        form = CollectContractForm(request.POST or None, request.FILES or None).offer(pairs)
        if request.method == "POST" and form.is_valid():
            given = dict(form.cleaned_data)
            asked = ContractForm(given.pop("biller"), **given)
            try:
                return redirect("proposal", contracts.propose(access, cores_of(conn), asked, now()).pk)
            except Refused as refused:
                put(request, form, refused, "number")
    return render(
        request,
        "console/collection/contract.html",
        {"form": form, "has_pairs": bool(pairs), "breadcrumbs": crumbs(_("登记合同"))},
        status=400 if form.errors else 200,
    )


@allow("collection.view")
def collection_contract(request: HttpRequest, contract_id: int) -> HttpResponse:
    """One, as its row of the list says it."""
    access = access_of(request)
    row = one(CONTRACTS, access, contract_id)
    if row is None:
        raise Http404
    facts = [(column.title, column.value_of(row, access)) for column in CONTRACTS.columns if column.shown]
    return render(
        request,
        "console/collection/contract_one.html",
        {
            "row": row,
            "facts": [(title, said(value)) for title, value in facts if value not in (None, "")],
            "may_end": access.may("collection.bank") and row.ended_on is None,
            "waiting": open_proposal(contracts.END, f"{_contract(request, contract_id)[0]}:{row.number}"),
            "breadcrumbs": crumbs(row.number),
        },
    )


@allow("collection.bank")
@require_POST
def collection_contract_end(request: HttpRequest, contract_id: int) -> HttpResponse:
    """Put before another person."""
    biller_id, number = _contract(request, contract_id)
    try:
        return redirect("proposal", contracts.propose_end(access_of(request), biller_id, number, now()).pk)
    except Refused as refused:
        say(request, refused)
    return redirect("collection_contract", contract_id)


@allow("collection.bank")
def collection_contract_paper(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The signed one, as it was kept."""
    biller_id, number = _contract(request, contract_id)
    digest = rows("contract_paper", (biller_id, number))[0][0]
    return opened_paper(request, biller_id, digest)


def _contract(request: HttpRequest, contract_id: int) -> tuple[int, str]:
    with plain_connection() as conn:
        row = conn.execute(
            _OF.encode(), params_of(access_of(request), now()) | {"contract": min(contract_id, BIGGEST)}
        ).fetchone()
    if row is None:
        raise Http404
    return int(row[0]), str(row[1])


@allow("collection.view")
def collection_kinds(request: HttpRequest) -> HttpResponse:
    """What was agreed of each kind; POST proposes another rule."""
    access = access_of(request)
    form = CollectKindForm(request.POST or None) if access.may("collection.kinds") else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            return redirect(
                "proposal", contracts.propose_kind(access, CollectionKindForm(**form.cleaned_data), now()).pk
            )
        except Refused as refused:
            put(request, form, refused, "kind")
    table: list[tuple[Any, ...]] = [(KINDS[kind][0], *rest) for kind, *rest in rows("kinds")]
    return render(
        request,
        "console/collection/kinds.html",
        {"kinds": table, "form": form, "breadcrumbs": crumbs(_("托收种类"))},
        status=400 if form is not None and form.errors else 200,
    )
