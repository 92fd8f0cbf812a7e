"""A POS door, an acquirer and terminals over real TCP, the worker, and time that passes, in one hand. Committed in a
database of its own: biller COURT has open payables, each test an account of its own."""

import asyncio
import os
from collections.abc import Coroutine
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from psycopg.types.json import Jsonb

from tests.settlement.bank_side import Clock
from tests.world import NOON, Database, World
from yifen.core.facts.processes import POS, WORKER
from yifen.core.facts.secrets import read_ring
from yifen.core.facts.settings import read_settings
from yifen.core.wire.pos_keys import WorkingKeys
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.verify import verify
from yifen.hub.pos import seals
from yifen.hub.pos.door.server import PosDoor
from yifen.hub.pos.door.terminals import PosSides, acquirer_context, terminal_context
from yifen.hub.pos.door.undoing import PosUndoing
from yifen.hub.pos.proof import altered
from yifen.hub.pos.seals import PosPlace
from yifen.hub.simulators.acquirer import SimulatedAcquirer
from yifen.hub.simulators.terminal import PosIdentity, SimulatedTerminal

T = TypeVar("T")
MASTER = bytes.fromhex("70F2A84CCBC2AE8625CBB0F2C22AB923")
OF_ACQUIRER = WorkingKeys(bytes(range(16)), bytes(range(16, 32)))
MERCHANT = "898450180620001"
NUMBERS = count(1)
PAID_SQL = """SELECT coalesce(sum(p.amount_fen), 0) - coalesce(sum(r.fen), 0) FROM payment p
LEFT JOIN LATERAL (SELECT sum(x.amount_fen) AS fen FROM payment_return x
    WHERE x.bucket = p.bucket AND x.payment_id = p.payment_id AND x.booked_at IS NOT NULL) r ON true
WHERE p.account_no = %s AND p.booked_at IS NOT NULL"""


def install_acquirer(owner_url: str, ring: Any, institution: int, port: int, algorithm: str = "des-x919") -> None:
    with psycopg.connect(owner_url) as owner:
        owner.execute(
            "INSERT INTO pos_acquirer (code, institution_id, name, host, port, algorithm, sealed, timeout_s, enabled)"
            " VALUES ('UMS', %s, '银联商务', '127.0.0.1', %s, %s, %s, 1, true)",
            (institution, port, algorithm,
             ring.seal(OF_ACQUIRER.pin + OF_ACQUIRER.mac, acquirer_context("UMS"))))  # fmt: skip


def install_terminal(owner_url: str, ring: Any, terminal_no: str, *of: Any) -> None:
    """`of`: its channel and biller, its MAC, where it writes the account."""
    with psycopg.connect(owner_url) as owner:
        owner.execute(
            "INSERT INTO pos_terminal (terminal_no, merchant_no, merchant_name, channel_id, biller_id, algorithm,"
            " account_in, sealed, acquirer_id, state)"
            " SELECT %s, %s, '桂林市象山区人民法院', %s, %s, %s, %s, %s, acquirer_id, 'in_use'"
            " FROM pos_acquirer WHERE code = 'UMS'",
            (terminal_no, MERCHANT, *of, ring.seal(MASTER, terminal_context(terminal_no))))  # fmt: skip


class PosBench:
    """One loop for all; the time stands until it is turned."""

    biller = "COURT"

    def __init__(self, database: Database, most: int = 0, frame_s: float = 0.3, idle_s: float = 60.0) -> None:
        self.database, self.clock = database, Clock(NOON)
        self.terminals: list[SimulatedTerminal] = []
        self.loop = asyncio.new_event_loop()
        self.conn = psycopg.connect(database.app_url, autocommit=True)
        self.world = self.network()
        self.ring = read_ring(os.environ["YIFEN_KEY_RING"], Path())
        self.acquirer = SimulatedAcquirer("des-x919", OF_ACQUIRER, late_s=1.5)
        self.port_of_acquirer = self.run(self.acquirer.open("127.0.0.1", 0))
        install_acquirer(database.owner_url, self.ring, self.world.institution, self.port_of_acquirer)
        self.sides = self.run(self.sides_of(POS))
        self.door = PosDoor(self.sides, most, frame_s, idle_s)
        self.port = self.run(self.door.open("127.0.0.1", 0))
        self.worker = self.run(self.sides_of(WORKER))
        self.undoing = PosUndoing(self.worker)

    def network(self) -> World:
        """Who collects for whom."""
        world = World(self.conn, self.database.buckets)
        world.biller("COURT")
        world.channel("POS")
        world.admit("POS", "COURT")
        return world

    def owner(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(self.database.owner_url)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    async def sides_of(self, role: str) -> PosSides:
        """The hub of a process of this role."""
        url = self.database.url(role)
        hub = Hub(read_settings(self.database.environment(role)), url, self.ring, self.clock)
        await hub.start()
        return PosSides.of(hub, url, self.ring)

    def close(self) -> None:
        self.run(self._close())
        self.loop.close()
        self.conn.close()

    async def _close(self) -> None:
        for terminal in self.terminals:
            await terminal.close()
        await self.door.close()
        for sides in (self.sides, self.worker):
            await sides.hub.stop()
            await sides.close()
        await self.acquirer.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task

    # --- what a test asks for ------------------------------------------------------------------

    def account(self, name: str = "欧阳小明") -> str:
        """A case's account with an open amount."""
        account_no = f"20180304{next(NUMBERS):06d}"
        self.world.owe("COURT", account_no, f"C{account_no}", 0, "open", min_fen=100, max_fen=10**9, name=name)
        return account_no

    def terminal(self, algorithm: str = "des-ecb", account_in: str = "62", signed_on: bool = True) -> SimulatedTerminal:
        terminal_no = f"{10_000_000 + next(NUMBERS)}"
        install_terminal(self.database.owner_url, self.ring, terminal_no, self.world.ids["POS"],
                         self.world.ids[self.biller], algorithm, account_in)  # fmt: skip
        who = PosIdentity(terminal_no, MERCHANT, MASTER, algorithm, account_in)
        made = SimulatedTerminal(who, "127.0.0.1", self.port, 5.0)
        self.terminals.append(made)
        if signed_on:
            assert self.code(made.sign_on()) == "00"
        return made

    def code(self, asked: Coroutine[Any, Any, Any]) -> str:
        """Field 39 of an answer; "" where none came."""
        said = self.run(asked)
        return said.fields["39"] if said is not None else ""

    def work(self, seconds: float = 0.0) -> int:
        """The worker's round, so much later; answers how many were due."""
        self.clock.turn(seconds)
        return self.run(self.undoing.round())

    def until_rest(self) -> None:
        """Round after round until nothing is due any more."""
        for _ in range(20):
            self.work(700)
            if not self.world.value("SELECT count(*) FROM pos_undo WHERE settle_at IS NOT NULL"):
                return
        raise AssertionError("an undo never rests")

    def ask(self, terminal: SimulatedTerminal, account_no: str, trace: int) -> None:
        """A sale whose door lost its power just then."""
        place, at = PosPlace(terminal.who.terminal_no, terminal.batch, trace), self.clock()
        entries = self.world.value("SELECT entries FROM pos_session WHERE terminal_no = %s", place.terminal_no)
        digest = seals.sale_digest(place, account_no, 1_000, "", b"x", entries + 1, at)
        seal = self.ring.seal(digest, seals.sale_context(place)).hex()
        content = {"item": 0, "seal": seal, "terminal": place.terminal_no, "batch": place.batch, "trace": trace,
                   "account_no": account_no, "amount_fen": 1_000, "card_shown": "", "hash": b"x".hex(),
                   "entry": entries + 1, "at": at.isoformat()}  # fmt: skip
        self.world.set_up("SELECT * FROM pos_ask_v1(%s, %s)", Jsonb([content]), at)

    # --- what stands there ---------------------------------------------------------------------

    def paid_fen(self, account_no: str) -> int:
        """What was paid for it and not given back."""
        return int(self.world.value(PAID_SQL, account_no))

    def card_fen(self, terminal: SimulatedTerminal) -> int:
        """What the acquirer holds of this terminal's sales."""
        return sum(one.fen - one.back_fen for key, one in self.acquirer.books.sales.items()
                   if key[0] == terminal.who.terminal_no and one.state == "sold")  # fmt: skip

    def sale(self, terminal: SimulatedTerminal, trace: int = 0) -> tuple[Any, ...]:
        """(state, code) of the terminal's sale of this trace, its newest."""
        rows = self.world.rows("SELECT state, code FROM pos_sale WHERE terminal_no = %s AND trace = %s",
                               terminal.who.terminal_no, trace or terminal.trace)  # fmt: skip
        return rows[0] if rows else ()

    def undos(self, terminal: SimulatedTerminal) -> list[tuple[Any, ...]]:
        return self.world.rows("SELECT kind, hub_state, acquirer_state FROM pos_undo WHERE terminal_no = %s"
                               " ORDER BY undo_id", terminal.who.terminal_no)  # fmt: skip

    def exceptions(self, terminal: SimulatedTerminal) -> list[tuple[Any, ...]]:
        return self.world.rows("SELECT kind, trace, ours_fen, their_fen, code FROM pos_exception WHERE terminal_no = %s"
                               " ORDER BY exception_id", terminal.who.terminal_no)  # fmt: skip

    def named(self, statement: str) -> list[str]:
        """What the proof says once somebody who owns the tables did this; it is undone."""
        with self.owner() as owner:
            for table in ("pos_sale", "pos_undo", "pos_batch", "pos_batch_item", "pos_session", "pos_exception"):
                owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            owner.execute(statement)
            found = altered(owner)
            owner.rollback()
        return found

    def proved(self) -> None:
        """Books, chains and the door's own table agree."""
        found = altered(self.conn)
        assert found == [], found
        with psycopg.connect(self.database.owner_url) as owner:
            assert verify(owner).problems == []
