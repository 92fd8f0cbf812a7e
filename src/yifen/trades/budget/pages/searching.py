"""Indicators, units and people that a search finds: by number, code, name, amount."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.search.asked import Question
from yifen.face.search.hits import Hit, Sought, of_lists
from yifen.trades.budget.pages.listing import INDICATORS, POSTS, UNITS

INDICATOR, UNIT, POST = Text("预算指标", "Indicators"), Text("预算单位", "Units"), Text("人员岗位", "People and posts")
_TOLD = ("unit", "title", "quota_fen")
SOUGHT = (
    Sought(INDICATOR, INDICATORS, "i.number = %(text)s", "text", "number", _TOLD, exact=True),
    Sought(INDICATOR, INDICATORS, "i.granted_fen = %(fen)s", "fen", "number", _TOLD),
    Sought(INDICATOR, INDICATORS, "strpos(i.number, %(text)s) > 0 OR strpos(i.title, %(text)s) > 0", "part", "number",
           _TOLD),
    Sought(UNIT, UNITS, "u.code = %(text)s OR strpos(u.name, %(text)s) > 0", "part", "name", ("code",)),
    Sought(POST, POSTS, "lower(s.staff_no) = lower(%(text)s) OR strpos(s.name, %(text)s) > 0", "part", "staff_no",
           ("name", "unit")),
)  # fmt: skip


def found(access: Access, asked: Question, now: datetime) -> list[Hit]:
    """Within the lists."""
    return of_lists(access, asked, *SOUGHT)
