"""How many of what waits stands behind each entry of the menu."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection
from django.urls import reverse

from yifen.core.access.edge import Access
from yifen.face.kept import KeptReadings
from yifen.face.shell.navigation import entry_of
from yifen.face.today.waiting import what_waits

_kept: KeptReadings[Counter[str]] = KeptReadings(timedelta(0))  # while reading is quick, nothing is kept


def badges(access: Access, clock: Callable[[], datetime], entries: list[str]) -> Counter[str]:
    """By the entry's address: of which entry a line is, its own address tells; today has them all. The longer the
    reading took, the longer it is kept for this person."""
    assert access.user is not None
    key = (connection.settings_dict["NAME"], access.user.pk, access.permissions)
    return _kept.get(key, clock, lambda began: _counted(access, began, entries))


def _counted(access: Access, now: datetime, entries: list[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for line in what_waits(access, now):
        if line.url:
            found[entry_of(line.url.partition("?")[0], entries)] += line.number or 0
    found[reverse("today")] = found.total()
    return found
