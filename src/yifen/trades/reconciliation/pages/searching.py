"""Differences, runs and files that a search finds."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face.search.asked import Question
from yifen.face.search.hits import Hit, Sought, of_lists
from yifen.trades.reconciliation.pages.items_list import DIFFERENCES
from yifen.trades.reconciliation.pages.rules_lists import LAYOUTS
from yifen.trades.reconciliation.pages.runs_list import RECONCILIATIONS

DIFFERENCE, RUN, LAYOUT = Text("差异", "Differences"), Text("对账", "Reconciliations"), Text("文件版式", "Layouts")
_SQL = queries(__package__)
_ITEM = ("business_day", "partner", "kind", "ours_fen", "theirs_fen", "state")
_RUN = ("business_day", "partner", "result")
SOUGHT = (
    Sought(DIFFERENCE, DIFFERENCES, "i.item_id = %(number)s", "number", "item_id", _ITEM, exact=True),
    Sought(DIFFERENCE, DIFFERENCES, _SQL["item_of_serial"], "plain", "item_id", _ITEM),
    Sought(DIFFERENCE, DIFFERENCES, "i.payment_id = %(number)s", "number", "item_id", _ITEM),
    Sought(DIFFERENCE, DIFFERENCES, _SQL["item_of_amount"], "fen", "item_id", _ITEM),
    Sought(RUN, RECONCILIATIONS, "r.run_id = %(number)s", "number", "run_id", _RUN),
    Sought(RUN, RECONCILIATIONS, "f.name = %(text)s", "text", "file_name", _RUN),
    Sought(LAYOUT, LAYOUTS, "l.code = %(text)s", "text", "code", ("name",)),
)


def found(access: Access, asked: Question, now: datetime) -> list[Hit]:
    """Of the partners in scope; by amount only what is open."""
    return of_lists(access, asked, *SOUGHT)
