"""A small town that bills: a company, its fees, prices, customers and uses by plain SQL; runs by the functions that the
processes call."""

from datetime import date
from typing import Any

from tests.world import NOON, World, the_ring
from yifen.core.facts.codes import ResultCode
from yifen.core.plugs import result_code
from yifen.hub.payments import payables
from yifen.hub.payments.proof import altered as hub_altered
from yifen.trades.billing.runs.proof import altered

PARTS = [("电费", "qty", 1, "0.5469"), ("电费", "qty", 2, "0.5969"), ("电费", "qty", 3, "0.8469")]
LIMITS = [(1, 2_520_000), (2, 4_800_000)]
"""Power of Shandong, tiers by the year."""


class Town:
    """POWER bills here, takes prepayments and asks for quotes; WX collects for it. One bucket."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.biller = world.biller("POWER", quote_ttl_s=600)
        world.channel("WX")
        world.admit("WX", "POWER")
        world.people()
        world.run("INSERT INTO access_user_role (user_id, role) SELECT id, r FROM access_user,"
                  " unnest('{finance,institution_admin}'::text[]) r ON CONFLICT DO NOTHING")  # fmt: skip
        proposal = world.two_people("billing.open", "POWER", {"biller": self.biller, "prepaid": True}, self.biller)
        assert world.value("SELECT billing_open_v1(%s)", proposal) == 0
        self.serials = 0

    def fee(self, code: str = "power", **fields: Any) -> int:
        """Metered power in tiers of the year, whole bills, due after 15 days; fields otherwise."""
        row = {"biller_id": self.biller, "code": code, "name": "电费", "unit": "kWh", "metered": True, "cycle": "year",
               "mode": "exact", "due_days": 15} | fields  # fmt: skip
        return int(self.world._insert("billing_fee", row, "fee_id"))

    def price(
        self, fee: int, parts: list[tuple[str, str, int, str]] = PARTS, limits: list[tuple[int, int]] = LIMITS,
        since: date = date(2025, 1, 1), **fields: Any,
    ) -> int:  # fmt: skip
        row = {"fee_id": fee, "class": "residential", "name": "居民", "valid_from": since} | fields
        price = int(self.world._insert("billing_price", row, "price_id"))
        for number, (name, basis, tier, yuan) in enumerate(parts, 1):
            self.world._insert("billing_part", {"price_id": price, "part_no": number, "name": name, "basis": basis,
                                                "tier": tier, "price": yuan})  # fmt: skip
        for tier, milli in limits:
            self.world._insert("billing_limit", {"price_id": price, "tier": tier, "limit_milli": milli})
        return price

    def customer(self, account_no: str, persons: int = 3) -> int:
        """A holder at a place of his own."""
        world = self.world
        place = world._insert("billing_place", {"biller_id": self.biller, "name": account_no, "path": account_no},
                              "place_id")  # fmt: skip
        count = world.value("SELECT count(*) FROM billing_customer")
        with world.as_owner():
            world.run(payables.PAYERS_SQL, *payables.pack_payers(the_ring(), 0, [(self.biller, account_no, "李小龙")]))
        return int(world._insert("billing_customer", {
            "bucket": 0, "customer_id": (count + 1) * 1000, "biller_id": self.biller, "account_no": account_no,
            "place_id": place, "persons": persons, "opened_on": date(2025, 1, 1)}, "customer_id"))  # fmt: skip

    def service(self, customer: int, fee: int, since: date = date(2025, 1, 1), **fields: Any) -> int:
        count = self.world.value("SELECT count(*) FROM billing_service")
        row = {"bucket": 0, "service_id": (count + 1) * 1000, "customer_id": customer, "fee_id": fee,
               "class": "residential", "from_on": since} | fields  # fmt: skip
        return int(self.world._insert("billing_service", row, "service_id"))

    def used(self, service: int, since: date, until: date, milli: int, **fields: int) -> None:
        self.world._insert("billing_usage", {"bucket": 0, "service_id": service, "from_on": since, "to_on": until,
                                             "qty_milli": milli} | fields)  # fmt: skip

    # --- runs ----------------------------------------------------------------------------------------
    def begun(self, fee: int, since: date, until: date, service: int | None = None) -> tuple[ResultCode, int | None]:
        code, run = self.world.rows(
            "SELECT code, run_id FROM billing_begin_v1('maker01', %s, %s, %s, %s, %s, %s)", fee, service, since, until,
            max(date(2026, 12, 20), since), NOON)[0]  # fmt: skip
        return result_code(code), run

    def past(self, run: int | None) -> str:
        """It tells of a time before the company came here."""
        return result_code(self.world.value("SELECT billing_past_v1('maker01', %s)", run)).name

    def made(self, fee: int, since: date, until: date, service: int | None = None, past: bool = False) -> int:
        """A run whose bills are made."""
        code, run = self.begun(fee, since, until, service)
        assert not past or self.past(run) == "OK"
        assert (code.name, run is None) == ("OK", False)
        assert run is not None
        for (piece,) in self.world.rows("SELECT piece FROM billing_piece WHERE run_id = %s ORDER BY piece", run):
            self.world.value("SELECT billing_make_v1(%s, %s, %s)", run, piece, NOON)
        return run

    def agreed(self, run: int) -> int:
        figures = self.world.value("SELECT billing_figures_v1(%s)", run)
        return self.world.two_people("billing.publish", str(run), {"run": run, "figures": figures}, self.biller)

    def published(self, run: int) -> list[str]:
        """The codes of its pieces."""
        proposal = self.agreed(run)
        pieces = self.world.rows("SELECT piece FROM billing_piece WHERE run_id = %s ORDER BY piece", run)
        return [result_code(self.world.value("SELECT billing_publish_v1(%s, %s, %s)", proposal, piece, NOON)).name
                for (piece,) in pieces]  # fmt: skip

    def cancelled(self, bill: int) -> tuple[str, int | None]:
        code, run = self.world.rows("SELECT code, run_id FROM billing_cancel_v1('maker01', %s, '抄错', %s)",
                                    bill, NOON)[0]  # fmt: skip
        return result_code(code).name, run

    def corrected(self, service: int, milli: int, on: date, bill: int | None = None) -> tuple[str, int | None]:
        code, run = self.world.rows(
            "SELECT code, run_id FROM billing_correct_v1('maker01', %s, %s, %s, %s, %s, '表计误差', %s)", service,
            milli, on, max(date(2026, 12, 20), on), bill, NOON)[0]  # fmt: skip
        return result_code(code).name, run

    # --- money ---------------------------------------------------------------------------------------
    def on(self, day: date) -> None:
        """It is noon of that day by the clock, and no later business day is open."""
        self.world.now = self.world.now.replace(year=day.year, month=day.month, day=day.day)
        self.world.set_up("UPDATE ledger_book SET current_day = greatest(current_day, %s)", day)

    def asked(self, account_no: str) -> dict[str, int]:
        """What a query tells: brought up to date first, as the hub does it. What is left of each; 0: a balance."""
        self.world.run("SELECT payments_fresh_v1(0::smallint, %s, %s, %s)", self.biller, account_no, self.world.now)
        return dict(self.world.rows("SELECT ref, due_fen - paid_fen FROM payable WHERE account_no = %s"
                                    " AND state = 'open' ORDER BY due_on, ref", account_no))  # fmt: skip

    def late_rule(self, fee: int, rate: str, later_rate: str, **fields: Any) -> None:
        """Permille a day, from long ago."""
        self.world._insert("billing_late_rule", {"fee_id": fee, "valid_from": date(2020, 1, 1), "rate": rate,
                                                 "later_rate": later_rate} | fields)  # fmt: skip

    def postings(self) -> list[tuple[str, str, str, int]]:
        """(what, debit, credit, fen) of the company's documents, in order."""
        return self.world.rows(
            "SELECT k.kind, split_part(d.code, '.', 1), split_part(c.code, '.', 1), t.amount_fen FROM billing_booking k"
            " JOIN ledger_transfer t ON t.bucket = k.bucket AND t.reference_id = k.document_id"
            " JOIN ledger_account d ON d.account_id = t.debit_id JOIN ledger_account c ON c.account_id = t.credit_id"
            " ORDER BY t.transfer_no")  # fmt: skip

    def paid(self, account_no: str, lines: dict[str, int], channel: str = "WX") -> str:
        """Charged after a quote of all that is open; the name of the code."""
        world = self.world
        self.serials += 1
        due = dict(world.rows("SELECT ref, due_fen - paid_fen FROM payable WHERE account_no = %s AND state = 'open'",
                              account_no))  # fmt: skip
        world.quote(f"q{self.serials}", due, world.now.replace(hour=23), channel, "POWER", account_no)
        return world.charge(f"S{self.serials}", lines, channel=channel, biller="POWER", account_no=account_no,
                            quote=f"q{self.serials}").code.name  # fmt: skip

    def book(self) -> None:
        self.world.run("SELECT billing_book_v1(0::smallint, %s)", NOON)

    def books(self) -> dict[str, int]:
        """Balances of the company's accounts in fen, debits above credits."""
        return {kind: fen for kind, fen in self.world.rows(
            "SELECT split_part(a.code, '.', 1), (sum(b.debit_posted_fen) - sum(b.credit_posted_fen))::bigint"
            " FROM ledger_balance b JOIN ledger_account a USING (account_id)"
            " WHERE a.code ~ '^(1123|1124|2203|6001|6701)[.]' GROUP BY a.code ORDER BY a.code") if fen}  # fmt: skip

    def wrong(self) -> list[str]:
        """What verify finds, as it would be committed."""
        self.world.run("SET CONSTRAINTS ALL IMMEDIATE")
        found = [*altered(self.world.conn), *hub_altered(self.world.conn)]
        self.world.run("SET CONSTRAINTS ALL DEFERRED")
        return found

    def bills(self, run: int) -> list[tuple[int, int, int]]:
        """(bill, quantity, fen) of a run, in order."""
        return self.world.rows("SELECT bill_id, qty_milli, amount_fen FROM billing_bill WHERE run_id = %s"
                               " ORDER BY bill_id", run)  # fmt: skip

    def lines(self, bill: int) -> list[tuple[int, int, int]]:
        """(part, quantity, fen)."""
        return self.world.rows("SELECT part_no, qty_milli, amount_fen FROM billing_line WHERE bill_id = %s"
                               " ORDER BY line_no", bill)  # fmt: skip

    def owed(self, account_no: str) -> dict[str, tuple[str, int, int, int | None]]:
        """Payables of an account by ref: state, due, paid, balance."""
        return {ref: tuple(rest) for ref, *rest in self.world.rows(
            "SELECT ref, state::text, due_fen, paid_fen, balance_fen FROM payable WHERE account_no = %s ORDER BY ref",
            account_no)}  # fmt: skip
