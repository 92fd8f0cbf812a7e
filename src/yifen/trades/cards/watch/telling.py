"""Hits and a month of swipes as their pages tell them."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yifen.core.access.telling import told
from yifen.core.documents.figures import grouped_yuan
from yifen.face import words
from yifen.trades.cards.pages.telling import table
from yifen.trades.cards.watch.kinds import PARTIES, why
from yifen.trades.cards.watch.words import HIT_KINDS, HIT_STATES, HOWS

Shown = dict[str, Any]


class ShownHit(NamedTuple):
    """A hit as its page reads it."""

    hit_id: int
    bureau_id: int
    unit_id: int
    unit: str
    staff_no: str
    holder: str
    tail: str
    kind: str
    rule_from: date
    swipes: list[int]
    claim_id: int | None
    amount_fen: int
    on_day: date
    facts: dict[str, Any]
    how: str
    found_at: datetime
    now: str
    decision: str | None
    decided_at: datetime | None
    decided_by: str | None
    note: str | None
    is_own: bool


def hit_facts(one: ShownHit) -> list[Shown]:
    """What was found, by which rule, and what was said to it."""
    said: list[Shown] = [
        {"title": _("处理人"), "text": one.decided_by},
        {"title": _("处理时间"), "kind": "time", "at": one.decided_at},
        {"title": _("理由"), "text": one.note},
    ]
    claim = [
        {
            "title": _("报账单"),
            "text": str(one.claim_id),
            "url": reverse("card_claim", args=[one.claim_id or 0]),
        },
    ]
    return [
        {"title": pgettext("hit", "规则"), "kind": "badge", **words.badge(HIT_KINDS, one.kind)},
        {"title": _("为什么"), "text": told(why(one.kind, one.amount_fen, one.facts))},
        {"title": _("状态"), "kind": "badge", **words.badge(HIT_STATES, one.now)},
        {"title": _("持卡人"), "text": f"{one.holder} {one.staff_no}"},
        {"title": _("单位"), "text": one.unit},
        {"title": _("卡"), "kind": "code", "text": f"…{one.tail}"},
        {"title": _("金额（元）"), "kind": "amount", "fen": one.amount_fen},
        {"title": _("消费日"), "text": str(one.on_day)},
        {"title": _("规则生效日"), "text": str(one.rule_from)},
        {"title": _("查到时间"), "kind": "time", "at": one.found_at},
        {"title": pgettext("hit", "查到于"), "text": str(words.word(HOWS, one.how))},
        *(claim if one.claim_id else []),
        *(said if one.decision else []),
    ]


def swipe_table(found: Iterable[Sequence[Any]]) -> Shown:
    """The evidence."""
    return table(
        (_("刷卡时间"), _("商户"), _("类别"), _("金额（元）"), _("退货（元）"), _("未报（元）")),
        (
            ({"kind": "time", "at": at}, merchant, {"kind": "code", "text": mcc},
             *({"kind": "amount", "fen": fen} for fen in fens))
            for _swipe, at, merchant, mcc, *fens in found
        ),
        amounts=(3, 4, 5),
    )  # fmt: skip


def late_table(found: Sequence[Sequence[Any]]) -> Shown | None:
    """Who was late with what, and what it costs. None: nothing is."""
    if not found:
        return None
    return table(
        (_("报账单"), _("金额（元）"), _("报账日"), _("批准日"), _("送银行日"), _("还款日期"), _("逾期天数"),
         _("谁迟、谁承担"), _("利息（元）")),
        (
            ({"text": str(claim), "url": reverse("card_claim", args=[claim])} if claim else _("未报账"),
             {"kind": "amount", "fen": fen}, *(str(day or "—") for day in days), {"kind": "num", "text": str(late)},
             told(PARTIES[by]), {"kind": "amount", "fen": interest})
            for claim, fen, *days, late, by, _rate, interest in found
        ),
        amounts=(1, 8),
    )  # fmt: skip


def interest_rule(found: Sequence[Sequence[Any]]) -> str:
    """How interest was reckoned, in words."""
    return _("利息 = 金额 × 每日百万分之 %s × 逾期天数，四舍五入到分") % found[0][8] if found else ""


def live_table(found: Iterable[Sequence[Any]]) -> Shown:
    """Official swipes as they came."""
    return table(
        (_("标记时间"), _("刷卡时间"), _("单位"), _("持卡人"), _("卡"), _("商户"), _("金额（元）"), _("命中")),
        (
            ({"kind": "time", "at": marked}, {"kind": "time", "at": swiped}, unit, holder,
             {"kind": "code", "text": f"…{tail}"}, f"{merchant} {mcc}", {"kind": "amount", "fen": fen},
             {"kind": "badge", "text": str(hits), "tone": "bad"} if hits else "")
            for swiped, marked, unit, holder, tail, merchant, mcc, fen, hits in found
        ),
        amounts=(6,),
    )  # fmt: skip


def my_table(found: Iterable[Sequence[Any]]) -> Shown:
    """A holder's own hits."""
    return table(
        (_("消费日"), pgettext("hit", "规则"), _("为什么"), _("金额（元）"), _("状态")),
        (
            ({"text": str(day), "url": reverse("card_hit", args=[hit])},
             {"kind": "badge", **words.badge(HIT_KINDS, kind)}, told(why(kind, fen, facts)),
             {"kind": "amount", "fen": fen}, {"kind": "badge", **words.badge(HIT_STATES, now)})
            for hit, day, kind, fen, facts, now in found
        ),
        amounts=(3,),
    )  # fmt: skip


def kind_table(found: Iterable[Sequence[Any]], first: date, last: date) -> Shown:
    """A month's hits by rule, each a door to its list."""
    order = list(HIT_KINDS)
    return table(
        (pgettext("hit", "规则"), _("命中"), pgettext("hit", "待处理"), _("金额（元）")),
        (
            ({"text": str(words.word(HIT_KINDS, kind)), "url": hits_url(first, last, kind=kind)},
             {"kind": "num", "text": str(count)}, {"kind": "num", "text": str(open_)}, {"kind": "amount", "fen": fen})
            for kind, count, open_, fen in sorted(found, key=lambda row: order.index(row[0]))
        ),
        amounts=(3,),
    )  # fmt: skip


def hits_url(first: date, last: date, **more: str) -> str:
    return f"{reverse('card_hits')}?{urlencode({'since': first, 'until': last, **more})}"


def heat(found: Sequence[Sequence[Any]], first: date) -> tuple[Shown | None, list[list[Any]]]:
    """A month by day and hour: how many official swipes; a ring where one is in a hit. Its rows say the same."""
    if not found:
        return None, []
    last = monthrange(first.year, first.month)[1]
    hours = list(range(min(row[1] for row in found), max(row[1] for row in found) + 1))
    cells, rings, rows = [], [], []
    for day, hour, count, fen, hits in found:
        on = first.replace(day=day)
        url = hits_url(on, on) if hits else f"{reverse('card_officials')}?{urlencode({'since': on, 'until': on})}"
        says = _("%(day)s %(hour)s 时：%(count)s 笔 %(yuan)s 元，命中 %(hits)s 笔") % {
            "day": on, "hour": hour, "count": count, "yuan": grouped_yuan(fen), "hits": hits}  # fmt: skip
        cell = {
            "value": [day - 1, hour - hours[0], count],
            "tooltip": {"formatter": says},
            "url": url,
        }
        cells.append(cell)
        rings += [cell] if hits else []
        rows.append([{"text": f"{on} {hour:02d}:00", "url": url}, str(count), grouped_yuan(fen), str(hits)])
    names = (_("公务消费"), _("有命中"))
    option = {
        "animation": False,
        "tooltip": {"trigger": "item"},
        "legend": {"data": [names[1]], "top": 0, "right": 0},
        "xAxis": {"type": "category", "data": [str(day) for day in range(1, last + 1)]},
        "yAxis": {"type": "category", "data": [f"{hour:02d}" for hour in hours]},
        "visualMap": {"show": False, "min": 0, "max": max(row[2] for row in found), "seriesIndex": 0},
        "series": [
            {"type": "heatmap", "name": names[0], "label": {"show": True, "fontSize": 11}, "data": cells},
            {"type": "scatter", "name": names[1], "tone": "bad", "symbol": "emptyCircle", "symbolSize": 24,
             "data": rings},
        ],
    }  # fmt: skip
    return option, [[_("日期、时"), pgettext("hit", "笔数"), _("金额（元）"), _("命中")], *rows]
