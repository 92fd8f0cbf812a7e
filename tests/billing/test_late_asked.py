"""Late fees as channels are told of them: by the hub, over midnight, with a clock that is passed."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from tests.billing.test_late import Street, at
from tests.billing.town import Town
from tests.world import Database, World
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import GATEWAY
from yifen.core.facts.secrets import read_ring
from yifen.core.facts.settings import read_settings
from yifen.core.wire.messages import Charge, Line, Query
from yifen.core.wire.replies import QueryReply
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.local import LocalHub
from yifen.hub.payments.verify import verify

TOLD = "SELECT count(*) FROM payable_told"


def due(reply: QueryReply) -> list[int]:
    """Of the bills; the balance is no bill."""
    return [view.due_fen for view in reply.payables if view.mode != "open"]


class Asked:
    """A hub as the gateway runs it, whose moment a test sets; a street whose one bill of 1,000.00 is due on 1 March."""

    def __init__(self, database: Database) -> None:
        self.database, self.now = database, at("2026-03-01")
        with psycopg.connect(database.app_url) as conn:
            world = World(conn)
            self.bill = Street(Town(world)).bill(100_000, "2026-03-01")
        ring = read_ring(os.environ["YIFEN_KEY_RING"], Path())
        settings = read_settings(database.environment(GATEWAY))
        self.hub = LocalHub(lambda: Hub(settings, database.url(GATEWAY), ring, lambda: self.now))

    def query(self, moment: datetime) -> QueryReply:
        self.now = moment
        return self.hub.query("WX", Query(biller="POWER", account_no="A1"))[1]

    def pay(self, serial: str, fen: int, quote: str | None) -> Code:
        line = Line(payable=f"B{self.bill}", amount_fen=fen)
        charge = Charge(serial=serial, biller="POWER", account_no="A1", amount_fen=fen, lines=[line], quote=quote,
                        paid_at=self.now)  # fmt: skip
        return self.hub.charge("WX", charge)[0]

    def rows(self, statement: str) -> list[tuple[int, ...]]:
        with psycopg.connect(self.database.owner_url) as conn:
            return conn.execute(statement.encode()).fetchall()


@pytest.fixture
def told(database: Database) -> Iterator[Asked]:
    asked = Asked(database)
    yield asked
    asked.hub.stop()


def due(reply: QueryReply) -> list[int]:
    """Of its bills; the balance, on which one may pay ahead, asks for nothing."""
    return [view.due_fen for view in reply.payables if view.payable != "PREPAID"]


def test_who_asks_is_told_the_fee_of_that_day_and_nobody_pays_that_of_yesterday(told: Asked) -> None:
    reply = told.query(at("2026-03-01", 23))
    assert due(reply) == [100_000]
    reply = told.query(datetime.fromisoformat("2026-03-02T23:59:30+08:00"))
    assert due(reply) == [100_200]
    assert reply.quote_expires_at == datetime.fromisoformat("2026-03-03T00:00:00+08:00")
    told.now = datetime.fromisoformat("2026-03-03T00:00:05+08:00")
    assert told.pay("S1", 100_200, reply.quote) is Code.QUOTE_EXPIRED
    assert told.pay("S2", 100_200, None) is Code.QUOTE_REQUIRED
    again = told.query(told.now)
    assert due(again) == [100_400]
    assert told.pay("S3", 100_200, again.quote) is Code.OK  # in part: 2.00 are left
    assert told.pay("S4", 200, told.query(told.now).quote) is Code.OK
    assert due(told.query(at("2026-03-09"))) == []
    with psycopg.connect(told.database.owner_url) as conn:
        assert verify(conn).problems == []


def test_asked_again_on_the_same_day_nothing_is_written(told: Asked) -> None:
    told.query(at("2026-03-10", 8))
    before = told.rows(TOLD)
    for hour in (8, 9, 23):
        told.query(at("2026-03-10", hour))
    assert told.rows(TOLD) == before
    told.query(at("2026-03-11", 1))
    assert told.rows(TOLD) == [(before[0][0] + 1,)]
