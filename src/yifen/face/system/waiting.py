"""What of the system's state waits for its operator: one line an alert that rings."""

from datetime import datetime, timedelta

from django.db import connection
from django.urls import reverse

from yifen.core.access.edge import Access
from yifen.core.access.edge import now as clock
from yifen.face.kept import KeptReadings
from yifen.face.system.reading import SystemState, state_of
from yifen.face.today.waiting import LATE, TODAY, WaitingWork

_kept: KeptReadings[SystemState] = KeptReadings(timedelta(seconds=15))


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Read every fifteen seconds at most, whoever asks."""
    if not access.may("system.view"):
        return []
    state = _kept.get(connection.settings_dict["NAME"], clock, state_of)
    return [
        WaitingWork(one.alert.title, one.number, None, None, reverse("system"), LATE if one.alert.grave else TODAY)
        for one in state.ringing
    ]
