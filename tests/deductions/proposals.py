"""What two people decide about a channel's port for deductions."""

from datetime import UTC, datetime
from typing import Any

from tests.web import site
from tests.web.province import Province

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def port(place: Province) -> tuple[Any, Any, str, Any]:
    from yifen.trades.deductions import ports

    made = ports.propose(site.access(place.own.user), place.own.channel_code, "https://bank.example/port", True, NOW)
    return (made, place.users["platform_admin"],
            "SELECT endpoint FROM deduction_port WHERE channel_id = %s", place.own.channel)  # fmt: skip


MAKERS = {"deductions.port": port}
