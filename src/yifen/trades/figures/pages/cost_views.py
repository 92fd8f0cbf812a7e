"""What collecting costs 收费成本: what was assumed, a payment's cost by channel, as a table, a picture, a workbook."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now, user_of
from yifen.core.access.telling import put, told
from yifen.core.documents.statement import Fact
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope as scopes
from yifen.face.plain import plain_connection
from yifen.trades.figures import assuming, cost, files
from yifen.trades.figures.cost import Assumed, CostLine
from yifen.trades.figures.pages.forms import AssumeForm, CostForm
from yifen.trades.figures.pages.views import attached, crumbs

_SQL = queries("yifen.trades.figures")
Shown = dict[str, Any]


@allow("figures.view")
def figure_cost(request: HttpRequest) -> HttpResponse:
    """GET biller, since, until: a payment's cost by channel, by what was assumed last; POST assumes anew."""
    access = access_of(request)
    with plain_connection() as conn:
        billers = conn.execute(_SQL["billing"], scopes.params(access.scope)).fetchall()
        form = _asked(request, billers)
        shown: Shown = {
            "form": form,
            "has_billers": bool(billers),
            "breadcrumbs": crumbs(_("收费成本")),
        }
        if billers and form.is_valid():
            asked = {**form.cleaned_data, "biller_said": dict(billers)[form.cleaned_data["biller"]]}
            try:
                months = cost.months_of(asked["since"], asked["until"])
            except Refused as refused:
                put(request, form, refused, "until")
            else:
                answer = _reckoned(request, conn, asked, months, shown)
                if answer is not None:
                    return answer
    return render(request, "console/figures/cost.html", shown)


def _asked(request: HttpRequest, billers: list[tuple[int, str]]) -> CostForm:
    """What the address says; without it the first company's last month."""
    last = scopes.business_day(access_of(request).scope, now()).replace(day=1) - timedelta(days=1)
    first = {
        "biller": billers[0][0] if billers else "",
        "since": last.replace(day=1),
        "until": last,
    }
    form = CostForm(request.GET if "biller" in request.GET else first)
    form.fields["biller"].choices = billers  # type: ignore[attr-defined]
    return form


def _reckoned(
    request: HttpRequest, conn: Any, asked: Shown, months: int, shown: Shown
) -> HttpResponse | None:
    """Fills the page in; an answer of its own where something was assumed or a file is wanted."""
    access, biller = access_of(request), asked["biller"]
    since, until = asked["since"].replace(day=1), _month_end(asked["until"])
    channels, known = assuming.channels(conn, biller, since, until), assuming.history(conn, biller)
    assumed = known[0][0] if known else Assumed(0, {})
    may = access.may("figures.report")
    form = AssumeForm([(one[0], one[1]) for one in channels], request.POST if request.method == "POST" else None,
                      initial=_typed(assumed))  # fmt: skip
    if may and request.method == "POST" and "format" not in request.POST and form.is_valid():
        try:
            assuming.assume(conn, access, biller, _read(form, channels), now())
            return redirect(f"{reverse('figure_cost')}?{request.GET.urlencode()}")
        except Refused as refused:
            put(request, form, refused, "wages")
    lines = [line if line.channel_id else line._replace(channel=_("未分摊工资"))
             for line in cost.reckoned(assumed, months, channels)]  # fmt: skip
    if may and request.POST.get("format") == "xlsx":
        name, user = f"{_('收费成本')}-{since}-{until}.xlsx", user_of(request)
        about = files.FileAbout(_("收费成本"), asked["biller_said"], str(user), now())
        facts = [Fact(zh="期间", en="Period", value=f"{since} — {until}")]
        return attached(files.workbook(*_sheet(lines), about, facts, access, told), name, "xlsx")
    shown |= {
        "table": _table(lines),
        "chart": _chart(lines),
        "assume": form,
        "may": may,
        "months": months,
        "known": [{"at": at, "by": by, "wages_fen": one.wages_fen} for one, at, by in known],
        "query": request.GET.urlencode(),
    }
    return None


def _month_end(day: Any) -> Any:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _typed(assumed: Assumed) -> Shown:
    """As the form shows it."""
    found: Shown = {"wages": yuan(assumed.wages_fen)}
    for number, rate in assumed.rates.items():
        found |= {
            f"staff_{number}": rate.staff,
            f"bill_{number}": yuan(rate.payment_fen) if rate.payment_fen else "",
            f"permille_{number}": f"{rate.permille_milli / 1000:g}" if rate.permille_milli else "",
        }
    return found


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _read(form: AssumeForm, channels: list[tuple[int, str, str, int, int]]) -> Assumed:
    """Refused: COST_WRONG."""
    given = form.cleaned_data
    return cost.read_assumed(given["wages"] or 0, [{
        "channel": number, "staff": given[f"staff_{number}"], "bill_fen": given[f"bill_{number}"] or 0,
        "permille_milli": int((given[f"permille_{number}"] or 0) * 1000)} for number, *_rest in channels])  # fmt: skip


def payment_said(line: CostLine) -> str | None:
    """Yuan a payment to a hundredth of a fen: 1.2345."""
    centi = line.payment_centi
    return None if centi is None else f"{centi // 10_000}.{centi % 10_000:04d}"


def _heads() -> list[str]:
    return [
        _("渠道"),
        _("收费方式"),
        _("笔数"),
        _("收款（元）"),
        _("成本（元）"),
        _("每笔成本（元）"),
    ]


def _kind(line: CostLine) -> str:
    return "" if not line.channel_id else _("收费员") if line.staff else _("渠道代收")


def _table(lines: list[CostLine]) -> Shown:
    rows = [[{"text": line.channel}, {"text": _kind(line)}, {"kind": "num", "text": f"{line.payments:,}"},
             {"kind": "amount", "fen": line.fen}, {"kind": "amount", "fen": line.cost_fen},
             {"kind": "num", "text": payment_said(line)}] for line in [*lines, whole(lines)]]  # fmt: skip
    kinds = ("text", "text", "num", "amount", "amount", "num")
    return {"columns": [{"title": title, "kind": kind} for title, kind in zip(_heads(), kinds, strict=True)],
            "rows": [{"cells": cells} for cells in rows]}  # fmt: skip


def whole(lines: list[CostLine]) -> CostLine:
    """All together."""
    return CostLine(0, _("合计"), False, sum(one.payments for one in lines), sum(one.fen for one in lines),
                    sum(one.cost_fen for one in lines))  # fmt: skip


def _sheet(lines: list[CostLine]) -> tuple[list[tuple[str, str]], list[list[Any]]]:
    kinds = ("text", "text", "num", "amount", "amount", "text")
    return (
        list(zip(_heads(), kinds, strict=True)),
        [
            [one.channel, _kind(one), one.payments, one.fen, one.cost_fen, payment_said(one)]
            for one in [*lines, whole(lines)]
        ],
    )


def _chart(lines: list[CostLine]) -> Shown | None:
    found = [line for line in lines if line.payment_centi is not None]
    if not found:
        return None
    return {
        "animation": False,
        "xAxis": {"type": "category", "data": [line.channel for line in found]},
        "yAxis": {"type": "value"},
        "series": [
            {
                "type": "bar",
                "name": _("每笔成本（元）"),
                "data": [(line.payment_centi or 0) / 10_000 for line in found],
            }
        ],
    }
