"""Spending by official cards 公务卡支出统计: the reports that everybody asks for, by any dimension; any other is
made by the builder."""

from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now, user_of
from yifen.core.access.telling import put, told
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.face.plain import plain_connection
from yifen.trades.figures import files, telling
from yifen.trades.figures.asking import BY_NAME, ReportAsk, held
from yifen.trades.figures.catalogue import DIMENSIONS
from yifen.trades.figures.pages import showing
from yifen.trades.figures.pages.forms import SpendingForm
from yifen.trades.figures.pages.views import attached, cards, crumbs, told_now, told_of


class StandingReport(NamedTuple):
    """A report that stands ready: what it tells, and by what first."""

    title: Text
    measures: tuple[str, ...]
    by: tuple[str, ...]
    only: dict[str, tuple[str, ...]] = {}


_OF_LINES = (
    "unit",
    "func_class",
    "func",
    "dep",
    "item",
    "fund",
    "project",
    "mcc",
    "holder",
    "card",
    "month",
)
STANDING = {
    "spending": StandingReport(
        Text("支出、还款、退回", "Spent, repaid, returned"),
        ("spending", "lent", "repaid", "came_back", "came_back_late", "quota_used"), _OF_LINES),
    "swipes": StandingReport(
        Text("公务消费", "Official swipes"), ("swiped", "swipes", "refunded", "unclaimed"),
        ("unit", "mcc", "holder", "card", "month")),
    "claims": StandingReport(
        Text("报账", "Claims"), ("claims", "claimed", "deciding", "denied"),
        ("unit", "claim_state", "way", *_OF_LINES[1:])),
    "catalogue": StandingReport(
        Text("强制结算目录执行", "Mandatory catalogue"),
        ("spending", "spent_lines", "by_card", "in_cash", "card_rate"),
        ("item", "exemption", "unit", "dep", "holder", "month")),
    "cash": StandingReport(
        Text("现金上卡及理由", "Cash to card, and why"), ("spending", "spent_lines"),
        ("exemption", "unit", "item", "holder", "month"), {"way": ("cash",)}),
    "dues": StandingReport(
        Text("应还、逾期", "Due and overdue"), ("to_repay", "not_repaid", "overdue", "overdue_lines", "late_paid"),
        _OF_LINES),
    "late": StandingReport(
        Text("逾期责任、利息", "Who was late, and the interest"),
        ("late_times", "late_amount", "late_open", "late_interest"),
        ("late_by", "unit", "holder", "mcc", "month")),
    "clearings": StandingReport(
        Text("清算", "Clearing"), ("bank_paid", "cleared", "uncleared", "refunding"), _OF_LINES),
}  # fmt: skip


def ask_of(what: str, by: str, asked: dict[str, Any]) -> ReportAsk:
    """Refused: as a report is."""
    one = STANDING[what]
    is_time = by == "month"
    return held(ReportAsk(
        (by,), one.measures, filters=one.only, period=asked["period"] or "this_year", since=asked["since"],
        until=asked["until"], compare=asked["compare"], sort=BY_NAME if is_time else one.measures[0],
        chart="line" if is_time else "bar"))  # fmt: skip


@allow("figures.spending")
def figure_spending(request: HttpRequest) -> HttpResponse:
    """GET what, period, since, until, compare, by: told now. POST format: the same as a file."""
    form = SpendingForm(request.GET if request.GET else {"period": "this_year"})
    form.fields["what"].choices = [(name, told(one.title)) for name, one in STANDING.items()]  # type: ignore[attr-defined]
    shown: dict[str, Any] = {"form": form, "breadcrumbs": crumbs(_("公务卡支出统计"))}
    if form.is_valid():
        what = form.cleaned_data["what"] or "spending"
        choices = STANDING[what].by
        by = form.cleaned_data["by"] if form.cleaned_data["by"] in choices else choices[0]
        shown["tabs"] = [_tab(request, name, by) for name in choices]
        with plain_connection(60 if request.method == "POST" else 15) as conn:
            try:
                report = told_now(request, conn, ask_of(what, by, form.cleaned_data))
                if request.method == "POST":
                    return _file(request, report, told(STANDING[what].title))
            except Refused as refused:
                put(request, form, refused, "period")
            else:
                shown |= told_of(report) | {
                    "cards": cards(report) if not report.ask.compare else []
                }
                shown |= {
                    "fits": files.fits(report),
                    "build": showing.query_of(report.ask, report.users),
                }
    return render(
        request,
        "console/figures/spending.html",
        shown | {"may": access_of(request).may("figures.report")},
    )


def _file(request: HttpRequest, report: telling.ToldReport, title: str) -> HttpResponse:
    """404: no such form. Refused: REPORT_WRONG, no room on paper."""
    form, user, access = request.POST.get("format", ""), user_of(request), access_of(request)
    if form not in files.TYPES or not access.may("figures.report"):
        raise Http404
    about = files.FileAbout(title, str(user.partner or user.institution), str(user), now())
    body = files.file(form, report, about, access, told)
    return attached(body, f"{title}-{report.span.since}-{report.span.until}.{form}", form)


def _tab(request: HttpRequest, name: str, by: str) -> dict[str, Any]:
    asked = request.GET.copy()
    asked["by"] = name
    return {"title": told(DIMENSIONS[name].text), "url": f"{reverse('figure_spending')}?{asked.urlencode()}",
            "current": name == by}  # fmt: skip
