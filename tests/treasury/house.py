"""The bureau with cards, its agent bank and its treasury: the real simulators over HTTP, and the worker's hand."""

from typing import Any

from tests.budget.bureau import CODE
from tests.cards.office import CardOffice
from tests.settlement.bank_side import TIMEOUT_S, Clock, Serving
from tests.world import DAY, World, the_ring
from yifen.core.plugs import result_code
from yifen.core.wire.keys import Key
from yifen.trades.treasury import clearing, sending
from yifen.trades.treasury.simulators.agent_bank import AgentPace, SimulatedAgentBank
from yifen.trades.treasury.simulators.agent_books import AgentBooks
from yifen.trades.treasury.simulators.treasury import SimulatedTreasury
from yifen.trades.treasury.simulators.treasury_books import TreasuryBooks
from yifen.trades.treasury.wire.paper_client import PaperPort
from yifen.trades.treasury.wire.paper_port import reference_of

KEY = Key(partner="AGENT", version=1, algorithm="hmac-sha256", secret=b"a secret of 20 bytes")
ACCOUNT = {"account_no": "1610020109008001", "bank_name": "工行营业部", "bank_code": "102471000012"}


class TreasuryHouse(CardOffice):
    """AGENT pays, TRE clears. `script`: what vouchers meet at the bank."""

    def __init__(self, world: World, serving: Serving, script: list[str] | None = None, odd: str = "",
                 back_s: float = 0.0) -> None:  # fmt: skip
        super().__init__(world)
        self.clock, self.serving = Clock(world.now), serving
        self.agent_id, self.treasury_id = self.house("AGENT"), self.house("TRE")
        assert self.agreed("treasury.rule", "treasury_keep_rule_v1", {
            "valid_from": str(DAY), "bank_id": self.agent_id, "treasury_id": self.treasury_id,
            "treasury_no": "1710000000", "purpose": "公务卡还款", "class_digits": 3}) == "OK"  # fmt: skip
        self.agent = SimulatedAgentBank(KEY, AgentBooks(), self.clock, orders=script or [],
                                        pace=AgentPace(2 * TIMEOUT_S, 60, back_s))  # fmt: skip
        self.treasury = SimulatedTreasury(KEY, TreasuryBooks(odd=odd), self.clock)
        ports = (serving.open(self.agent), serving.open(self.treasury))  # type: ignore[arg-type]
        self.ports = {house: PaperPort(f"http://127.0.0.1:{port}", KEY, self.clock, 2 * TIMEOUT_S)
                      for house, port in zip((self.agent_id, self.treasury_id), ports, strict=True)}  # fmt: skip

    def close(self) -> None:
        for door in (self.agent, self.treasury):
            self.serving.close(door)  # type: ignore[arg-type]

    def house(self, code: str) -> int:
        found = self.world.partner(code)
        self.world.set_up(
            "INSERT INTO bank (partner_id, account_no, account_name, account_id, endpoint)"
            " VALUES (%s, '9551000000000009', '行', %s, '')", found, self.world.account(f"1002.{code}"))  # fmt: skip
        return found

    # --- people ----------------------------------------------------------------------------------

    def due(self, *fens: int) -> list[int]:
        """Repayments of an approved claim, a line an amount."""
        number = f"S{self.serials + 1}"
        self.swiped(number, sum(fens))
        claim = self.approved(*(self.line(number, fen) for fen in fens))
        return [self.repayment(claim, line) for line in range(1, len(fens) + 1)]

    def make(self, *repayments: int, login: str = "c01") -> tuple[str, int | None]:
        code, voucher = self.world.rows("SELECT code, voucher_id FROM treasury_make_v1(%s, %s, %s)", login,
                                        list(repayments), self.world.now)[0]  # fmt: skip
        return result_code(code).name, voucher

    def agree(self, voucher: int | None, login: str = "h01", yes: bool = True, seen: bytes | None = None) -> str:
        shown = seen or self.world.value("SELECT content FROM treasury_voucher WHERE voucher_id = %s", voucher)
        return self.code("SELECT treasury_agree_v1(%s, %s, %s, %s, '有误', %s)", login, voucher, shown, yes,
                         self.world.now)

    def made(self, *repayments: int) -> int:
        code, voucher = self.make(*repayments)
        assert code == "OK", code
        assert voucher is not None
        assert self.agree(voucher) == "OK"
        return voucher

    def ask_return(
        self, voucher: int, line: int, fen: int, told: int | None = None, login: str = "c01"
    ) -> tuple[str, Any]:
        code, found = self.world.rows(
            "SELECT code, return_id FROM treasury_ask_return_v1(%s, %s, %s, %s::smallint, %s, %s, %s)", login, told,
            voucher, line, fen, "退货", self.world.now)[0]  # fmt: skip
        return result_code(code).name, found

    def decide_return(self, asked: int, fen: int, login: str = "h01", yes: bool = True) -> str:
        return self.code("SELECT treasury_decide_return_v1(%s, %s, %s, %s, %s)", login, asked, fen, yes, self.world.now)

    def came_back(self, voucher: int, line: int, fen: int) -> None:
        code, asked = self.ask_return(voucher, line, fen)
        assert code == "OK", code
        assert self.decide_return(asked, fen) == "OK"

    # --- the worker ------------------------------------------------------------------------------

    def work(self, seconds: float = 0) -> None:
        self.world.now = self.clock.turn(seconds)
        sending.work(self.world.conn, the_ring(), self.ports.get, self.clock)

    def close_day(self) -> None:
        """The bank claims from the treasury, the hub fetches all papers."""
        for kind in ("2301", "2302"):
            for paper in self.agent.books.papers(kind, self.clock().date(), self.clock()):
                assert self.treasury.books.take(paper, self.clock().date()) is not None
        self.fetch()

    def fetch(self) -> None:
        clearing.work(self.world.conn, the_ring(), self.ports.get, self.clock)

    # --- what stands there -----------------------------------------------------------------------

    def lines(self, voucher: int) -> list[tuple[Any, ...]]:
        return self.world.rows("SELECT amount_fen, result, reason FROM treasury_line WHERE voucher_id = %s"
                               " ORDER BY line_no", voucher)  # fmt: skip

    def voucher(self, voucher: int) -> tuple[str, str]:
        return self.world.rows("SELECT voucher_no, state FROM treasury_voucher WHERE voucher_id = %s", voucher)[0]

    def at_bank(self, voucher: int) -> str:
        """What the bank knows it by."""
        return reference_of(CODE, self.voucher(voucher)[0])

    def differences(self) -> list[tuple[Any, ...]]:
        return self.world.rows("SELECT what, about, ours_fen, theirs_fen FROM treasury_difference ORDER BY 1, 2")

    def cleared(self) -> list[tuple[Any, ...]]:
        return self.world.rows("SELECT number, amount_fen, state FROM treasury_clearing ORDER BY clearing_id")
