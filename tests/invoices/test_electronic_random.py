"""Random acts of tellers, payers' money, a platform that fails in every way, and time: never two living invoices."""

import random

import pytest

from tests.invoices.standing import FIRST
from tests.invoices.tax_bench import PERSON, TaxBench
from tests.sampling import sampled
from yifen.core.facts.refused import Refused

SEEDS, STEPS, PAYMENTS = range(4), 25, 3
WORDS = ("ok", "late", "lost", "twice", "drop", "slow", "quota", "sign", "garbage", "forged", "refuse", "buyer",
         "expire")  # fmt: skip
TWICE = """SELECT payment_id FROM invoice_electronic WHERE kind = 'blue' AND state NOT IN ('replaced', 'dropped')
GROUP BY payment_id HAVING count(*) > 1 UNION ALL
SELECT e.payment_id FROM invoice_electronic e JOIN invoice_print x ON x.payment_id = e.payment_id
    AND x.voided_at IS NULL
WHERE e.kind = 'blue' AND e.state NOT IN ('replaced', 'dropped')"""


@pytest.mark.parametrize("seed", sampled(SEEDS, 2))
def test_no_payment_has_two_living_invoices_and_both_books_agree_in_the_end(tax: TaxBench, seed: int):
    chance = random.Random(seed)
    entries, gone, paper = [tax.paid() for _ in range(PAYMENTS)], set(), 0
    for _step in range(STEPS):
        entry, act = chance.choice(entries), chance.choice(("ask", "look", "look", "again", "drop", "back", "print"))
        live = tax.papers.read("SELECT order_no FROM invoice_electronic WHERE payment_id = %s AND state = 'failed'",
                               entry.payment_id)  # fmt: skip
        try:
            if act == "ask":
                tax.ask(entry)
            elif act == "look":
                tax.clock.turn(chance.choice((1, 15, 60, 3_600)))
                tax.look(*chance.choices(WORDS, k=3))
            elif act == "print":
                tax.papers.print(entry.payment_id, tax.papers.read(
                    "SELECT coalesce(min(first_no), %s) FROM invoice_range WHERE state = 'hand' AND user_id = %s",
                    FIRST, tax.papers.teller.pk)[0][0])  # fmt: skip
                paper += 1
            elif act == "back" and entry not in gone and chance.random() < 0.3 and not _papers(tax, entry):
                tax.papers.counter.reverse(entry)
                gone.add(entry)
            elif live and act == "again":
                tax.again(live[0][0], PERSON if live[0][0].startswith("E") else None)
            elif live and act == "drop" and live[0][0].startswith("E"):
                tax.drop(live[0][0])
        except Refused:
            pass
        assert tax.papers.read(TWICE) == []
    tax.wake()
    tax.until_rest()
    for entry in entries:
        _mend(tax, entry)
        issued = tax.issued(entry)
        numbers = tax.papers.read("SELECT kind, total_fen FROM invoice_electronic WHERE payment_id = %s"
                                  " AND number IS NOT NULL ORDER BY kind", entry.payment_id)  # fmt: skip
        assert sorted(issued) == numbers
        assert len(issued) <= 1 or entry in gone
        if entry in gone:
            assert sum(fen if kind == "blue" else -fen for kind, fen in issued) == 0
    assert tax.papers.altered() == []


def _papers(tax: TaxBench, entry: object) -> list[object]:
    return tax.papers.read("SELECT 1 FROM invoice_print WHERE payment_id = %s AND voided_at IS NULL", entry.payment_id)  # type: ignore[attr-defined]


def _mend(tax: TaxBench, entry: object) -> None:
    """What failed is sent again until nothing fails."""
    for _try in range(5):
        failed = tax.papers.read("SELECT order_no FROM invoice_electronic WHERE payment_id = %s AND state = 'failed'",
                                 entry.payment_id)  # type: ignore[attr-defined]  # fmt: skip
        for (order_no,) in failed:
            tax.again(order_no)
        tax.until_rest()
