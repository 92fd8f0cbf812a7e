"""The page 今日, and what stands beside the menu."""

from datetime import datetime
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yifen.core.access.doors import Door, allow
from yifen.core.access.edge import Access, access_of, now
from yifen.core.access.telling import told
from yifen.face.lists.presets import handy
from yifen.face.shell.navigation import entries_of
from yifen.face.today.badges import badges
from yifen.face.today.coming import what_comes
from yifen.face.today.waiting import LATE, SOON, TODAY, WaitingWork, moment, what_waits

URGENT: dict[str, tuple[Any, str]] = {
    LATE: (gettext_lazy("已逾期"), "bad"), TODAY: (gettext_lazy("今日"), "waiting"),
    SOON: (gettext_lazy("将到"), "neutral"), "": (gettext_lazy("读不出"), "bad"),
}  # fmt: skip
DAY_S, HOUR_S, MINUTE_S = 86_400, 3_600, 60


class WaitingShown(NamedTuple):
    """A line as the template shows it."""

    title: str
    number: str
    fen: int | None
    age: str
    url: str
    first: str
    urgent: Any
    kind: str


def shown(access: Access, at: datetime) -> list[WaitingShown]:
    """All lines for this person, in the reader's language."""
    return [_shown(line, at) for line in what_waits(access, at)]


@allow(Door.SIGNED_IN)
def today(request: HttpRequest) -> HttpResponse:
    """What waits for who asks, and what comes next; polled with X-Yifen-Poll, which keeps no session alive."""
    access, at = access_of(request), now()
    return render(request, "console/today.html", {
        "waits": shown(access, at), "at": at,
        "handy": handy(access, at),
        "coming": [(told(one.title), one.at) for one in what_comes(access, at)],
    })  # fmt: skip


@allow(Door.SIGNED_IN)
def today_badges(request: HttpRequest) -> HttpResponse:
    """The numbers beside the menu's entries, for htmx: the page is there before they are. It is no page."""
    access = access_of(request)
    if not getattr(request, "htmx", False):
        return redirect("today")
    entries = {url: entry.route for entry, url in entries_of(access)}
    found = badges(access, now, list(entries))
    counts = [(route, f"{found[url]:,}" if found[url] else "") for url, route in entries.items()]
    return render(request, "console/badges.html", {"counts": counts})


def _shown(line: WaitingWork, at: datetime) -> WaitingShown:
    number = "" if line.number is None else f"{line.number:,}" + ("+" if line.is_cut else "")
    urgent, kind = URGENT[line.tone]
    since = moment(line.since)
    age = away(int((at - since).total_seconds())) if since else ""
    return WaitingShown(told(line.title), number, line.fen, age, line.url, line.first, urgent, kind)


def away(seconds: int) -> str:
    """How long ago, or how long until then, in one unit."""
    size = abs(seconds)
    if size >= DAY_S:
        days = size // DAY_S
        text = ngettext("%s 天", "%s 天", days) % days
    elif size >= HOUR_S:
        hours = size // HOUR_S
        text = ngettext("%s 小时", "%s 小时", hours) % hours
    elif size < MINUTE_S:
        return _("刚刚")
    else:
        minutes = size // MINUTE_S
        text = ngettext("%s 分钟", "%s 分钟", minutes) % minutes
    return _("已 %s") % text if seconds >= 0 else _("还有 %s") % text
