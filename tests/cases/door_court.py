"""A court with everything around it that is real: the POS door with its terminal and acquirer, the hub's settlement
that pays to its main account, its bank's port, the worker's hand. Committed in a database of its own."""

from typing import Any

from tests.cases.court import RULE
from tests.cases.paying import PayingCourt
from tests.pos.bench import PosBench
from tests.settlement.bank_side import KEY, TIMEOUT_S, Serving
from tests.settlement.squared import Squared
from tests.world import Database, World
from yifen.core.wire.bank_client import BankPort
from yifen.hub.simulators.bank import Pace, SimulatedBank
from yifen.hub.simulators.bank_books import BankBooks
from yifen.trades.cases.payout import payout_sending
from yifen.trades.settlement.operations import payouts

LEVELS = [["check", 0], ["bureau", 0], ["head", 1_000_000]]


class CommittedCourt(PayingCourt):
    """What two people decide is done in one transaction."""

    def agreed(self, act: str, function: str, **content: Any) -> str:
        with self.world.conn.transaction():
            return super().agreed(act, function, **content)

    def rule(self, **fields: Any) -> str:
        with self.world.conn.transaction():
            return super().rule(**({"levels": LEVELS} | fields))


class CourtBench(PosBench):
    """`orders`: what happens to what the bank is told, in turn."""

    biller = "COURT01"

    def __init__(self, database: Database, orders: list[str], back_s: float = 7_200) -> None:
        super().__init__(database)
        self.serving = Serving()
        self.bank = SimulatedBank(KEY, BankBooks(str(RULE["main_no"]), "法院"), self.clock, orders=orders,
                                  pace=Pace(late_s=2 * TIMEOUT_S, process_s=60, back_s=back_s))  # fmt: skip
        self.bank_port = BankPort(f"http://127.0.0.1:{self.serving.open(self.bank)}", KEY, self.clock, TIMEOUT_S)

    def network(self) -> World:
        self.squared = Squared(self.conn, self.database.buckets)
        self.court = CommittedCourt(self.squared, has_bank=True)
        self.squared.agreement("COURT01", ((0, 0, 0),), payout=True)
        self.squared.payee("COURT01", "BANK1", str(RULE["main_no"]))
        return self.squared

    def close(self) -> None:
        self.serving.close(self.bank)
        self.serving.stop()
        super().close()

    def later(self, seconds: float) -> None:
        self.world.now = self.clock.turn(seconds)

    def night(self, nights: int = 1) -> None:
        """Days end: the court's is settled, and paid to its main account."""
        for _ in range(nights):
            day = self.world.now.date()
            tomorrow = self.world.cut(day)
            self.later(86_400)
            with self.conn.transaction():
                self.squared.settle("COURT01", day, self.world.now)
                for paid in payouts.instruct_due(self.conn, 1, tomorrow, self.world.now):
                    for state in ("sent", "done"):
                        payouts.mark(self.conn, paid.document_id or 0, state, self.world.now)

    def hub_payout(self) -> dict[str, Any]:
        """The newest of the hub to the main account, as its bank's statement has it."""
        reference, fen = self.world.rows("SELECT reference, amount_fen FROM payout ORDER BY document_id LIMIT 1")[0]
        return self.court.line(fen, reference=reference)

    def pay_out(self, seconds: float = 0) -> None:
        """The worker's turn at the bank's port, later."""
        self.later(seconds)
        payout_sending.work(self.conn, self.ring, lambda bank_id: self.bank_port, self.clock)
