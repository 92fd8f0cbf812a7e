"""A small network with one closed day: channels WX (its file has differences of every class that go
by themselves) and POS (its file agrees), hosted billers, an agreement, a split, a bank.
"""

import os
import time
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from tests.reconciliation.day import Day, Line
from tests.repair.bench import _environment
from tests.world import CHINA, DAY, Database, World, sealed_no
from yifen.core.facts import processes
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import read_ring
from yifen.core.facts.settings import read_settings
from yifen.hub.night import NightOutside
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.local import LocalHub
from yifen.night import runner
from yifen.night.codes import NightCode
from yifen.night.runner import Ran

NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=CHINA)
BOOKS = {
    "settlements": """SELECT p.code, s.business_day, s.due_fen, s.moved_fen, s.commission_fen,
        s.payments, s.amount_fen, s.signed_by FROM settlement s JOIN partner p ON p.id = s.biller_id
        ORDER BY 1, 2""",
    "parts": """SELECT q.code, s.business_day, p.code, x.reason, x.amount_fen, x.payout_on
        FROM settlement_part x JOIN settlement s USING (document_id)
        JOIN partner p ON p.id = x.biller_id JOIN partner q ON q.id = s.biller_id
        ORDER BY 1, 2, 3, 4""",
    "commissions": """SELECT p.code, c.business_day, c.reason, c.fee_fen, c.period_fen
        FROM commission c JOIN partner p ON p.id = c.biller_id ORDER BY 1, 2, 3""",
    "payouts": """SELECT p.code, y.due_on, y.amount_fen, y.state::text
        FROM payout y JOIN partner p ON p.id = y.biller_id ORDER BY 1, 2, 3""",
    "receipts": """SELECT p.code, r.business_day, r.gross_fen, r.fee_fen, r.state
        FROM receipt r JOIN partner p ON p.id = r.channel_id ORDER BY 1, 2""",
    "items": """SELECT p.code, i.business_day, i.class::text, i.serial, i.nth, i.state::text,
        i.action, i.closed_by FROM recon_item i JOIN partner p ON p.id = i.partner_id
        ORDER BY 1, 2, 3, 4, 5""",
    "postings": """SELECT i.serial, x.purpose, x.amount_fen, d.code, c.code
        FROM recon_posting x JOIN recon_item i USING (item_id)
        JOIN ledger_account d ON d.account_id = x.debit_id
        JOIN ledger_account c ON c.account_id = x.credit_id ORDER BY 1, 2""",
    "payments": """SELECT serial, amount_fen, payer_state::text, biller_state::text, business_day
        FROM payment ORDER BY 1""",
    "statements": """SELECT p.code, s.business_day, s.form, s.version, encode(s.sha256, 'hex')
        FROM daily_statement s JOIN partner p ON p.id = s.partner_id ORDER BY 1, 2, 3, 4""",
    "files": """SELECT p.code, f.business_day, f.version, f.rows, f.amount_fen FROM recon_file f
        JOIN partner p ON p.id = f.partner_id ORDER BY 1, 2, 3""",
    "runs": """SELECT p.code, r.business_day, r.matched_count FROM recon_run r
        JOIN partner p ON p.id = r.partner_id WHERE r.ended_at IS NOT NULL ORDER BY 1, 2""",
    "nights": "SELECT business_day, ended_at IS NOT NULL, signed_by FROM eod_run ORDER BY 1",
}


class Network:
    """The day is DAY, paid and not yet cut; partners' files lie in the inbox once `send` was called."""

    def __init__(self, database: Database, inbox: Path, built: "Network | None" = None) -> None:
        """On a copy of the database of one that was built, or else it is built."""
        self.database, self.inbox, self.now = database, inbox, NIGHT
        self.conn = psycopg.connect(database.app_url, autocommit=True)
        if built:
            self.world, self.lines = built.world.on(self.conn), list(built.lines)
        else:
            self.world = World(self.conn, database.buckets)
            self._build()
        with _environment(database):
            settings, ring = read_settings(), read_ring(os.environ["YIFEN_KEY_RING"], Path())
        night = database.url(processes.NIGHT)
        self.hub = LocalHub(lambda: Hub(settings, night, ring, lambda: self.now))
        self.outside = NightOutside(self.hub, inbox, lambda conn, bank: None, quiet_s=0)

    def other(self) -> psycopg.Connection[Any]:
        """A session of its own."""
        return psycopg.connect(self.database.app_url, autocommit=True)

    def close(self) -> None:
        self.hub.stop()
        self.conn.close()

    # --- who is there, and what they paid ------------------------------------------------------

    def _build(self) -> None:
        world = self.world
        for biller in ("WATER", "HEAT"):
            world.biller(biller)
        for channel in ("WX", "POS"):
            world.channel(channel)
            for biller in ("WATER", "HEAT"):
                world.admit(channel, biller)
        world.partner("CMB")
        account = world.account("1002.CMB")
        world._insert("bank", {"partner_id": world.ids["CMB"], "account_no": "6225", "endpoint": "",
                               "account_name": "省联社", "account_id": account})  # fmt: skip
        self._terms()
        Day.describe(self, "WX", whole=False)  # type: ignore[arg-type]
        world._insert("recon_profile", {
            "partner_id": world.ids["POS"], "party": "channel", "truth": "theirs", "format": "hub",
            "owner": "", "slack_min": 30, "by_rule": False, "rule_window_min": 60,
            "by_group": False, "deadline_days": 3,
        })  # fmt: skip
        self.lines: list[Line] = []
        for number in range(6):
            self.pay("WX", f"W{number}", "WATER" if number % 2 else "HEAT", 10_000 + number)
        for number in range(3):
            self.pay("POS", f"P{number}", "WATER", 20_000 + number)
        world.owe("WATER", "A77", "LATE", 4_321)  # what WX took, and never told us

    def _terms(self) -> None:
        world, water, heat = self.world, self.world.ids["WATER"], self.world.ids["HEAT"]
        agreement = world._insert("agreement", {
            "biller_id": water, "valid_from": date(2026, 1, 1), "mode": "net", "period": "day",
            "measure": "amount", "min_fen": 0, "lag_days": 0, "make_up_days": True,
            "payout": True,
        }, "id")  # fmt: skip
        world._insert("agreement_tier", {"agreement_id": agreement, "from_measure": 0,
                                         "rate_ppm": 3_000, "each_fen": 0})  # fmt: skip
        for biller in (water, heat):
            world._insert("merchant", {"biller_id": biller, "level": "store", "pooled": False})
        world._insert("merchant_split", {"merchant_id": water, "beneficiary_id": heat,
                                         "share_ppm": 200_000})  # fmt: skip
        world._insert("payee", {
            "biller_id": water, "bank_id": world.ids["CMB"], "account_no": sealed_no("6217002700000316788"),
            "account_name": "自来水公司", "bank_code": "103100000000", "bank_name": "农行",
        })  # fmt: skip

    def pay(self, channel: str, serial: str, biller: str, fen: int, hour: int = 9) -> None:
        account_no = f"A{serial}"
        self.world.owe(biller, account_no, f"B{serial}", fen)
        booked = self.world.charge(serial, {f"B{serial}": fen}, channel=channel, biller=biller,
                                   account_no=account_no)  # fmt: skip
        assert booked.code == 0, booked
        at = datetime.combine(self.day, datetime.min.time()) + timedelta(hours=hour)
        if channel == "WX":
            self.lines.append(Line(serial, "sale", fen, 0, at, account_no))

    @property
    def day(self) -> date:
        return self.world.value("SELECT current_day FROM ledger_book WHERE book_id = 1")

    # --- their files ---------------------------------------------------------------------------

    def faulty(self) -> list[Line]:
        """WX's file, which is its whole day: agrees with two of six, and differs in every way that goes by
        itself."""
        self.world.run("UPDATE recon_profile SET whole = true WHERE partner_id = %s", self.world.ids["WX"])
        first, second, third, fourth, fifth, _ = self.lines
        at = first.at
        return [
            first, second,
            third._replace(fen=third.fen + 55),  # amount: to suspense
            fourth._replace(kind="void"),  # status: we take it back
            fifth, fifth,  # twice: to suspense
            Line("X1", "sale", 777, 0, at, "NOBODY"),  # theirs only: to suspense
            Line("X2", "sale", 4_321, 0, at, "A77"),  # theirs only: booked
        ]  # and the sixth is missing: we take it back  # fmt: skip

    def send(self, partner: str, body: bytes, name: str = "") -> Path:
        folder = self.inbox / partner
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / (name or f"{partner}.txt")
        path.write_bytes(body)
        return path

    def send_lines(self, lines: list[Line], partner: str = "WX", name: str = "") -> Path:
        return self.send(partner, "".join(line.text() for line in lines).encode(), name)

    def send_ours(self, partner: str, day: date = DAY) -> Path:
        """Their file says just what our own daily file for them says; the day has to be cut."""
        rows = self.world.rows(
            "SELECT p.body FROM daily_file f JOIN daily_file_part p USING (file_id)"
            " WHERE f.partner_id = %s AND f.business_day = %s ORDER BY part_no",
            self.world.ids[partner], day,
        )  # fmt: skip
        return self.send(partner, b"".join(bytes(body) for (body,) in rows), f"{partner}-{day}")

    def cut(self, day: date = DAY) -> None:
        """As `yifen cut` does it: files are made, no night begins."""
        from yifen.hub.payments.files import close_day

        close_day(self.conn, 1, day, self.now)

    # --- the night -----------------------------------------------------------------------------

    def run(self, day: date = DAY, conn: Any = None, outside: Any = None, **more: Any) -> Ran:
        """Patient with a runner that has just died: its session ends a moment later."""
        deadline = time.monotonic() + 5
        while True:
            try:
                return runner.run(conn or self.conn, 1, day, outside or self.outside, self.now,
                                  **more)  # fmt: skip
            except Refused as refused:
                if refused.code is not NightCode.DAY_END_RUNNING or time.monotonic() > deadline:
                    raise
            time.sleep(0.01)

    def step(self, name: str, day: date = DAY) -> dict[str, Any]:
        rows = self.world.rows(
            "SELECT s.result FROM eod_step s JOIN eod_run r USING (eod_id)"
            " WHERE r.business_day = %s AND s.step = %s",
            day, name,
        )  # fmt: skip
        return dict(rows[0][0]) if rows else {}

    def books(self) -> dict[str, Any]:
        """Everything that a night may change, without the numbers that a crash may skip."""
        found: dict[str, Any] = {"balances": self.world.balances()}
        return found | {name: self.world.rows(query) for name, query in BOOKS.items()}


def copy_inbox(source: Path, target: Path) -> None:
    """The same files waiting in another place."""
    for path in source.rglob("*"):
        if path.is_file():
            aim = target / path.relative_to(source)
            aim.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):
                aim.write_bytes(path.read_bytes())


__all__ = ["DAY", "NIGHT", "Network", "copy_inbox"]
