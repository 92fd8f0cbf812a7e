"""Runs: the list with its charts, a day side by side, one run, a file taken in."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now, user_of
from yifen.core.access.models import Authorisation
from yifen.core.access.telling import language, put, say
from yifen.core.facts.refused import Refused
from yifen.core.jobs.defer import defer
from yifen.face import gaps
from yifen.face import scope as scopes
from yifen.face import words as said
from yifen.face.lists import showing
from yifen.face.lists.listing import Row
from yifen.face.lists.selecting import one
from yifen.face.overview.amounts import percent
from yifen.face.plain import plain_connection
from yifen.trades.reconciliation import files, filing, jobs, runs
from yifen.trades.reconciliation.files import TakenFile
from yifen.trades.reconciliation.pages import charts, day, figures, file, partners, runs_list, words
from yifen.trades.reconciliation.pages.forms import DayForm, UploadForm
from yifen.trades.reconciliation.pages.runs_list import RECONCILIATIONS
from yifen.trades.reconciliation.profile import read_profile
from yifen.trades.reconciliation.repair import single_sided

SECONDS_MAX = 600  # of a file of millions of lines
Shown = dict[str, Any]


@allow("reconciliation.view")
def reconciliations(request: HttpRequest) -> HttpResponse:
    """The list, below match rate, who sent a file on which day, and what is open by age and amount."""
    scope, at = access_of(request).scope, now()
    rates, cells, left = figures.rates(scope, at), figures.grid(scope, at), figures.open_cells(scope, at)
    grid_chart, grid_rows = charts.grid(cells) if cells else (None, [])
    age_chart, age_rows = charts.by_age(left) if left else (None, [])
    return showing.show(
        request, RECONCILIATIONS, "console/recon/runs.html",
        rate_chart=charts.match_rate(rates) if rates else None, rate_rows=charts.rate_rows(rates),
        grid_chart=grid_chart, grid_rows=grid_rows, age_chart=age_chart, age_rows=age_rows,
    )  # fmt: skip


@allow("reconciliation.view")
def reconciliation_day(request: HttpRequest) -> HttpResponse:
    """All legs of a day, ?day=; the newest reconciled one when none is named."""
    scope = access_of(request).scope
    form = DayForm(request.GET)
    asked: date | None = form.cleaned_data["day"] if form.is_valid() else None
    shown_day = asked or partners.last_day(scope) or scopes.business_day(scope, now())
    lacks = gaps.of_day(scope, shown_day)
    legs = day.legs(access_of(request), shown_day, lacks)
    parties = [day.party(name, legs) for name in ("channel", "biller", "bank")]
    return render(request, "console/recon/day.html", {
        "breadcrumbs": [{"title": _("对账"), "url": reverse("reconciliations")},
                        {"title": shown_day.isoformat()}],
        "day": shown_day, "form": DayForm(initial={"day": shown_day}),
        "gaps": gaps.shown(lacks, language(request), scope, gaps.books_of(scope))
        if lacks or any(leg.run for leg in legs) else None,
        "parties": parties, "receipts": day.receipts(scope, shown_day),
    })  # fmt: skip


@allow("reconciliation.view")
def reconciliation(request: HttpRequest, run_id: int) -> HttpResponse:
    """One run: totals, differences by class."""
    run = found_run(request, run_id)
    lines = figures.classes(run)
    state, tone = runs_list.state_of(run)
    return render(request, "console/recon/run.html", {
        "breadcrumbs": [{"title": _("对账"), "url": reverse("reconciliations")},
                        {"title": f"{run.partner_code} {run.business_day}"}],
        "run": run, "state": state, "tone": tone, "by": said.word(words.RECEIVERS, run.received_by),
        "rate": percent(run.rate_bp) if run.rate_bp is not None else None,
        "apart_fen": run.apart_fen,
        "format": words.format_name(run.format, language(request)),
        "class_chart": charts.by_class(lines) if lines else None,
        "classes": class_table(run, lines), "files": file.of_run(run_id),
    })  # fmt: skip


def class_table(run: Row, lines: list[figures.ClassLine]) -> Shown:
    """The same as the bars; a class leads to its items."""
    num = [{"title": title, "kind": "num"} for title in (_("待处理"), _("等待中"), _("已平账"))]
    url = (reverse("differences") + f"?partner={run.partner_id}&since={run.business_day}"
           f"&until={run.business_day}&state=&kind=")  # fmt: skip
    rows = [
        {"cells": [
            {"text": said.word(words.CLASSES, line.name), "url": url + line.name},
            *({"kind": "num", "text": f"{count:,}"} for count in line[1:4]),
            {"kind": "amount", "fen": line.open_fen},
        ]}
        for line in lines
    ]  # fmt: skip
    return {"columns": [{"title": _("差异类别")}, *num,
                        {"title": _("未平金额（元）"), "kind": "amount"}], "rows": rows}  # fmt: skip


def found_run(request: HttpRequest, run_id: int) -> Row:
    """404 outside the scope."""
    run = one(RECONCILIATIONS, access_of(request), run_id)
    if run is None:
        raise Http404
    return run


@allow("reconciliation.run")
@require_POST
def reconciliation_again(request: HttpRequest, run_id: int) -> HttpResponse:
    """The night is asked to reconcile the newest file of the run's partner and day anew."""
    run = found_run(request, run_id)
    try:
        ask_for_run(request, run.partner_id, run.business_day)
    except Refused as refused:
        say(request, refused)
    return redirect_to_day(run.business_day)


def ask_for_run(request: HttpRequest, partner_id: int, day: date) -> None:
    """Refused: as `runs.check_again` does."""
    with plain_connection() as conn:
        runs.check_again(conn, partner_id, day)
    defer(jobs.RUN, partner_id=partner_id, day=day.isoformat())
    messages.success(request, _("已交夜间作业对账，刷新本页看结果"))


def redirect_to_day(day: date) -> HttpResponse:
    """Where the new run will show."""
    return redirect(reverse("reconciliation_day") + f"?day={day}")


@allow("reconciliation.run")
def reconciliation_upload(request: HttpRequest) -> HttpResponse:
    """GET the form; POST takes a file in, whole or not at all, and puts it before a second person; what
    counts already is reconciled again."""
    form = UploadForm(request.POST or None, request.FILES or None,
                      sides=partners.choices(access_of(request).scope),
                      formats=words.format_choices(language(request)))  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            taken, proposal = take_in(request, form)
            if proposal is not None:
                return redirect("proposal", proposal.pk)
            ask_for_run(request, form.cleaned_data["partner"], taken.business_day)
            return redirect_to_day(taken.business_day)
        except Refused as refused:
            put(request, form, refused, "file")
    return render(request, "console/recon/upload.html", {
        "form": form, "breadcrumbs": [{"title": _("对账"), "url": reverse("reconciliations")},
                                      {"title": _("上传对账文件")}],
    })  # fmt: skip


def take_in(request: HttpRequest, form: UploadForm) -> tuple[TakenFile, Authorisation | None]:
    """The file, and the proposal that lets it count; both or nothing. Refused as the operations refuse."""
    asked, at = form.cleaned_data, now()
    with transaction.atomic(), plain_connection(SECONDS_MAX) as conn:
        profile = read_profile(conn, asked["partner"])
        taken = files.take_in(conn, profile, asked["file"].file, asked["file"].name,
                              user_of(request).login, at, asked["day"], asked["format"],
                              asked["replaces_all"])  # fmt: skip
        if taken.known:
            messages.warning(request, _("此文件先前已收（第 %s 版），未重复载入") % taken.version)
        for note in taken.notes:
            messages.warning(request, note)
        proposals = [filing.propose(access_of(request), one.file_id, asked["reason"], at)
                     for one in (*taken.before, taken)]  # fmt: skip
        return taken, next(filter(None, reversed(proposals)), None)


@allow("reconciliation.view")
def single_sided_file(request: HttpRequest, run_id: int) -> HttpResponse:
    """单边账文件: what the partner of this run is asked to put right, of the run's day."""
    run = found_run(request, run_id)
    with plain_connection() as conn:
        body = b"".join(single_sided.write(conn, run.partner_id, run.business_day))
    name = f"{run.partner_code}-{run.business_day:%Y%m%d}-single-sided.txt"
    return HttpResponse(body, content_type="application/octet-stream",
                        headers={"Content-Disposition": f'attachment; filename="{name}"'})  # fmt: skip
