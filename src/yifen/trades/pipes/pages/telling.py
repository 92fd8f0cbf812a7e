"""A pipe and a delivery as their pages tell them."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yifen.core.access.telling import told
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.lists.listing import Row
from yifen.trades.pipes.finding import PING, event_kinds
from yifen.trades.pipes.models import Pipe, PipeDelivery, PipeEvent, PipeTry
from yifen.trades.pipes.pages.lists import DELIVERY_STATES, PIPE_KINDS, PIPE_STATES, TRY_RESULTS
from yifen.trades.pipes.port import ToldEvent, transport
from yifen.trades.pipes.webhook import body_of

_HOURS = queries(__package__)["hours"]
TRIES_SHOWN = 20
HOURS = 24
Chart = tuple[dict[str, Any], list[list[Any]]]


def of_pipe(row: Pipe, listed: Row, now: datetime) -> dict[str, Any]:
    """Facts, the picture of the last day, the last tries."""
    option, rows = hours(row, now)
    facts: list[dict[str, Any]] = [
        {"title": _("方式"), "text": words.word(PIPE_KINDS, row.kind)},
        {"title": _("地址"), "kind": "code", "text": row.address},
        {"title": _("待送达"), "text": f"{listed.waiting:,}"},
        {"title": _("最近送达"), **_at(listed.last_delivered)},
        {"title": _("最早未送达"), **_at(listed.failing_since)},
        {"title": _("建立时间"), **_at(row.made_at)},
        *({"title": told(said.title), "text": told(said.value) if isinstance(said.value, Text) else said.value}
          for said in transport(row.kind).words(row.settings).values()),
    ]  # fmt: skip
    if not row.enabled:
        facts.insert(0, {"title": _("停用原因"), "text": row.off_why})
    if row.secret_before is not None and row.before_until is not None and row.before_until > now:
        facts.append({"title": _("前一密钥仍签至"), **_at(row.before_until)})
    tone = words.tone(PIPE_STATES, listed.state)
    return {"facts": facts, "state": {"text": words.word(PIPE_STATES, listed.state), "tone": tone},
            "waiting_count": listed.waiting, "wants": [(name, _title(name)) for name in row.wants],
            "chart": option, "chart_rows": rows,
            "tries": tries_table(PipeTry.objects.filter(pipe=row).order_by("-at", "-pk")[:TRIES_SHOWN])}  # fmt: skip


def hours(row: Pipe, now: datetime) -> Chart:
    """How many tries of each of the last 24 hours arrived and how many did not."""
    first = timezone.localtime(now).replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    with connection.cursor() as cursor:
        cursor.execute(_HOURS, [row.pk, first])
        found = {timezone.localtime(at): counts for at, *counts in cursor.fetchall()}
    times = [first + timedelta(hours=number) for number in range(HOURS)]
    names, tones = (_("已送达"), _("未送达")), ("ok", "bad")
    counts = [found.get(at, [0, 0]) for at in times]
    option = {
        "animation": False, "legend": {"data": list(names), "top": 0, "right": 0},
        "xAxis": {"type": "category", "data": [f"{at:%H}" for at in times]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [{"type": "bar", "stack": "all", "name": name, "tone": tone, "data": [one[place] for one in counts]}
                   for place, (name, tone) in enumerate(zip(names, tones, strict=True))],
    }  # fmt: skip
    rows = zip(times, counts, strict=True)
    return option, [[_("小时"), *names], *([f"{at:%m-%d %H}", *map(str, one)] for at, one in rows if any(one))]


def tries_table(rows: Any, leads: bool = True) -> dict[str, Any]:
    """When each was, how long it took, what was answered; `leads`: to its delivery."""
    heads = [{"title": _("时间")}, {"title": _("结果")}, {"title": _("耗时（毫秒）"), "kind": "num"},
             {"title": _("应答")}]  # fmt: skip

    def url(row: PipeTry) -> str:
        return reverse("pipe_delivery", args=[row.delivery_id]) if leads else ""

    return {"columns": heads, "empty_title": _("还没有试过"), "rows": [
        {"cells": [{"kind": "time", "at": row.at, "url": url(row)},
                   {"kind": "badge", "text": words.word(TRY_RESULTS, row.result),
                    "tone": words.tone(TRY_RESULTS, row.result)},
                   {"kind": "num", "text": f"{row.took_ms:,}"}, {"text": row.said}]} for row in rows]}  # fmt: skip


def of_delivery(row: PipeDelivery) -> dict[str, Any]:
    """The event as it is told, how it stands, each try."""
    event = row.event
    facts = [
        {"title": pgettext("one", "推送通道"), "text": str(row.pipe), "url": reverse("pipe", args=[row.pipe_id])},
        {"title": _("事件"), "text": f"{event.kind} · {_title(event.kind)}"},
        {"title": _("事件号"), "kind": "copy", "text": event.uid},
        {"title": pgettext("pipe", "次数"), "text": str(row.tries)},
        {"title": _("下次推送"), **_at(row.due_at)},
        {"title": _("最近应答"), "text": row.said},
    ]
    return {"facts": facts, "state": {"text": words.word(DELIVERY_STATES, row.state),
                                      "tone": words.tone(DELIVERY_STATES, row.state)},
            "body": body(event),
            "tries": tries_table(PipeTry.objects.filter(delivery=row).order_by("-at", "-pk"), False)}  # fmt: skip


def body(event: PipeEvent) -> str:
    """As it is sent, but on several lines."""
    sent = body_of(ToldEvent(event.uid, event.kind, event.at, event.data))
    return json.dumps(json.loads(sent), ensure_ascii=False, indent=2)


def _title(kind: str) -> str:
    known = event_kinds() | {PING.name: PING}
    return told(known[kind].title) if kind in known else ""


def _at(moment: datetime | None) -> dict[str, Any]:
    return {"kind": "time", "at": moment} if moment else {"text": None}
