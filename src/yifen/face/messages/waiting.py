"""A carrier that fails, for who sets them up."""

from datetime import datetime, timedelta

from django.db import connection
from django.urls import reverse

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face.messages.carriers import named
from yifen.face.today.waiting import LATE, WaitingWork

WITHIN = timedelta(hours=2)


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Each that took no more than it left, within two hours; how many it left."""
    if not access.may("messages.edit"):
        return []
    with connection.cursor() as cursor:
        cursor.execute(queries(__package__)["tries"], [now - WITHIN])
        found = cursor.fetchall()
    return [
        WaitingWork(Text(f"{named(code).zh}发不出消息", f"{named(code).en} does not take messages"), left, last, None,
                    reverse("message_carriers"), LATE)
        for code, sent, left, last, _said in found if left >= max(sent, 1)
    ]  # fmt: skip
