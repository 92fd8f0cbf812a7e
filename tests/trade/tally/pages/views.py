"""The page of the boxes, what waits, and what the trade knows of a payment."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tests.trade.tally.models import Box
from yifen.core.access.doors import allow
from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.today.waiting import WaitingWork


@allow("tally.view")
def boxes(request: HttpRequest) -> HttpResponse:
    """All of them."""
    return render(request, "console/tally.html", {"boxes": Box.objects.order_by("code")})


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Boxes to be emptied."""
    title = Text("待开捐款箱", "Boxes to empty")
    return [WaitingWork(title, Box.objects.count(), now, 500, reverse("tally"))]


def facts(conn: Any, payment_id: int) -> list[dict[str, Any]]:
    """One fact, of every payment."""
    return [{"title": "捐款", "text": f"无 {payment_id}"}]
