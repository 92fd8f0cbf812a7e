"""The worked example of the settlement pages is an executable book: every number of it is tested."""

from datetime import date, timedelta

import pytest

from tests.audit.trail import seal
from tests.docs import pages
from tests.settlement.squared import NEXT, Squared
from tests.world import DAY, NOON
from yifen.core.facts.money import format_yuan
from yifen.hub.payments.verify import documents_of_trades
from yifen.trades.settlement import rules
from yifen.trades.settlement.operations import payouts, receipts
from yifen.trades.settlement.operations.commission import true_up_due
from yifen.trades.settlement.rules import FeeTerms, Tier

PAGES = ["docs/settlement.md", "docs/settlement.zh.md"]
TIERS = ((0, 6000, 0), (100_000, 4000, 0))
POSTINGS = """
SELECT t.kind::text, d.code, c.code, t.amount_fen, CASE
    WHEN EXISTS (SELECT FROM settlement s WHERE s.document_id = t.reference_id) THEN 'settlement'
    WHEN EXISTS (SELECT FROM commission m WHERE m.document_id = t.reference_id) THEN 'commission'
    WHEN EXISTS (SELECT FROM payout y WHERE y.document_id = t.reference_id) THEN 'payout'
    WHEN EXISTS (SELECT FROM receipt r WHERE r.document_id = t.reference_id) THEN 'receipt'
    WHEN EXISTS (SELECT FROM refund_claim r WHERE r.document_id = t.reference_id) THEN 'claim' END,
    t.business_day
FROM ledger_transfer t JOIN ledger_account d ON d.account_id = t.debit_id
JOIN ledger_account c ON c.account_id = t.credit_id
WHERE t.reference_id < 0 ORDER BY t.transfer_no"""


@pytest.fixture
def book(world: Squared) -> Squared:
    """The month of the page, played to its end."""
    world.merchant("HEAT", level="region")
    world.merchant("WATER", "HEAT")
    world.share("WATER", "HEAT", 100_000)
    world.agreement("WATER", TIERS, period="month", min_fen=800, cap_fen=5000, payout=True)
    world.bank()
    world.payee("WATER")
    world.pay("WATER", 100_000)
    serial = world.pay("WATER", 25_025)
    world.cut()
    world.settle("WATER")
    world.keeps("WX", 475)
    came = receipts.expect(world.conn, world.ids["WX"], DAY, world.ids["ABC"], 475, NEXT, NOON)
    (paid,) = payouts.instruct_due(world.conn, 1, NEXT, NOON)
    assert (came.document_id, paid.document_id) != (None, None)
    payouts.mark(world.conn, paid.document_id or 0, "sent", NOON)
    payouts.mark(world.conn, paid.document_id or 0, "done", NOON)
    world.shows(came.document_id or 0)
    receipts.arrived(world.conn, came.document_id or 0, NEXT, NOON)
    world.pay("WATER", 30_000)
    assert world.refund("BACK", serial, 25_025).code == 0
    for offset in range(1, 8):
        world.cut()
        world.settle("WATER", DAY + timedelta(days=offset))
    true_up_due(world.conn, 1, date(2026, 11, 30), NOON)
    return world


@pytest.mark.parametrize("page", PAGES)
def test_the_days_are_those_of_the_page(book: Squared, page: str) -> None:
    rows = book.rows(
        "SELECT s.business_day, s.payments, s.amount_fen, s.moved_fen, s.commission_fen,"
        " (SELECT amount_fen FROM settlement_part p"
        "  WHERE p.document_id = s.document_id AND reason = 'split'),"
        " (SELECT amount_fen FROM settlement_part p"
        "  WHERE p.document_id = s.document_id AND reason = 'own'), s.payout_on"
        " FROM settlement s WHERE s.business_day < '2026-11-26' ORDER BY 1"
    )
    told = [["" if cell is None else str(cell) for cell in row] for row in rows]
    assert told == pages.rows(page, "days")


@pytest.mark.parametrize("page", PAGES)
def test_the_postings_are_those_of_the_page(book: Squared, page: str) -> None:
    told = [[str(cell) for cell in row] for row in book.rows(POSTINGS)]
    assert told == pages.rows(page, "postings")


@pytest.mark.parametrize("page", PAGES)
def test_the_balances_are_those_of_the_page(book: Squared, page: str) -> None:
    told = [[code, str(fen)] for code, fen in sorted(book.free().items())]
    assert told == pages.rows(page, "balances")
    assert sum(book.free().values()) == 0
    seal(book.conn)
    assert documents_of_trades(book.conn) == []


@pytest.mark.parametrize("page", PAGES)
def test_the_calculator_says_what_the_page_says(page: str) -> None:
    terms = FeeTerms("amount", "month", tuple(Tier(*tier) for tier in TIERS), 800, 5000)
    told = []
    for measure in (83, 84, 125_025, 130_000, 1_300_000):
        found = rules.quote(terms, measure)
        inside = [str(line.measure) for line in found.lines]
        told.append([format_yuan(measure), *inside, str(found.sum_fen), str(found.fee_fen)])
    assert told == pages.rows(page, "quotes")
