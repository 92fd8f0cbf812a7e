"""Pages of the bureau: its catalogue, and files of cards and swipes that it hands in itself; two people each."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now, user_of
from yifen.core.access.telling import put, say
from yifen.core.facts.refused import Refused
from yifen.trades.cards import catalogue, files
from yifen.trades.cards.catalogue import CatalogueRow
from yifen.trades.cards.pages import drafting
from yifen.trades.cards.pages.forms import CardFileForm, CatalogueForm
from yifen.trades.cards.reading import rows

BIGGEST = 2**62
ROWS_SHOWN = 50


@allow("cards.catalogue")
def card_catalogue_new(request: HttpRequest) -> HttpResponse:
    """A row of the catalogue from a day on, put before another. GET kind, code: one that is there."""
    access = access_of(request)
    bureaus = rows("roots", (user_of(request).pk,))
    first: dict[str, Any] = {
        "valid_from": timezone.localdate(now()),
        "kind": request.GET.get("kind", "item"),
    }
    code = request.GET.get("code", "")
    if bureaus and code:
        asked = {
            "bureau_id": bureaus[0][0],
            "valid_from": first["valid_from"],
            "kind": first["kind"],
            "code": code[:2],
        }
        for name, dep, gov, func in rows("catalogue_on", asked):
            first |= {
                "code": code[:2],
                "name": name,
                "dep": " ".join(dep),
                "gov": " ".join(gov),
                "func": " ".join(func),
            }
    form = CatalogueForm(request.POST or None, initial=first)
    form.fields["bureau"].choices = bureaus  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        try:
            made = catalogue.propose(access, fields.pop("bureau"), CatalogueRow(**fields), now())
            return redirect("proposal", made.pk)
        except Refused as refused:
            put(request, form, refused, "code")
    return form_page(
        request,
        form,
        _("目录变动"),
        _("只对本财政部门有效，自起始日起；起始日不早于今日，已报的账不变。由另一人复核后生效。"),
        "card_catalogue",
        _("强制结算目录"),
    )


@allow("cards.issuers")
def card_file_new(request: HttpRequest) -> HttpResponse:
    """A file is kept and leads to its preview; nothing changes by that, and the same one leads to the same."""
    access = access_of(request)
    bureaus = rows("roots", (user_of(request).pk,))
    form = CardFileForm(request.POST or None, request.FILES or None)
    form.fields["bureau"].choices = bureaus  # type: ignore[attr-defined]
    form.fields["bank"].choices = rows("issuers_of", ([one for one, _name in bureaus],))  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        data, upload = form.cleaned_data, form.cleaned_data["file"]
        at = now()
        try:
            word = files.take_in(access, data["bureau"], data["bank"], upload.name, upload.read(), at)
            one = files.found(word)
            if one and one.received_at != at:
                messages.info(request, _("同样的文件先前已上传过"))
            return redirect("card_file", data["bureau"], word)
        except Refused as refused:
            put(request, form, refused, "file")
    lead = _("发卡行没有联网报送时，由国库管理上传其文件：先预览，另一人复核后才收。银行以后再报同样的行，不会重复。")
    return form_page(request, form, _("上传公务卡文件"), lead, "card_places", _("公务卡"), is_file=True)


@allow("cards.issuers")
def card_file(request: HttpRequest, bureau_id: int, word_id: int) -> HttpResponse:
    """What taking it would do. POST: put before another."""
    access = access_of(request)
    one = files.found(word_id) if word_id < BIGGEST else None
    roots = dict(rows("roots", (user_of(request).pk,)))
    if one is None or bureau_id not in roots or not rows("issuer_of", (bureau_id, one.bank_id)):
        raise Http404
    if request.method == "POST":
        try:
            return redirect("proposal", files.propose(access, bureau_id, one, now()).pk)
        except Refused as refused:
            say(request, refused)
            return redirect("card_file", bureau_id, word_id)
    seen = files.preview(access, bureau_id, one, now())
    return render(
        request,
        "console/cards/file.html",
        {
            "one": one,
            "cards": len(seen.word.cards),
            "swipes": len(seen.word.swipes),
            "fresh": 0 if one.agreed else seen.fresh,
            "wrong": len(seen.refused),
            "faults": drafting.refused_table(seen.refused[:ROWS_SHOWN]) if seen.refused else None,
            "first": drafting.said_table(seen.word.cards[:ROWS_SHOWN]) if seen.word.cards else None,
            "may_propose": not one.agreed and not one.proposal_id,
            "breadcrumbs": [
                {"title": _("公务卡"), "url": reverse("card_places")},
                {"title": one.name},
            ],
        },
    )


def form_page(
    request: HttpRequest,
    form: Any,
    title: str,
    lead: str,
    back: str,
    above: str,
    *,
    is_file: bool = False,
) -> HttpResponse:
    return render(
        request,
        "console/cards/form.html",
        {
            "title": title,
            "lead": lead,
            "form": form,
            "is_file": is_file,
            "button": _("上传，预览") if is_file else _("提交复核"),
            "back": reverse(back),
            "breadcrumbs": [{"title": above, "url": reverse(back)}, {"title": title}],
        },
    )
