"""Swipes: once, in any order; what is private is nobody's but its holder's."""

import pytest

from tests.cards.called import CALLED
from tests.cards.office import CardOffice
from tests.cards.test_proof import of_cards
from yifen.core.facts.processes import WEB


def test_a_swipe_is_told_once_and_refunds_are_linked_by_reference_in_any_order(office: CardOffice):
    s = office.swipe
    assert office.take(swipes=[s("S1"), s("S1"), s("S1", 120_001), s("S2", card_no="6283880000000009")]) == [
        "SWIPE_OTHERWISE",
        "CARD_UNKNOWN",
    ]
    # Refunds before their swipe, and more than it.
    assert office.take(swipes=[s("B1", 100, "refund", reference="RX"), s("B2", 200, "refund", reference="RX")]) == []
    assert office.take(swipes=[s("X1", 250, reference="RX")]) == []
    assert office.take(swipes=[s("X2", 60, reference="RX"), s("B3", 11, "refund", reference="RX")]) == [
        "SWIPE_REFUND_TOO_MUCH"
    ]
    # One refund of several clearings, all of them there, or one of what was authorised still to come.
    assert office.take(swipes=[s("Y1", 600, reference="RY"), s("Y2", 400, reference="RY"),
                               s("B4", 900, "refund", reference="RY")]) == []  # fmt: skip
    assert office.take(swipes=[s("A0", 1_000, "auth", reference="RZ"), s("Z1", 600, reference="RZ"),
                               s("B5", 1_000, "refund", reference="RZ"), s("B6", 1, "refund", reference="RZ"),
                               s("Z2", 400, reference="RZ")]) == ["SWIPE_REFUND_TOO_MUCH"]  # fmt: skip
    # An authorisation behind its clearing; it never counts.
    assert office.take(swipes=[s("A1", 120_000, "auth", reference="RS1"), s("A2", 9, "auth")]) == []
    assert office.take(swipes=[s("F1", 120_000, currency="USD", foreign=16_600)]) == []
    assert office.mine() == [
        ("S1", None, 120_000),
        ("B1", None, 0),
        ("B2", None, 0),
        ("X1", None, 0),
        ("X2", None, 10),
        ("Y1", None, 0),
        ("Y2", None, 100),
        ("B4", None, 0),
        ("Z1", None, 0),
        ("B5", None, 0),
        ("Z2", None, 0),
        ("A2", None, 0),
        ("F1", None, 120_000),
    ]
    assert office.world.rows(
        "SELECT currency, foreign_amount FROM cards_mine_v1('p01', %s, NULL, 1)", office.swipe_id("F1")
    ) == [("USD", 16_600)]
    assert of_cards(office) == []
    office.world.set_up("ALTER TABLE card_refund_part DISABLE TRIGGER append_only;"
                        " UPDATE card_refund_part SET amount_fen = 99 WHERE amount_fen = 100")  # fmt: skip
    (problem,) = of_cards(office)
    assert problem.endswith("is the refund of no swipe")


def test_only_its_holder_marks_a_swipe_and_only_until_it_is_claimed(office: CardOffice):
    assert (
        office.take(
            swipes=[
                office.swipe("S1"),
                office.swipe("A1", kind="auth"),
                office.swipe("B1", 5, "refund", reference="RS1"),
            ]
        )
        == []
    )
    assert office.mark("S1", login="c01") == "SWIPE_NOT_HIS"
    assert office.mark("S1", login="b01") == "SWIPE_NOT_HIS"
    assert (office.mark("A1"), office.mark("B1")) == ("SWIPE_NOT_POSTED", "SWIPE_NOT_POSTED")
    assert office.mark("S1", unit="101002") == "SWIPE_MARK_WRONG"  # his card is not registered there
    assert office.mark("S1", unit=None) == "SWIPE_MARK_WRONG"
    assert office.mark("S1", "other") == "SWIPE_MARK_WRONG"
    assert [office.mark("S1", mark) for mark in ("private", "private", "disputed", "official")] == ["OK"] * 4
    with office.world.as_owner():
        assert office.world.rows("SELECT turn, mark FROM card_mark ORDER BY turn") == [
            (1, "private"),
            (2, "disputed"),
            (3, "official"),
        ]
    code, claim = office.ask(office.line("S1", 1))
    assert (code, office.mark("S1", "private")) == ("OK", "SWIPE_CLAIMED")
    assert office.code("SELECT cards_withdraw_v1('p01', %s, %s)", claim, office.world.now) == "OK"
    assert office.mark("S1", "private") == "OK"
    assert office.official() == []


@pytest.mark.parametrize("login", ["c01", "h01", "b01", "q01", "maker01"])
def test_nobody_else_sees_a_private_swipe_whatever_he_asks(office: CardOffice, login: str):
    assert office.posts(("Q01", "101001")) == "OK"
    office.login("q01", "card_holder", "auditor")
    assert office.take(swipes=[office.swipe("P1"), office.swipe("P2"), office.swipe("P3"), office.swipe("O1", 7)]) == []
    assert (office.mark("P1", "private"), office.mark("P2", "disputed"), office.mark("O1")) == ("OK", "OK", "OK")
    assert office.mine(login) == []
    for number in ("P1", "P2", "P3", "O1"):
        assert office.mine(login, office.swipe_id(number)) == []
        assert office.ask(office.line(number, 1), login=login)[0] in ("PERMISSION_MISSING", "CARD_CLAIM_SWIPE")
    assert office.official() == [(7, 0, 0, 7)]


@pytest.mark.parametrize("role", ["yifen_web", "yifen_gateway"])
def test_the_pages_role_itself_reads_official_swipes_alone(office: CardOffice, role: str):
    reads = "SELECT has_any_column_privilege(%s, %s, 'SELECT, INSERT, UPDATE')"
    assert [office.world.value(reads, role, table) for table in ("card_swipe", "card_mark", "card_official")] == [
        False,
        False,
        role == "yifen_web",
    ]
    may = {
        name
        for (name,) in office.world.rows(
            "SELECT p.proname FROM pg_proc p WHERE starts_with(p.proname, 'cards_')"
            " AND has_function_privilege(%s, p.oid, 'EXECUTE')",
            role,
        )
    }
    of_pages = {name for name in CALLED[WEB] if name.startswith("cards_")}
    assert may == (of_pages if role == "yifen_web" else set())
