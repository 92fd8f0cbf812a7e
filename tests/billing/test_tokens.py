"""Tokens of sales 卡密, over real HTTP: whatever is lost, a sale has one token, and only a signed word counts."""

import json
import urllib.request

import pytest

from tests.billing.test_sales import prepaid, recharged, sales, sold
from tests.billing.town import Town
from tests.billing.vending_side import TIMEOUT_S, vending
from tests.settlement.bank_side import Clock
from tests.world import the_ring
from yifen.core.plugs import result_code
from yifen.core.wire.token_port import TokenOrder, token_shown
from yifen.hub.simulators.vending import OF_TOKEN_ORDERS, token_of
from yifen.trades.billing.prepaid import tokens

# What a sale meets, and its token's state: after asking, after one question, at last.
COURSES = {
    "ok": ("given", "given", "given"),
    "twice": ("given", "given", "given"),
    "late": ("asked", "given", "given"),
    "lost": ("asked", "given", "given"),
    "garbage": ("asked", "given", "given"),
    "forged": ("asked", "given", "given"),
    "drop": ("asked", "given", "given"),  # never heard: asked for once more
    "slow": ("asked", "asked", "given"),
    "reject": ("rejected", "rejected", "rejected"),
}


def state(town: Town) -> tuple[str, str | None, str]:
    return town.world.rows("SELECT token_state, token, token_reason FROM billing_sale WHERE undoes_id IS NULL"
                           " ORDER BY sale_id")[-1]  # fmt: skip


def asked(town: Town, clock: Clock) -> int:
    return tokens.ask_due(town.world.conn, the_ring(), clock, timeout_s=TIMEOUT_S)


def test_every_fault_of_the_simulator_has_a_course():
    assert set(COURSES) == OF_TOKEN_ORDERS | {"ok"}


@pytest.mark.parametrize("fault", COURSES)
def test_every_fault_ends_with_the_one_token_that_was_made(town: Town, fault: str):
    service, clock = prepaid(town), Clock()
    with vending(town, clock, [fault]) as system:
        recharged(town, 100_000)
        assert sold(town) == ["OK"]
        assert state(town)[0] == "wanted"
        after_asking, after_question, at_last = COURSES[fault]
        asked(town, clock)
        assert state(town)[0] == after_asking
        asked(town, clock)  # not due yet
        assert state(town)[0] == after_asking
        clock.turn(30)
        asked(town, clock)
        assert state(town)[0] == after_question
        clock.turn(600)
        asked(town, clock)
        sale = town.world.value("SELECT sale_id FROM billing_sale")
        order = TokenOrder(f"T{sale}", "MA1", 1_311_250, 100_000)
        wanted = ("rejected", None, "表号未登记") if fault == "reject" else ("given", token_of(order), "")
        assert (state(town), at_last) == (wanted, wanted[0])
        assert [made.order for made in system.made.values()] == [order]
        assert system.asked == 1
    assert (service, town.wrong()) == (1000, [])


@pytest.mark.parametrize("fault", ["late", "lost", "garbage", "forged"])
def test_a_question_without_an_answer_that_can_be_believed_is_asked_again(town: Town, fault: str):
    prepaid(town)
    clock = Clock()
    with vending(town, clock, ["lost"], [fault]) as system:
        recharged(town, 100_000)
        sold(town)
        asked(town, clock)
        clock.turn(30)
        assert (asked(town, clock), state(town)[0]) == (0, "asked")
        clock.turn(60)
        assert (asked(town, clock), state(town)[0]) == (1, "given")
        assert system.asked == 1


def test_a_system_that_is_away_is_asked_once_a_look_and_keeps_no_other_company_waiting(town: Town):
    prepaid(town)
    clock = Clock()
    with vending(town, clock) as system:
        for fen in (10_000, 10_000, 10_000):
            recharged(town, fen)
            sold(town)
    assert (len(sales(town)), system.asked) == (3, 0)
    assert asked(town, clock) == 0  # it is gone
    assert town.world.rows("SELECT token_state, token_tries FROM billing_sale ORDER BY sale_id") == [
        ("asked", 1), ("wanted", 0), ("wanted", 0)]  # fmt: skip
    with vending(town, clock) as system:
        clock.turn(30)
        assert asked(town, clock) == 3
        assert len({made.token for made in system.made.values()}) == 3


def test_without_a_vending_system_a_sale_wants_no_token(town: Town):
    prepaid(town)
    recharged(town, 10_000)
    sold(town)
    assert (state(town), asked(town, Clock())) == (("none", None, ""), 0)


def test_a_second_word_of_the_vending_system_changes_nothing(town: Town):
    prepaid(town)
    clock = Clock()
    with vending(town, clock):
        recharged(town, 10_000)
        sold(town)
        asked(town, clock)
    before = state(town)
    sale = town.world.value("SELECT sale_id FROM billing_sale")
    assert town.world.value("SELECT billing_token_v1(%s, NULL, 'no', now())", sale) is False
    assert town.world.value("SELECT billing_token_v1(%s, %s, '', now())", sale, "1" * 20) is False
    assert state(town) == before


def test_a_rejected_sale_is_taken_back_by_two_people_and_sold_anew(town: Town):
    prepaid(town)
    world, clock = town.world, Clock()
    with vending(town, clock, ["reject"]) as system:
        recharged(town, 100_000)
        sold(town)
        asked(town, clock)
        sale = world.value("SELECT sale_id FROM billing_sale")
        proposal = world.two_people("billing.unsell", str(sale), {"sale": sale, "again": True}, town.biller)
        assert world.value("SELECT billing_unsell_v1(%s, %s)", proposal, world.now) == 0
        assert town.owed("A1")["PREPAID"][3] == 100_000
        assert world.value("SELECT used_milli FROM billing_used") == 0
        assert town.wrong() == []
        assert result_code(world.value("SELECT billing_unsell_v1(%s, %s)", proposal, world.now)).name == "SALE_TOKEN"
        assert sold(town) == ["OK"]
        assert asked(town, clock) == 1
        assert sales(town) == [(1_311_250, 100_000), (-1_311_250, -100_000), (1_311_250, 100_000)]
        assert sorted(made.rejected for made in system.made.values()) == ["", "表号未登记"]
    assert town.postings()[1:] == [("sold", "2203", "6001", 100_000), ("sold", "6001", "2203", 100_000),
                                   ("sold", "2203", "6001", 100_000)]  # fmt: skip
    assert town.wrong() == []


def test_a_sale_whose_token_is_given_is_not_taken_back(town: Town):
    prepaid(town)
    world, clock = town.world, Clock()
    with vending(town, clock):
        recharged(town, 100_000)
        sold(town)
        asked(town, clock)
    sale = world.value("SELECT sale_id FROM billing_sale")
    proposal = world.two_people("billing.unsell", str(sale), {"sale": sale, "again": False}, town.biller)
    assert result_code(world.value("SELECT billing_unsell_v1(%s, %s)", proposal, world.now)).name == "SALE_TOKEN"


def test_who_stands_beside_the_simulator_sees_what_it_made(town: Town):
    prepaid(town)
    clock = Clock()
    with vending(town, clock) as system:
        recharged(town, 10_000)
        sold(town)
        asked(town, clock)
        url = f"http://127.0.0.1:{system.listener.port}/tokens/made"
        with urllib.request.urlopen(url) as answer:
            told = json.loads(answer.read())
    assert list(told.values()) == [state(town)[1]]


def test_a_token_is_shown_in_groups_of_four():
    assert token_shown("01234567890123456789") == "0123 4567 8901 2345 6789"
