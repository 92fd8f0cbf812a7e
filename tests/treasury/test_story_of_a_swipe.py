"""The story of one swipe, from the bank's word to what comes back behind New Year; the page on vouchers prints it."""

from contextlib import closing
from datetime import date, timedelta

import psycopg

from tests.docs import pages
from tests.settlement.bank_side import Serving
from tests.treasury.house import ACCOUNT, TreasuryHouse
from tests.world import DAY, Database, World
from yifen.hub.payments.verify import verify
from yifen.trades.budget import proof as of_budget
from yifen.trades.cards.books import proof as of_cards
from yifen.trades.treasury import proof as of_treasury

PAGES = ["docs/treasury.md", "docs/treasury.zh.md"]
SUMS = """
SELECT (SELECT sum(free_fen) FROM budget_indicator), (SELECT sum(quota_fen) FROM budget_indicator),
    (SELECT sum(held_fen) FROM budget_indicator), (SELECT sum(used_fen) FROM budget_indicator),
    coalesce(sum(amount_fen) FILTER (WHERE kind = 'posted'), 0),
    coalesce(sum(amount_fen) FILTER (WHERE kind = 'restored'), 0) FROM budget_entry"""
POSTINGS = """
SELECT t.transfer_no, coalesce(b.kind, c.kind, e.kind), x.code, y.code, t.amount_fen,
    coalesce(i.number, m.purpose, g.number, ''), t.business_day
FROM ledger_transfer t JOIN ledger_account x ON x.account_id = t.debit_id
JOIN ledger_account y ON y.account_id = t.credit_id
LEFT JOIN budget_entry b ON b.document_id = t.reference_id LEFT JOIN budget_indicator i USING (indicator_id)
LEFT JOIN card_entry c ON c.document_id = t.reference_id LEFT JOIN card_claim m USING (claim_id)
LEFT JOIN treasury_entry e ON e.document_id = t.reference_id LEFT JOIN treasury_clearing g USING (clearing_id)
ORDER BY t.transfer_no"""
CHECKED = """
SELECT (SELECT count(*) FROM treasury_clearing_row JOIN treasury_clearing c USING (clearing_id) WHERE c.on_day = %s),
    (SELECT count(*) FROM treasury_check_row JOIN treasury_check c USING (check_id)
     WHERE c.on_day = %s AND c.kind = '3507')"""
PROOFS = (of_budget, of_cards, of_treasury)
OF_LEDGER = ("5001", "2307", "2202", "4001", "1012", "3501")


class SwipeStory(TreasuryHouse):
    """Plays it; `steps` has what stands behind each."""

    def __init__(self, world: World, serving: Serving) -> None:
        super().__init__(world, serving)
        self.steps: list[tuple[int, ...]] = []
        assert self.units(("101001", "第一中学", "101"), **ACCOUNT) == "OK"

    def play(self) -> None:
        for part in (self.quota_is_too_short, self.it_is_claimed_and_signed, self.the_bank_pays_it,
                     self.goods_go_back_in_the_same_year, self.the_year_ends, self.goods_go_back_in_the_new_year,
                     self.a_payment_comes_back):  # fmt: skip
            part()

    def step(self) -> None:
        """The difference is 0 behind every one, nothing is above its indicator, nobody sees what is private."""
        *sums, posted, back = (int(fen) for fen in self.world.rows(SUMS)[0])
        ledger = self.ledger()
        assert sums[3] == posted - back == -ledger.get("8103", 0)
        assert sum(sums) == ledger["8001"]
        assert 8_800 not in {fen for row in self.official() for fen in row}
        with self.world.as_owner():
            assert [one for proof in PROOFS for one in proof.altered(self.world.conn)] == []
        self.steps.append((*sums, posted, back, *(ledger.get(code, 0) for code in OF_LEDGER)))

    # --- 1 to 3: what there is to spend ----------------------------------------------------------

    def quota_is_too_short(self) -> None:
        assert self.arrive("IND1", -900_000) == "OK"
        self.step()
        told = [self.swipe("S1", kind="auth", reference="RS"), self.swipe("S2", reference="RS"),
                self.swipe("S9", 8_800)]  # fmt: skip
        assert self.take(swipes=told) == []
        assert self.official() == []  # what nobody marked is private
        assert self.mark("S2") == "OK"
        assert self.official() == [(120_000, 0, 0, 120_000)]
        assert self.asked(self.line("S2", 120_000)) == ("BUDGET_NOT_ARRIVED", None, 1, 100_000)
        self.step()
        assert self.arrive("IND1", 500_000) == "OK"
        self.step()

    # --- 4 to 6: the claim -----------------------------------------------------------------------

    def it_is_claimed_and_signed(self) -> None:
        line = self.line("S2", 120_000, invoice="24332000000000000001", gross_fen=120_000)
        code, claim = self.ask(line)
        assert (code, self.sums("IND1")) == ("OK", (1_000_000, 400_000, 480_000, 120_000, 0))
        assert self.ask(line)[0] == "CARD_CLAIM_OVER"
        self.step()
        assert self.sign(claim, "p01", "h01", "c01") == ["PERMISSION_MISSING", "PERMISSION_MISSING", "OK"]
        self.step()
        assert self.sign(claim, "h01") == ["OK"]
        self.step()
        assert claim is not None
        self.due_now = self.repayment(claim)

    # --- 7 to 9: the bank pays -------------------------------------------------------------------

    def the_bank_pays_it(self) -> None:
        self.first = self.made(self.due_now)
        self.step()
        self.work()
        assert (self.voucher(self.first), self.lines(self.first)) == (
            (f"{DAY.year}-000001", "answered"), [(120_000, "paid", "")])  # fmt: skip
        self.step()
        self.the_treasury_clears()

    def the_treasury_clears(self) -> None:
        self.close_day()
        assert (self.differences(), {state for _number, _fen, state in self.cleared()}) == ([], {"cleared"})
        with self.world.as_owner():
            cleared, checked = self.world.rows(CHECKED, self.today, self.today)[0]
        assert (cleared, cleared > 0) == (checked, True)
        self.step()

    # --- 10 to 15: what comes back, New Year between ---------------------------------------------

    def goods_go_back_in_the_same_year(self) -> None:
        self.a_new_day(DAY + timedelta(1))
        self.goods_go_back("S3", 30_000)
        assert self.sums("IND1") == (1_000_000, 400_000, 510_000, 0, 90_000)
        self.the_treasury_clears()

    def goods_go_back(self, number: str, fen: int) -> None:
        """Its merchant tells by the bank's word, and the money is at the bank: nobody gets it twice."""
        assert self.take(swipes=[self.swipe(number, fen, "refund", reference="RS", posted_on=self.today)]) == []
        self.comes_back(self.first, fen, "退货")
        assert {left for *_rest, left in self.official()} == {0}

    def comes_back(self, voucher: int, fen: int, why: str) -> None:
        """The bank tells by 2203, the cashier takes it up, the head agrees."""
        self.agent.books.came_back(self.at_bank(voucher), 1, fen, self.clock(), why)
        self.fetch()
        told = self.world.value("SELECT return_id FROM treasury_return WHERE state = 'told'")
        assert self.ask_return(voucher, 1, 0, told) == ("OK", told)
        assert self.decide_return(told, fen, "c01") == "PERMISSION_MISSING"
        assert (self.decide_return(told, fen), self.ask_return(voucher, 1, 120_000)[0]) == ("OK", "RETURN_TOO_MUCH")
        self.step()

    def the_year_ends(self) -> None:
        assert self.year_end(DAY.year) == "YEAR_NOT_OVER"
        new = date(DAY.year + 1, 1, 5)
        self.a_new_day(new)
        assert self.year_end(DAY.year) == "OK"
        assert self.sums("IND1") == (90_000, 0, 0, 0, 90_000)
        self.step()
        assert (self.grant("IND2", 300_000, year=new.year), self.arrive("IND2", 300_000)) == ("OK", "OK")
        self.step()

    def a_new_day(self, day: date) -> None:
        """Every day until then ends."""
        while self.today < day:
            self.world.cut(self.today)
            self.world.now = self.clock.turn(86_400)

    @property
    def today(self) -> date:
        return self.clock().date()

    def goods_go_back_in_the_new_year(self) -> None:
        self.goods_go_back("S4", 20_000)
        assert (self.sums("IND1"), self.sums("IND2")) == ((90_000, 0, 0, 0, 90_000), (300_000, 0, 300_000, 0, 0))
        self.the_treasury_clears()

    # --- 16 to 22: a payment comes back ----------------------------------------------------------

    def a_payment_comes_back(self) -> None:
        self.a_new_day(self.today + timedelta(1))
        self.swiped("S5", 50_000, posted_on=self.today)
        voucher = self.claimed_and_paid()
        self.comes_back(voucher, 50_000, "账户已销户")
        assert (self.sums("IND2"), self.official()[-1]) == ((300_000, 0, 300_000, 0, 0), (50_000, 0, 0, 50_000))
        self.fetch()
        self.close_day()
        assert len(self.cleared()) == 3  # the bank does not claim what is back on the same day
        self.claimed_and_paid()
        self.the_treasury_clears()
        assert self.ask(self.line("S5", 1))[0] == "CARD_CLAIM_OVER"

    def claimed_and_paid(self) -> int:
        claim = self.approved(self.line("S5", 50_000, invoice="24332000000000000002", gross_fen=50_000), purpose="会议")
        voucher = self.made(self.repayment(claim))
        self.step()
        self.work()
        assert self.lines(voucher) == [(50_000, "paid", "")]
        self.step()
        return voucher


def test_every_step_and_every_posting_is_that_of_the_page(database: Database, serving: Serving):
    with psycopg.connect(database.app_url) as conn:
        story = SwipeStory(World(conn, database.buckets), serving)
        with closing(story):
            story.play()
        told = [[str(number), *map(str, step)] for number, step in enumerate(story.steps, 1)]
        posted = [[str(cell) for cell in row] for row in story.world.rows(POSTINGS)]
    with psycopg.connect(database.owner_url) as owner:
        assert verify(owner).problems == []
    for page in PAGES:
        assert told == [[number, *figures] for number, _what, *figures in pages.rows(page, "proof")]
        assert posted == pages.rows(page, "postings")
