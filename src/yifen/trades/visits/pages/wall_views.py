"""The wall of the hall 大屏: one dark page that reads itself anew."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.face import words
from yifen.face.lists.paging import TooMuch
from yifen.trades.visits.pages.listing import KINDS
from yifen.trades.visits.wall import wall

FARES: words.Words = {
    "up": (pgettext_lazy("visit", "正常"), "ok"),
    "slow": (_("缓慢"), "waiting"),
    "down": (_("中断"), "bad"),
    "quiet": (_("无交易"), "neutral"),
    "stopped": (_("已停用"), "neutral"),
}


@allow("wall.view")
def visits_wall(request: HttpRequest) -> HttpResponse:
    """Of the companies in scope, every half minute."""
    try:
        shown = wall(access_of(request).scope, now)
    except TooMuch:
        return render(request, "console/visits/wall.html", {"theme": "dark"})
    return render(request, "console/visits/wall.html", {
        "theme": "dark", "wall": shown,
        "visits": [(KINDS[one.kind][0], one) for one in shown.visits],
        "channels": [(name, *FARES[word]) for name, word in shown.channels],
    })  # fmt: skip
