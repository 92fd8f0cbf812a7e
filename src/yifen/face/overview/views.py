"""The dashboard 总览: how the business day goes, refreshed by itself."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.documents.figures import grouped_yuan
from yifen.core.partners.models import Partner
from yifen.face.lists.paging import TooMuch
from yifen.face.overview import charts
from yifen.face.overview.figures import Figures, figures
from yifen.face.overview.statistics import DayFilter, percent
from yifen.face.overview.tree import branches, flat
from yifen.hub.payments.traffic_queries import Figure

Shown = dict[str, Any]
MOST = 12  # lines of a table


@allow("dashboard.view")
def dashboard(request: HttpRequest) -> HttpResponse:
    """The figures in scope; polled with X-Yifen-Poll, which keeps no session alive."""
    access = access_of(request)
    form = DayFilter(request.GET, access, now())
    asked = form.cleaned_data["day"] if form.is_valid() else None
    try:
        found = figures(access.scope, now, asked)
    except TooMuch:
        return render(request, "console/dashboard.html", {"too_much": True, "form": form})
    grown = branches(found.billers, access.scope)
    return render(request, "console/dashboard.html", {
        "figures": found,
        "form": form,
        "export_url": reverse("statistics_export"),
        "export_query": request.GET.urlencode(),
        "charges": found.charges,
        "success": percent(found.charges.success_bp) if found.charges else None,
        "totals": totals(found),
        "payments_url": payments_url(found) if access.may("payments.view") else "",
        "hour_chart": charts.by_hour(found),
        "latency_chart": charts.latency(found),
        "tree_chart": charts.tree_map(grown) if grown else None,
        "channels": partners_table(found, "channel"),
        "billers": partners_table(found, "biller"),
        "institutions": tree_table(flat(grown)),
        "hours": hours_table(found),
    })  # fmt: skip


def payments_url(found: Figures) -> str:
    """The list of what was counted."""
    return reverse("payments") + f"?since={found.day}&until={found.day}"


def totals(found: Figures) -> Shown:
    """The line of large figures."""
    undecided, charges = found.undecided, found.charges
    oldest = undecided.oldest_paid_at
    since = f"{timezone.localtime(oldest):%m-%d %H:%M}" if oldest else ""
    return {
        "payments": f"{found.payments:,}",
        "returned": f"{found.returned:,}",
        "returned_note": "¥" + grouped_yuan(found.returned_fen),
        "undecided": f"{undecided.payments:,}",
        "oldest": _("最早 %s") % since if since else "",
        "tone": "bad"
        if undecided.stranded
        else "waiting"
        if undecided.payments
        else "ok",
        "charges_note": _("%s 次请求") % f"{charges.calls:,}" if charges else _("今日尚无请求"),
        "percent": "%" if charges else "",
        "ms": "ms" if charges else "",
        "latency": charges.p95 if charges else None,
        "latency_note": f"p50 {charges.p50} · p99 {charges.p99}" if charges else "",
    }


def partners_table(found: Figures, side: str) -> Shown:
    """Volume and success of each channel or biller, the largest first."""
    names = dict(Partner.objects.values_list("pk", "name"))
    volumes = found.channels if side == "channel" else found.billers
    calls = found.charges_by_channel if side == "channel" else found.charges_by_biller
    rows = [
        {"cells": [
            {"text": names.get(row.key, str(row.key))},
            {"kind": "num", "text": f"{row.payments:,}"},
            {"kind": "amount", "fen": row.amount_fen},
            {"kind": "num", "text": success(calls.get(row.key))},
        ]}
        for row in sorted(volumes, key=lambda row: -row.amount_fen)[:MOST]
    ]  # fmt: skip
    title = _("渠道") if side == "channel" else _("收费单位")
    return {"columns": [{"title": title}, num(_("笔数")), amount(), num(_("成功率"))], "rows": rows,
            "more": max(0, len(volumes) - MOST)}  # fmt: skip


def tree_table(found: Any) -> Shown:
    """The organisation tree as lines."""
    rows = [
        {"cells": [
            {"text": "　" * branch.depth + branch.name},
            {"kind": "num", "text": f"{branch.payments:,}"},
            {"kind": "amount", "fen": branch.amount_fen},
        ]}
        for branch in found
    ]  # fmt: skip
    return {"columns": [{"title": _("机构")}, num(_("笔数")), amount()], "rows": rows}


def hours_table(found: Figures) -> Shown:
    """Both charts as lines: payments by business day, charges by the clock."""
    volumes = {timezone.localtime(row.key): row for row in found.hours}
    calls = {timezone.localtime(row.key): row for row in found.charges_by_hour}
    rows = []
    for hour in sorted({*volumes, *calls}):
        volume, call = volumes.get(hour), calls.get(hour)
        rows.append({"cells": [
            {"kind": "code", "text": f"{hour:%m-%d %H:00}"},
            {"kind": "num", "text": f"{volume.payments:,}" if volume else None},
            {"kind": "amount", "fen": volume.amount_fen if volume else None},
            {"kind": "num", "text": f"{call.calls:,}" if call else None},
            {"kind": "num", "text": success(call)},
            *({"kind": "num", "text": f"{getattr(call, name):,}" if call else None}
              for name in ("p50", "p95", "p99")),
        ]})  # fmt: skip
    heads = [num(title) for title in (_("销账请求"), _("成功率"), "p50", "p95", "p99")]
    return {"columns": [{"title": _("小时")}, num(_("笔数")), amount(), *heads], "rows": rows}


def success(figure: Figure | None) -> str | None:
    return f"{percent(figure.success_bp)} %" if figure else None


def num(title: str) -> Shown:
    return {"title": title, "kind": "num"}


def amount() -> Shown:
    return {"title": _("金额（元）"), "kind": "amount"}
