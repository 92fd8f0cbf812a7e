"""Where a bar, a cell or a point leads: the list behind it, with its filters in the address."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from yifen.core.access.edge import Access


class ListDoors:
    """Addresses for who may open them; empty ones else."""

    def __init__(self, access: Access) -> None:
        self._payments = reverse("payments") if access.may("payments.view") else ""
        self._returns = reverse("returns") if access.may("payments.view") else ""
        self._statistics = reverse("statistics") if access.may("dashboard.view") else ""

    def payments(self, since: date, until: date, begins: datetime | None = None,
                 lasts: timedelta | None = None, **narrowed: Any) -> str:  # fmt: skip
        """The payments that were booked on these business days; `begins`: within so long from then on."""
        if not self._payments:
            return ""
        asked: dict[str, Any] = {"since": since, "until": until, "booked": "yes", **narrowed}
        if begins is not None and lasts is not None:
            asked |= {"booked_from": _minute(begins), "booked_until": _minute(begins + lasts)}
        return f"{self._payments}?{urlencode(asked)}"

    def returns(self, since: date, until: date) -> str:
        """What was given back on these business days."""
        return f"{self._returns}?{urlencode({'since': since, 'until': until})}" if self._returns else ""

    def statistics(self, since: date, until: date, by: str, **narrowed: Any) -> str:
        """The statistics of these days."""
        if not self._statistics:
            return ""
        return f"{self._statistics}?{urlencode({'since': since, 'until': until, 'by': by, **narrowed})}"


def _minute(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"
