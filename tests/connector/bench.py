"""The hub with a biller whose own system is a database: gateway and worker over one utility, time turned by hand."""

import asyncio
import os
from collections.abc import Coroutine
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from tests.connector.utilities import MAPPING, Utility
from tests.settlement.bank_side import Clock
from tests.world import NOON, Database, World, the_ring
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import GATEWAY, WORKER
from yifen.core.facts.settings import read_settings
from yifen.core.wire.messages import Charge, Line, Query, Reverse
from yifen.core.wire.replies import PaymentReply, QueryReply
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.remote.worker import Worker
from yifen.hub.payments.wirelog_queue import Exchange
from yifen.trades.connector.address import SourceAddress, sealed
from yifen.trades.connector.calling import DatabaseWay

T = TypeVar("T")
NUMBERS = count(1)


class ConnectorBench:
    """One loop for both processes."""

    def __init__(self, database: Database, utility: Utility, folder: Path, mapping: str = MAPPING) -> None:
        self.database, self.utility, self.folder = database, utility, folder
        self.clock, self.loop = Clock(NOON), asyncio.new_event_loop()
        self.conn = psycopg.connect(database.app_url, autocommit=True)
        self.world = World(self.conn, database.buckets)
        self.world.biller("WATER", endpoint="db://water", timeout_s=3)
        self.world.channel("WX")
        self.world.admit("WX", "WATER")
        self.install(utility.address, mapping)
        self.heard: list[tuple[int, bytes]] = []  # what each call came to
        self.hub, self.outbox = self._hub(GATEWAY), self._hub(WORKER)
        self.worker = Worker(self.outbox)
        self.channel = self.hub.roster.partners["WX"]

    def _hub(self, role: str) -> Hub:
        hub = Hub(read_settings(self.database.environment(role)), self.database.url(role), the_ring(), self.clock)
        way = hub._ways["db"]
        assert isinstance(way, DatabaseWay)
        way._folder = self.folder
        hear = hub._client._hear

        def heard(exchange: Exchange, reply: bytes, ms: int) -> None:
            self.heard.append((int(exchange.code), reply))
            hear(exchange, reply, ms)

        hub._client._hear = heard
        self.run(hub.start())
        return hub

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def owner(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database.owner_url) as owner:
            found = owner.execute(sql, values)
            return found.fetchall() if found.description else []

    def install(self, address: SourceAddress, mapping: str = "") -> None:
        """As two people would have it."""
        self.owner("INSERT INTO connector_source SELECT 'water', id, %s, %s, %s, true FROM partner WHERE code = 'WATER'"
                   " ON CONFLICT (code) DO UPDATE SET sealed = excluded.sealed", address.kind,
                   sealed(the_ring(), "water", address), address.shown)  # fmt: skip
        if mapping:
            self.owner("INSERT INTO connector_mapping SELECT 'water', coalesce(max(version), 0) + 1, %s, now()"
                       " FROM connector_mapping", mapping)  # fmt: skip
        for hub in (getattr(self, "hub", None), getattr(self, "outbox", None)):
            if hub is not None:
                self.run(hub._load_roster())

    def account(self, *fens: int) -> str:
        account = f"88{next(NUMBERS):08d}"
        self.utility.owe(account, *fens)
        return account

    def owed(self, account: str) -> QueryReply:
        return self.run(self.hub.query(self.channel, Query(biller="WATER", account_no=account)))[1]

    def charge_of(self, account: str, most: int = 99, owed: QueryReply | None = None) -> Charge:
        bills = (owed or self.owed(account)).payables[:most]
        lines = [Line(payable=bill.payable, amount_fen=bill.due_fen) for bill in bills]
        return Charge(serial=f"S{next(NUMBERS)}", biller="WATER", account_no=account, lines=lines, paid_at=self.clock(),
                      amount_fen=sum(line.amount_fen for line in lines))  # fmt: skip

    def charge(self, message: Charge) -> tuple[Code, PaymentReply | None]:
        return self.run(self.hub.charge(self.channel, message))

    def reverse(self, message: Charge) -> Code:
        asked = Reverse(serial=f"R{message.serial}", original_serial=message.serial, amount_fen=message.amount_fen)
        return self.run(self.hub.give_back(self.channel, asked))[0]

    def settle(self, rounds: int = 3) -> None:
        """The worker, later and later; breakers have closed meanwhile."""
        for _ in range(rounds):
            self.clock.turn(3700)
            self.calm()
            self.run(self.worker.round(self.clock()))

    def calm(self) -> None:
        for hub in (self.hub, self.outbox):
            hub._client._breakers.clear()

    def patience(self) -> None:
        """What is to be taken back and is not there was not there for long."""
        for hub in (self.hub, self.outbox):
            way = hub._ways["db"]
            assert isinstance(way, DatabaseWay)
            way._missing = dict.fromkeys(way._missing, -1e9)

    def state(self, message: Charge) -> str:
        """Of the payer's money: held, taken, returned."""
        return str(self.owner("SELECT payer_state FROM payment WHERE serial = %s", message.serial)[0][0])

    def undecided(self) -> int:
        return int(self.owner("SELECT count(*) FROM biller_call")[0][0])

    def booked_fen(self) -> int:
        return int(self.owner("SELECT coalesce(sum(amount_fen), 0) FROM payment WHERE payer_state = 'taken'"
                              " AND biller_state = 'booked'")[0][0])  # fmt: skip

    def held_fen(self) -> int:
        return int(self.owner("SELECT coalesce(sum(amount_fen), 0) FROM payment WHERE payer_state = 'held'")[0][0])

    def close(self) -> None:
        self.run(self.hub.stop())
        self.run(self.outbox.stop())
        self.loop.close()
        self.conn.close()
        assert os.environ["YIFEN_OUTBOUND_ALLOW"] == "127.0.0.0/8"
