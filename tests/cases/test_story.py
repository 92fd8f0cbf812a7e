"""The story of one case, from the court's list to the last fen; the page on court funds prints it, step by step.

(2018)桂0304执123号 was closed without money and is resumed as 执恢45号. Money comes over a counter, at the court's
terminal and by transfer, some of it with a wrong number; a part is held for another court, the rest is distributed
among two creditors; one transfer comes back.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from tests.cases.door_court import CourtBench
from tests.conftest import NewDatabase
from tests.docs import pages
from tests.world import DAY
from yifen.hub.payments.figures.counted import proved
from yifen.hub.payments.names import sealed_name
from yifen.hub.payments.verify import verify
from yifen.trades.cases import caseno
from yifen.trades.cases.list_rows import ListCheck
from yifen.trades.cases.payout.plan_rules import PlanClaim, planned
from yifen.trades.cases.rules import party_context

PAGES = ["docs/court.md", "docs/court.zh.md"]
LIST = (["案号", "申请执行人", "被执行人", "承办人"],
        ["〔2018〕桂０３０４执0123号", "王申请", "李四", "judge01"],
        ["(2026)桂0304执7号", "青溪建材有限公司", "赵六", "judge01"])  # fmt: skip
OLD, OTHER, RESUMED = "(2018)桂0304执123号", "(2026)桂0304执7号", "(2026)桂0304执恢45号"
PROOF = """SELECT cases_fen, unknown_fen, interest_fen, fee_fen, coming_fen, main_fen, bank_fen, unshown_fen, gap_fen,
    bank_gap_fen, unfollowed_fen, open_fen FROM court_proof"""
POSTINGS = """
SELECT t.transfer_no, coalesce(e.kind, CASE WHEN t.reference_id > 0 THEN 'payment'
        WHEN EXISTS (SELECT FROM payout y WHERE y.document_id = t.reference_id) THEN 'hub payout'
        WHEN EXISTS (SELECT FROM settlement s WHERE s.document_id = t.reference_id) THEN 'settlement' END),
    t.kind::text, d.code, c.code, t.amount_fen, coalesce(k.number, ''), t.business_day
FROM ledger_transfer t JOIN ledger_account d ON d.account_id = t.debit_id
JOIN ledger_account c ON c.account_id = t.credit_id LEFT JOIN court_entry e ON e.document_id = t.reference_id
LEFT JOIN court_account a ON a.court_id = e.court_id AND a.account_no = e.account_no
LEFT JOIN court_case k USING (case_id) ORDER BY t.transfer_no"""


class Story:
    """Plays it; `steps` has the proof behind each."""

    def __init__(self, bench: CourtBench) -> None:
        self.bench, self.court, self.world = bench, bench.court, bench.world
        self.steps: list[tuple[int, ...]] = []
        self.numbers: dict[str, int] = {}

    def play(self) -> None:
        for part in (self.cases_are_opened, self.money_comes_in, self.the_bank_s_statement_comes,
                     self.unidentified_money_finds_its_case, self.people_are_told, self.a_part_is_held,
                     self.the_rest_is_distributed, self.one_transfer_comes_back):  # fmt: skip
            part()

    def step(self) -> None:
        """The worker follows what channels took; then the proof is asked."""
        self.court.follow()
        *told, gap, bank_gap, unfollowed, unexplained = self.world.rows(PROOF)[0]
        assert (gap, bank_gap, unfollowed, unexplained) == (0, 0, 0, 0), len(self.steps) + 1
        cases, unknown, interest, fee, coming, main, bank, unshown = told
        assert cases + unknown + interest - fee - coming == main
        assert bank is None or bank - unshown == main
        self.steps.append((cases, unknown, interest, fee, coming, main, bank or 0, unshown))

    # --- 1, 2: cases -----------------------------------------------------------------------------

    def cases_are_opened(self) -> None:
        check = ListCheck(LIST[0], "桂0304")
        for line, cells in enumerate(LIST[1:], 2):
            row, faults = check.read(line, cells)
            assert (row is not None, faults) == (True, [])
            assert row is not None
            self.open(row.new.number, [(one.role, one.name) for one in row.new.parties], row.new.judge)
        assert list(self.numbers) == [OLD, OTHER]
        self.step()
        assert self.court.act("close", self.numbers[OLD]) == "OK"
        self.open(RESUMED, [("applicant", "王申请"), ("debtor", "李四"), ("creditor", "临江商贸有限公司")], "judge01")
        assert self.link("(2018)桂0304执0123号") == "OK"
        assert self.world.rows("SELECT case_id, number, kind FROM court_name") == [(self.case, OLD, "resumed")]
        self.step()

    def open(self, number: str, parties: list[tuple[str, str]], judge: str) -> None:
        """One case; its debtor is the payer whom channels are shown."""
        ring, now = self.bench.ring, self.world.now
        account = self.world.value("SELECT cases_next_account_v1(%s, %s)", self.court.id, now)
        debtor = next(name for role, name in parties if role == "debtor")
        names = [ring.seal(name.encode(), party_context(self.court.id, number)) for _, name in parties]
        code, case = self.world.rows(
            "SELECT code, case_id FROM cases_open_v1('maker01', %s, %s, %s, %s, NULL, 0, %s, %s, %s::bytea[], %s)",
            self.court.id, number, account, judge, sealed_name(ring, self.court.id, account, debtor),
            [role for role, _ in parties], names, now)[0]  # fmt: skip
        assert code == 0
        self.numbers[number] = case

    def link(self, number: str) -> str:
        return self.court.link(self.numbers[RESUMED], str(caseno.parse(number)), "resumed")

    @property
    def case(self) -> int:
        return self.numbers[RESUMED]

    @property
    def account(self) -> str:
        return self.court.account(self.case)

    # --- 3 to 6: money in ------------------------------------------------------------------------

    def money_comes_in(self) -> None:
        self.court.pay(self.account, 100_000, "WX")  # at a counter, in cash: the same verb
        self.step()
        terminal = self.bench.terminal()
        said = self.bench.run(terminal.query(self.account))
        assert said.fields["39"] == "00"
        assert self.bench.code(terminal.sale(self.account, 500_000)) == "00"
        self.step()
        assert self.judge_is_told() == 2
        assert self.bench.code(terminal.settle()) == "00"
        self.bench.night()
        self.step()

    def the_bank_s_statement_comes(self) -> None:
        line, closed = self.court.line, self.court.account(self.numbers[OLD])
        booked = self.court.booked(
            self.bench.hub_payout(), line(2_000_000, self.account), line(300_000, closed), line(200_001),
            line(123, business="interest"), line(-50, business="fee"))  # fmt: skip
        self.to_the_old_number, self.with_a_wrong_case_number = booked[2], booked[3]
        self.step()

    # --- 7 to 10: whose it is --------------------------------------------------------------------

    def unidentified_money_finds_its_case(self) -> None:
        assert self.court.claim(self.to_the_old_number, self.numbers[OLD], 300_000) == "CASE_NOT_OPEN"
        assert self.court.claim(self.to_the_old_number, self.case, 300_000) == "OK"
        self.step()
        assert self.court.claim(self.with_a_wrong_case_number, self.numbers[OTHER], 200_001) == "OK"
        self.step()
        assert self.court.unclaim(self.last("claimed")) == "OK"
        self.step()
        assert self.court.claim(self.last("unclaimed"), self.case, 200_001) == "OK"
        self.step()

    def last(self, kind: str) -> int:
        return self.court.last(kind)

    def people_are_told(self) -> None:
        assert self.judge_is_told() == 3
        debtor = self.world.value("SELECT party_id FROM court_party WHERE case_id = %s AND role = 'debtor'", self.case)
        told = "SELECT cases_served_v1('clerk01', %s, %s, 'letter', %s, '第 1 号', %s)"
        assert self.court.code(told, self.last("transfer"), debtor, self.world.now, self.world.now) == "OK"
        assert self.clocks() == [
            (100_000, DAY, DAY + timedelta(30)), (500_000, DAY, DAY + timedelta(30)),
            *((fen, DAY + timedelta(1), DAY + timedelta(31)) for fen in (2_000_000, 300_000, 200_001))]  # fmt: skip

    def judge_is_told(self) -> int:
        """By the worker: of how many receipts."""
        return int(self.world.value("SELECT cases_notify_v1(%s, %s)", self.court.id, self.world.now))

    def clocks(self) -> list[tuple[Any, ...]]:
        """(fen, begins, due) of what is on the case, the oldest first."""
        return self.world.rows("SELECT fen, start_on, due_on FROM court_clock WHERE case_id = %s"
                               " ORDER BY document_id DESC", self.case)  # fmt: skip

    # --- 11: what does not leave -----------------------------------------------------------------

    def a_part_is_held(self) -> None:
        assert self.court.hold(self.case, 400_000) == "OK"
        assert self.court.free(self.account) == 2_700_001
        self.step()

    # --- 12 to 16: money out ---------------------------------------------------------------------

    def the_rest_is_distributed(self) -> None:
        court, day = self.court, DAY + timedelta(1)
        applicant, creditor = (self.payee(role) for role in ("applicant", "creditor"))
        fens = planned(2_700_001, [PlanClaim(1, "ordinary", 10_000_000), PlanClaim(2, "ordinary", 5_000_000)], "ratio")
        assert fens == [1_800_001, 900_000]
        claims = ((applicant, 10_000_000, fens[0]), (creditor, 5_000_000, fens[1]))
        more = ((applicant, 10_000_000, fens[0] + 1), (creditor, 5_000_000, fens[1]))
        assert court.plan(self.case, 2_700_002, *more) == "CASE_PAYOUT_SHORT"  # a fen of what is held
        assert court.plan(self.case, 2_700_001, *claims) == "OK"
        assert [court.share(one, "served", day=day) for one in (applicant, creditor)] == ["OK", "OK"]
        self.bench.night(15)
        plan = court.last_plan()
        assert court.asked(self.case, applicant, fens[0], plan=plan) == ("CASE_PLAN_EARLY", None)
        self.bench.night()
        self.first, self.second = (self.applied(one, fen, plan) for one, fen in zip((applicant, creditor), fens,
                                                                                   strict=True))  # fmt: skip
        assert (court.levels(self.first), court.levels(self.second)) == (["check", "bureau", "head"],
                                                                         ["panel", "check", "bureau", "head"])
        assert court.sign(self.second, "judge01") == "CASE_PAYOUT_SAME_PERSON"
        court.approved(self.first)
        court.approved(self.second)
        self.step()
        self.bench.pay_out()
        assert (court.state(self.first), court.state(self.second)) == ("paid", "paid")
        assert self.bench.bank.books.sent() == {court.reference(self.first): 1_800_001,
                                                court.reference(self.second): 900_000}  # fmt: skip
        self.step()
        court.booked(*(court.line(-fen, reference=court.reference(one))
                       for one, fen in zip((self.first, self.second), fens, strict=True)))  # fmt: skip
        self.step()

    def payee(self, role: str) -> int:
        """Where a party's money goes, by two people."""
        party = self.world.value("SELECT party_id FROM court_party WHERE case_id = %s AND role = %s", self.case, role)
        return self.court.payee_of(party)

    def applied(self, payee: int, fen: int, plan: int) -> int:
        code, application = self.court.asked(self.case, payee, fen, plan=plan)
        assert code == "OK", code
        return application

    # --- 17 to 20: what comes back ---------------------------------------------------------------

    def one_transfer_comes_back(self) -> None:
        court, today = self.court, DAY + timedelta(17)
        self.bench.pay_out(7_200)
        assert (court.state(self.first), court.state(self.second)) == ("paid", "returned")
        left = [(fen, DAY + timedelta(1), DAY + timedelta(31)) for fen in (199_999, 200_001)]  # the oldest was paid
        monday = today + timedelta(4)  # the third day is a Sunday
        assert self.clocks() == [*left, (900_000, monday, monday + timedelta(30))]
        self.step()
        back = self.world.value("SELECT back_serial FROM court_application WHERE application_id = %s", self.second)
        court.booked(court.line(900_000) | {"serial": back})
        assert self.judge_is_told() == 1  # his task begins again
        assert self.clocks() == [*left, (900_000, today, today + timedelta(32))]  # from a Saturday to the Monday
        self.step()
        again = self.applied(self.payee("creditor"), 900_000, court.last_plan())  # where he has his account now
        court.approved(again)
        self.bench.pay_out(60)
        assert court.state(again) == "paid"
        self.step()
        court.booked(court.line(-900_000, reference=court.reference(again)))
        self.step()
        assert (court.balance(self.account), court.free(self.account)) == (400_000, 0)


@pytest.fixture(scope="module")
def story(new_database: NewDatabase) -> Iterator[Story]:
    with closing(CourtBench(new_database(), ["ok", "back"])) as bench:
        made = Story(bench)
        made.play()
        yield made


@pytest.mark.parametrize("page", PAGES)
def test_the_proof_is_that_of_the_page_after_every_step(story: Story, page: str):
    told = [[str(number), *map(str, step)] for number, step in enumerate(story.steps, 1)]
    assert told == [[number, *figures] for number, _what, *figures in pages.rows(page, "proof")]


@pytest.mark.parametrize("page", PAGES)
def test_every_posting_is_that_of_the_page(story: Story, page: str):
    assert [[str(cell) for cell in row] for row in story.world.rows(POSTINGS)] == pages.rows(page, "postings")


def test_nothing_of_it_is_found_altered(story: Story):
    with psycopg.connect(story.bench.database.owner_url) as owner:
        assert verify(owner).problems == []
        (read,) = [one for one in proved(owner) if one.trade == "cases"]
    assert [(text.en, count, fen) for text, count, fen in read.rows] == [
        ("cases", 3, None), ("entries", 16, 9_100_178), ("statements", 4, None), ("payouts", 3, 3_600_001)]  # fmt: skip
