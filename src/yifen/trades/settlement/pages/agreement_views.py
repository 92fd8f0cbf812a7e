"""Commission agreements: the list, the editor, the calculator beside it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.fields import plain
from yifen.core.access.models import Authorisation
from yifen.core.access.second import open_proposal
from yifen.core.access.telling import put
from yifen.core.access.telling import words as refusal
from yifen.core.facts.money import AmountError, format_yuan
from yifen.core.facts.refused import Refused
from yifen.core.facts.sandbox import SANDBOX_BOOK_ID
from yifen.core.partners.models import Partner
from yifen.face import partners
from yifen.trades.settlement.models import Agreement
from yifen.trades.settlement.operations import agreements as operations
from yifen.trades.settlement.pages import forms, quoting
from yifen.trades.settlement.rules import quote

Shown = dict[str, Any]
COPIED = ("mode", "period", "measure", "lag_days", "make_up_days", "payout", "refunds")


def billers(request: HttpRequest) -> Any:
    """Real billers in scope."""
    found = partners.partners(access_of(request).scope, kind="biller")
    return found.exclude(book_id=SANDBOX_BOOK_ID)


@allow("agreements.edit")
def agreement_new(request: HttpRequest, code: str) -> HttpResponse:
    """A new one of a biller, begun from the newest."""
    biller = billers(request).filter(code=code).first() if code.isprintable() else None
    if biller is None:
        raise Http404
    newest = Agreement.objects.filter(biller=biller.pk).order_by("-valid_from").first()
    return edit(request, biller, None, newest)


@allow("agreements.edit")
def agreement(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """One that has not begun can be changed."""
    row = Agreement.objects.filter(pk=agreement_id).first() if agreement_id < 2**63 else None
    biller = billers(request).filter(pk=row.biller_id).first() if row else None
    if row is None or biller is None:
        raise Http404
    return edit(request, biller, row, row)


def edit(
    request: HttpRequest, biller: Partner, row: Agreement | None, like: Agreement | None
) -> HttpResponse:
    """The editor."""
    posted = request.POST or None
    form = forms.AgreementForm(posted, initial=initial(row, like))
    tiers = forms.Tiers(posted, prefix="tiers", initial=first_tiers(like))
    if posted and form.is_valid() and tiers.is_valid() and forms.tiers_fit(form, tiers):
        try:
            return redirect("proposal", propose(request, biller, row, form, tiers).pk)
        except AmountError:
            form.add_error(None, _("阶梯起点不是金额或笔数"))
        except Refused as refused:
            put(request, form, refused)
    return render(request, "console/settle/agreement.html", {
        "breadcrumbs": [{"title": _("手续费协议"), "url": reverse("agreements")},
                        {"title": biller.code}],
        "biller": biller, "row": row, "form": form, "tiers": tiers,
        "begun": row is not None and operations.has_begun(row),
        "waiting": open_proposal(operations.ACT, biller.code),
    })  # fmt: skip


def initial(row: Agreement | None, like: Agreement | None) -> Shown:
    found: Shown = {} if like is None else {name: getattr(like, name) for name in COPIED}
    if like is not None:
        found["min_fen"] = format_yuan(like.min_fen) if like.min_fen else ""
        found["cap_fen"] = "" if like.cap_fen is None else format_yuan(like.cap_fen)
    if row is not None:
        found["valid_from"] = row.valid_from
    return found


def first_tiers(like: Agreement | None) -> list[Shown]:
    if like is None:
        return [{"beginning": "0"}]
    of_amount = like.measure == Agreement.Measure.AMOUNT
    return [
        {"beginning": format_yuan(t.from_measure) if of_amount else str(t.from_measure),
         "rate_ppm": t.rate_ppm if of_amount else None, "each_fen": "" if of_amount else format_yuan(t.each_fen)}
        for t in like.tiers.order_by("from_measure")
    ]  # fmt: skip


def propose(
    request: HttpRequest, biller: Partner, row: Agreement | None, form: forms.AgreementForm, tiers: Any
) -> Authorisation:
    """Refused as agreements.propose refuses; AmountError."""
    data = form.cleaned_data
    asked = operations.AskedAgreement(
        biller.pk, data["valid_from"], forms.terms_of(form, tiers), data["lag_days"],
        data["make_up_days"], data["payout"], row.pk if row else None, data["refunds"],
    )  # fmt: skip
    return operations.propose(access_of(request), asked, now())


@allow("settlement.view")
@require_POST
def agreement_quote(request: HttpRequest) -> HttpResponse:
    """POST the editor's fields and `amount`: what it would cost, as a piece of the page."""
    form, tiers = forms.AgreementForm(request.POST), forms.Tiers(request.POST, prefix="tiers")
    shown: Shown = {}
    form.fields["valid_from"].required = False
    fits = form.is_valid() and tiers.is_valid() and forms.tiers_fit(form, tiers)
    if fits and (text := plain(request.POST.get("amount", ""))[:20]):
        try:
            terms = forms.terms_of(form, tiers)
            operations.check_terms(terms)
            measure = forms.beginning(text, terms.measure)
            shown["quote"] = quoting.shown(terms, quote(terms, measure))
        except AmountError:
            shown["fault"] = _("不是金额或笔数")
        except Refused as refused:
            shown["fault"] = refusal(request, refused)
    return render(request, "console/settle/quote.html", shown)
