"""One claim: what is asked for, its papers, who agreed; whose turn it is decides here."""

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now, user_of
from yifen.core.access.telling import say
from yifen.core.facts.refused import Refused
from yifen.core.ring import key_ring
from yifen.trades.cards import claiming
from yifen.trades.cards.pages import drafting, printing, telling
from yifen.trades.cards.pages.forms import SignClaimForm
from yifen.trades.cards.pages.telling import ShownClaim
from yifen.trades.cards.reading import rows

BIGGEST = 2**62
_MAY = {"cashier": "cards.check", "head": "cards.approve", "bureau": "cards.bureau"}
_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "pdf": "application/pdf",
}  # others are only handed out


@allow("cards.see")
def card_claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    access, one = access_of(request), found(request, claim_id)
    words = rows("signatures", (claim_id,))
    level = one.levels[len(words)] if one.state == "asked" else ""
    mine = user_of(request).login == one.asked_by
    deputed = rows("deputed_here", (access.session, claim_id)) if level else []
    may = bool(level) and (access.may(_MAY[level]) or bool(deputed)) and not mine
    facts, lent = telling.claim_facts(one, level), 0
    if one.kind == "advance" and one.state == "approved":
        ((paid, returned, lent, settling),) = rows("advance", {"claim": claim_id})
        facts += drafting.advance_facts(paid, returned, lent, settling)
        lent = lent if paid else 0
    lines = rows("claim_lines", (claim_id,))
    return render(
        request,
        "console/cards/claim.html",
        {
            "one": one,
            "facts": facts,
            "settle": settle_url(request, one) if lent else "",
            "lines": telling.line_table(lines),
            "over": one.state in ("asked", "approved") and any(line[telling.IS_OVER] for line in lines),
            "papers": rows("papers", (claim_id,)),
            "signatures": telling.signature_table(one, words),
            "form": SignClaimForm(initial={"seen": bytes(one.shown).hex()}) if may else None,
            "deputed": deputed[0][0] if deputed else "",
            "may_withdraw": mine and one.state == "asked",
            "may_undo": not mine and access.may("cards.approve") and rows("undoable", (claim_id,))[0][0],
            "breadcrumbs": crumbs(access, str(claim_id)),
        },
    )


def settle_url(request: HttpRequest, one: ShownClaim) -> str:
    """Where an advance is settled: by its holder, or by a cashier of who left."""
    access = access_of(request)
    ((me,),) = rows("me", (access.session,))
    address = f"{reverse('card_claim_new')}?of={one.claim_id}"
    if one.person_id == me:
        return address if access.may("cards.mine") else ""
    return f"{address}&person={one.person_id}" if one.has_left and access.may("cards.check") else ""


def crumbs(access: Access, title: str) -> list[dict[str, str]]:
    first = (
        {"title": _("公务卡报账"), "url": reverse("card_claims")}
        if access.may("cards.view")
        else {"title": _("我的公务卡"), "url": reverse("card_mine")}
    )
    return [first, {"title": title}]


@allow("cards.see")
@require_POST
def card_claim_act(request: HttpRequest, claim_id: int) -> HttpResponse:
    """POST act=yes, no, withdraw, undo. Who may, the database says."""
    access, act, form = access_of(request), request.POST.get("act"), SignClaimForm(request.POST)
    found(request, claim_id)
    try:
        with transaction.atomic():
            if act == "withdraw":
                claiming.withdraw(access, claim_id, now())
            elif act == "undo":
                claiming.undo(access, claim_id, now())
            elif act in ("yes", "no") and form.is_valid():
                claiming.sign(
                    access,
                    claim_id,
                    seen=form.cleaned_data["seen"],
                    yes=act == "yes",
                    note=form.cleaned_data["note"],
                    now=now(),
                )
    except Refused as refused:
        say(request, refused)
    return redirect("card_claim", claim_id)


@allow("cards.see")
def card_claim_print(request: HttpRequest, claim_id: int) -> HttpResponse:
    """As a paper."""
    one, login = found(request, claim_id), user_of(request).login
    lines, signed = rows("claim_lines", (claim_id,)), rows("signatures", (claim_id,))
    body = printing.claim_paper(one, lines, signed, len(rows("papers", (claim_id,))), now(), login)
    headers = {"Content-Disposition": f'inline; filename="claim-{claim_id}.pdf"'}
    return HttpResponse(body, content_type="application/pdf", headers=headers)


@allow("cards.see")
def card_paper(request: HttpRequest, claim_id: int, paper_id: int) -> HttpResponse:
    """One paper, opened; never run by a browser."""
    one = found(request, claim_id)
    kept = rows("paper_body", (one.claim_id, paper_id)) if paper_id < BIGGEST else []
    if not kept:
        raise Http404
    kind, digest, sealed = kept[0]
    body = key_ring().open(bytes(sealed), claiming.paper_context(claim_id, bytes(digest)))
    way = "inline" if kind in _TYPES else "attachment"
    return HttpResponse(
        body,
        content_type=_TYPES.get(kind, "application/octet-stream"),
        headers={
            "Content-Disposition": f'{way}; filename="{claim_id}-{paper_id}.{kind}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


def found(request: HttpRequest, claim_id: int) -> ShownClaim:
    """404: neither his own nor of a unit that he sees."""
    access, user = access_of(request), user_of(request)
    row = (
        rows(
            "claim",
            {
                "claim": claim_id,
                "session": access.session,
                "login": user.login,
                "user": user.pk,
                "all": access.may("cards.view"),
            },
        )
        if claim_id < BIGGEST
        else []
    )
    if not row or not access.scope.has_partner(row[0][1]):
        raise Http404
    return ShownClaim(*row[0])
