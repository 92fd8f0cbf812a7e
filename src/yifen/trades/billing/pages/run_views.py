"""Runs of bills: begun, looked at, proposed, given up; a bill with its lines, cancelled."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.telling import put, say, told
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import ResultCode
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face.forms import ReasonForm
from yifen.face.lists.selecting import one
from yifen.face.plain import plain_connection
from yifen.trades.billing.codes import BillingCode
from yifen.trades.billing.pages import run_tables
from yifen.trades.billing.pages.run_forms import AgreeForm, BeginForm
from yifen.trades.billing.pages.run_lists import BILL_RUNS, BILLS, STATES, fees
from yifen.trades.billing.pages.run_tables import OneBill
from yifen.trades.billing.runs import correcting
from yifen.trades.billing.runs import running as runs
from yifen.trades.billing.runs.running import KINDS, BillRun

_SQL = queries(__package__)


AT_FIELD: dict[ResultCode, str] = {
    BillingCode.FEE_UNKNOWN: "fee", BillingCode.RUN_OPEN: "fee", BillingCode.SERVICE_UNKNOWN: "service"}
"""Where a run that cannot begin says why."""


@allow("billing.run")
def billing_begin(request: HttpRequest) -> HttpResponse:
    """GET the form; POST begins a run, which the worker makes."""
    form = BeginForm(request.POST or None, initial={
        name: request.GET.get(name) for name in ("service", "fee", "from_on", "to_on")})
    form.fields["fee"].choices = [("", _("请选择")), *fees(access_of(request))]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            run_id = runs.begin(access_of(request), asked["fee"], asked["from_on"], asked["to_on"], asked["due_on"],
                                now(), asked["service"], asked["past"])  # fmt: skip
        except Refused as refused:
            put(request, form, refused, AT_FIELD.get(refused.code, "to_on"))
        else:
            return redirect("billing_run", run_id)
    return render(request, "console/billing/begin.html", {"form": form, "breadcrumbs": crumbs(_("出账"))})


@allow("billing.view")
def billing_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """A run: how far it is, what it asks for beside the periods before, what is odd in it."""
    run, access = found_run(request, run_id), access_of(request)
    word, tone = STATES[run.state]
    of = run.subject.get("of")  # it is agreed to, and given up, with that one
    may = access.may("billing.run") and not of
    with plain_connection(runs.SECONDS_MAX) as conn:
        seen, lines = runs.preview(conn, run), run_tables.one_by_one(conn, run)
    return render(request, "console/billing/run.html", {
        "run": run, "kind": told(KINDS[run.kind]), "state": word, "tone": tone, "form": AgreeForm(),
        "compared": run_tables.compared(run, seen), "outliers": run_tables.outliers(seen, access),
        "missing": run_tables.missing(run, seen, access), "prepaid": run_tables.prepaid_left_out(run),
        "lines": lines, "anew": run.subject.get("anew"), "of": of,
        "bills": f"{run.bills:,}", "may_propose": may and run.state == "made" and run.bills,
        "may_drop": may and run.state in ("making", "made", "publishing"), **dropped(run_id),
        "again_url": reverse("billing_begin") + f"?fee={run.fee_id}&from_on={run.from_on}&to_on={run.to_on}",
        "unbilled": f"{run.unbilled:,}",
        "bills_url": reverse("billing_bills") + f"?run={run_id}",
        "breadcrumbs": crumbs(str(run_id)),
    })  # fmt: skip


@allow("billing.run")
@require_POST
def billing_propose(request: HttpRequest, run_id: int) -> HttpResponse:
    """Put it before a second person."""
    found_run(request, run_id)
    form = AgreeForm(request.POST)
    try:
        row = runs.propose(access_of(request), run_id, form.cleaned_data["reason"] if form.is_valid() else "", now())
    except Refused as refused:
        say(request, refused)
        return redirect("billing_run", run_id)
    return redirect("proposal", row.pk)


@allow("billing.run")
@require_POST
def billing_drop(request: HttpRequest, run_id: int) -> HttpResponse:
    """Give up what of it is not published. POST sure: so many bills as were shown."""
    found_run(request, run_id)
    shown = dropped(run_id)
    if request.POST.get("sure") != str(shown["dropped_bills"]):
        messages.error(request, _("请先勾选：%(what)s") % {"what": shown["drop_text"]})
        return redirect("billing_run", run_id)
    try:
        runs.drop(access_of(request), run_id, now())
    except Refused as refused:
        say(request, refused)
    return redirect("billing_run", run_id)


def dropped(run_id: int) -> dict[str, Any]:
    """How many bills and how much would be given up, in figures and words."""
    with plain_connection() as conn:
        ((count, fen),) = conn.execute(_SQL["unpublished"], {"run": run_id}).fetchall()
    text = _("确认放弃 %(count)s 张账单，合计 ¥%(fen)s，不再发布") % {"count": f"{count:,}", "fen": grouped_yuan(fen)}
    return {"dropped_bills": count, "drop_text": text}


@allow("billing.view")
def billing_bill(request: HttpRequest, bill_id: int) -> HttpResponse:
    """A bill line by line, and what became of it."""
    bill, may = found_bill(request, bill_id), access_of(request).may("billing.run")
    return render(request, "console/billing/bill.html", {
        "bill": bill, "facts": run_tables.facts(bill, access_of(request)), "lines": run_tables.lines(bill),
        "shares": run_tables.shares(bill),
        "form": ReasonForm(), "may_cancel": may and bill.may_cancel, "may_correct": may and bill.may_correct,
        "breadcrumbs": crumbs(f"B{bill_id}"),
    })  # fmt: skip


@allow("billing.run")
@require_POST
def billing_cancel(request: HttpRequest, bill_id: int) -> HttpResponse:
    """A run of the one bill that takes it back; a second person publishes it."""
    found_bill(request, bill_id)
    form = ReasonForm(request.POST)
    try:
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        run_id = correcting.cancel(access_of(request), bill_id, reason, now())
    except Refused as refused:
        say(request, refused)
        return redirect("billing_bill", bill_id)
    return redirect("billing_run", run_id)


def found_run(request: HttpRequest, run_id: int) -> BillRun:
    """404 outside the scope."""
    if one(BILL_RUNS, access_of(request), run_id) is None:
        raise Http404
    with plain_connection() as conn:
        return runs.found(conn, run_id)


def found_bill(request: HttpRequest, bill_id: int) -> OneBill:
    """404 outside the scope."""
    if one(BILLS, access_of(request), bill_id) is None:
        raise Http404
    with plain_connection() as conn:
        row = conn.execute(_SQL["bill"], {"bill": bill_id}).fetchone()
    assert row is not None
    return OneBill(*row)


def crumbs(title: str) -> list[dict[str, Any]]:
    return [{"title": _("出账"), "url": reverse("billing_runs")}, {"title": title}]
