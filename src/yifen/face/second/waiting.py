"""What already waits for a second person about a thing, as its own page shows it."""

from typing import NamedTuple

from yifen.core.access import second
from yifen.core.access.telling import told


class Open(NamedTuple):
    """An open proposal: its number, and what it is about in the reader's language."""

    pk: int
    title: str


def open_about(subject: str, *acts: str) -> list[Open]:
    """Those of these acts on this subject."""
    found = ((act, second.open_proposal(act, subject)) for act in acts)
    return [Open(row.pk, told(second.acts()[act].title)) for act, row in found if row]
