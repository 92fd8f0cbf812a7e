"""What waits for whom: each trade tells it by its plug, the first page shows it."""

from datetime import datetime
from typing import NamedTuple

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face import asking


class WaitingWork(NamedTuple):
    """One kind of work that waits for who asks: how many (`number`), since when at the longest, how much where
    it is money, and the address where it is done; without one the title is all that is known."""

    title: Text
    number: int
    since: datetime | None
    fen: int | None
    url: str


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """All that waits for this person, in the order of the plugs; nothing of which there is none."""
    found = asking.answers("today", unread, access, now)
    return [line for line in found if line.number or not line.url]


def unread(sentence: str) -> WaitingWork:
    """Stands for what a trade could not tell."""
    return WaitingWork(Text(sentence, sentence), 0, None, None, "")
