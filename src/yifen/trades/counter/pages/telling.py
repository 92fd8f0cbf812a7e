"""What trades tell of a payment at the counter: to who paid, and to a teller whom something stands in the way of."""

from typing import Any

from django.db import connection

from yifen.core.facts.codes import Code
from yifen.face import asking
from yifen.trades.counter.models import Entry

Told = list[dict[str, Any]]


def told_of(entry: Entry) -> Told:
    """What trades tell who paid, such as a token; where a balance was used, all of the payment's page, which says what
    stands in the way and what to do first. `waits`: there will be more in a moment."""
    return _told("payment_facts" if entry.result == Code.PREPAID_USED else "payer_facts", entry)


def in_the_way(entry: Entry) -> Told:
    """Of what can not be given back: all of the payment's page."""
    return _told("payment_facts", entry)


def on_paper(entry: Entry) -> tuple[tuple[str, str], ...]:
    """Of what who paid is told what his receipt says: what is known by now."""
    return tuple((str(one["title"]), str(one["text"])) for one in told_of(entry)
                 if one.get("text") and not one.get("waits") and not one.get("url"))  # fmt: skip


def _told(claim: str, entry: Entry) -> Told:
    if not entry.payment_id:
        return []
    return asking.answers(claim, lambda sentence: {"title": sentence}, connection.connection, entry.payment_id)
