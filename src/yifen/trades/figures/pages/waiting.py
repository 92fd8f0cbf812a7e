"""What of reports waits for whom: those that did not reach the partner."""

from datetime import datetime

from django.urls import reverse

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope
from yifen.face.plain import plain_connection
from yifen.face.today.waiting import LATE, WaitingWork

_UNSENT = queries("yifen.trades.figures")["unsent"]
OWN = Text("报表未能送到合作方", "Reports that did not reach the partner")
THEIRS = Text("本机构人员的报表未能送到合作方", "Reports of the institution's people that did not reach the partner")


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """One's own, and of whom one watches over."""
    if access.user is None or not access.may("figures.report"):
        return []
    asked = scope.params(access.scope) | {
        "user": access.user.pk, "now": now, "oversees": access.may("figures.oversee")}  # fmt: skip
    with plain_connection() as conn:
        found = conn.execute(_UNSENT, asked).fetchall()
    return [WaitingWork(OWN if is_own else THEIRS, count, since, None,
                        reverse("figure_made" if is_own else "figure_overseen"), LATE)
            for is_own, count, since in found]  # fmt: skip
