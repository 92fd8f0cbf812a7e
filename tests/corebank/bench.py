"""A core bank with its accounts, the hub's moves, the worker, and time that passes, in one hand. Committed in a
database of its own."""

import os
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from tests.repair.bench import _environment
from tests.settlement.bank_side import Clock, Serving
from tests.world import DAY, NOON, Database, World
from yifen.core.facts.secrets import read_ring
from yifen.core.wire.keys import Key
from yifen.hub.corebank import accounts, operations
from yifen.hub.corebank.operations import Cores, Moved, MoveOrder
from yifen.hub.corebank.port import CorePort, key_context, port_of
from yifen.hub.simulators.core import CorePace, SimulatedCore
from yifen.hub.simulators.core_books import CoreAccount, CoreBooks

SECRET = b"a secret of 20 bytes"
KEY = Key(partner="CORE01", version=1, algorithm="hmac-sha256", secret=SECRET)
TIMEOUT_S = 0.25
CARD, PIN = "6222021234567890123", "135790"
BOOK, BOOK_PIN = "901041700200000012345", "246801"
COMPANY, CHEQUE = "9010417002000001", "00012345"
TRANSIT, SETTLED, SETTLED_NAME = "2241000001", "9010417002000077", "青溪供电公司"
NUMBERS = count(1)
FITS = """CREATE OR REPLACE FUNCTION corebank_fits_v1(p core_move) RETURNS boolean LANGUAGE sql AS
    $$ SELECT p.document LIKE 'bench:%' $$"""
"""The port by itself: what asks here is no document of a trade."""


def core_accounts() -> list[CoreAccount]:
    """Who banks there. Each test takes what it needs; nobody's balance is another's."""
    cheques = {CHEQUE: 1, "00012346": 2, "00012347": 3, "00012348": 4, "00012349": 5, "00012350": 1}
    return [
        CoreAccount(CARD, "欧阳小明", "personal", 10**9, pin=PIN),
        CoreAccount("6222020000000000001", "张三", "personal", 50, pin=PIN),
        CoreAccount("6222020000000000002", "李四", "personal", 10**6, pin=PIN, is_frozen=True),
        CoreAccount("6222020000000000003", "王五", "personal", 0, pin=PIN, is_closed=True),
        CoreAccount("6222020000000000004", "赵六", "personal", 10**6, pin=PIN, medium=1),
        CoreAccount("6222020000000000005", "孙七", "personal", 10**6, pin=PIN, held_fen=999_000),
        CoreAccount(COMPANY, "青溪造纸厂", "cheque", 10**9, cheques=cheques),
        CoreAccount(BOOK, "青溪粮站", "corporate", 10**9, pin=BOOK_PIN),
        CoreAccount(TRANSIT, "其他应付款代收电费", "internal"),
        CoreAccount(SETTLED, SETTLED_NAME, "cheque"),
        CoreAccount("1011000001", "同城清算", "internal"), CoreAccount("2243000001", "其他应解汇款", "internal"),
        CoreAccount("60303002", "代收公用事业费业务收入", "internal"),
    ]  # fmt: skip


def install_core(owner_url: str, ring: Any, institution: int, endpoint: str, biller: int | None = None) -> int:
    """A core of this institution's tree, and a biller's pair there; answers its id."""
    with psycopg.connect(owner_url) as owner:
        row = owner.execute(
            "INSERT INTO core_bank (code, institution_id, name, endpoint, sealed, version, cash_account,"
            " clearing_account, sundry_account, income_account, enabled) VALUES ('CORE01', %s, '农信核心', %s, %s, 1,"
            " '1001', '1011000001', '2243000001', '60303002', true) RETURNING core_id",
            (institution, endpoint, ring.seal(SECRET, key_context("CORE01")))).fetchone()  # fmt: skip
        assert row is not None
        if biller is not None:
            owner.execute(
                "INSERT INTO core_pair (biller_id, core_id, contracting_id, transit, settlement_sealed,"
                " settlement_lookup, settlement_shown, settlement_name) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                (biller, row[0], institution, TRANSIT, ring.seal(SETTLED.encode(), accounts.pair_context(biller)),
                 accounts.lookup(ring, SETTLED), accounts.shown(SETTLED), SETTLED_NAME))  # fmt: skip
    return int(row[0])


class CoreBench:
    """Core CORE01 of the world's institution, biller WATER with its pair there."""

    def __init__(self, database: Database, serving: Serving) -> None:
        self.database, self.clock, self.serving = database, Clock(NOON), serving
        self.conn = psycopg.connect(database.app_url, autocommit=True)
        self.world = World(self.conn, database.buckets)
        self.world.people()
        self.world.biller("WATER")
        with _environment(database):
            self.ring = read_ring(os.environ["YIFEN_KEY_RING"], Path())
        self.books = CoreBooks(core_accounts())
        self.core = SimulatedCore(KEY, self.books, self.clock, pace=CorePace(2 * TIMEOUT_S, 60))
        self.endpoint = f"http://127.0.0.1:{serving.open(self.core)}"
        self.biller = self.world.ids["WATER"]
        self.institution = self.world.value("SELECT institution_id FROM partner WHERE id = %s", self.biller)
        self.core_id = install_core(database.owner_url, self.ring, self.institution, self.endpoint, self.biller)
        with psycopg.connect(database.owner_url) as owner:
            owner.execute(FITS)
        self.web = psycopg.connect(database.url("yifen_web"), autocommit=True)
        self.worker = psycopg.connect(database.url("yifen_worker"), autocommit=True)
        self.night = psycopg.connect(database.url("yifen_night"), autocommit=True)
        self.cores = self.cores_of(self.web)

    def cores_of(self, conn: Any) -> Cores:
        return Cores(conn, lambda core_id: self.port(conn, core_id), self.ring)

    def port(self, conn: Any, core_id: int) -> CorePort:
        return port_of(conn, self.ring, core_id, self.clock, TIMEOUT_S)

    def close(self) -> None:
        self.serving.close(self.core)
        for conn in (self.conn, self.web, self.worker, self.night):
            conn.close()

    def order(self, **fields: Any) -> MoveOrder:
        """Twenty yuan of a card for the biller, under a serial of its own."""
        number = next(NUMBERS)
        made = MoveOrder(self.core_id, f"20261123-9-{number:04d}", "4623", f"bench:{number}", self.institution,
                         "teller01", CARD, TRANSIT, 2_000, DAY, self.biller, "personal", True)  # fmt: skip
        return made._replace(**fields)

    def post(self, order: MoveOrder, meets: str = "ok", pin: str = PIN) -> Moved:
        """With the PIN, where one is needed."""
        self.core.orders.append(meets)
        try:
            return operations.post(self.cores, order, self.clock(), pin if order.needs_pin else "")
        finally:
            self.core.orders.clear()

    def undo(self, serial: str, meets: str = "ok") -> Moved:
        self.core.orders.append(meets)
        try:
            return operations.undo(self.cores, serial, "4625", "teller01", DAY, self.clock())
        finally:
            self.core.orders.clear()

    def state(self, serial: str) -> str:
        rows = self.world.rows("SELECT state FROM core_move WHERE serial = %s", serial)
        return rows[0][0] if rows else "none"

    def posted(self, serial: str) -> list[tuple[str, int]]:
        """The core's own lines of a serial."""
        return [(line.account_no, line.fen) for line in self.books.journal if line.serial == serial]

    def until_rest(self, hours: int = 40) -> None:
        """The worker runs until it never has to look again."""
        end, look = self.clock() + timedelta(hours=hours), "SELECT min(settle_at) FROM core_move"
        while (due := self.world.value(look)) is not None and self.clock() < end:
            self.clock.now = max(self.clock(), due)
            operations.settle_due(self.cores_of(self.worker), self.clock())
