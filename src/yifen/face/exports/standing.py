"""Standing exports 定期统计: a person asks once, the worker makes the file of each period that ended; it lies in the
person's exports for a day, with a line where one sees what waits."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now, user_of
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face.exports.views import TYPES
from yifen.face.lists import showing
from yifen.face.models import Export, StandingExport
from yifen.face.overview.statistics import STATISTICS
from yifen.face.today.waiting import WaitingWork

EVERY: dict[str, Any] = {"day": gettext_lazy("每日"), "week": gettext_lazy("每周"), "month": gettext_lazy("每月")}
MADE = {"day": Text("每日统计已备好", "The daily statistic is ready"),
        "week": Text("每周统计已备好", "The weekly statistic is ready"),
        "month": Text("每月统计已备好", "The monthly statistic is ready")}  # fmt: skip
_SQL = queries(__package__)
_DUE, _READY = _SQL["due"], _SQL["ready"]


@allow(STATISTICS.permission)
def statistics(request: HttpRequest) -> HttpResponse:
    """The list of statistics, and what of it the reader has made again and again."""
    mine = StandingExport.objects.filter(maker=user_of(request)).order_by("pk")
    rows = [{"every": EVERY[row.every], "what": said(row), "format": row.format, "next_on": row.next_on,
             "remove_url": reverse("standing_remove", args=[row.pk])} for row in mine]  # fmt: skip
    return showing.show(request, STATISTICS, "console/overview/statistics.html", standing=rows,
                        every=EVERY.items(), standing_query=without_period(showing.query(request)))  # fmt: skip


def said(row: StandingExport) -> str:
    """What it is by, in words."""
    asked = QueryDict(row.query).get("by", "biller")
    return str(dict(STATISTICS.form.base_fields["by"].choices).get(asked, asked))  # type: ignore[attr-defined]


def without_period(query: str) -> str:
    """The filters that stay when the period moves on."""
    asked = QueryDict(query, mutable=True)
    for name in ("since", "until"):
        asked.pop(name, None)
    return asked.urlencode()


@allow(STATISTICS.export)
@require_POST
def standing_save(request: HttpRequest) -> HttpResponse:
    """POST query (filters), every day|week|month, format."""
    query, every = without_period(request.POST.get("query", "")), request.POST.get("every", "")
    form = STATISTICS.form(QueryDict(query), access_of(request), now())
    if every not in EVERY or request.POST.get("format") not in TYPES or len(query) > 2000 or not form.is_valid():
        raise Http404
    try:
        with transaction.atomic():
            StandingExport.objects.create(maker=user_of(request), listing=STATISTICS.name, query=query, every=every,
                                          format=request.POST["format"], language=request.LANGUAGE_CODE or "",
                                          next_on=now().date())  # fmt: skip
    except IntegrityError:
        messages.error(request, _("您的定期统计已有十二项，请先停止一项"))
    else:
        messages.success(request, _("已定期制作，完成后列在导出中，保留一天"))
    return redirect("statistics")


@allow(STATISTICS.permission)
@require_POST
def standing_remove(request: HttpRequest, standing_id: int) -> HttpResponse:
    """One's own is made no more; 404 for another's."""
    if not StandingExport.objects.filter(pk=standing_id, maker=user_of(request)).delete()[0]:
        raise Http404
    messages.success(request, _("不再定期制作"))
    return redirect("statistics")


def run(ending: Callable[[], bool]) -> None:
    """The job: what is due becomes exports; the database adds a job for each."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE)


def what_waits(access: Access, at: datetime) -> list[WaitingWork]:
    """The reader's own that were made within a day, a line each."""
    if access.user is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_READY, {"maker": access.user.pk, "since": at - timedelta(days=1), "done": Export.State.DONE})
        rows = cursor.fetchall()
    return [WaitingWork(MADE.get(every, MADE["day"]), 1, made_at, None, reverse("export", args=[export_id]))
            for export_id, every, made_at in rows]  # fmt: skip
