"""A door of the TCP dialect and its banks over real TCP, and time that is turned by hand. Biller WATER has bills."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from tests.settlement.bank_side import Clock
from tests.world import NOON, Database, World
from yifen.core.facts.processes import GATEWAY, WORKER
from yifen.core.facts.secrets import read_ring
from yifen.core.facts.settings import read_settings
from yifen.core.wire.tcp_client import TcpClient
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.remote.tcp_lines import context
from yifen.hub.payments.remote.worker import Worker
from yifen.hub.simulators.books import BillerBooks
from yifen.hub.simulators.people import Payer, PayerBill
from yifen.hub.simulators.tcp_bank import SimulatedTcpBank
from yifen.hub.simulators.tcp_biller import SimulatedTcpBiller
from yifen.hub.tcp.door.server import TcpDoor

T = TypeVar("T")
MASTER = bytes.fromhex("70F2A84CCBC2AE8625CBB0F2C22AB923")
INST = "000000000000123"
NUMBERS = count(1)


def install_line(
    owner_url: str, ring: Any, partner: str, inst: str = INST, algorithm: str = "sm4-cbc", is_yuan: bool = False
) -> None:
    with psycopg.connect(owner_url) as owner:
        owner.execute(
            "INSERT INTO tcp_line (partner_id, inst_id, algorithm, sealed, is_yuan, enabled)"
            " SELECT id, %s, %s, %s, %s, true FROM partner WHERE code = %s",
            (inst, algorithm, ring.seal(MASTER, context(partner)), is_yuan, partner))  # fmt: skip


class TcpBench:
    """One loop for all."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock = database, Clock(NOON)
        self.loop = asyncio.new_event_loop()
        self.conn = psycopg.connect(database.app_url, autocommit=True)
        self.world = World(self.conn, database.buckets)
        self.world.biller("WATER")
        for channel in ("CEB", "OLD"):
            self.world.channel(channel)
            self.world.admit(channel, "WATER")
        self.ring = read_ring(os.environ["YIFEN_KEY_RING"], Path())
        install_line(database.owner_url, self.ring, "CEB")
        install_line(database.owner_url, self.ring, "OLD", "0302", "des-x919", is_yuan=True)
        self.hub = Hub(read_settings(database.environment(GATEWAY)), database.url(GATEWAY), self.ring, self.clock)
        self.run(self.hub.start())
        self.door = TcpDoor(self.hub, 0, frame_s=0.3, idle_s=60.0)
        self.port = self.run(self.door.open("127.0.0.1", 0))
        self.lines: list[TcpClient] = []
        self.far: SimulatedTcpBiller | None = None
        self.worker: Worker | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def line(self, inst: str = INST, algorithm: str = "sm4-cbc", master: bytes = MASTER) -> TcpClient:
        self.lines.append(TcpClient("127.0.0.1", self.port, inst, algorithm, master))
        return self.lines[-1]

    def bank(self) -> SimulatedTcpBank:
        return SimulatedTcpBank(self.line(), "WATER")

    def owe(self, *fens: int, name: str = "欧阳小明") -> str:
        """An account that owes these bills."""
        account = f"8800{next(NUMBERS):06d}"
        for number, fen in enumerate(fens, 1):
            self.world.owe("WATER", account, f"B{number}", fen, name=name)
        return account

    def install(self, partner: str, inst: str) -> None:
        """Another line, from now on."""
        install_line(self.database.owner_url, self.ring, partner, inst)
        self.run(self.hub._load_roster())

    async def in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.to_thread(work)

    async def together(self, *works: Coroutine[Any, Any, T]) -> list[T]:
        return await asyncio.gather(*works)

    def rows(self, statement: str) -> list[Any]:
        with psycopg.connect(self.database.owner_url) as owner:
            return owner.execute(statement).fetchall()

    def far_account(self, meets: str) -> tuple[str, tuple[str, int]]:
        """An account at biller FAR, whose own system speaks the dialect; what it owes. `meets`: its next charge."""
        account = f"77{next(NUMBERS):06d}"
        bill = PayerBill("M1", "水费", "exact", 100 + next(NUMBERS), 1, 10**9, None)
        if self.far is None:
            self.books = BillerBooks("FAR", ())
            self.far = SimulatedTcpBiller(self.books, "sm4-cbc", MASTER, self.clock, late_s=1.5)
            port = self.run(self.far.open("127.0.0.1", 0))
            self.world.biller("FAR", endpoint=f"tcp://127.0.0.1:{port}")
            self.world.admit("CEB", "FAR")
            self.install("FAR", "FAR1")
        self.books.add(Payer(account, "王小二", (bill,)))
        if meets:
            self.far.meets.append(meets)
        return account, (bill.ref, bill.due_fen)

    def settle(self) -> None:
        """The worker finds out what became of it."""
        if self.worker is None:
            url = self.database.url(WORKER)
            self.outbox = Hub(read_settings(self.database.environment(WORKER)), url, self.ring, self.clock)
            self.run(self.outbox.start())
            self.worker = Worker(self.outbox)
        for _ in range(4):
            self.clock.turn(15)
            self.run(self.worker.round(self.clock()))

    def close(self) -> None:
        self.run(self._close())
        self.loop.close()
        self.conn.close()

    async def _close(self) -> None:
        for line in self.lines:
            await line.close()
        await self.door.close()
        if self.far is not None:
            await self.far.close()
        await self.hub.stop()
        if self.worker is not None:
            await self.outbox.stop()
