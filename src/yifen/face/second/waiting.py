"""What already waits for a second person about a thing, as its own page shows it."""

from typing import NamedTuple

from yifen.core.access import second
from yifen.core.access.models import Authorisation
from yifen.core.access.telling import told
from yifen.core.partners.models import Partner
from yifen.face.second.listing import subject_said


class Open(NamedTuple):
    """An open proposal: its number, what it is about in the reader's language, its act."""

    pk: int
    title: str
    act: str


def open_about(subject: str, *acts: str) -> list[Open]:
    """Those of these acts on this subject."""
    found = ((act, second.open_proposal(act, subject)) for act in acts)
    return [Open(row.pk, told(second.acts()[act].title), act) for act, row in found if row]


def open_of(partner: Partner) -> list[Open]:
    """All that is proposed about a partner and its things, the oldest first."""
    acts = second.acts()
    rows = Authorisation.objects.filter(partner=partner, decided_at=None, action__in=acts)
    return [Open(row.pk, f"{told(acts[row.action].title)} {subject_said(row.action, row.subject_key)}", row.action)
            for row in rows.order_by("pk")]  # fmt: skip
