"""Counter entries and shifts that a search finds."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face.search.asked import Question
from yifen.face.search.hits import Hit, Sought, of_lists
from yifen.trades.counter.pages.journal import JOURNAL
from yifen.trades.counter.pages.shifts_list import SHIFTS

ENTRY, SHIFT = Text("柜面流水", "Counter entries"), Text("班次", "Shifts")
_SQL = queries(__package__)
_TOLD = ("code", "amount_fen", "biller", "outlet", "state")
SOUGHT = (
    Sought(ENTRY, JOURNAL, _SQL["of_serial"], "plain", "serial", _TOLD, exact=True),
    Sought(ENTRY, JOURNAL, "e.payment_id = %(number)s", "number", "serial", _TOLD),
    Sought(SHIFT, SHIFTS, "s.id = %(number)s", "number", "shift_id", ("business_day", "outlet", "teller", "state")),
)


def found(access: Access, asked: Question, now: datetime) -> list[Hit]:
    """Of the outlets of who asks."""
    return of_lists(access, asked, *SOUGHT)
