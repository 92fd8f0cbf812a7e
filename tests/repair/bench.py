"""A closed day with something wrong in it: payments, what a partner's file says, the hub, two people.

Committed in a database of its own, for the hub works on connections of its own; each case has an
account and serials that nobody else uses, and looks at what it changed in the balances.
"""

import os
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from tests.world import NOON, Database, World
from yifen.core.facts.secrets import read_ring
from yifen.core.facts.settings import read_settings
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.local import LocalHub
from yifen.trades.reconciliation.repair import items, operations
from yifen.trades.reconciliation.repair.items import RepairItem
from yifen.trades.reconciliation.repair.words import RepairAction

NUMBERS = count(1)
FIRST = date(2026, 11, 22)
NIGHT = NOON + timedelta(hours=14)
ITEM_COLUMNS = (
    "payment_id", "ours_kind", "ours_fen", "ours_fee_fen", "ours_at", "file_id", "line_no",
    "theirs_kind", "theirs_fen", "theirs_fee_fen", "theirs_at", "theirs_ref", "original",
    "account_no", "state", "nth", "run_id", "business_day", "owner", "deadline", "batch",
)  # fmt: skip
Balances = dict[str, tuple[int, ...]]


@dataclass
class Payment:
    """One of ours, as it was made."""

    id: int
    serial: str
    account_no: str
    ref: str
    fen: int


class Bench:
    """Channel WX, billers WATER (hosted) and GAS (its own system, which nobody runs here)."""

    def __init__(self, database: Database, built: "Bench | None" = None) -> None:
        """On a copy of the database of one that was built, or else it is built."""
        self.database, self.now, self.item_day = database, NIGHT, FIRST
        self.conn = psycopg.connect(database.app_url, autocommit=True)
        if built:
            self.world = built.world.on(self.conn)
        else:
            self.world = World(self.conn, database.buckets)
            self.world.biller("WATER")
            self.world.biller("GAS", endpoint="http://127.0.0.1:9")
            self.world.channel("WX")
            for biller in ("WATER", "GAS"):
                self.world.admit("WX", biller)
        with _environment(database):
            settings, ring = read_settings(), read_ring(os.environ["YIFEN_KEY_RING"], Path())
        # Repairs are carried out with the rights of the process that does it, and no others.
        self.night = psycopg.connect(database.url("yifen_night"), autocommit=True)
        url = database.url("yifen_night")
        self.hub = LocalHub(lambda: Hub(settings, url, ring, lambda: self.now))
        self._runs: dict[tuple[str, date], int] = {}

    def close(self) -> None:
        self.hub.stop()
        self.night.close()
        self.conn.close()

    # --- what happened on the day --------------------------------------------------------------

    @property
    def day(self) -> date:
        return self.world.value("SELECT current_day FROM ledger_book WHERE book_id = 1")

    def owe(self, fen: int, biller: str = "WATER", **fields: Any) -> tuple[str, str]:
        """A new account with one bill: account number, payable."""
        number = next(NUMBERS)
        account_no, ref = f"A{number:06d}", f"B{number}"
        self.world.owe(biller, account_no, ref, fen, **fields)
        return account_no, ref

    def pay(self, fen: int = 10_000, biller: str = "WATER", decided: bool = True) -> Payment:
        """A payment of the open day; at GAS the biller is said to have booked it."""
        account_no, ref = self.owe(fen, biller)
        serial = f"S{account_no}"
        booked = self.world.charge(serial, {ref: fen}, biller=biller, account_no=account_no)
        assert booked.payment_id is not None, booked
        payment = Payment(booked.payment_id, serial, account_no, ref, fen)
        if biller == "GAS":
            self.world.result(payment.id, "sent")
            if decided:
                self.world.result(payment.id, "booked", f"G{payment.id}")
            else:
                self.ladder_ends(payment)
        return payment

    def ladder_ends(self, payment: Payment) -> None:
        """Nobody asks the biller about it any more."""
        with psycopg.connect(self.database.owner_url) as conn:
            conn.execute(
                "UPDATE biller_call SET due_at = NULL WHERE payment_id = %s", (payment.id,)
            )

    def cut(self) -> date:
        """Close the open day; answers it."""
        day = self.day
        self.world.cut()
        return day

    # --- what the partner's file says ----------------------------------------------------------

    def another_day(self) -> None:
        """Items from now on are of a day that has none: how many it has is a fact that repair looks at."""
        self.item_day -= timedelta(days=1)

    @property
    def noon(self) -> datetime:
        """Of the items' day, local, without a zone."""
        return datetime.combine(self.item_day, time(12))

    def run(self, partner: str = "WX", day: date | None = None) -> int:
        """A run of a day of its own: how many items it has is a fact that repair looks at."""
        return self.world.made(
            "INSERT INTO recon_run (partner_id, business_day, file_id, started_at, ended_at, files)"
            " SELECT %s, %s, f, %s, %s, ARRAY[f] FROM CAST(%s AS bigint) f RETURNING run_id",
            self.world.ids[partner], day or self.day, self.now, self.now, self._file(partner, day or self.day),
        )  # fmt: skip

    def _file(self, partner: str, day: date) -> int:
        number = next(NUMBERS)
        return self.world.value(
            "INSERT INTO recon_file VALUES (nextval('recon_file_no'), %s, %s, %s, 'hub', 'f',"
            " sha256(%s::text::bytea), 1, 0, 0, 0, %s, 'test', false, true, ARRAY(SELECT file_id FROM recon_file"
            " WHERE partner_id = %s AND business_day = %s)) RETURNING file_id",
            self.world.ids[partner], day, number, str(number), self.now, self.world.ids[partner], day,
        )  # fmt: skip

    def item(self, kind: str, serial: str, partner: str = "WX", **columns: Any) -> int:
        """One difference as the engine writes it; unsaid columns are empty."""
        assert set(columns) <= set(ITEM_COLUMNS), columns
        day = columns.pop("business_day", None) or self.item_day
        row = {"run_id": columns.pop("run_id", None) or self.run(partner, day),
               "partner_id": self.world.ids[partner], "business_day": day, "class": kind,
               "serial": serial, "opened_at": self.now, **columns}  # fmt: skip
        return int(self.world._insert("recon_item", row, "item_id"))

    def lacks(self, payment: Payment, partner: str = "WX", **columns: Any) -> int:
        """Our sale that their file lacks."""
        return self.differs("ours_only", payment, partner, **columns)

    def differs(self, kind: str, payment: Payment, partner: str = "WX", **columns: Any) -> int:
        """An item of our sale, by the serial of the leg."""
        serial = payment.serial if partner == "WX" else str(payment.id)
        ours = {"payment_id": payment.id, "ours_kind": "sale", "ours_fen": payment.fen,
                "account_no": payment.account_no}  # fmt: skip
        return self.item(kind, serial, partner, **(ours | columns))

    def theirs(self, serial: str, fen: int, kind: str = "sale", **columns: Any) -> int:
        """A line of theirs that we lack."""
        return self.item("theirs_only", serial, theirs_kind=kind, theirs_fen=fen, **columns)

    # --- what is done about it -----------------------------------------------------------------

    def carry(self, item_id: int, **fields: Any) -> RepairItem:
        return operations.carry_out(self.night, item_id, self.hub, self.now, **fields)

    def approved(self, item_id: int, action: str) -> RepairItem:
        """Proposed and approved by two people, and carried out."""
        self.agreed(item_id, action)
        return self.carry(item_id)

    def proposed(self, item_id: int, action: str, note: str = "see the file") -> int:
        """By maker01, where it may be: the proposal."""
        operations.check(self.conn, item_id, RepairAction(action))
        partner = self.read(item_id).partner_id
        return self.world.proposed("repair", str(item_id), {"item": item_id, "action": action}, partner,
                                   note, self.now)  # fmt: skip

    def agreed(self, item_id: int, action: str) -> None:
        """Proposed by maker01, approved by checker01."""
        assert self.world.decided(self.proposed(item_id, action), now=self.now) == 0

    def release(self, item_id: int, note: str = "charged late") -> int:
        """What stood on suspense goes back, as two people decided: 0, or the code that refuses it."""
        with self.conn.transaction():
            self.world.two_people("repair.release", str(item_id), {"item": item_id}, reason=note,
                                  now=self.now)  # fmt: skip
            return int(self.world.value("SELECT recon_release_v1(%s, %s)", item_id, self.now))

    def read(self, item_id: int) -> RepairItem:
        return items.read(self.conn, item_id)

    def step(self, item_id: int) -> Any:
        return operations.step_of(self.conn, self.read(item_id))

    def profile(self, partner: str, party: str, truth: str) -> None:
        self.world.run(
            "INSERT INTO recon_profile (partner_id, party, format, owner, truth, slack_min,"
            " by_rule, rule_window_min, by_group, deadline_days)"
            " VALUES (%s, %s, 'hub', '', %s, 30, false, 60, false, 3)",
            self.world.ids[partner], party, truth,
        )  # fmt: skip

    def policy(self, partner: str, kind: str, action: str, automatic: bool,
               fen_max: int | None = None) -> None:  # fmt: skip
        self.world.run(
            "INSERT INTO recon_policy (profile_id, difference_class, action, automatic,"
            " automatic_fen_max) VALUES (%s, %s, %s, %s, %s)",
            self.world.ids[partner], kind, action, automatic, fen_max,
        )  # fmt: skip

    # --- what stands there afterwards ----------------------------------------------------------

    def balances(self) -> Balances:
        return self.world.balances()

    def moved(self, before: Balances) -> dict[str, tuple[int, int]]:
        """Account → (debits, credits) posted since; nothing may be left pending by it."""
        after, zero = self.balances(), (0, 0, 0, 0)
        found = {}
        for code in before.keys() | after.keys():
            was, now = before.get(code, zero), after.get(code, zero)
            assert (now[0], now[2]) == (was[0], was[2]), f"pending on {code}"
            if was != now:
                found[code] = (now[1] - was[1], now[3] - was[3])
        return found

    def acts(self, item_id: int) -> list[str]:
        rows = self.world.rows(
            "SELECT act FROM recon_act WHERE item_id = %s ORDER BY act_id", item_id
        )
        return [act for (act,) in rows]

    def last_note(self, item_id: int) -> str:
        return self.world.rows(
            "SELECT note FROM recon_act WHERE item_id = %s ORDER BY act_id DESC LIMIT 1", item_id
        )[0][0]

    def postings(self, item_id: int) -> list[tuple[Any, ...]]:
        """Purpose, debit, credit, fen, maker, checker."""
        return self.world.rows(
            "SELECT x.purpose, d.code, c.code, x.amount_fen, x.maker, x.checker"
            " FROM recon_posting x JOIN ledger_account d ON d.account_id = x.debit_id"
            " JOIN ledger_account c ON c.account_id = x.credit_id"
            " WHERE item_id = %s ORDER BY x.document_id DESC",
            item_id,
        )  # fmt: skip

    def everything(self) -> tuple[Any, ...]:
        """Money and items: what a refusal must leave as it was."""
        rows = [self.world.rows(f"SELECT t::text FROM {table} t ORDER BY 1")
                for table in ("recon_item", "recon_act", "recon_posting")]  # fmt: skip
        return self.world.money(), *rows


@contextmanager
def _environment(database: Database) -> Any:
    before = dict(os.environ)
    os.environ.update(YIFEN_DATABASE_URL=database.app_url, YIFEN_BUCKETS=str(database.buckets))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def at(hour: int, minute: int = 0) -> datetime:
    """A local time of the first day, without a zone, as files have it."""
    return NOON.replace(hour=hour, minute=minute, tzinfo=None)
