"""Whatever is swiped, marked, claimed, signed, vouched, paid, returned and ended: never above the indicator, nothing
paid twice, and what is private is seen by its holder alone. What the agent bank's own books say is asked too."""

from collections import Counter
from collections.abc import Callable
from random import Random

import pytest

from tests.budget.test_proof import a_year_on
from tests.cards.office import CARD
from tests.treasury.house import ACCOUNT, TreasuryHouse
from tests.world import DAY
from yifen.trades.budget import proof as of_budget
from yifen.trades.cards.books import proof as of_cards
from yifen.trades.treasury import proof as of_treasury

HouseOf = Callable[..., TreasuryHouse]
FENS = (1, 500, 7_000, 40_000)
OVER = """
SELECT 'indicator ' || number FROM budget_indicator WHERE used_fen + held_fen + quota_fen > granted_fen
UNION ALL SELECT 'swipe ' || s.swipe_id FROM card_swipe s JOIN card_claim_line n USING (swipe_id)
    JOIN card_repayment r USING (claim_id, line_no) WHERE r.state IN ('paid', 'returned')
    GROUP BY s.swipe_id, s.amount_fen HAVING sum(r.amount_fen - r.returned_fen) > s.amount_fen
UNION ALL SELECT 'invoice ' || i.key FROM card_invoice i JOIN card_claim_line n USING (invoice_id)
    JOIN card_repayment r USING (claim_id, line_no) WHERE r.state IN ('paid', 'returned')
    GROUP BY i.key, i.gross_fen HAVING sum(r.amount_fen - r.returned_fen) > i.gross_fen
UNION ALL SELECT 'seen ' || o.swipe_id FROM card_official o WHERE (SELECT k.mark FROM card_mark k
    WHERE k.swipe_id = o.swipe_id ORDER BY k.turn DESC LIMIT 1) IS DISTINCT FROM 'official'
UNION ALL SELECT 'claimed ' || n.swipe_id FROM card_claim_line n LEFT JOIN card_official o USING (swipe_id)
    JOIN card_claim m USING (claim_id) LEFT JOIN card_repayment r USING (claim_id, line_no)
    WHERE n.swipe_id IS NOT NULL AND o.swipe_id IS NULL AND r.state IS DISTINCT FROM 'returned'
        AND m.state IN ('asked', 'approved')"""
SUMS = """SELECT (SELECT sum(used_fen) FROM budget_indicator),
    coalesce(sum(amount_fen) FILTER (WHERE kind = 'posted'), 0),
    coalesce(sum(amount_fen) FILTER (WHERE kind = 'restored'), 0) FROM budget_entry"""


class RandomYear:
    """Acts by chance; `codes`: how often each was answered."""

    def __init__(self, house: TreasuryHouse, seed: int) -> None:
        self.house, self.draw, self.codes = house, Random(seed), Counter[str]()
        self.card, self.swipes, self.step, self.year = CARD, list[str](), 0, DAY.year

    def begin(self) -> None:
        """What a year needs, whatever chance brings then: lines that are paid, and what is refused on the way."""
        house = self.house
        for number in ("D0", "D1", "D2", "D3"):
            house.swiped(number, 40_000)
            self.swipes.append(number)
            claim = house.approved(*(house.line(number, fen) for fen in (900, 1_000, 1_100, 1_200)))
            due = [house.repayment(claim, line) for line in range(1, 5)]
            code, voucher = house.make(*due)
            self.told(*house.sign(claim, "c01"), code, house.make(*due)[0], house.agree(voucher, "c01"),
                      house.agree(voucher))  # fmt: skip
            house.work(1)
            house.work(1)
        back = house.swipe("X", 40_001, "refund", reference="RD0")
        self.told(*house.take(swipes=[house.swipe("D0", 1), back]), house.mark("D0", "private"),
                  house.ask(house.line("D0", 40_001))[0], house.ask(house.line("D0", 9, item="99"))[0],
                  house.ask(house.line("D0", 9, invoice="24332000000000000001", gross_fen=8))[0],
                  house.arrive("IND1", -(10**9)), house.grant("IND1", -(10**9)))  # fmt: skip

    def play(self, steps: int) -> None:
        self.begin()
        acts = [name for name in dir(self) if name.startswith("do_")]
        for self.step in range(steps):
            if self.step == steps * 2 // 3:
                self.new_year()
            getattr(self, self.draw.choice(acts))(self.draw.choice(FENS))
            if self.step % 10 == 0:
                self.check()

    def check(self) -> None:
        with self.house.world.as_owner():
            assert self.house.world.rows(OVER) == [], self.step
            used, posted, back = self.house.world.rows(SUMS)[0]
        assert used == posted - back == -self.house.ledger().get("8103", 0), self.step
        assert self.house.mine("c01") == self.house.mine("h01") == [], self.step

    def end(self) -> None:
        """All is answered; the bank's books, by detail, are what the hub says of each line."""
        self.check()
        ours = dict(self.house.world.rows(
            "SELECT v.voucher_no || '-' || l.line_no, l.amount_fen FROM treasury_line l JOIN treasury_voucher v"
            " USING (voucher_id) WHERE l.result = 'paid'"))  # fmt: skip
        agent = {f"{kept.voucher.number}-{place}": line.fen for kept in self.house.agent.books.kept.values()
                 for place, line in enumerate(kept.lines, 1) if not line.reason}  # fmt: skip
        assert (ours, len(ours) > 8) == (agent, True)
        with self.house.world.as_owner():
            assert [one for proof in (of_budget, of_cards, of_treasury)
                    for one in proof.altered(self.house.world.conn)] == []  # fmt: skip

    def new_year(self) -> None:
        a_year_on(self.house)
        self.house.clock.now = self.house.world.now
        assert (self.house.year_end(self.year), self.house.year_end(self.year)) == ("OK", "OK")
        self.year += 1
        assert (self.house.grant("IND2", 300_000, year=self.year), self.house.arrive("IND2", 200_000)) == ("OK", "OK")

    def a_day_on(self) -> None:
        self.house.world.cut()
        self.house.world.now = self.house.clock.turn(86_400)

    def told(self, *codes: str) -> bool:
        self.codes.update(codes)
        return codes[-1:] == ("OK",)

    def picked(self, statement: str) -> tuple[int, ...] | None:
        rows = self.house.world.rows(statement)
        return self.draw.choice(rows) if rows else None

    # --- the acts --------------------------------------------------------------------------------

    def do_swipe(self, fen: int) -> None:
        number = f"N{self.draw.randrange(60)}"
        told = self.house.take(swipes=[self.house.swipe(number, fen, card_no=self.card)])
        self.swipes += [] if told else [number]
        self.told(*told)

    do_swipe_more = do_swipe

    def do_refund(self, fen: int) -> None:
        if self.swipes:
            of = self.draw.choice(self.swipes)
            self.told(*self.house.take(swipes=[
                self.house.swipe(f"B{self.step}", fen, "refund", card_no=self.card, reference=f"R{of}")]))  # fmt: skip

    def do_reissue(self, _fen: int) -> None:
        if self.draw.random() < 0.3:
            new = f"62838800000{self.step:05d}"
            told = self.house.take([self.house.card("reissued", self.step, self.card, new_card_no=new)])
            self.card = self.card if told else new
            self.told(*told)

    def do_mark(self, _fen: int) -> None:
        if self.swipes:
            mark = self.draw.choice(("official", "official", "official", "private", "disputed"))
            self.told(self.house.mark(self.draw.choice(self.swipes), mark))

    do_mark_more = do_mark

    def do_claim(self, fen: int) -> None:
        if self.swipes:
            invoice = self.draw.choice(({}, {"invoice": "24332000000000000001", "gross_fen": 50_000}))
            number = self.draw.choice(self.swipes)
            left = next(left for one, _mark, left in self.house.mine() if one == number)
            self.told(self.house.ask(self.house.line(number, self.draw.choice((fen, max(left, 1))), **invoice),
                                     kind=self.draw.choice(("claim", "claim", "advance")))[0])  # fmt: skip

    do_claim_more = do_claim_again = do_claim

    def do_sign(self, _fen: int) -> None:
        if one := self.picked("SELECT claim_id FROM card_claim WHERE state = 'asked'"):
            self.told(*self.house.sign(one[0], *self.draw.choice((("c01",), ("c01", "h01"), ("h01", "c01", "h01"))),
                                       yes=self.draw.random() < 0.9))  # fmt: skip

    do_sign_more = do_sign_again = do_sign

    def do_voucher(self, _fen: int) -> None:
        due = [one for (one,) in self.house.world.rows(
            "SELECT repayment_id FROM card_repayment ORDER BY state <> 'due', repayment_id DESC LIMIT 4")]  # fmt: skip
        code, voucher = self.house.make(*self.draw.sample(due, min(len(due), self.draw.choice((1, 1, 2)))))
        if self.told(code):
            self.told(self.house.agree(voucher, yes=self.draw.random() < 0.9))

    do_voucher_more = do_voucher

    def do_work(self, _fen: int) -> None:
        self.house.work(1)

    def do_money_back(self, fen: int) -> None:
        """Asked for by the cashier, decided by the head."""
        line = self.picked("SELECT voucher_id, line_no, amount_fen FROM treasury_line WHERE result = 'paid'")
        if line is None:
            return
        code, asked = self.house.ask_return(line[0], line[1], self.draw.choice((fen, line[2])))
        if self.told(code):
            fen = self.house.world.value("SELECT amount_fen FROM treasury_return WHERE return_id = %s", asked)
            self.told(self.house.decide_return(asked, fen, yes=self.draw.random() < 0.8))

    do_money_back_more = do_money_back

    def do_budget(self, fen: int) -> None:
        number = f"IND{self.year - DAY.year + 1}"
        self.told(self.house.arrive(number, self.draw.choice((-fen, fen))))
        self.told(self.house.grant(number, self.draw.choice((-fen, fen)), year=self.year))

    def do_day_end(self, _fen: int) -> None:
        if self.draw.random() < 0.2:
            self.house.close_day()
            self.a_day_on()


def played(house: TreasuryHouse, seed: int, steps: int) -> Counter[str]:
    assert house.units(("101001", "第一中学", "101"), **ACCOUNT) == "OK"
    year = RandomYear(house, seed)
    year.play(steps)
    for _day in range(4):  # what was agreed on a Saturday leaves on Monday
        year.a_day_on()
        house.work()
    year.end()
    return year.codes


def test_never_above_the_indicator_nothing_paid_twice_and_nothing_private_seen(house_of: HouseOf):
    codes = played(house_of("", "part", "", "fail", ""), 1930, 500)
    assert (codes["OK"] > 60, len(codes) > 10) == (True, True), codes


@pytest.mark.parametrize("seed", range(6))
def test_after_many_more_acts_too(house_of: HouseOf, seed: int):
    played(house_of("", "part", "", "fail", "", "part"), seed, 800)
