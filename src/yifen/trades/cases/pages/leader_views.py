"""Case money at a glance 案款分析, for who leads a court: time to credit, what waits by age, errors, by judge and
month."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope as scopes
from yifen.face import words
from yifen.face.lists.selecting import in_scope
from yifen.trades.cases.pages import listing, telling
from yifen.trades.cases.pages.words import ENTRIES
from yifen.trades.cases.payout.reading import name_of

_SQL = queries(__package__)
_AGES = _SQL["ages_by_judge"].format(scope=in_scope("k.court_id"))
_TIMES = _SQL["credit_times"].format(scope=in_scope("e.court_id"))
_MONTHS, _APART = (_SQL[name].format(scope=in_scope("e.court_id")) for name in ("months", "apart"))
DAYS, MONTHS = timedelta(days=90), timedelta(days=365)
CREDIT_STEPS = (60, 600, 3_600, 14_400, 86_400, 259_200)  # seconds
STEP_WORDS = (gettext_lazy("1 分钟内"), gettext_lazy("10 分钟内"), gettext_lazy("1 小时内"), gettext_lazy("4 小时内"),
              gettext_lazy("1 天内"), gettext_lazy("3 天内"), gettext_lazy("3 天以上"))  # fmt: skip
AGES = ("≤30", "31–60", "61–180", ">180")  # days
WAYS = ("collected", "transfer", "claimed")
Shown = dict[str, Any]


@allow("cases.lead")
def court_leader(request: HttpRequest) -> HttpResponse:
    """Of the courts in scope, or the one chosen."""
    access, at = access_of(request), now()
    courts = listing.courts(access)
    chosen = next((court for court, _name in courts if str(court) == request.GET.get("court", "")), None)
    ages, months = _read(_AGES, access, at, chosen), _read(_MONTHS, access, at, chosen, since=at - MONTHS)
    times = _read(_TIMES, access, at, chosen, since=at - DAYS, steps=list(CREDIT_STEPS))
    credited, wrong = sum(row[7] for row in months), sum(row[4] for row in months)
    total, late = sum(row[6] for row in ages), sum(row[5] or 0 for row in ages)
    return render(request, "console/cases/leader.html", {
        "courts": courts, "chosen": chosen, "open_fen": total, "late_fen": late,
        "clocks_url": f"{reverse('court_clocks')}?state=red", "credited": credited, "wrong": wrong,
        "right": f"{(credited - wrong) / credited:.2%}" if credited else None,
        "apart": _read(_APART, access, at, chosen)[0][0], "half": _half(times),
        "times": times_chart(times), "ages": ages_chart(ages), "judges": judge_table(ages, chosen),
        "months": month_table(months), "breadcrumbs": [{"title": _("案款分析")}]})  # fmt: skip


def times_chart(times: list[Any]) -> Shown | None:
    """How many receipts within which time, by how they came."""
    if not times:
        return None
    found = {(kind, step): count for kind, step, count in times}
    ways = [way for way in WAYS if any((way, step) in found for step in range(len(STEP_WORDS)))]
    names = [str(words.word(ENTRIES, way)) for way in ways]
    return {"animation": False, "legend": {"data": names, "top": 0, "right": 0},
            "xAxis": {"type": "category", "data": [str(step) for step in STEP_WORDS]},
            "yAxis": {"type": "value", "minInterval": 1},
            "series": [{"type": "bar", "stack": "all", "name": name,
                        "data": [found.get((way, step), 0) for step in range(len(STEP_WORDS))]}
                       for way, name in zip(ways, names, strict=True)]}  # fmt: skip


def ages_chart(ages: list[Any]) -> Shown | None:
    """What waits by age, in yuan."""
    if not ages:
        return None
    tones = ("ok", "", "waiting", "bad")
    sums = [sum(row[place] or 0 for row in ages) // 100 for place in range(1, 5)]
    return {"animation": False, "xAxis": {"type": "category", "data": AGES},
            "yAxis": {"type": "value"},
            "series": [{"type": "bar", "stack": "all", "name": age, "tone": tone,
                        "data": [fen if place == mine else 0 for place in range(4)]}
                       for mine, (age, fen, tone) in enumerate(zip(AGES, sums, tones, strict=True))]}  # fmt: skip


def judge_table(ages: list[Any], chosen: int | None) -> Shown:
    """A judge a row; his name leads to his money."""
    def url(judge: str) -> str:
        return f"{reverse('court_clocks')}?{urlencode({'q': judge} | ({'court': chosen} if chosen else {}))}"

    heads = (_("承办人"), *(_("%(days)s 天") % {"days": age} for age in AGES), _("已超期（元）"), _("合计（元）"))
    return telling.table(heads, (
        ({"text": name_of(judge), "url": url(judge)} if judge else _("未定"),
         *({"kind": "amount", "fen": fen or 0} for fen in fens))
        for judge, *fens in ages), (1, 2, 3, 4, 5, 6))  # fmt: skip


def month_table(months: list[Any]) -> Shown:
    """A month a row, the newest first."""
    heads = (pgettext("court", "月份"), _("到账（元）"), _("到账笔数"), _("入案用时中位数"), _("入错后撤销（笔）"),
             _("发放（元）"), _("退款、扣费、提存（元）"))  # fmt: skip
    return telling.table(heads, (
        (month, {"kind": "amount", "fen": came}, {"kind": "num", "text": f"{count:,}"},
         telling.minutes(half.total_seconds()) if half is not None else "", {"kind": "num", "text": f"{wrong:,}"},
         {"kind": "amount", "fen": out}, {"kind": "amount", "fen": other})
        for month, came, count, half, wrong, out, other, _all in reversed(months)), (1, 2, 4, 5, 6))  # fmt: skip


def _half(times: list[Any]) -> str | None:
    """Within which step half of all money found its case."""
    whole, upto = sum(count for *_way, count in times), 0
    for step, word in enumerate(STEP_WORDS):
        upto += sum(count for _way, place, count in times if place == step)
        if whole and upto * 2 >= whole:
            return str(word)
    return None


def _read(statement: str, access: Access, at: datetime, court: int | None, **more: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, scopes.params(access.scope) | {"today": localdate(at), "court": court} | more)
        return list(cursor.fetchall())
