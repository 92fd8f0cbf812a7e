"""Which visits wait for whom: his own, those that nobody has, those that are late."""

from datetime import datetime

from django.urls import reverse

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face.lists.selecting import in_scope, params_of
from yifen.face.today.waiting import LATE, TODAY, ListedWork, WaitingWork, of_lists
from yifen.trades.visits.pages.listing import VISITS, read

_COUNT = queries("yifen.trades.visits")["my_count"].format(scope=in_scope("v.biller_id"))
OVERDUE = ListedWork(Text("外勤已过期限", "Visits that are overdue"), VISITS, "state=overdue", LATE, "due_on")
UNTAKEN = ListedWork(Text("外勤待派", "Visits that nobody has"), VISITS, "state=untaken", TODAY, "due_on",
                     permission="visits.assign")  # fmt: skip


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the companies in scope; his own wherever he was sent."""
    found = of_lists(access, now, OVERDUE, UNTAKEN)
    if access.may("visits.do"):
        ((count, late, since, *_rest),) = read(_COUNT, params_of(access, now))
        mine = WaitingWork(Text("我的外勤", "My visits"), count, since, None, reverse("visits_mine"),
                           LATE if late else TODAY)  # fmt: skip
        found += [mine] if count else []
    return found
