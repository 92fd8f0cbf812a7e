"""What of people, proposals, accounts, exports and the trail a search finds."""

from datetime import datetime
from urllib.parse import urlencode

from django.db import connection
from django.urls import reverse

from yifen.core.access.edge import Access
from yifen.core.audit import queries as trail
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face.jobs.made import MADE
from yifen.face.ledger.accounts import ACCOUNTS
from yifen.face.lists.paging import TooMuch, bounded
from yifen.face.people.users_list import USERS
from yifen.face.search.asked import Question
from yifen.face.search.hits import HITS_MAX, SECONDS_MAX, Hit, Sought, of_lists, too_long
from yifen.face.second.listing import PROPOSALS
from yifen.face.trail.about import things

USER, PROPOSAL = Text("用户", "Users"), Text("复核", "Decisions")
ACCOUNT, EXPORT, TRAIL = Text("账户", "Accounts"), Text("导出", "Exports"), Text("审计", "Audit")
_SQL = queries(__package__)
SOUGHT = (
    Sought(USER, USERS, _SQL["user_is"], "text", "login",
           ("name", "institution", "roles"), exact=True),
    Sought(USER, USERS, _SQL["user_like"], "part", "login", ("name", "institution", "roles")),
    Sought(PROPOSAL, PROPOSALS, "a.id = %(number)s", "number", "number", ("action", "subject", "state"), exact=True),
    Sought(PROPOSAL, PROPOSALS, _SQL["proposal_about"], "text", "number",
           ("action", "subject", "state")),
    Sought(ACCOUNT, ACCOUNTS, "a.code = %(plain)s", "plain", "code", ("name", "book_name"), exact=True),
    Sought(ACCOUNT, ACCOUNTS, _SQL["account_like"], "part", "code",
           ("name", "book_name")),
    Sought(EXPORT, MADE, "e.id = %(number)s AND e.maker_id = %(user_id)s", "number", "export_id",
           ("listing", "asked_at", "state")),
)  # fmt: skip


def found(access: Access, asked: Question, now: datetime) -> list[Hit]:
    """Each within its list; the trail is its auditor's."""
    return of_lists(access, asked, *SOUGHT) + _trail(access, asked)


def _trail(access: Access, asked: Question) -> list[Hit]:
    """How many entries there are of the thing, the person, the number; the list has them."""
    if not access.may("audit.view"):
        return []
    asks = trail.TrailSearch(text=asked.text, things=things(asked.text), institutions=access.scope.institutions)
    try:
        with bounded(SECONDS_MAX):
            number = trail.count(connection, asks, HITS_MAX + 1)
    except TooMuch:
        return [too_long(TRAIL)]
    if not number:
        return []
    said = f"{HITS_MAX}+" if number > HITS_MAX else str(number)
    return [Hit(TRAIL, asked.text, said, reverse("audit") + "?" + urlencode({"q": asked.text}))]
