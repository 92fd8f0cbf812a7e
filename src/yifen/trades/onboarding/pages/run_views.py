"""Conformance runs, and going live with a second person's word."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST
from msgspec import convert

from yifen.core.access import edge
from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, key_ring_of, user_of
from yifen.core.access.telling import put, say
from yifen.core.facts.refused import Refused
from yifen.core.facts.sandbox import LATE_ACCOUNT, VAGUE_ACCOUNT
from yifen.core.partners.models import Partner
from yifen.face import partners as queries
from yifen.hub.certify.html import html_page
from yifen.hub.certify.report import Report
from yifen.trades.onboarding.models import ConformanceRun
from yifen.trades.onboarding.operations import conformance, go_live
from yifen.trades.onboarding.pages.forms import CertifyForm


@allow("certify.run")
def partner_certify(request: HttpRequest, code: str) -> HttpResponse:
    """The sandbox's runs; POST starts one, or judges what the channel did so far."""
    twin = sandbox(request, code)
    kind = queries.kind_of(twin)
    form = CertifyForm(request.POST if request.method == "POST" and kind == "biller" else None)
    if request.method == "POST" and (kind == "channel" or form.is_valid()):
        try:
            if kind == "channel":
                conformance.start_channel_run(twin, user_of(request), edge.now())
            else:
                conformance.start_biller_run(key_ring_of(request), twin,
                                             form.cleaned_data["account_no"], user_of(request),
                                             edge.now())  # fmt: skip
            return redirect("partner_certify", twin.code)
        except Refused as refused:
            put(request, form, refused) if form.is_bound else say(request, refused)
    job = conformance.going_on(twin)
    context = {
        "row": twin, "kind": kind, "form": form, "going_on": job is not None, "job": job,
        "runs": ConformanceRun.objects.filter(partner=twin).order_by("-began_at")[:20],
        "late": LATE_ACCOUNT, "vague": VAGUE_ACCOUNT,
    }  # fmt: skip
    return render(request, "console/partners/certify.html", context)


def sandbox(request: HttpRequest, code: str) -> Partner:
    """Http404 for a partner that is no sandbox."""
    row = queries.partner(access_of(request).scope, code)
    if row.sandbox_of_id is None:
        raise Http404
    return row


def run_of(request: HttpRequest, run_id: int) -> ConformanceRun:
    """A finished run within the scope."""
    run = ConformanceRun.objects.select_related("partner").filter(pk=run_id).first()
    if run is None or not access_of(request).scope.has_partner(run.partner_id):
        raise Http404
    return run


@allow("partners.view")
def conformance_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """The report, clause by clause."""
    run = run_of(request, run_id)
    return render(request, "console/partners/run.html", {"run": run, "row": run.partner})


@allow("partners.view")
def conformance_report(request: HttpRequest, run_id: int, form: str) -> HttpResponse:
    """The same as a file: html or json."""
    run = run_of(request, run_id)
    if run.report is None or form not in ("html", "json"):
        raise Http404
    name = f"attachment; filename={run.partner.code}-{localtime(run.began_at):%Y%m%d%H%M}.{form}"
    if form == "json":
        return JsonResponse(run.report, headers={"Content-Disposition": name})
    report = convert(run.report, Report, strict=False)
    return HttpResponse(html_page(report), headers={"Content-Disposition": name})


@allow("partners.edit")
@require_POST
def go_live_request(request: HttpRequest, code: str) -> HttpResponse:
    """The maker asks for a second person's word."""
    access = access_of(request)
    row = queries.partner(access.scope, code)
    try:
        return redirect("proposal", go_live.propose(access, row, edge.now()).pk)
    except Refused as refused:
        say(request, refused)
    return redirect("partner", row.code)
