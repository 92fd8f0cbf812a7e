"""Papers come, go from hand to hand, are void, lost, found, counted and destroyed; each number in one place."""

from typing import Any

import psycopg
import pytest

from tests.counter.standing import NOW, person
from tests.counter.test_collect import refusal
from tests.invoices.standing import FIRST, Papers, span
from tests.web import site
from yifen.core.facts.codes import Code
from yifen.trades.invoices.codes import InvoiceCode

LAST = FIRST + 99


def code(act: Any) -> Any:
    return refusal(act)[0]


def test_what_two_keepers_counted_is_in_their_store_and_faulty_numbers_are_void(papers: Papers):
    papers.receive(faulty=[(FIRST + 10, FIRST + 11)])
    county = papers.place.own.county
    assert papers.ranges() == [
        (FIRST, FIRST + 9, "hand", county, None), (FIRST + 10, FIRST + 11, "void", county, None),
        (FIRST + 12, LAST, "hand", county, None),
    ]  # fmt: skip
    assert papers.read("SELECT act, first_no, last_no, signed_by, second_by FROM invoice_act WHERE kind_id = %s"
                       " ORDER BY act_id", papers.kind) == [
        ("receive", FIRST, LAST, papers.keepers[0].pk, papers.keepers[1].pk),
        ("faulty", FIRST + 10, FIRST + 11, papers.keepers[0].pk, papers.keepers[1].pk),
    ]  # fmt: skip
    assert papers.altered() == []


def test_one_person_cannot_take_papers_into_stock(papers: Papers):
    from yifen.trades.invoices import receiving

    keeper = papers.keepers[0]
    asked = receiving.receive(site.access(keeper), papers.kind, span(1, 9), [], "", NOW)
    assert code(lambda: site.agree(keeper, asked, NOW)) is Code.CHECKER_IS_MAKER
    assert papers.states() == []


def test_numbers_that_are_in_the_register_are_not_received_again(papers: Papers):
    papers.receive()
    assert code(lambda: papers.receive(LAST, LAST + 5)) is InvoiceCode.INVOICE_NUMBER_KNOWN
    assert papers.states() == [(FIRST, LAST, "hand")]


def test_the_database_refuses_a_number_in_two_places(papers: Papers):
    papers.receive()
    with psycopg.connect(papers.place.database.super_url) as conn, pytest.raises(psycopg.errors.ExclusionViolation):
        conn.execute("INSERT INTO invoice_range (kind_id, first_no, last_no, state, institution_id, since)"
                     " VALUES (%s, %s, %s, 'hand', 1, now())", (papers.kind, LAST, LAST + 1))  # fmt: skip


def test_a_hand_over_is_in_transit_until_the_receiver_signs_for_the_same_numbers(papers: Papers):
    papers.receive()
    branch = papers.place.own.branch
    transfer = papers.give(papers.keepers[0], branch, FIRST + 20, FIRST + 29)
    assert papers.states() == [
        (FIRST, FIRST + 19, "hand"), (FIRST + 20, FIRST + 29, "transit"), (FIRST + 30, LAST, "hand"),
    ]  # fmt: skip
    taker = papers.keepers[2]
    assert code(lambda: papers.take(taker, transfer, FIRST + 20, FIRST + 28)) is InvoiceCode.INVOICE_TRANSFER_DIFFERS
    not_his = InvoiceCode.INVOICE_TRANSFER_NOT_YOURS
    assert code(lambda: papers.take(papers.keepers[0], transfer, FIRST + 20, FIRST + 29)) is not_his
    assert code(lambda: papers.take(papers.keepers[1], transfer, FIRST + 20, FIRST + 29)) is not_his
    assert code(lambda: papers.take(papers.teller, transfer, FIRST + 20, FIRST + 29)) is not_his
    papers.take(taker, transfer, FIRST + 20, FIRST + 29)
    assert (FIRST + 20, FIRST + 29, "hand", branch, None) in papers.ranges()
    assert code(lambda: papers.take(taker, transfer, FIRST + 20, FIRST + 29)) is InvoiceCode.INVOICE_TRANSFER_ENDED
    assert papers.altered() == []


def test_what_is_refused_or_withdrawn_is_the_givers_again(papers: Papers):
    from yifen.trades.invoices import stock

    papers.receive()
    branch, keeper = papers.place.own.branch, papers.keepers[0]
    papers.do(stock.refuse, papers.keepers[2], papers.give(keeper, branch, FIRST, LAST), "少一本")
    assert papers.states() == [(FIRST, LAST, "hand")]
    transfer = papers.give(keeper, branch, FIRST, LAST)
    not_his = InvoiceCode.INVOICE_TRANSFER_NOT_YOURS
    assert code(lambda: papers.do(stock.withdraw, papers.keepers[2], transfer)) is not_his
    papers.do(stock.withdraw, keeper, transfer)
    assert papers.ranges() == [(FIRST, LAST, "hand", papers.place.own.county, None)]
    assert papers.altered() == []


def test_nobody_hands_over_what_is_not_in_his_hand(papers: Papers):
    papers.receive()
    held = InvoiceCode.INVOICE_NOT_HELD
    assert code(lambda: papers.give(papers.keepers[2], papers.place.own.county, FIRST, LAST)) is held
    assert code(lambda: papers.give(papers.keepers[0], papers.place.own.branch, LAST, LAST + 1)) is held
    assert papers.states() == [(FIRST, LAST, "hand")]


@pytest.mark.parametrize("to", ["foreign", "itself", "foreign teller", "the teller elsewhere"])
def test_papers_do_not_leave_the_tree(papers: Papers, to):
    papers.receive()
    own, foreign = papers.place.own, papers.place.foreign
    where = {"foreign": (foreign.county, None), "itself": (own.county, None),
             "foreign teller": (foreign.branch, foreign.teller), "the teller elsewhere": (own.county, papers.teller)}
    unfit = InvoiceCode.INVOICE_WAY_UNFIT
    assert code(lambda: papers.give(papers.keepers[0], where[to][0], FIRST, LAST, where[to][1])) is unfit


def test_a_teller_gives_good_papers_back_and_another_teller_takes_some(papers: Papers):
    papers.roll()
    branch = papers.place.own.branch
    other = person(f"o{papers.number:03d}", branch, "teller")
    papers.take(papers.keepers[2], papers.give(papers.teller, branch, LAST, LAST, own=True), LAST, LAST)
    papers.take(other, papers.give(papers.teller, branch, LAST - 1, LAST - 1, other, own=True), LAST - 1, LAST - 1)
    assert papers.ranges() == [
        (FIRST, LAST - 2, "hand", branch, papers.teller.pk), (LAST - 1, LAST - 1, "hand", branch, other.pk),
        (LAST, LAST, "hand", branch, None),
    ]  # fmt: skip
    assert papers.altered() == []


def test_a_county_gives_to_a_teller_of_its_branch_and_takes_back_void_paper_from_him(papers: Papers):
    papers.receive()
    own, keeper = papers.place.own, papers.keepers[0]
    papers.take(papers.teller, papers.give(keeper, own.branch, FIRST, LAST, papers.teller), FIRST, LAST)
    papers.mark("void", papers.teller, FIRST, FIRST, papers.teller)
    papers.take(keeper, papers.give(papers.teller, own.county, FIRST, FIRST, own=True, void=True), FIRST, FIRST)
    assert papers.ranges() == [
        (FIRST, FIRST, "void", own.county, None), (FIRST + 1, LAST, "hand", own.branch, papers.teller.pk),
    ]  # fmt: skip
    assert papers.altered() == []


def test_torn_papers_are_void_go_up_and_are_destroyed_by_two(papers: Papers):
    papers.roll()
    own = papers.place.own
    papers.mark("void", papers.teller, FIRST, FIRST + 1, papers.teller)
    up = papers.give(papers.teller, own.branch, FIRST, FIRST + 1, own=True, void=True)
    assert papers.states()[0] == (FIRST, FIRST + 1, "void_transit")
    papers.take(papers.keepers[2], up, FIRST, FIRST + 1)
    unfit = InvoiceCode.INVOICE_WAY_UNFIT
    assert code(lambda: papers.give(papers.keepers[2], own.branch, FIRST, FIRST, papers.teller, void=True)) is unfit
    up = papers.give(papers.keepers[2], own.county, FIRST, FIRST + 1, void=True)
    papers.take(papers.keepers[0], up, FIRST, FIRST + 1)
    assert code(lambda: papers.destroy(FIRST, FIRST + 2)) is InvoiceCode.INVOICE_NOT_HELD
    papers.destroy(FIRST, FIRST + 1)
    assert papers.states() == [(FIRST, FIRST + 1, "destroyed"), (FIRST + 2, LAST, "hand")]
    assert papers.altered() == []


def test_what_is_void_or_destroyed_is_never_good_again_not_even_for_the_owner(papers: Papers):
    papers.receive(faulty=[(FIRST, FIRST)])
    papers.destroy(FIRST, FIRST)
    with psycopg.connect(papers.place.database.owner_url) as conn, pytest.raises(psycopg.errors.RestrictViolation):
        conn.execute("UPDATE invoice_range SET state = 'hand' WHERE kind_id = %s AND state = 'destroyed'",
                     (papers.kind,))  # fmt: skip
    with psycopg.connect(papers.place.database.owner_url) as conn, pytest.raises(psycopg.errors.RestrictViolation):
        conn.execute("DELETE FROM invoice_range WHERE kind_id = %s", (papers.kind,))


def test_what_is_lost_is_blocked_at_once_and_only_a_keeper_finds_it_again(papers: Papers):
    papers.roll()
    papers.mark("lost", papers.teller, FIRST, FIRST + 4, papers.teller)
    assert papers.states() == [(FIRST, FIRST + 4, "blocked"), (FIRST + 5, LAST, "hand")]
    missing = Code.PERMISSION_MISSING
    assert code(lambda: papers.mark("found", papers.teller, FIRST, FIRST, papers.teller)) is missing
    papers.mark("found", papers.keepers[2], FIRST, FIRST, papers.teller)
    papers.mark("void", papers.keepers[2], FIRST + 1, FIRST + 4, papers.teller)
    assert papers.states() == [(FIRST, FIRST, "hand"), (FIRST + 1, FIRST + 4, "void"), (FIRST + 5, LAST, "hand")]
    assert papers.altered() == []


def test_a_count_names_what_is_missing_and_what_is_too_much(papers: Papers):
    papers.roll()
    found = ((FIRST, FIRST + 9), (FIRST + 12, LAST), (LAST + 1, LAST + 2))
    counted = papers.count(papers.teller, "day", papers.teller, *found)
    assert (counted.missing, counted.surplus) == ([(FIRST + 10, FIRST + 11)], [(LAST + 1, LAST + 2)])
    assert papers.count(papers.keepers[2], "week", papers.teller, (FIRST, LAST)).agrees
    assert papers.count(papers.keepers[2], "week", None).agrees
    assert papers.count(papers.head, "month", None).agrees
    assert papers.states() == [(FIRST, LAST, "hand")]


def test_each_counts_what_is_his_to_count(papers: Papers):
    papers.roll()
    missing = Code.PERMISSION_MISSING
    assert code(lambda: papers.count(papers.teller, "week", papers.teller)) is missing
    assert code(lambda: papers.count(papers.teller, "day", None)) is missing
    assert code(lambda: papers.count(papers.keepers[2], "month", None)) is missing
    assert code(lambda: papers.count(papers.keepers[0], "week", papers.teller)) is missing  # of another institution
    assert papers.read("SELECT count(*) FROM invoice_count WHERE kind_id = %s", papers.kind) == [(0,)]
