"""A clerk, a bank that deducts, the worker, and time that passes, in one hand. Committed in a database of its own."""

import os
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from tests.repair.bench import _environment
from tests.settlement.bank_side import Clock, Serving
from tests.world import NOON, Database, World
from yifen.core.facts.secrets import read_ring
from yifen.core.facts.settings import read_settings
from yifen.core.wire.keys import Key
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.local import LocalHub
from yifen.hub.simulators.bank import Pace, SimulatedBank
from yifen.hub.simulators.bank_books import BankBooks
from yifen.hub.simulators.bank_deductions import BankCustomer, BankDeductions
from yifen.trades.deductions import operations, rules
from yifen.trades.deductions.operations import AskedDeduction
from yifen.trades.deductions.port import port_of
from yifen.trades.deductions.settle import BankOutside, advance, settle

SECRET = b"a secret of 20 bytes"
CARD, NAME = "6222001234567890", "欧阳小明"
TIMEOUT_S = 0.25
NUMBERS = count(1)


class BankCounter:
    """Channel BANK with a port, biller WATER (hosted); clerk maker01 asks, the worker settles."""

    def __init__(self, database: Database, serving: Serving) -> None:
        self.database, self.clock = database, Clock(NOON)
        self.conn = psycopg.connect(database.app_url, autocommit=True)
        self.world = World(self.conn, database.buckets)
        self.world.people()
        self.world.biller("WATER")
        self.world.channel("BANK")
        self.world.channel("OTHER")
        for channel in ("BANK", "OTHER"):
            self.world.admit(channel, "WATER")
        self.world.key("BANK", 1, "hmac-sha256", SECRET)
        self.books = BankDeductions([
            BankCustomer(CARD, NAME, 100_000_000), BankCustomer("6222000000000001", "张三", 50),
            BankCustomer("6222000000000002", "李四", 10**6, closed=True),
        ])  # fmt: skip
        self.bank = SimulatedBank(Key(partner="BANK", version=1, algorithm="hmac-sha256", secret=SECRET),
                                  BankBooks("1", "x"), self.clock, pace=Pace(2 * TIMEOUT_S, 60, 0),
                                  deductions=self.books)  # fmt: skip
        self.serving = serving
        self.endpoint = f"http://127.0.0.1:{serving.open(self.bank)}"
        with psycopg.connect(database.owner_url) as owner:
            owner.execute("INSERT INTO deduction_port VALUES (%s, %s, true)", (self.world.ids["BANK"], self.endpoint))
        with _environment(database):
            settings, self.ring = read_settings(), read_ring(os.environ["YIFEN_KEY_RING"], Path())
        url = database.url("yifen_worker")
        self.web = psycopg.connect(database.url("yifen_web"), autocommit=True)
        self.worker = psycopg.connect(url, autocommit=True)
        self.settings, self.hub = settings, self.hub_of(url, settings)
        self.outside = self.outside_of(self.worker)

    def hub_of(self, url: str, settings: Any = None) -> LocalHub:
        """The verbs with the rights of a process."""
        given = settings or self.settings
        return LocalHub(lambda: Hub(given, url, self.ring, self.clock))

    def outside_of(self, conn: Any) -> BankOutside:
        ring, clock = self.ring, self.clock
        return BankOutside(self.hub, lambda channel: port_of(conn, ring, channel, clock, TIMEOUT_S), ring)

    def close(self) -> None:
        self.hub.stop()
        self.serving.close(self.bank)
        for conn in (self.conn, self.web, self.worker):
            conn.close()

    def owe(self, fen: int = 12_345) -> tuple[str, str]:
        """A new account with one bill: account number, payable."""
        number = next(NUMBERS)
        account_no, ref = f"D{number:06d}", f"B{number}"
        self.world.owe("WATER", account_no, ref, fen)
        return account_no, ref

    def form(self, account_no: str, ref: str, fen: int = 12_345, **fields: Any) -> AskedDeduction:
        """What the clerk sends."""
        ids = self.world.ids
        made = AskedDeduction(rules.new_number(self.clock()), ids["BANK"], ids["WATER"], account_no, {ref: fen},
                              rules.debtor(CARD, NAME), "paper", "授权书 7 号")  # fmt: skip
        return made._replace(**fields)

    def ask(self, form: AskedDeduction, session: str = "maker01") -> str:
        """As the page does it; answers the number."""
        number = operations.ask(self.web, self.hub, self.ring, form, session, self.clock())
        advance(self.web, self.outside_of(self.web), number, self.clock(), is_new=True)
        return number

    def asked(self, fen: int = 12_345) -> str:
        """A new account's bill is asked for."""
        return self.ask(self.form(*self.owe(fen), fen))

    def taken_back(self, number: str, fen: int) -> None:
        """By a chargeback that two people agreed to."""
        payment, biller, left = self.world.rows(
            "SELECT payment_id, biller_id, recon_left_v1(payment_id) FROM deduction WHERE deduction_no = %s", number)[0]
        content = {"payment": payment, "fen": fen, "left": left, "reason": "denied", "note": ""}
        with self.conn.transaction():
            self.world.two_people("payments.chargeback", str(payment), content, biller)
            made = self.world.value("SELECT chargeback FROM recon_chargeback_v1(%s, %s)", payment, self.clock())
        assert self.world.refund(f"CB{made}", number, fen, channel="BANK").code == 0
        assert self.world.value("SELECT recon_chargeback_follow_v1(%s, %s)", made, self.clock()) == "done"

    def item(self, number: str) -> int:
        """A difference by which the deduction's payment is being taken back; its file is of no matter here."""
        with psycopg.connect(self.database.super_url) as conn:
            conn.execute("SET session_replication_role = replica")
            row = conn.execute(
                "INSERT INTO recon_item (run_id, partner_id, business_day, class, serial, opened_at, payment_id,"
                " ours_kind, ours_fen, action, state) SELECT 0, channel_id, '2026-11-23', 'ours_only', deduction_no,"
                " made_at, payment_id, 'sale', amount_fen, 'refund', 'doing' FROM deduction WHERE deduction_no = %s"
                " RETURNING item_id", (number,)).fetchone()  # fmt: skip
        assert row is not None
        return int(row[0])

    def state(self, number: str) -> str:
        rows = self.world.rows("SELECT state FROM deduction WHERE deduction_no = %s", number)
        return rows[0][0] if rows else "none"

    def code(self, number: str) -> int | None:
        return self.world.value("SELECT code FROM deduction WHERE deduction_no = %s", number)

    def payments(self, number: str) -> list[tuple[Any, ...]]:
        """What the hub booked for it: amount, payer's state."""
        return self.world.rows("SELECT amount_fen, payer_state::text FROM payment WHERE serial = %s", number)

    def held(self, number: str) -> int:
        """What of it the bank debited and did not give back."""
        return self.books.held_fen().get(number, 0)

    def until_rest(self, number: str, hours: int = 40) -> str:
        """The worker runs until it never has to look at this one again; answers its state."""
        end = self.clock() + timedelta(hours=hours)
        look = "SELECT settle_at FROM deduction WHERE deduction_no = %s"
        while self.clock() < end and self.world.rows(look, number) not in ([], [(None,)]):
            self.clock.now = max(self.clock(), self.world.value(look, number))
            settle(self.worker, self.outside, self.clock())
        return self.state(number)
