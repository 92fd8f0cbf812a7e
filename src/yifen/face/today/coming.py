"""What comes next by itself, as the plugs know it: the next cut, the next night."""

from datetime import datetime
from typing import NamedTuple

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face import asking


class Coming(NamedTuple):
    """Something that happens by the clock, and when."""

    title: Text
    at: datetime | None


def what_comes(access: Access, now: datetime) -> list[Coming]:
    """The next first; what a trade could not tell comes last."""
    found = asking.answers("ahead", lambda sentence: Coming(Text(sentence, sentence), None), access, now)
    return sorted(found, key=lambda one: (one.at is None, one.at or now))
