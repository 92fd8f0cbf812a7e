"""What of pipes waits for whom: deliveries that were given up, pipes that fail for long, sources not read."""

from datetime import datetime, timedelta

from django.db import connection
from django.urls import reverse

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face.today.waiting import LATE, TODAY, ListedWork, WaitingWork, of_lists
from yifen.trades.pipes.pages.lists import DELIVERIES, PIPES

_STUCK = queries(__package__)["stuck"]
READ_WITHIN = timedelta(minutes=10)
WAITS = (
    ListedWork(Text("推送通道失败逾一小时", "Pipes that fail for more than an hour"), PIPES, "state=failing", LATE,
               "failing_since", permission="pipes.run"),
    ListedWork(Text("推送已放弃", "Deliveries given up"), DELIVERIES, "state=given_up", TODAY, "ended_at",
               permission="pipes.run"),
    ListedWork(Text("推送通道待生成密钥", "Pipes without a secret"), PIPES, "state=no_secret", TODAY,
               permission="pipes.run"),
)  # fmt: skip


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the partners in scope; of the sources, whoever stands at the root."""
    found = of_lists(access, now, *WAITS)
    if access.may("pipes.approve") and access.scope.institutions is None:
        with connection.cursor() as cursor:
            cursor.execute(_STUCK, [now - READ_WITHIN])
            count, since = cursor.fetchone()
        if count:
            found.append(WaitingWork(Text("事件来源未读到底", "Sources of events not read to their end"), count, since,
                                     None, reverse("pipe_events"), LATE))  # fmt: skip
    return found
