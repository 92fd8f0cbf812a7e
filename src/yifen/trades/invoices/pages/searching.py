"""Invoices that a search finds, by number or payment."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.search.asked import Question
from yifen.face.search.hits import Hit, Sought, of_lists
from yifen.trades.invoices.pages.listing import INVOICES

INVOICE = Text("已打印发票", "Printed invoices")
_TOLD = ("number", "what", "outlet", "printed_at")
SOUGHT = (
    Sought(INVOICE, INVOICES, "x.number = %(number)s", "number", "number", _TOLD),
    Sought(INVOICE, INVOICES, "x.payment_id = %(number)s", "number", "number", _TOLD),
)


def found(access: Access, asked: Question, now: datetime) -> list[Hit]:
    """Of the outlets of who asks."""
    return of_lists(access, asked, *SOUGHT)
