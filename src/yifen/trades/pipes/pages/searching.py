"""Deliveries that a search finds by an event's id, as partners quote it."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.search.asked import Question
from yifen.face.search.hits import Hit, Sought, of_lists
from yifen.trades.pipes.pages.lists import DELIVERIES

SOUGHT = Sought(Text("推送", "Deliveries"), DELIVERIES, "e.uid = %(text)s", "text", "uid",
                ("code", "kind", "made_at", "state"), exact=True)  # fmt: skip


def found(access: Access, asked: Question, now: datetime) -> list[Hit]:
    """Of the partners in scope."""
    return of_lists(access, asked, SOUGHT) if asked.text.startswith("evt_") else []
