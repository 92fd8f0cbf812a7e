"""A gateway of one's own, so that a test can stop it and read what it wrote; partners of both
dialects whose messages are kept in every way."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.journeys.clients import Partner
from tests.journeys.conftest import NOW, open_network, programs
from tests.running import Gateway
from tests.world import Database, World
from yifen.core.facts.processes import GATEWAY

Rows = list[tuple[Any, ...]]


class Place(NamedTuple):
    """One hub, its partners' programs, and what stands in its tables."""

    world: World
    gateway: Gateway
    database: Database
    partners: dict[str, Partner]

    def rows(self, statement: str, *params: Any) -> Rows:
        return self.world.rows(statement, *params)

    def counted(self) -> dict[tuple[str, str, str, int], int]:
        """(partner, biller, verb, code) → calls, over all minutes."""
        return {
            row[:4]: row[4]
            for row in self.rows(
                "SELECT coalesce(p.code, ''), coalesce(b.code, ''), verb, t.code,"
                " sum(calls)::integer FROM traffic_minute t LEFT JOIN partner p ON p.id = partner_id"
                " LEFT JOIN partner b ON b.id = biller_id GROUP BY 1, 2, 3, 4"
            )
        }

    def charge(self, partner: str, account_no: str, lines: dict[str, int], serial: str,
               **fields: Any) -> str:  # fmt: skip
        fields = {"biller": "WATER", "paid_at": NOW, "amount_fen": sum(lines.values()), **fields}
        made = self.partners[partner].call("charge", serial, account_no=account_no,
                                           lines=list(lines.items()), **fields)  # fmt: skip
        return made.code


@pytest.fixture
def place(new_database: NewDatabase) -> Iterator[Place]:
    """XML and JSON keep all their messages, GB its faults, YUAN none."""
    database = new_database(buckets=2)
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        world = World(conn, database.buckets)
        open_network(world)
        for code, setting in (("XML", "all"), ("JSON", "all"), ("YUAN", "none")):
            world.run("UPDATE partner SET wire_log = %s WHERE code = %s", setting, code)
        for account_no in ("A-0001", "A-0002", "A-0003"):
            for number in range(1, 6):
                world.owe("WATER", account_no, f"B{number}", 1000 * number)
        gateway = Gateway(database.environment(GATEWAY))
        with gateway:
            yield Place(world, gateway, database, programs(gateway.url))
