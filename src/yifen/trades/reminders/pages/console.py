"""One reminder, and how many there were, on the console."""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, key_ring_of, now
from yifen.core.access.telling import told
from yifen.core.facts.masking import masked_number
from yifen.core.facts.sqlfiles import queries
from yifen.core.notifications.models import Notification
from yifen.core.notifications.operations import opened
from yifen.face import scope, words
from yifen.face.lists.selecting import one
from yifen.face.messages.carriers import NAMES
from yifen.trades.reminders import stopping
from yifen.trades.reminders.models import Reminder
from yifen.trades.reminders.pages.listing import REMINDERS
from yifen.trades.reminders.pages.replies import NAMES as COMPANIES
from yifen.trades.reminders.pages.wording import CHANNELS, KINDS, STATES, WHY
from yifen.trades.reminders.planning import zone

DAYS = 14
ENDS = ("sent", "failed", "unsure", "skipped")
Shown = dict[str, Any]


@allow("reminders.view")
def reminder(request: HttpRequest, reminder_id: int) -> HttpResponse:
    """As its payer read it; number and account masked. 404 outside the scope."""
    access = access_of(request)
    if one(REMINDERS, access, reminder_id) is None:
        raise Http404
    row = Reminder.objects.get(pk=reminder_id)
    kept = Notification.objects.filter(pk=row.notification_id).first() if row.notification_id else None
    to, text = opened(key_ring_of(request), kept) if kept else ("", "")
    return render(request, "console/reminders/reminder.html", {
        "breadcrumbs": [{"title": _("缴费提醒"), "url": reverse("reminders_sent")}, {"title": str(row.pk)}],
        "number": row.pk, "text": text,
        "facts": [
            {"title": _("提醒"), "kind": "badge", "text": words.word(KINDS, row.kind),
             "tone": words.tone(KINDS, row.kind)},
            {"title": _("状态"), "kind": "badge", "text": words.word(STATES, row.state),
             "tone": words.tone(STATES, row.state)},
            {"title": _("原因"), "text": str(WHY.get(row.why, row.why))},
            {"title": _("户号"), "kind": "code", "text": masked_number(row.account_no)},
            {"title": _("账单号"), "kind": "code", "text": row.ref},
            {"title": _("到期日"), "text": row.due_on.isoformat() if row.due_on else None},
            {"title": _("金额"), "kind": "amount", "fen": row.amount_fen} if row.amount_fen else
            {"title": _("金额"), "text": None},
            {"title": pgettext("reminder", "方式"), "text": CHANNELS[row.channel][0]},
            {"title": _("送达"), "kind": "code", "text": masked_number(to)},
            {"title": _("通道"), "text": told(NAMES[row.carrier]) if row.carrier in NAMES else row.carrier},
            {"title": _("通道编号"), "kind": "code", "text": kept.serial if kept else ""},
            {"title": _("尝试次数"), "text": str(row.tries)},
            {"title": _("发现时间"), "kind": "time", "at": row.found_at},
            {"title": _("预定时间"), "kind": "time", "at": row.send_at},
            {"title": _("完成时间"), "kind": "time", "at": row.done_at},
        ],
    })  # fmt: skip


@allow("reminders.view")
def reminder_counts(request: HttpRequest) -> HttpResponse:
    """Two weeks by day, kind and carrier; and the address for people's answers, for who sets carriers up."""
    access, at = access_of(request), now()
    since = (at.astimezone(zone()) - timedelta(days=DAYS - 1)).replace(hour=0, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(queries(__package__)["counts"],
                       scope.params(access.scope) | {"since": since})  # fmt: skip
        found = cursor.fetchall()
    days: Counter[tuple[Any, str]] = Counter()
    kinds: Counter[tuple[tuple[str, str], str]] = Counter()
    for day, kind, carrier, state, count in found:
        days[day, state] += count
        kinds[(kind, carrier), state] += count
    dates = sorted({day for day, _state in days}, reverse=True)
    chart = {
        "animation": False, "legend": {"top": 0, "right": 0},
        "xAxis": {"type": "category", "data": [f"{day:%m-%d}" for day in reversed(dates)]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [{"type": "bar", "stack": "all", "name": words.word(STATES, state),
                    "data": [{"value": days[day, state], "url": _url(day, state)} for day in reversed(dates)]}
                   for state in ENDS],
    }  # fmt: skip
    heads = [{"title": words.word(STATES, state), "kind": "num"} for state in ENDS]
    return render(request, "console/reminders/counts.html", {
        "breadcrumbs": [{"title": _("缴费提醒"), "url": reverse("reminders_sent")}, {"title": _("提醒数量")}],
        "chart": chart if dates else None,
        "days": {"columns": [{"title": _("日期")}, *heads], "rows": [{"cells": [
            {"text": f"{day}"}, *(_count(days[day, state], _url(day, state)) for state in ENDS)]} for day in dates]},
        "kinds": {"columns": [{"title": _("提醒")}, {"title": _("通道")}, *heads], "rows": [{"cells": [
            {"text": words.word(KINDS, kind)}, {"text": _carrier(carrier)},
            *(_count(kinds[(kind, carrier), state], "") for state in ENDS)]}
            for kind, carrier in sorted({key for key, _state in kinds})]},
        "replies": [(told(NAMES[company]), settings.YIFEN_WEB_ORIGIN + reverse("sms_replies", args=[
            company, stopping.replies_secret(key_ring_of(request))])) for company in COMPANIES]
        if access.may("messages.edit") else [],
    })  # fmt: skip


def _url(day: Any, state: str) -> str:
    return f"{reverse('reminders_sent')}?since={day}&until={day}&state={state}"


def _count(count: int, url: str) -> Shown:
    return {"kind": "num", "text": f"{count:,}", **({"url": url} if url and count else {})}


def _carrier(code: str) -> str:
    return told(NAMES[code]) if code in NAMES else str(CHANNELS[code][0]) if code in CHANNELS else code
