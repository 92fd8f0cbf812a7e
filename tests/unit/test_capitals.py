"""人民币大写: the examples of 支付结算办法, the edges, and every amount read back to itself."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from yifen.core.facts.capitals import capitals
from yifen.core.facts.money import MAX_FEN, AmountError

EXAMPLES_OF_THE_ANNEX = [
    (140950, "人民币壹仟肆佰零玖元伍角整"),
    (600714, "人民币陆仟零柒元壹角肆分"),
    (168032, "人民币壹仟陆佰捌拾元零叁角贰分"),
    (10700053, "人民币壹拾万柒仟元零伍角叁分"),
    (1640902, "人民币壹万陆仟肆佰零玖元零贰分"),
    (32504, "人民币叁佰贰拾伍元零肆分"),
]
EDGES = [
    (0, "人民币零元整"),
    (1, "人民币壹分"),
    (10, "人民币壹角整"),
    (11, "人民币壹角壹分"),
    (99, "人民币玖角玖分"),
    (100, "人民币壹元整"),
    (101, "人民币壹元零壹分"),
    (110, "人民币壹元壹角整"),
    (1000, "人民币壹拾元整"),
    (1010, "人民币壹拾元零壹角整"),
    (1100, "人民币壹拾壹元整"),
    (10000, "人民币壹佰元整"),
    (10100, "人民币壹佰零壹元整"),
    (11000, "人民币壹佰壹拾元整"),
    (100100, "人民币壹仟零壹元整"),
    (101000, "人民币壹仟零壹拾元整"),
    (10**6, "人民币壹万元整"),
    (1000100, "人民币壹万零壹元整"),
    (1010000, "人民币壹万零壹佰元整"),
    (10**7, "人民币壹拾万元整"),
    (10**9, "人民币壹仟万元整"),
    (10**10, "人民币壹亿元整"),
    (10**10 + 1, "人民币壹亿元零壹分"),
    (10**10 + 500000, "人民币壹亿零伍仟元整"),
    (10**10 + 50 * 10**6, "人民币壹亿零伍拾万元整"),
    (10**10 + 5000 * 10**6, "人民币壹亿伍仟万元整"),
    (2050 * 10**10 + 2050 * 10**6 + 205000, "人民币贰仟零伍拾亿贰仟零伍拾万贰仟零伍拾元整"),
    (10**14, "人民币壹万亿元整"),
    (10**14 + 5 * 10**10, "人民币壹万零伍亿元整"),
    (10**14 + 100, "人民币壹万亿零壹元整"),
    (
        MAX_FEN,
        "人民币玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
    ),
]


@pytest.mark.parametrize(("fen", "words"), EXAMPLES_OF_THE_ANNEX + EDGES)
def test_the_words_are_those_of_the_rules(fen: int, words: str) -> None:
    assert capitals(fen) == words


@pytest.mark.parametrize("fen", [-1, -140950, MAX_FEN + 1])
def test_what_no_voucher_can_say_is_refused(fen: int) -> None:
    with pytest.raises(AmountError):
        capitals(fen)


# --- a reader of its own ---------------------------------------------------------------------

DIGITS = "零壹贰叁肆伍陆柒捌玖"
SIZES = {"拾": 10, "佰": 100, "仟": 1000}


def whole(words: str) -> int:
    """A whole number of its capitals, read from the largest unit down."""
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        if unit in words:
            head, tail = words.rsplit(unit, 1)
            return whole(head) * size + whole(tail)
    pairs = re.findall(r"([壹贰叁肆伍陆柒捌玖])([拾佰仟]?)", words)
    return sum(DIGITS.index(digit) * SIZES.get(unit, 1) for digit, unit in pairs)


def fen_of(words: str) -> int:
    found = re.fullmatch(r"人民币(?:(.+)元)?零?(?:([^零])角)?零?(?:([^零])分)?整?", words)
    assert found is not None, words
    jiao, cents = (DIGITS.index(found[n]) if found[n] else 0 for n in (2, 3))
    return whole(found[1] or "") * 100 + jiao * 10 + cents


AMOUNTS = st.integers(0, MAX_FEN) | st.integers(0, 10**9)
SPARSE = st.builds(
    lambda digits: int("".join(digits)),
    st.lists(st.sampled_from("00000123456789"), min_size=1, max_size=15),
)


@given(AMOUNTS | SPARSE)
@example(0)
def test_the_words_read_back_to_the_same_amount(fen: int) -> None:
    assert fen_of(capitals(fen)) == fen


@given(AMOUNTS | SPARSE)
def test_the_words_never_leave_room_for_an_addition(fen: int) -> None:
    words = capitals(fen)
    assert re.fullmatch(r"人民币[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整]+", words)
    assert words.endswith("分" if fen % 10 else "整")
    assert "零零" not in words
    assert not re.search(r"(?<![壹贰叁肆伍陆柒捌玖])[拾佰仟]", words)
    assert not re.search(r"零[万亿角分整]", words)
