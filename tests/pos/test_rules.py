"""Pure decisions of the POS door."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.wire.replies import PayableView
from yifen.hub.pos import rules
from yifen.hub.pos.codes import PosCode

GBK = "案款ABC123".encode("gbk").hex()


def test_every_code_is_told_in_two_characters_and_success_alone_is_00():
    for code in (*Code, *PosCode):
        told = rules.field_39(code)
        assert len(told) == 2
        assert (told == "00") is (code is Code.OK)
        assert len(rules.told(code).encode("gb18030")) <= 40


def test_an_acquirers_word_is_a_code_and_success_alone_is_ok():
    for number in range(100):
        assert (rules.code_of(f"{number:02d}") is Code.OK) is (number == 0)
    assert rules.code_of("51") is PosCode.POS_CARD_SHORT
    assert rules.code_of("A0") is PosCode.POS_CARD_REFUSED


@pytest.mark.parametrize(("account_in", "fields", "account"), [
    ("62", {"62": GBK}, "案款ABC123"), ("62-actn", {"62": b"ACTN20180304000001 ".hex()}, "20180304000001"),
    ("62-5f01", {"62": "FF0201315F010432303138"}, "2018"), ("48", {"48": "20180304"}, "20180304"),
    ("63", {"63": b"2018 ".hex()}, "2018"),
])  # fmt: skip
def test_an_account_is_found_where_the_terminal_writes_it(account_in, fields, account):
    assert rules.account(fields, account_in) == account


@pytest.mark.parametrize("fields", [{}, {"62": ""}, {"62": "FF"}, {"62": "31" * 41}, {"62": "0A"}, {"62": "5F01FF31"}])
@pytest.mark.parametrize("account_in", ["62-actn", "62-5f01", "63"])
def test_an_account_that_is_not_there_is_refused(account_in, fields):
    with pytest.raises(Refused) as refused:
        rules.account(fields, account_in)
    assert refused.value.code is PosCode.POS_FIELD_MISSING


@given(st.sampled_from(sorted(rules.ACCOUNTS)), st.binary(max_size=80))
def test_any_bytes_are_an_account_or_refused(account_in, data):
    try:
        found = rules.account({"62": data.hex(), "63": data.hex(), "48": data.hex()[:80]}, account_in)
    except Refused:
        return
    assert 0 < len(found) <= 40


@pytest.mark.parametrize(("fields", "shown"), [
    ({"2": "6224242300000069"}, "622424******0069"), ({"35": "6224242300000069D2903"}, "622424******0069"), ({}, ""),
    ({"2": "1234567890123"}, "123456***0123"), ({"35": "A3F0B1C2D4E5F60718D9"}, ""), ({"2": "123"}, ""),
])  # fmt: skip
def test_of_a_card_six_and_four_digits_are_shown(fields, shown):
    assert rules.shown_card(fields) == shown


def owed(*of: tuple[str, int, int, int]) -> list[PayableView]:
    return [PayableView(payable=f"P{at}", title="", mode=mode, due_fen=due, min_fen=least, max_fen=most)
            for at, (mode, due, least, most) in enumerate(of)]  # fmt: skip


@pytest.mark.parametrize(("payables", "fen", "lines"), [
    ([("open", 0, 100, 10**9)], 5_000, [("P0", 5_000)]),
    ([("exact", 300, 300, 300), ("exact", 200, 200, 200)], 300, [("P0", 300)]),
    ([("exact", 300, 300, 300), ("exact", 200, 200, 200)], 500, [("P0", 300), ("P1", 200)]),
    ([("exact", 300, 300, 300), ("open", 0, 1, 10**9)], 1_000, [("P0", 300), ("P1", 700)]),
    ([("partial", 500, 100, 500), ("partial", 500, 100, 500)], 600, [("P0", 500), ("P1", 100)]),
])  # fmt: skip
def test_an_amount_pays_what_is_owed_in_its_order(payables, fen, lines):
    assert [(line.payable, line.amount_fen) for line in rules.lines_of(owed(*payables), fen)] == lines


@pytest.mark.parametrize(("payables", "fen", "code"), [
    ([], 1, Code.ALREADY_PAID), ([("exact", 300, 300, 300)], 299, Code.AMOUNT_WRONG),
    ([("exact", 300, 300, 300)], 301, Code.AMOUNT_WRONG), ([("open", 0, 100, 1_000)], 99, Code.AMOUNT_WRONG),
    ([("partial", 500, 100, 500), ("partial", 500, 100, 500)], 550, Code.AMOUNT_WRONG),
])  # fmt: skip
def test_an_amount_that_does_not_fit_is_refused(payables, fen, code):
    with pytest.raises(Refused) as refused:
        rules.lines_of(owed(*payables), fen)
    assert refused.value.code is code


def test_totals_of_home_and_foreign_cards_are_one():
    half = "000000001000002000000000300001"
    assert rules.totals_48({"48": half + "0" + half + "0"}) == (4, 2_000, 2, 600)
    assert rules.items_48({"48": "02" + ("00000007" + "0" * 20 + "000000000500") * 2}) == [(7, 500), (7, 500)]
    with pytest.raises(Refused):
        rules.items_48({"48": "02" + ("00000007" + "0" * 20 + "000000000500")})
