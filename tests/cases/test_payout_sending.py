"""Approved payouts go to the bank's port once; whatever the bank answers, or does not, nothing is paid twice."""

from collections.abc import Callable, Iterator

import pytest

from tests.cases.court import RULE
from tests.cases.paying import PayingCourt
from tests.settlement.bank_side import KEY, TIMEOUT_S, Clock, Serving
from tests.world import World, the_ring
from yifen.core.wire.bank_client import BankPort
from yifen.hub.simulators.bank import Pace, SimulatedBank
from yifen.hub.simulators.bank_books import BankBooks
from yifen.hub.simulators.bank_deductions import BankCustomer
from yifen.trades.cases import proof
from yifen.trades.cases.payout import payout_sending

MAIN = str(RULE["main_no"])


@pytest.fixture(scope="module")
def serving() -> Iterator[Serving]:
    found = Serving()
    yield found
    found.stop()


@pytest.fixture
def desk_of(world: World, serving: Serving) -> Iterator["DeskOf"]:
    made: list[Desk] = []

    def make(orders: list[str], back_s: float = 0.0) -> Desk:
        made.append(Desk(world, serving, orders, back_s))
        return made[-1]

    yield make
    for desk in made:
        serving.close(desk.bank)


class Desk:
    """A court whose bank listens, and the worker's hand."""

    def __init__(self, world: World, serving: Serving, orders: list[str], back_s: float = 0.0) -> None:
        self.court, self.clock = PayingCourt(world, has_bank=True), Clock(world.now)
        self.bank = SimulatedBank(KEY, BankBooks(MAIN, "法院"), self.clock, orders=orders,
                                  pace=Pace(late_s=2 * TIMEOUT_S, process_s=60, back_s=back_s))  # fmt: skip
        self.port = BankPort(f"http://127.0.0.1:{serving.open(self.bank)}", KEY, self.clock, TIMEOUT_S)
        self.case, self.account, payee = self.court.judged(1_000)
        self.application = self.court.approved(self.court.apply(self.case, payee, 600))

    def work(self, seconds: float = 0) -> tuple[str, int, int]:
        """One turn of the worker later: (state, on the sub-account, left the bank)."""
        self.court.world.now = self.clock.turn(seconds)
        payout_sending.work(self.court.world.conn, the_ring(), lambda bank_id: self.port, self.clock)
        left = sum(self.bank.books.sent().values())
        return self.court.state(self.application), self.court.balance(self.account), left


DeskOf = Callable[..., Desk]


def test_what_is_approved_is_sent_and_paid_once(desk_of: DeskOf):
    desk = desk_of([])
    assert [desk.work(), desk.work(10)] == [("paid", 400, 600), ("paid", 400, 600)]
    order = next(iter(desk.bank.books.entries))
    assert (order.amount_fen, order.name, order.reference) == (600, "王申请", desk.court.reference(desk.application))
    answers = desk.court.world.rows("SELECT application_id, state, sealed FROM court_answer")
    assert [row[:2] for row in answers] == [(desk.application, "done")]
    assert b"BK0000000001" in the_ring().open(bytes(answers[0][2]), f"court_answer:{desk.application}")


@pytest.mark.parametrize(("fault", "then"), [
    ("drop", [("unknown", 400, 0), ("unknown", 400, 0), ("paid", 400, 600)]),
    ("slow", [("sent", 400, 0), ("sent", 400, 0), ("paid", 400, 600)]),
    ("reject", [("rejected", 1_000, 0), ("rejected", 1_000, 0), ("rejected", 1_000, 0)]),
])  # fmt: skip
def test_the_bank_is_asked_before_anything_is_sent_again(
    desk_of: DeskOf, fault: str, then: list[tuple[str, int, int]]
):
    desk = desk_of([fault])
    assert [desk.work(), desk.work(5), desk.work(70)] == then


def test_a_lost_answer_is_found_by_asking(desk_of: DeskOf):
    desk = desk_of(["lost"])
    assert (desk.work(), desk.work(30)) == (("unknown", 400, 600), ("paid", 400, 600))


def test_what_comes_back_days_later_is_found_by_asking(desk_of: DeskOf):
    desk = desk_of(["back"], back_s=7_200)
    assert (desk.work(), desk.work(3_600), desk.work(3_700)) == (
        ("paid", 400, 600), ("paid", 400, 600), ("returned", 1_000, 0))  # fmt: skip
    assert desk.court.entries(desk.account) == [("transfer", 1_000), ("payout", 600), ("returned", 600)]


def test_what_is_paid_to_a_closed_account_comes_back_and_another_account_pays_without_lines(desk_of: DeskOf):
    desk = desk_of([])
    number = str(desk.court.world.value("SELECT max(party_id) FROM court_payee"))
    desk.bank.deductions.customers[number] = BankCustomer(number, "王申请", 0, closed=True)
    assert desk.work() == ("returned", 1_000, 0)
    assert desk.court.entries(desk.account) == [("transfer", 1_000), ("payout", 600), ("returned", 600)]
    order = payout_sending.told_order(the_ring(), payout_sending.PayoutOrder(
        *desk.court.world.rows(payout_sending._SQL["order"], desk.application)[0]))  # fmt: skip
    books = BankBooks("1", "联社", others=(MAIN,))
    assert (books.take(order, desk.clock()).state, books.entries) == ("done", [])
    assert BankBooks("1", "联社").take(order, desk.clock()).state == "rejected"


def test_unidentified_money_goes_back_to_who_paid_it_and_what_comes_back_is_unidentified_again(desk_of: DeskOf):
    desk = desk_of([])
    court, stands = desk.court, {"cases": 400, "main": 1_400, "bank": 2_000}
    (entry,) = court.booked(court.line(1_000))
    assert desk.work()[0] == "paid"
    assert court.sent_back(entry, 1_001) == ("CLAIM_TOO_MUCH", None)
    assert court.sent_back(entry, 700, login="bureau01") == ("PERMISSION_MISSING", None)
    assert court.sent_back(entry, 700, evidence="") == ("REASON_MISSING", None)
    assert court.sent_back(entry, 700, "6222") == ("CASE_PAYOUT_OTHER", None)
    other = court.sent_back(entry, 300, "6222", "原账户已销户")[1]
    code, back = court.sent_back(entry, 700)
    assert (code, court.levels(back), court.levels(other)) == ("OK", ["bureau"], ["panel", "bureau"])
    assert court.claim(entry, desk.case, 1) == "CLAIM_TOO_MUCH"  # it is applied for
    assert (court.sign(back, "clerk01"), court.withdraw(other, "clerk01")) == ("PERMISSION_MISSING", "OK")
    court.approved(back)
    desk.bank.deductions.customers["6222000011112222"] = BankCustomer("6222000011112222", "赵付款", 0, closed=True)
    desk.application = back
    assert (court.proof(), desk.work(10)[0]) == (stands | {"unknown": 1_000}, "returned")
    order = desk.bank.books.entries[1]
    assert (order.amount_fen, order.name, order.account_no) == (700, "赵付款", "6222000011112222")
    assert court.proof() == stands | {"unknown": 1_000}
    assert court.claim(entry, desk.case, 300) == "OK"
    del desk.bank.deductions.customers["6222000011112222"]
    desk.application = court.approved(court.sent_back(entry, 700)[1])
    assert desk.work(10)[0] == "paid"
    assert court.proof() == {"cases": 700, "main": 700, "bank": 2_000}
    kinds = ("unknown", "sent_back", "came_back", "claimed", "sent_back")
    assert [kind for (kind,) in court.world.rows("SELECT kind FROM court_entry WHERE document_id <= %s"
                                                 " ORDER BY document_id DESC", entry)
            if kind != "payout"] == list(kinds)  # fmt: skip
    with court.world.as_owner():
        assert proof.altered(court.world.conn) == []
        court.world.run("ALTER TABLE court_payee DISABLE TRIGGER USER")
        court.world.run("UPDATE court_payee SET account_no = '~1', account_name = '~1' WHERE account_no = ''")
        assert any("without its signatures" in problem for problem in proof.altered(court.world.conn))


def test_one_that_may_not_leave_holds_up_no_other(desk_of: DeskOf):
    desk = desk_of([])
    court = desk.court
    assert court.hold(desk.case, None) == "OK"
    other, account, payee = court.judged(50)
    second = court.approved(court.apply(other, payee, 50))
    assert (desk.work(), court.state(second), court.balance(account)) == (("approved", 1_000, 50), "paid", 0)
    assert court.release(court.last_hold()) == "OK"
    assert desk.work(10) == ("approved", 1_000, 50)
    assert desk.work(300) == ("paid", 400, 650)


def test_a_bank_that_the_rule_names_later_is_not_asked_about_what_another_one_was_told(desk_of: DeskOf):
    desk = desk_of(["drop"])
    told: list[int] = []
    other = desk.court.world.partner("DEF")
    desk.court.world.set_up("INSERT INTO bank (partner_id, account_no, account_name, account_id, endpoint) VALUES"
                            " (%s, '1', '法院', 0, 'http://127.0.0.1:2')", other)  # fmt: skip
    assert desk.work() == ("unknown", 400, 0)
    assert desk.court.rule(valid_from="2026-11-24", bank_id=other) == "OK"
    desk.court.world.now = desk.clock.turn(86_400)
    payout_sending.work(desk.court.world.conn, the_ring(), lambda bank_id: told.append(bank_id), desk.clock)
    assert told == [desk.court.first["bank_id"]]
