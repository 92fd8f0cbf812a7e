"""What of monitoring waits for whom."""

from datetime import datetime

from django.urls import reverse

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face.lists.selecting import params_of
from yifen.face.plain import plain_connection
from yifen.face.today.waiting import LATE, SOON, TODAY, ListedWork, WaitingWork, of_lists
from yifen.trades.cards.watch.listing import HITS

_MINE = queries(__package__)["my_count"]
KINDS = (
    ListedWork(
        Text("监控命中待处理", "Monitoring hits to decide"),
        HITS,
        "state=open",
        TODAY,
        "found_at",
        permission="cards.watch",
    ),
    ListedWork(
        Text("公务消费临近还款日", "Official swipes near their last day"),
        HITS,
        "kind=near_due&state=open",
        SOON,
        "found_at",
        "amount_fen",
        permission="cards.check",
    ),
    ListedWork(
        Text("公务消费逾期", "Official swipes overdue"),
        HITS,
        "kind=overdue&state=open",
        LATE,
        "found_at",
        "amount_fen",
        permission="cards.check",
    ),
)


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the units that he sees; a holder's own, whoever else he is."""
    found = of_lists(access, now, *KINDS)
    if access.may("cards.mine"):
        asked = params_of(access, now) | {"session": access.session}
        with plain_connection(2) as conn:
            ((count, since, fen),) = conn.execute(_MINE, asked).fetchall()
        if count:
            title = Text("我的消费有监控提醒", "Monitoring has something about my swipes")
            found.append(WaitingWork(title, count, since, fen, reverse("card_watch_mine"), SOON))
    return found
