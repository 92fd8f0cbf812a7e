"""Cases that a search finds: by number in any writing."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.search.asked import Question
from yifen.face.search.hits import Hit, Sought, of_lists
from yifen.trades.cases.pages.listing import CASES, key_of

CASE = Text("执行案件", "Cases")
SOUGHT = Sought(CASE, CASES, f"strpos({key_of('c.number')}, {key_of('%(text)s::text')}) > 0", "part", "number",
                ("court", "account_no", "judge", "state"))  # fmt: skip


def found(access: Access, asked: Question, now: datetime) -> list[Hit]:
    """Within the list of cases."""
    return of_lists(access, asked, SOUGHT)
