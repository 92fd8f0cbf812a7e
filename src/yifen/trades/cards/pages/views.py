"""Pages of units and the bureau: a card in a unit, what a bank said wrongly, issuing banks."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now, user_of
from yifen.core.access.telling import put, say
from yifen.core.facts.refused import Refused
from yifen.trades.cards import issuers
from yifen.trades.cards.pages import telling
from yifen.trades.cards.pages.forms import CardIssuerForm, RefusedRowForm
from yifen.trades.cards.pages.telling import RefusedRow, ShownCard
from yifen.trades.cards.reading import rows, said

BIGGEST = 2**62


@allow("cards.view")
def card_place(request: HttpRequest, place_id: int) -> HttpResponse:
    """A card in a unit and all that became of it. POST act=yes, no: the unit's word about it."""
    access = access_of(request)
    found = rows("place", {"place": place_id, "user": user_of(request).pk}) if place_id < BIGGEST else []
    if not found or not access.scope.has_partner(found[0][-1]):
        raise Http404
    one = ShownCard(*found[0])
    if request.method == "POST" and request.POST.get("act") in ("yes", "no"):
        try:
            said(
                "confirm",
                access.session,
                one.card_id,
                one.unit_id,
                request.POST["act"] == "yes",
                now(),
            )
        except Refused as refused:
            say(request, refused)
        return redirect("card_place", place_id)
    return render(
        request,
        "console/cards/card.html",
        {
            "one": one,
            "facts": telling.card_facts(one),
            "events": telling.event_table(rows("card_events", (one.card_id,))),
            "may": one.place == "waiting" and access.may("cards.check"),
            "may_query": one.place == "confirmed" and access.may("cards.check"),
            "breadcrumbs": [
                {"title": _("公务卡"), "url": reverse("card_places")},
                {"title": f"…{one.tail}"},
            ],
        },
    )


@allow("cards.wrongs")
def card_wrong(request: HttpRequest, row_id: int) -> HttpResponse:
    """A refused row. POST note: it was dealt with."""
    access = access_of(request)
    found = rows("wrong", {"row": row_id, "user": user_of(request).pk}) if row_id < BIGGEST else []
    if not found:
        raise Http404
    may = access.may("cards.bureau")
    one, form = RefusedRow(*found[0]), RefusedRowForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            said("settle_row", access.session, row_id, form.cleaned_data["note"], now())
        except Refused as refused:
            say(request, refused)
        return redirect("card_wrong", row_id)
    return render(
        request,
        "console/cards/form.html",
        {
            "title": f"{_('发卡行报文差异')} {row_id}",
            "facts": telling.wrong_facts(one),
            "button": _("登记处理"),
            "form": form if may and one.settled_at is None else None,
            "back": reverse("card_wrongs"),
            "breadcrumbs": [
                {"title": _("发卡行报文差异"), "url": reverse("card_wrongs")},
                {"title": str(row_id)},
            ],
        },
    )


@allow("cards.issuers")
def card_issuer_new(request: HttpRequest) -> HttpResponse:
    """A bank whose word counts, put before another."""
    access, form = access_of(request), CardIssuerForm(request.POST or None)
    form.fields["bureau"].choices = rows("roots", (user_of(request).pk,))  # type: ignore[attr-defined]
    form.fields["bank"].choices = rows("banks", ())  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            made = issuers.propose(access, form.cleaned_data["bureau"], form.cleaned_data["bank"], now())
            return redirect("proposal", made.pk)
        except Refused as refused:
            put(request, form, refused, "bank")
    return render(
        request,
        "console/cards/form.html",
        {
            "title": _("公务卡发卡行"),
            "lead": _("复核后，该行报来的卡和消费才收；第一家发卡行同时开立本财政部门的公务卡科目。"),
            "form": form,
            "button": _("提交复核"),
            "back": reverse("card_places"),
            "breadcrumbs": [
                {"title": _("公务卡"), "url": reverse("card_places")},
                {"title": _("发卡行")},
            ],
        },
    )
