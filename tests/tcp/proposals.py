"""A proposal of the act of two people about a line of the TCP dialect."""

from datetime import UTC, datetime
from typing import Any

from tests.tcp.bench import MASTER
from tests.web import site
from tests.web.province import Province

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def line(place: Province) -> tuple[Any, Any, str, Any]:
    """A channel's first."""
    from yifen.hub.tcp import registering

    form = registering.LineForm(place.own.channel, "000000000000123", "sm4-cbc", False, True, MASTER.hex())
    return (registering.propose(site.access(place.own.user), form, NOW), place.users["platform_admin"],
            "SELECT count(*) FROM tcp_line WHERE partner_id = %s", place.own.channel)  # fmt: skip


MAKERS = {"tcp.line": line}
"""One of each."""
