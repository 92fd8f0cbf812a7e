"""The journal 柜面流水 of an organisation's counters, in the console's frame."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yifen.access.doors import allow
from yifen.access.edge import access_of
from yifen.access.roles import Permission
from yifen.counter import queries
from yifen.counter.models import Entry
from yifen.desk.transactions import TRANSACTIONS
from yifen.kernel.days import DayError, parse_day

PAGE = 50


@allow(Permission.DESK_JOURNAL)
def journal(request: HttpRequest) -> HttpResponse:
    """Newest first; `before` is the id of the last row of the page before."""
    given = {name: request.GET.get(name, "").strip()[:40]
             for name in ("day", "teller", "code", "state", "text")}  # fmt: skip
    filters = queries.Filters(day_of(given["day"]), given["teller"], given["code"],
                              given["state"], given["text"])  # fmt: skip
    before = request.GET.get("before", "")
    page = queries.journal(access_of(request).scope.institutions, filters,
                           int(before[:18]) if before.isdecimal() else None, PAGE + 1)  # fmt: skip
    context: dict[str, Any] = {"rows": page[:PAGE], "given": given, "states": Entry.State.choices,
                               "transactions": TRANSACTIONS}  # fmt: skip
    if len(page) > PAGE:
        context["older_url"] = "?" + urlencode(given | {"before": page[PAGE - 1].pk})
    if before:
        context["newer_url"] = "?" + urlencode(given)
    return render(request, "desk/journal.html", context)


def day_of(text: str) -> date | None:
    try:
        return parse_day(text) if text else None
    except DayError:
        return None
