"""The pure part: which payables an amount pays; the words; the default table as it is documented."""

from itertools import product

import pytest

from tests.docs import pages
from yifen.core.wire.replies import PayableView
from yifen.trades.reconciliation.repair import words
from yifen.trades.reconciliation.repair.items import RepairPolicy
from yifen.trades.reconciliation.repair.rules import (
    AUTOMATIC_FEN_MAX,
    AUTOMATIC_ITEMS_MAX,
    AUTOMATIC_SUM_FEN_MAX,
    DEFAULTS,
    lines_for,
)
from yifen.trades.reconciliation.repair.words import Difference, Party, RepairAction, Truth


def payable(ref: str, due: int, least: int | None = None, most: int | None = None) -> PayableView:
    """Exact unless bounds are given."""
    return PayableView(payable=ref, title="应缴", mode="exact" if least is None else "open",
                       due_fen=due, min_fen=due if least is None else least,
                       max_fen=due if most is None else most)  # fmt: skip


BILLS = [payable("A", 100), payable("B", 200), payable("C", 300)]


@pytest.mark.parametrize(
    ("payables", "fen", "lines"),
    [
        (BILLS, 200, {"B": 200}),
        (BILLS, 300, {"C": 300}),  # one bill before several of the same sum
        (BILLS[:2], 300, {"A": 100, "B": 200}),
        (BILLS, 600, {"A": 100, "B": 200, "C": 300}),
        (BILLS, 500, None),  # B and C, but not A, the oldest
        (BILLS, 601, None),
        ([*BILLS, payable("T", 0, 50, 1000)], 500, {"T": 500}),
        ([payable("P", 500, 100)], 100, {"P": 100}),
        ([payable("P", 500, 100)], 99, None),
        ([payable("T", 0, 0, 10)], 10, {"T": 10}),
        ([payable("A", 7), payable("B", 7)], 7, {"A": 7}),
        ([], 1, None),
        ([payable(f"M{n}", 1) for n in range(30)], 20, {f"M{n}": 1 for n in range(20)}),
        ([payable(f"M{n}", 1) for n in range(30)], 21, None),  # more lines than a charge may have
    ],
)
def test_an_amount_pays_one_bill_or_the_oldest_or_what_takes_it(payables, fen, lines):
    found = lines_for(payables, fen)
    assert (found and {line.payable: line.amount_fen for line in found}) == lines


def test_the_default_table_is_whole_and_bounded():
    assert set(DEFAULTS) == set(product(Party, Truth))
    assert all(set(rules) == set(Difference) for rules in DEFAULTS.values())
    alone = {
        rule.action for rules in DEFAULTS.values() for rule in rules.values() if rule.automatic
    }
    assert not alone & {RepairAction.ASK, RepairAction.WAIT}
    refunds = [rule for rules in DEFAULTS.values() for rule in rules.values()
               if rule.action is RepairAction.REFUND and rule.automatic]  # fmt: skip
    assert {rule.fen_max for rule in refunds} == {AUTOMATIC_FEN_MAX}
    assert (AUTOMATIC_FEN_MAX, AUTOMATIC_ITEMS_MAX, AUTOMATIC_SUM_FEN_MAX) == (100_000, 20, 500_000)


def test_the_words_are_those_of_the_tables(shared_database):
    from tests.web import site

    site.setup(shared_database)
    from yifen.trades.reconciliation import models

    for ours, theirs in ((words.Party, models.PartyChoice), (words.Truth, models.TruthChoice),
                         (words.Difference, models.DifferenceClass),
                         (words.RepairAction, models.RepairActionChoice)):  # fmt: skip
        assert {word.value for word in ours} == set(theirs.values)


def test_the_states_are_those_of_the_table(world):
    states = world.value("SELECT enum_range(NULL::recon_state)::text[]")
    assert states == [word.value for word in words.ItemState]


AUTOMATIC = {
    "docs/reconciliation.md": ("by itself", "by itself up to 1,000 yuan", "two people", "people"),
    "docs/reconciliation.zh.md": ("自动", "自动，至多 1,000 元", "两人", "人工"),
}
HEADS = ((Party.CHANNEL, Truth.THEIRS), (Party.CHANNEL, Truth.OURS), (Party.BILLER, Truth.OURS),
         (Party.BILLER, Truth.THEIRS), (Party.BANK, Truth.THEIRS))  # fmt: skip


def cell(rule: RepairPolicy, texts: tuple[str, ...]) -> str:
    alone, limited, two, people = texts
    if rule.action is RepairAction.ASK:
        return people
    how = two if not rule.automatic else limited if rule.fen_max else alone
    return f"`{rule.action}` {how}"


@pytest.mark.parametrize("page", AUTOMATIC)
def test_the_documented_table_is_the_one_that_works(page):
    text = pages.text_of(page)
    assert AUTOMATIC_FEN_MAX == 100_000
    for kind in Difference:
        cells = [cell(DEFAULTS[head][kind], AUTOMATIC[page]) for head in HEADS]
        assert f"| `{kind}` | {' | '.join(cells)} |" in text
    missing = [action for action in RepairAction if f"| `{action}` |" not in text]
    assert missing == []
