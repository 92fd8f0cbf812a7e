"""The trend above the lists of settlements and payouts: the last 30 days, a bar leads to its rows."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.scope import Scope
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope as scopes
from yifen.face import words as said
from yifen.face.lists import showing
from yifen.face.overview.amounts import short_yuan
from yifen.trades.settlement.pages.payouts_list import PAYOUTS
from yifen.trades.settlement.pages.settled_list import SETTLEMENTS
from yifen.trades.settlement.pages.words import PAYOUT_STATES

DAYS = 30
Chart = tuple[dict[str, Any], list[list[Any]]]
_SQL = queries(__package__)
_SETTLED, _PAID_OUT = _SQL["settled_by_day"], _SQL["paid_out_by_day"]


@allow(SETTLEMENTS.permission)
def settlements(request: HttpRequest) -> HttpResponse:
    """The list, below what was due and passed on day by day."""
    return _shown(request, SETTLEMENTS, settled(access_of(request).scope, now()), _("近 30 日结算（会计日期，元）"))


@allow(PAYOUTS.permission)
def payouts(request: HttpRequest) -> HttpResponse:
    """The list, below what was paid out day by day."""
    return _shown(request, PAYOUTS, paid_out(access_of(request).scope, now()), _("近 30 日划付（划付日，元）"))


def _shown(request: HttpRequest, listing: Any, chart: Chart | None, title: str) -> HttpResponse:
    option, rows = chart or (None, [])
    return showing.show(request, listing, "console/settle/trend.html", chart=option, chart_rows=rows,
                        chart_title=title)  # fmt: skip


def settled(scope: Scope, at: datetime) -> Chart | None:
    """Due and passed on, two bars a day; what was kept as commission besides. None: nothing yet."""
    names = (_("应结"), _("结转"), _("手续费"))
    rows = [(day, _door("settlements", day), figures) for day, *figures in _read(_SETTLED, scope, at)]
    if not rows:
        return None
    series = [{"type": "bar", "name": name, "data": [_bar(figures[place], url) for _day, url, figures in rows]}
              for place, name in enumerate(names)]  # fmt: skip
    told = [[{"text": f"{day}", "url": url}, *map(short_yuan, figures)] for day, url, figures in rows]
    return _option([row[0] for row in rows], names, series), [[_("会计日期"), *names], *told]


def paid_out(scope: Scope, at: datetime) -> Chart | None:
    """What is due on a day, stacked by how it stands. None: nothing yet."""
    rows = _read(_PAID_OUT, scope, at)
    if not rows:
        return None
    days = sorted({row[0] for row in rows})
    found = {(day, state): (count, fen) for day, state, count, fen in rows}
    states = [state for state in PAYOUT_STATES if any((day, state) in found for day in days)]
    names = [str(said.word(PAYOUT_STATES, state)) for state in states]
    series = [
        {"type": "bar", "stack": "all", "name": name, "tone": said.tone(PAYOUT_STATES, state),
         "data": [_bar(found.get((day, state), (0, 0))[1], _door("payouts", day, state)) for day in days]}
        for state, name in zip(states, names, strict=True)
    ]  # fmt: skip
    told = [[f"{day}", str(said.word(PAYOUT_STATES, state)),
             {"text": f"{count:,}", "url": _door("payouts", day, state)}, short_yuan(fen)]
            for day, state, count, fen in rows]  # fmt: skip
    return _option(days, names, series), [[_("划付日"), _("状态"), _("笔数"), _("金额（元）")], *told]


def _option(days: list[date], names: Any, series: list[dict[str, Any]]) -> dict[str, Any]:
    return {"legend": {"data": list(names), "top": 0, "right": 0},
            "xAxis": {"type": "category", "data": [f"{day:%m-%d}" for day in days]}, "yAxis": {"type": "value"},
            "series": series}  # fmt: skip


def _bar(fen: int, url: str) -> dict[str, Any]:
    return {"value": fen // 100, "url": url}


def _door(route: str, day: date, state: str = "") -> str:
    return reverse(route) + f"?since={day}&until={day}" + (f"&state={state}" if state else "")


def _read(statement: str, scope: Scope, at: datetime) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        since = timezone.localdate(at) - timedelta(days=DAYS)
        cursor.execute(statement, scopes.params(scope) | {"since": since})
        return list(cursor.fetchall())
