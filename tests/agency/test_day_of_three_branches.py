"""A day of three branches of one county union, from the first open drawer to the company's account: what each teller
does, every posting at the core, every paper by its number. Read it from the top."""

from dataclasses import replace
from datetime import date
from typing import Any

import psycopg
import pytest

from tests.agency.bench import Agency
from tests.agency.test_night import INCOME, charge, cut, gross, settle, sweep
from tests.corebank.bench import BOOK, BOOK_PIN, CARD, CHEQUE, COMPANY, PIN, SETTLED, TRANSIT
from tests.corebank.core_desk import CoreCounter
from tests.counter.standing import NOW, person
from tests.invoices.standing import Papers
from tests.web import site
from tests.world import DAY
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.verify import verify
from yifen.trades.agency.codes import AgencyCode
from yifen.trades.invoices.codes import InvoiceCode

CLEARING, SUNDRY = "1011000001", "2243000001"
FIRST = 1  # of the roll that the county received: 300 numbers
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


class Branch:
    """One branch with its keeper of papers, its teller and his drawer."""

    def __init__(self, agency: Agency, papers: Papers, institution: int, first: int) -> None:
        from yifen.trades.agency.deposits import DeskPlace

        self.agency, self.papers = agency, papers
        self.counter = CoreCounter(replace(agency.place, own=replace(agency.place.own, branch=institution)))
        self.counter.core = agency  # type: ignore[assignment]  # whose core answers
        self.teller, self.next = self.counter.teller, first
        keeper, last = person(f"keep{institution}", institution, "supervisor"), first + 99
        papers.take(keeper, papers.give(papers.keepers[0], institution, first, last), first, last)
        papers.take(self.teller, papers.give(keeper, institution, first, last, self.teller), first, last)
        self.shift = self.counter.open(50_000)
        self.desk = DeskPlace(institution, self.shift.channel_id, self.shift.pk, self.teller.pk, self.teller.login, DAY,
                              site.access(self.teller).session)  # fmt: skip

    def collect(self, ref: str, fen: int, **how: Any) -> Any:
        """4623: the core has paid, the hub has booked."""
        pin = how.pop("pin", "")
        self.counter.owe(**{ref: fen})
        entry = self.counter.pay(self.counter.draft(how.pop("kind", "cash"), **how, **{ref: fen}), pin)
        assert (entry.state, entry.amount_fen) == ("booked", fen)
        return entry

    def print(self, payment: int, what: str = "first") -> int:
        """4627: on the next number of the roll; answers it."""
        from yifen.trades.invoices import printing

        number = self.next
        printing.print_paper(site.access(self.teller), payment, what, number, NOW)
        self.next += 1
        return number

    def reprint(self, payment: int) -> int:
        self.papers.teller, number = self.teller, self.next
        self.papers.reprint(payment, number, self.agency.supervisor)
        self.next += 1
        return number

    def deposit(self, yuan: str, means: str = "cash", **how: Any) -> Any:
        """4628: of a slip that the company told us of."""
        paid = self.agency.pay(self.desk, self.agency.slip(yuan), means, **how)
        assert paid.state == "booked"
        return paid

    def box(self) -> int:
        """What the core has in this teller's box."""
        return self.agency.books.balances().get(f"1001-{self.teller.login}", 0)

    def count_and_close(self, yuan: list[tuple[int, int]]) -> Any:
        """4641: notes and coins (fen, pieces)."""
        last = self.next // 100 * 100 + 100
        assert self.papers.count(self.teller, "day", self.teller, (self.next, last)).agrees
        return self.counter.close(dict(yuan))


def figures(shift: Any) -> list[tuple[str, int, int, int, int]]:
    """A line a code of the shift's report: count, cash in, cash out, other ways; what takes back is below zero."""
    from yifen.trades.counter.pages.papers import operations

    return [(one.code, one.count, one.cash_in_fen, one.cash_out_fen, one.transfer_fen) for one in operations(shift)]


def on_report(shift: Any) -> list[tuple[int, int, int]]:
    """Its papers: used, void, left."""
    from yifen.trades.counter.pages.papers import papers_of_shift

    return [(one.used, one.voided, one.left) for one in papers_of_shift(shift)]


@pytest.fixture
def day(agency: Agency) -> tuple[Agency, Papers, list[Branch]]:
    """The evening before: the company admitted, 300 papers counted into the county's store and handed out, three
    drawers of 500.00 opened."""
    from yifen.core.access import edge

    gross(agency.ready())
    agency.clock.now = edge.now()  # the desk signs by the clock of the wall
    papers = Papers(agency.place)
    papers.receive(FIRST, FIRST + 299)
    with psycopg.connect(agency.place.database.owner_url) as owner:
        places = [agency.place.own.branch, *(owner.execute(
            "INSERT INTO institution (code, name, level, parent_id) SELECT %s, %s, level, parent_id"
            " FROM institution WHERE id = %s RETURNING id", (f"9601{number:02d}", name, agency.place.own.branch),
        ).fetchone()[0] for number, name in ((2, "东关分社"), (3, "西关分社")))]  # fmt: skip
    return agency, papers, [Branch(agency, papers, institution, FIRST + 100 * at)
                            for at, institution in enumerate(places)]  # fmt: skip


def refused(call: Any) -> Any:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code


def test_a_day_of_three_branches(day: tuple[Agency, Papers, list[Branch]]) -> None:
    agency, papers, (town, east, west) = day

    # Four ways of paying, each one posting to the company's transit account, each with the next paper.
    cash = town.collect("C1", 12_345)
    card = town.collect("C2", 20_000, kind="personal", account=CARD, pin=PIN)
    cheque = east.collect("C3", 100_000, kind="cheque", account=COMPANY, cheque=(CHEQUE, DAY))
    book = west.collect("C4", 70_000, kind="corporate", account=BOOK, pin=BOOK_PIN)
    assert [agency.posted(entry.serial) for entry in (cash, card, cheque, book)] == [
        [(f"1001-{town.teller.login}", -12_345), (TRANSIT, 12_345)],
        [(CARD, -20_000), (TRANSIT, 20_000)], [(COMPANY, -100_000), (TRANSIT, 100_000)],
        [(BOOK, -70_000), (TRANSIT, 70_000)],
    ]  # fmt: skip
    assert [town.print(cash.payment_id), town.print(card.payment_id), east.print(cheque.payment_id),
            west.print(book.payment_id)] == [1, 2, 101, 201]  # fmt: skip

    # The printer jams: the card's paper is printed again, and its payment can no longer be taken back.
    assert town.reprint(card.payment_id) == 3
    assert refused(lambda: town.counter.reverse(card)) is Code.REVERSAL_BARRED

    # A wrong account: the paper comes back, is void, the cash goes out of the same box.
    wrong = east.collect("C5", 5_000)
    assert east.print(wrong.payment_id) == 102
    assert east.box() == 5_000
    east.counter.reverse(wrong, back=("00000102",))
    assert (east.box(), agency.posted(f"{wrong.serial}U")) == (
        0, [(TRANSIT, -5_000), (f"1001-{east.teller.login}", 5_000)])

    # Who paid by telephone wants a paper, twice; there is no third.
    paid = agency.place.own.payment_id
    assert [west.print(paid, "supplementary"), west.print(paid, "supplementary")] == [202, 203]
    assert refused(lambda: west.print(paid, "supplementary")) is InvoiceCode.INVOICE_COPIES_OVER
    papers.mark("void", west.teller, 204, 204, west.teller)
    west.next = 205

    # The company's own money: in cash, by a cheque drawn here, by one of another bank that the exchange collects.
    deposits = [west.deposit("1234.56"), east.deposit("20000.00", "cheque", account_no=COMPANY, cheque_no="00012350",
                                                      cheque_on=DAY)]  # fmt: skip
    slip, bad_slip = agency.slip("5000.00"), agency.slip("800.00")
    good, bad = agency.cheque(town.desk, slip, 500_000), agency.cheque(west.desk, bad_slip, 80_000)
    assert agency.present() == 2
    agency.close_session()
    assert refused(lambda: agency.pay(town.desk, slip, "internal")) is AgencyCode.CHEQUE_NOT_COLLECTED
    agency.come_back(bad)
    assert agency.close_session() == 1
    assert [agency.cheque_state(one) for one in (good, bad)] == ["collected", "returned"]
    assert refused(lambda: agency.pay(west.desk, bad_slip, "internal")) is AgencyCode.CHEQUE_NOT_COLLECTED
    deposits.append(agency.pay(town.desk, slip, "internal"))
    assert [agency.posted(one.serial) for one in deposits] == [
        [(f"1001-{west.teller.login}", -123_456), (TRANSIT, 123_456)], [(COMPANY, -2_000_000), (TRANSIT, 2_000_000)],
        [(SUNDRY, -500_000), (TRANSIT, 500_000)],
    ]  # fmt: skip
    assert (agency.balance(CLEARING), agency.balance(SUNDRY)) == (500_000, 0)

    # One deposit was keyed by mistake: 4629 on the same day, by two.
    mistake = west.deposit("10.00")
    agency.teller = west.teller
    assert agency.take_back(mistake.serial).state == "reversed"

    # Evening: drawers hold what the core says, papers what the register says.
    assert [branch.box() for branch in (town, east, west)] == [12_345, 0, 123_456]
    closed = [town.count_and_close([(10_000, 6), (1_000, 2), (100, 3), (10, 4), (1, 5)]),
              east.count_and_close([(10_000, 5)]),
              west.count_and_close([(10_000, 17), (1_000, 3), (100, 4), (10, 5), (1, 6)])]  # fmt: skip
    assert [(one.expected_fen, one.counted_fen) for one in closed] == [(62_345,) * 2, (50_000,) * 2, (173_456,) * 2]
    assert [figures(shift) for shift in closed] == [
        [("4623", 2, 12_345, 0, 20_000), ("4628", 1, 0, 0, 500_000)],
        [("4623", 2, 5_000, 0, 100_000), ("4625", 1, 0, 5_000, 0), ("4628", 1, 0, 0, 2_000_000)],
        [("4623", 1, 0, 0, 70_000), ("4628", 2, 124_456, 0, 0), ("4629", 1, 0, 1_000, 0)],
    ]  # fmt: skip
    # (102 is void at the hub's own clock, which is ahead of the tellers' here.)
    assert [on_report(shift) for shift in closed] == [[(2, 1, 97)], [(2, 0, 98)], [(3, 1, 96)]]
    assert papers.states() == [
        (1, 1, "used"), (2, 2, "void"), (3, 3, "used"), (4, 100, "hand"), (101, 101, "used"), (102, 102, "void"),
        (103, 200, "hand"), (201, 203, "used"), (204, 204, "void"), (205, 300, "hand"),
    ]  # fmt: skip
    assert papers.altered() == []

    # Night: proved, settled, and the transit account goes to the company in one sum.
    settled = agency.balance(SETTLED)
    collected, given = 12_345 + 20_000 + 100_000 + 70_000, 123_456 + 2_000_000 + 500_000
    assert agency.balance(TRANSIT) == collected + given
    cut(agency)
    settle(agency)
    told = sweep(agency)
    assert (told["sums"], told["failed"]) == ({"swept": 1, "swept_fen": collected + given}, [])
    assert (agency.balance(TRANSIT), agency.balance(SETTLED) - settled) == (0, collected + given)

    # The month ends, and the county charges its commission once: 3.8 ‰ of what was collected by whatever
    # channel, 2,023.45 here and 123.45 by another; of its deposits nothing.
    while (today := agency.rows("SELECT current_day FROM ledger_book WHERE book_id = 1")[0][0]) < DECEMBER:
        cut(agency)
        settle(agency, today)
    fee = charge(agency, NOVEMBER, agency.desk()._replace(day=today))
    assert (fee.state, agency.posted(fee.serial)) == ("booked", [(SETTLED, -816), (INCOME, 816)])
    assert refused(lambda: charge(agency, NOVEMBER)) is AgencyCode.CHARGE_DONE
    statement = queries("yifen.trades.agency.pages")["statement"]
    earned = agency.rows(f"SELECT s.institution_id, s.code, s.amount_fen, f.commission_fen {statement}"
                         " WHERE s.code BETWEEN '4623' AND '4629' ORDER BY 1, 2")  # fmt: skip
    here, there, far = (branch.desk.institution_id for branch in (town, east, west))
    assert earned == sorted([
        (here, "4623", 32_345, 123), (here, "4628", 500_000, None),
        (there, "4623", 105_000, 399), (there, "4625", -5_000, -19), (there, "4628", 2_000_000, None),
        (far, "4623", 70_000, 266), (far, "4628", 124_456, None), (far, "4629", -1_000, None),
    ])  # fmt: skip
    with psycopg.connect(agency.place.database.super_url) as conn:
        assert verify(conn, ()).problems == []
