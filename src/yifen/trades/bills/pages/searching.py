"""Files of bills that a search finds."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.search.asked import Question
from yifen.face.search.hits import Hit, Sought, of_lists
from yifen.trades.bills.pages.listing import BILL_IMPORTS

KIND = Text("账单文件", "Bill files")
_TOLD = ("biller", "received_at", "rows", "state")
SOUGHT = (
    Sought(KIND, BILL_IMPORTS, "f.name = %(text)s", "text", "name", _TOLD, exact=True),
    Sought(KIND, BILL_IMPORTS, "f.file_id = %(number)s", "number", "name", _TOLD),
)


def found(access: Access, asked: Question, now: datetime) -> list[Hit]:
    """Of the billers in scope."""
    return of_lists(access, asked, *SOUGHT)
