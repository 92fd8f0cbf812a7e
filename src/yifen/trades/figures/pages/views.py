"""Overview 收费总览, reports 报表 and what was made of them."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from psycopg.errors import QueryCanceled

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, key_ring_of, now, user_of
from yifen.core.access.roles import grants, of_partners, permissions_of, role_text
from yifen.core.access.telling import language, put, say, told
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope as scopes
from yifen.face.plain import plain_connection
from yifen.trades.figures import files, folders, keeping, labels, telling
from yifen.trades.figures.asking import ReportAsk, held
from yifen.trades.figures.catalogue import BILLS, DIMENSIONS, MEASURES, SOURCES, topics_of
from yifen.trades.figures.codes import FigureCode
from yifen.trades.figures.pages import showing
from yifen.trades.figures.pages.forms import (
    OF_CARDS,
    PLACES,
    ROLES_SEE,
    STARTER,
    KeepForm,
    OverviewForm,
    ReportForm,
    ScheduleForm,
)
from yifen.trades.figures.reach import reach, topics

_SQL = queries("yifen.trades.figures")
CARRIED = ("report", "title", "shared")  # of the report that is changed, however often it is told anew
BY = ("community", "class", "fee", "institution", "channel", "user", "price", "day")
OF_BILLS, OF_PAYMENTS = (
    ("asked", "settled", "written_off", "owing", "rate"),
    ("payments", "taken", "returned", "collected"),
)
Shown = dict[str, Any]


@allow("figures.view")
def figures(request: HttpRequest) -> HttpResponse:
    """GET period, since, until, fee, by: what was billed, collected and is owing, reckoned now."""
    access = access_of(request)
    form = OverviewForm(request.GET if request.GET else {"period": "this_month"})
    with plain_connection() as conn:
        scope = scopes.params(access.scope)
        fees = [name for (name,) in conn.execute(_SQL["fees"], scope).fetchall()]
        form.fields["fee"].choices = [("", _("全部")), *((name, name) for name in fees)]  # type: ignore[attr-defined]
        shown: Shown = {"form": form, "breadcrumbs": crumbs(_("收费总览"))}
        if form.is_valid():
            by = form.cleaned_data["by"] if form.cleaned_data["by"] in BY else BY[0]
            shown["tabs"] = [_tab(request, name, by) for name in BY]
            try:
                report = told_now(request, conn, overview(form.cleaned_data, by))
            except Refused as refused:
                put(request, form, refused, "period")
            else:
                if "written_off" in report.ask.measures:
                    report = showing.without_nothing(report, "written_off")
                shown |= told_of(report) | {"cards": cards(report)}
                if not form.cleaned_data["fee"]:
                    shown["elsewhere"] = _elsewhere(conn, scope)
    return render(request, "console/figures/overview.html", shown)


def _elsewhere(conn: Any, scope: dict[str, Any]) -> Shown | None:
    """What was imported and not billed here, as it stands now; None: nothing; `too_many`: it takes too long."""
    try:
        with conn.transaction():
            bills, asked, paid, owing = conn.execute(_SQL["elsewhere"], scope).fetchone()
    except QueryCanceled:
        return {"too_many": True}
    return {"bills": f"{bills:,}", "asked": asked, "paid": paid, "owing": owing} if bills else None


def overview(asked: dict[str, Any], by: str) -> ReportAsk:
    """The overview is a report like any other. What is of payments alone tells only what was collected."""
    measures = OF_PAYMENTS if BILLS not in DIMENSIONS[by].of else OF_BILLS + (
        ("collected",) if "payments" in DIMENSIONS[by].of else ())  # fmt: skip
    filters = {"fee": (asked["fee"],)} if asked["fee"] else {}
    return held(
        ReportAsk(
            (by,),
            measures,
            filters=filters,
            period=asked["period"] or "this_month",
            since=asked["since"],
            until=asked["until"],
            sort="name" if by == "day" else "asked" if "asked" in measures else "collected",
            chart="line" if by == "day" else "bar",
        )
    )


def _tab(request: HttpRequest, name: str, by: str) -> Shown:
    asked = request.GET.copy()
    asked["by"] = name
    return {
        "title": told(DIMENSIONS[name].text),
        "url": f"{reverse('figures')}?{asked.urlencode()}",
        "current": name == by,
    }


def cards(report: telling.ToldReport) -> list[Shown]:
    """The totals."""
    return [{"title": labels.head(report, head, told), "url": showing.drill(report, head, {})}
            | ({"fen": value or 0} if head.unit == "fen" else {"value": showing.plain(head, value)})
            for head, value in zip(report.heads, report.total.values, strict=True)]  # fmt: skip


def told_of(report: telling.ToldReport) -> Shown:
    """A report as templates show it."""
    shown = showing.table(report)
    return {"table": shown, "chart": showing.chart(report), "span": report.span, "then": report.then,
            "warnings": showing.warnings(report, shown)}  # fmt: skip


# --- reports -------------------------------------------------------------------------------------------
@allow("figures.open")
def figure_reports(request: HttpRequest) -> HttpResponse:
    """One's own and shared ones."""
    with plain_connection() as conn:
        found = keeping.reports(conn, access_of(request))
    titles = Counter((one.title, one.owner) for one in found)  # of two with one name each says its number
    rows = [{"cells": [
        {"text": one.title if titles[one.title, one.owner] == 1 else f"{one.title} · {one.report_id}",
         "url": reverse("figure_report", args=[one.report_id])},
        {"text": labels.together((told(DIMENSIONS[name].text) for name in one.ask.rows), told) if one.ask
         else _("已不能统计")},
        {"text": _("本人") if one.is_own else one.owner},
        {"text": labels.together(map(role_text, one.roles), told) or None},
        {"text": _("%d 项") % one.schedules if one.schedules else None},
        {"kind": "time", "at": one.changed_at}]} for one in found]  # fmt: skip
    heads = (_("名称"), _("统计维度"), _("谁的"), _("共享"), _("定时"), _("更新"))
    return render(request, "console/figures/reports.html", {
        "table": {"columns": [{"title": title} for title in heads], "rows": rows},
        "may": access_of(request).may("figures.report"), "oversees": access_of(request).may("figures.oversee"),
        "breadcrumbs": crumbs(_("报表"))})  # fmt: skip


@allow("figures.report")
def figure_build(request: HttpRequest) -> HttpResponse:
    """GET the report's fields: told at once; POST keeps it under a title."""
    known = topics(access_of(request))
    starter = STARTER if SOURCES[BILLS].permission in known else OF_CARDS
    form, keep = ReportForm(known, request.GET if "row1" in request.GET else starter), keep_form(request)
    carried = [(name, value) for name in CARRIED for value in request.GET.getlist(name)]
    shown: Shown = {"form": form, "keep": keep, "carried": carried, "breadcrumbs": crumbs(_("新报表"))}
    if form.is_valid():
        with plain_connection() as conn:
            try:
                ask = form.ask(conn, reach(conn, access_of(request)))
                if request.method == "POST" and keep.is_valid():
                    return redirect("figure_report", _kept(request, conn, ask, keep))
                shown |= told_of(told_now(request, conn, ask))
            except Refused as refused:
                put(
                    request,
                    keep if refused.field in keep.fields else form,
                    _placed(refused),
                    "row1",
                )
    return render(request, "console/figures/build.html", shown)


def _kept(request: HttpRequest, conn: Any, ask: ReportAsk, keep: KeepForm) -> int:
    number = request.GET.get("report", "")
    report = int(number) if number.isascii() and number.isdigit() and len(number) < 18 else None
    return keeping.keep(
        conn,
        access_of(request),
        report,
        keep.cleaned_data["title"],
        ask,
        keep.cleaned_data.get("roles", []),
        now(),
    )


def keep_form(request: HttpRequest) -> KeepForm:
    """With the roles that see such figures and that his own people may have, for who may share."""
    needed = topics_of(tuple(name for name in request.GET.getlist("measures") if name in MEASURES))
    needed = needed or {SOURCES[BILLS].permission}
    form = KeepForm(
        request.POST if request.method == "POST" else None,
        initial={"title": request.GET.get("title", ""), "roles": request.GET.getlist("shared")},
    )
    if access_of(request).may("figures.share"):
        theirs = user_of(request).partner_id is not None
        form.fields["roles"].choices = [  # type: ignore[attr-defined]
            (role, role_text(role)) for role in grants()[ROLES_SEE].to
            if (role in of_partners()) == theirs and needed <= permissions_of(frozenset({role}))
        ]  # fmt: skip
    else:
        del form.fields["roles"]
    return form


def told_now(request: HttpRequest, conn: Any, ask: ReportAsk) -> telling.ToldReport:
    """Periods like "this month" go by the open business day, as elsewhere in the console; ages by the calendar."""
    access, at = access_of(request), now()
    day = scopes.business_day(access.scope, at)
    return telling.told(conn, ask, localdate(at), reach(conn, access), open_day=day)


def _placed(refused: Refused) -> Refused:
    """On the form's field."""
    return Refused(refused.code, PLACES.get(refused.field, refused.field), refused.detail)


def found_report(request: HttpRequest, conn: Any, number: int) -> keeping.KeptReport:
    """404: neither one's own nor shared with him."""
    found = keeping.reports(conn, access_of(request), number)
    if not found:
        raise Http404
    return found[0]


@allow("figures.open")
def figure_report(request: HttpRequest, report_id: int) -> HttpResponse:
    """A kept report, told now; of one's own also when it is made."""
    with plain_connection() as conn:
        kept = found_report(request, conn, report_id)
        return _report_page(request, conn, kept, ScheduleForm(folders.partners(conn, access_of(request))))


def _report_page(
    request: HttpRequest, conn: Any, kept: keeping.KeptReport, form: ScheduleForm
) -> HttpResponse:
    access = access_of(request)
    is_own = kept.is_own and access.may("figures.report")
    shown: Shown = {"kept": kept, "is_own": is_own, "may": access.may("figures.report"), "form": form,
                    "breadcrumbs": crumbs(kept.title)}  # fmt: skip
    if kept.ask is not None:
        users: Mapping[str, str] = {}
        try:
            report = told_now(request, conn, kept.ask)
        except Refused as refused:
            shown["refused"] = refused.text(language(request))
        else:
            users = report.users
            shown |= told_of(report) | {"fits": files.fits(report), "most": files.PAPER_COLUMNS_MAX}
        edit = QueryDict(showing.query_of(kept.ask, users), mutable=True)
        edit["title"] = kept.title
        if is_own:
            edit["report"] = str(kept.report_id)
            edit.setlist("shared", kept.roles)
        shown["edit_url"] = f"{reverse('figure_build')}?{edit.urlencode()}"
    if is_own:
        ring = key_ring_of(request)
        shown["schedules"] = [{
            "said": f"{dict(form.fields['every'].choices)[one.every]} {one.hour:02d}:00 · {one.format.upper()}",  # type: ignore[attr-defined]
            "to": ring.open(bytes(one.mail), keeping.context(kept.report_id)).decode() if one.mail else one.partner,
            "next_at": one.next_at, "url": reverse("figure_unschedule", args=[kept.report_id, one.schedule_id])}
            for one in keeping.schedules(conn, access, kept.report_id)]  # fmt: skip
    return render(request, "console/figures/report.html", shown)


@allow("figures.report")
@require_POST
def figure_file(request: HttpRequest, report_id: int) -> HttpResponse:
    """POST format=xlsx|pdf."""
    form, user = request.POST.get("format", ""), user_of(request)
    if form not in files.TYPES:
        raise Http404
    with plain_connection(60) as conn:
        kept = found_report(request, conn, report_id)
        if kept.ask is None:
            raise Http404
        try:
            report = told_now(request, conn, kept.ask)
        except Refused as refused:
            say(request, refused)
            return redirect("figure_report", report_id)
    about = files.FileAbout(kept.title, str(user.partner or user.institution), str(user), now())
    try:
        body = files.file(form, report, about, access_of(request), told)
    except Refused as refused:
        say(request, refused)
        return redirect("figure_report", report_id)
    return attached(body, f"{kept.title}-{report.span.since}-{report.span.until}.{form}", form)


def attached(body: bytes, name: str, form: str) -> HttpResponse:
    """A file to keep."""
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    return HttpResponse(body, content_type=files.TYPES[form], headers=headers)


@allow("figures.report")
@require_POST
def figure_drop(request: HttpRequest, report_id: int) -> HttpResponse:
    """One's own is gone."""
    with plain_connection() as conn:
        found_report(request, conn, report_id)
        try:
            keeping.drop(conn, access_of(request), report_id, now())
        except Refused as refused:
            say(request, refused)
    return redirect("figure_reports")


@allow("figures.report")
@require_POST
def figure_schedule(request: HttpRequest, report_id: int) -> HttpResponse:
    """POST every, hour, format, mail: made regularly from now on; partner: put before a second person."""
    access = access_of(request)
    with plain_connection() as conn:
        kept = found_report(request, conn, report_id)
        form = ScheduleForm(folders.partners(conn, access), request.POST)
        if form.is_valid():
            try:
                if partner := form.cleaned_data.get("partner"):
                    if form.cleaned_data["mail"]:
                        raise Refused(FigureCode.SCHEDULE_WRONG, "mail")
                    row = folders.propose(access, kept, partner, form.cleaned_data, language(request), now())
                    return redirect("proposal", row.pk)
                keeping.schedule(conn, key_ring_of(request), access, report_id, form.cleaned_data,
                                 language(request), now())  # fmt: skip
            except Refused as refused:
                put(request, form, refused, "every")
            else:
                return redirect("figure_report", report_id)
        return _report_page(request, conn, kept, form)


@allow("figures.report")
@require_POST
def figure_unschedule(request: HttpRequest, report_id: int, schedule_id: int) -> HttpResponse:
    """It is made no more."""
    with plain_connection() as conn:
        found_report(request, conn, report_id)
        try:
            keeping.unschedule(conn, access_of(request), schedule_id, now())
        except Refused as refused:
            say(request, refused)
    return redirect("figure_report", report_id)


def crumbs(title: str) -> list[Shown]:
    """Where a page stands."""
    return [{"title": _("统计"), "url": reverse("figure_reports")}, {"title": title}]
