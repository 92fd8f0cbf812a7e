"""What was made of reports, and what is made regularly for whom one watches over."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now, user_of
from yifen.core.access.telling import told
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face.plain import plain_connection
from yifen.trades.figures import keeping
from yifen.trades.figures.folders import EVERY
from yifen.trades.figures.pages.views import attached, crumbs

_SQL = queries("yifen.trades.figures")
FILES_SHOWN = 60


@allow("figures.report")
def figure_made(request: HttpRequest) -> HttpResponse:
    """GET before=number: files that were made for the reader, the newest first, a page of them."""
    states = {
        "due": (_("待制作"), "waiting"),
        "made": (_("已备好"), "ok"),
        "failed": (_("未能制作"), "bad"),
    }
    mails = {"none": "—", "due": _("待发"), "sent": _("已发出"), "failed": _("未能发出")}
    sents = {"due": _("待送"), "told": _("已送"), "waiting": _("待送达"), "delivered": _("已送达"),
             "given_up": _("未能送达"), "failed": _("未能送出")}  # fmt: skip
    before = request.GET.get("before", "")
    start = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else 0
    asked = {"user": user_of(request).pk, "before": start, "most": FILES_SHOWN + 1}
    with plain_connection() as conn:
        found = conn.execute(_SQL["made"], asked).fetchall()
    older = found[FILES_SHOWN - 1][0] if len(found) > FILES_SHOWN else 0
    rows = [
        {
            "cells": [
                {"text": title, "url": reverse("figure_made_file", args=[number]) if kept else ""},
                {"text": form.upper()},
                {"kind": "time", "at": at},
                {"kind": "num", "text": f"{rows:,}" if rows is not None else None},
                {"kind": "badge", "text": states[state][0], "tone": states[state][1]},
                {"text": f"{partner} {sents[sent]}" if partner else mails[mail]},
                {"text": said or None},
            ]
        }
        for number, title, form, at, state, rows, mail, said, kept, partner, sent in found[:FILES_SHOWN]
    ]
    heads = (_("报表"), _("格式"), _("时间"), _("行数"), _("状态"), _("邮件、合作方"), _("说明"))
    return render(
        request,
        "console/figures/made.html",
        {
            "table": {"columns": [{"title": title} for title in heads], "rows": rows},
            "older_url": f"{reverse('figure_made')}?before={older}" if older else "",
            "breadcrumbs": crumbs(_("已制作")),
        },
    )


@allow("figures.report")
def figure_made_file(request: HttpRequest, made_id: int) -> HttpResponse:
    """One of one's own, while it is kept; else 404."""
    with plain_connection() as conn:
        row = conn.execute(_SQL["made_file"], (made_id, user_of(request).pk)).fetchone()
    if row is None:
        raise Http404
    title, form, at, body = row
    return attached(bytes(body), f"{title}-{at:%Y%m%d}.{form}", form)


@allow("figures.oversee")
def figure_overseen(request: HttpRequest) -> HttpResponse:
    """What is made regularly for people of the institution and of its companies."""
    with plain_connection() as conn:
        found = keeping.overseen(conn, access_of(request))
    every: dict[str, Any] = {name: told(text) for name, text in EVERY.items()}
    rows = [
        {
            "owner": one.owner,
            "title": one.title,
            "said": f"{every[one.every]} {one.hour:02d}:00 · {one.format.upper()}",
            "to": one.to,
            "next_at": one.next_at,
            "url": reverse("figure_end", args=[one.schedule_id]),
        }
        for one in found
    ]
    shown = {"rows": rows, "breadcrumbs": crumbs(_("定时报表"))}
    return render(request, "console/figures/overseen.html", shown)


@allow("figures.oversee")
@require_POST
def figure_end(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """It is made no more, whoever of them had it made."""
    with plain_connection() as conn:
        try:
            keeping.unschedule(conn, access_of(request), schedule_id, now())
        except Refused:  # it is nobody's of theirs, or ended
            raise Http404 from None
    return redirect("figure_overseen")
