"""A partner's file: how it stands, what rests on it, and its withdrawal."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.second import open_proposal
from yifen.core.access.telling import language, say
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner
from yifen.face import words as said
from yifen.trades.reconciliation import filing, withdrawing
from yifen.trades.reconciliation.filing import UploadedFile
from yifen.trades.reconciliation.pages import file, words


@allow("reconciliation.view")
def recon_file(request: HttpRequest, file_id: int) -> HttpResponse:
    """One file; of one that counts, what its withdrawal would undo."""
    found = found_file(request, file_id)
    effects, standing = withdrawing.effects(found), file.standing(file_id)
    partner = Partner.objects.get(pk=found.partner_id)
    return render(request, "console/recon/file.html", {
        "breadcrumbs": [{"title": _("对账"), "url": reverse("reconciliations")},
                        {"title": f"{partner.code} {found.business_day}"}],
        "file": found, "partner": partner, "standing": standing, "digest": bytes(found.sha256).hex(),
        "state": said.badge(words.FILE_STATES, standing.state),
        "by": said.word(words.RECEIVERS, standing.received_by),
        "format": words.format_name(found.format, language(request)), "runs": file.runs(found),
        "undone": file.undone(effects) if effects.undone and found.counts else None,
        "items": file.moved(effects.items) if effects.items else None,
        "items_fen": sum(item.fen for item in effects.items),
        "money": file.money(effects.money) if effects.money else None,
        "money_fen": sum(one.amount_fen for one in effects.money),
        "waiting": open_proposal(withdrawing.ACT, str(file_id)) or open_proposal(filing.ACT, str(file_id)),
    })  # fmt: skip


@allow("reconciliation.run")
@require_POST
def recon_file_withdraw(request: HttpRequest, file_id: int) -> HttpResponse:
    """POST reason: it is to count no longer; for another person to decide."""
    found_file(request, file_id)
    reason = request.POST.get("reason", "")
    try:
        proposal = withdrawing.propose(access_of(request), file_id, reason, now())
    except Refused as refused:
        say(request, refused)
        return redirect("recon_file", file_id)
    return redirect("proposal", proposal.pk)


def found_file(request: HttpRequest, file_id: int) -> UploadedFile:
    """404 for what is not there, and for what is another's."""
    try:
        found = filing.found(file_id) if file_id < 2**63 else None
    except Refused:
        raise Http404 from None
    if found is None or not access_of(request).scope.has_partner(found.partner_id):
        raise Http404
    return found
