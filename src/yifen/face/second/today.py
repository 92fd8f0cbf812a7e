"""What waits for a second person's word, on the first page of who may give it."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.second.listing import PROPOSALS
from yifen.face.today.waiting import TODAY, ListedWork, WaitingWork, of_lists

FOR_ME = ListedWork(Text("待我复核", "Proposals that wait for me"), PROPOSALS, "mine=decide", TODAY, "requested_at")


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Proposals that this person may decide."""
    return of_lists(access, now, FOR_ME)
