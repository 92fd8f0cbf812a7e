"""The page of the system's state 系统状态: alerts and processes, each with a colour, a word and what to do."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import now
from yifen.core.access.telling import told
from yifen.core.alerts import JudgedAlert, Verdict
from yifen.core.facts.plug import Alert, Never, Text
from yifen.core.facts.processes import EVERYONE, GATEWAY, NIGHT, POS, WEB, WORKER
from yifen.core.metrics.signs import SignOfLife
from yifen.face.system.reading import state_of

Shown = dict[str, Any]
ROLES = {GATEWAY: Text("网关", "gateway"), WEB: Text("页面", "pages"), WORKER: Text("后台作业", "worker"),
         NIGHT: Text("日终", "night"), POS: Text("POS 前置", "POS door")}  # fmt: skip
HOUR_S, MINUTE_S, GIB = 3600, 60, 2**30


@allow("system.view")
def system(request: HttpRequest) -> HttpResponse:
    """As it is at this moment; it reads itself anew."""
    moment = now()
    state = state_of(moment)
    unknown = [one for one in state.alerts if one.verdict is Verdict.UNKNOWN]
    return render(request, "console/system.html", {
        "at": moment, "ringing": len(state.ringing), "unknown": len(unknown),
        "alerts": alerts_table(state.alerts), "processes": processes_table(state.signs),
    })  # fmt: skip


def alerts_table(found: list[JudgedAlert]) -> Shown:
    rows = [
        {"cells": [badge(one), {"text": told(one.alert.title)}, {"text": value_of(one)}, {"text": bound(one.alert)},
                   {"text": cure_of(one)}]}
        for one in found
    ]  # fmt: skip
    heads = (_("状态"), _("告警内容"), _("现值"), _("何时告警"), _("怎么办"))
    return {"columns": [{"title": title} for title in heads], "rows": rows}


def badge(one: JudgedAlert) -> Shown:
    """Well is what was read and lies within; where nothing of the kind is there, that is said."""
    if one.verdict is Verdict.WELL and one.worst is None:
        return {"kind": "badge", "text": _("无数据"), "tone": "neutral"}
    text, tone = {
        Verdict.RINGS: (_("告警"), "bad") if one.alert.grave else (_("注意"), "waiting"),
        Verdict.UNKNOWN: (_("读不出来"), "waiting"),
        Verdict.ELSEWHERE: (_("只在 Prometheus"), "neutral"),
        Verdict.WELL: (_("正常"), "ok"),
    }[one.verdict]
    return {"kind": "badge", "text": text, "tone": tone}


def never(one: JudgedAlert) -> Never | None:
    """What is said where it was never done."""
    is_none = one.verdict is Verdict.WELL and one.worst is None
    return one.alert.absent if is_none and isinstance(one.alert.absent, Never) else None


def cure_of(one: JudgedAlert) -> str | None:
    if undone := never(one):
        return told(undone.cure)
    return told(one.alert.cure) if one.verdict is not Verdict.WELL else None


def value_of(one: JudgedAlert) -> str | None:
    """The worst figure, whose it is, and how many more are beyond the bound."""
    if undone := never(one):
        return told(undone.said)
    if one.worst is None:
        return _("目前没有") if one.verdict is Verdict.WELL else None
    named = {value for _name, value in one.alert.where}
    whose = [label for label in one.worst.labels if label not in named and one.verdict is Verdict.RINGS]
    more = _("，另有 %(number)d 项") % {"number": one.number - 1} if one.number > 1 else ""
    return " ".join((*whose, amount(one.alert, one.worst.value))) + more


def amount(alert: Alert, value: float) -> str:
    """In the unit that the figure's name says."""
    if alert.metric.endswith("_seconds"):
        return ago(value)
    if alert.metric.endswith("_bytes"):
        return f"{value / GIB:,.1f} GiB"
    if alert.metric.endswith("_ratio"):
        return f"{value:.1%}"
    if alert.metric.endswith("_ok"):
        return _("通过") if value else _("未通过")
    return f"{value:,.0f}"


def bound(alert: Alert) -> str:
    """When it rings, in words."""
    if alert.expr:
        return _("由 Prometheus 判断")
    if alert.over is not None:
        said = _("有即告警") if alert.over < 0 else _("超过 %s") % amount(alert, alert.over)
    else:
        said = _("未通过") if alert.metric.endswith("_ok") else _("低于 %s") % amount(alert, alert.under or 0)
    return _("%(bound)s，持续 %(minutes)d 分钟") % {"bound": said, "minutes": alert.minutes}


def ago(seconds: float) -> str:
    """A time in the unit that is read at a glance."""
    if seconds >= 2 * HOUR_S:
        return _("%(number)d 小时") % {"number": seconds // HOUR_S}
    if seconds >= 2 * MINUTE_S:
        return _("%(number)d 分钟") % {"number": seconds // MINUTE_S}
    return _("%(number)d 秒") % {"number": seconds}


def processes_table(found: list[SignOfLife]) -> Shown:
    """By role; one that nobody has is a row of its own."""
    rows = []
    for role in EVERYONE:
        living = [sign for sign in found if sign.role == role]
        if not any(sign.is_alive for sign in living) and (living or role != POS):  # who has no terminals runs no door
            rows.append(process_row(told(ROLES[role]), None, {"kind": "badge", "text": _("没有在运行"), "tone": "bad"}))
        rows += [process_row(told(ROLES[role]), sign, readiness(sign)) for sign in living]
    heads = (_("进程"), _("名称"), _("状态"), _("原因"), _("最近迹象"), _("启动"), _("版本"))
    return {"columns": [{"title": title} for title in heads], "rows": rows}


def process_row(role: str, sign: SignOfLife | None, state: Shown) -> Shown:
    why = "; ".join(told(Text(*word)) for word in sign.wrong) if sign else ""
    return {"cells": [
        {"text": role},
        {"kind": "code", "text": f"{sign.host} {sign.name}" if sign else None},
        state,
        {"text": why or None},
        {"text": _("%(time)s前") % {"time": ago(sign.age_s)} if sign else None},
        {"kind": "time", "at": sign.began_at if sign else None},
        {"kind": "code", "text": sign.version if sign else None},
    ]}  # fmt: skip


def readiness(sign: SignOfLife) -> Shown:
    if not sign.is_alive:
        return {"kind": "badge", "text": _("没有迹象"), "tone": "waiting"}
    if sign.wrong:
        return {"kind": "badge", "text": _("未就绪"), "tone": "bad"}
    return {"kind": "badge", "text": _("就绪"), "tone": "ok"}
