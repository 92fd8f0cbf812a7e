"""What of the system's state waits for its operator: the alerts that ring."""

from datetime import datetime, timedelta

from django.db import connection
from django.urls import reverse

from yifen.core.access.edge import Access
from yifen.core.access.edge import now as clock
from yifen.core.facts.plug import Text
from yifen.face.kept import KeptReadings
from yifen.face.system.reading import SystemState, state_of
from yifen.face.today.waiting import LATE, TODAY, WaitingWork

TITLE = Text("系统告警", "System alerts")
_kept: KeptReadings[SystemState] = KeptReadings(timedelta(seconds=15))


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Read every fifteen seconds at most, whoever asks."""
    if not access.may("system.view"):
        return []
    state = _kept.get(connection.settings_dict["NAME"], clock, state_of)
    tone = LATE if any(one.alert.grave for one in state.ringing) else TODAY
    return [WaitingWork(TITLE, len(state.ringing), None, None, reverse("system"), tone)]
