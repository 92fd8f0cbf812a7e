"""Proposals of the acts of two people about a utility's database."""

from datetime import UTC, datetime
from typing import Any

from tests.billing.price_proposals import as_owner
from tests.connector.utilities import MAPPING
from tests.web import site
from tests.web.province import Province

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def source(place: Province) -> tuple[Any, Any, str, Any]:
    """A biller's first."""
    from yifen.trades.connector import sources
    from yifen.trades.connector.address import SourceAddress

    address = SourceAddress(kind="sqlite", database="water.db")
    return (sources.propose_source(site.access(place.own.user), "water", place.own.biller, address, True, NOW),
            place.users["platform_admin"], "SELECT count(*) FROM connector_source WHERE code = %s",
            "water")  # fmt: skip


def mapping(place: Province) -> tuple[Any, Any, str, Any]:
    """Of a source that two people agreed to before."""
    from yifen.core.ring import key_ring
    from yifen.trades.connector import sources
    from yifen.trades.connector.address import SourceAddress, sealed

    address = SourceAddress(kind="sqlite", database="heat.db")
    as_owner("INSERT INTO connector_source VALUES ('water', %s, 'sqlite', %s, 'x', true) ON CONFLICT DO NOTHING"
             " RETURNING 1", [place.own.biller, sealed(key_ring(), "water", address)])  # fmt: skip
    return (sources.propose_mapping(site.access(place.own.user), "water", MAPPING, NOW), place.users["platform_admin"],
            "SELECT count(*) FROM connector_mapping WHERE code = %s", "water")  # fmt: skip


MAKERS = {"connector.source": source, "connector.mapping": mapping}
"""One of each."""
