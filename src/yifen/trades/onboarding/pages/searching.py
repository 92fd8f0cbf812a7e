"""Partners, keys and conformance runs that a search finds."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.search.asked import Question
from yifen.face.search.hits import Hit, Sought, of_lists
from yifen.trades.onboarding.pages.keys_list import KEYS
from yifen.trades.onboarding.pages.partners_list import PARTNERS
from yifen.trades.onboarding.pages.runs_list import RUNS

PARTNER, KEY, RUN = Text("合作方", "Partners"), Text("密钥", "Keys"), Text("一致性测试", "Conformance runs")
_TOLD = ("name", "kind", "institution", "state")
SOUGHT = (
    Sought(PARTNER, PARTNERS, "p.code = upper(%(plain)s) OR p.name = %(text)s", "plain", "code", _TOLD, exact=True),
    Sought(PARTNER, PARTNERS, "starts_with(p.code, upper(%(plain)s)) OR strpos(upper(p.name), upper(%(text)s)) > 0",
           "part", "code", _TOLD),
    Sought(KEY, KEYS, "p.code || ':' || k.version = upper(%(plain)s)", "plain", "keyid",
           ("algorithm", "state", "valid_until"), exact=True),
    Sought(RUN, RUNS, "r.id = %(number)s", "number", "run_id", ("code", "name", "began_at", "state")),
)  # fmt: skip


def found(access: Access, asked: Question, now: datetime) -> list[Hit]:
    """Of the partners in scope."""
    return of_lists(access, asked, *SOUGHT)
