"""Amounts at the edge: what is read, what is refused, and the way back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yifen.core.facts.money import MAX_FEN, AmountError, format_yuan, parse_fen, parse_yuan


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("150.00", 15000),
        ("150", 15000),
        ("164150.8", 16415080),
        (".54", 54),
        (".5", 50),
        ("1,234.56", 123456),
        ("1,234,567", 123456700),
        ("0.0", 0),
        ("0", 0),
        ("0.04000", 4),
        ("007.10", 710),
        ("9999999999999.99", MAX_FEN),
    ],
)
def test_yuan_is_read_exactly(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


REFUSED = [
    "", ".", "-", "-.", "1.", "1.001", "0.00001", "１５０.00", "1５", "NaN", "Infinity",
    "-Infinity",
    "1e5", "1E5", " 1", "1 ", "1 000", "1_000", "+1", "+1.00", "--1", "1-", "0x10", "1.2.3", "1,23",
    ",123", "1,,234", "1234,567", "0,123", "1.2,3", "¥1", "1\n", "\t1", "1\u00a0", "٣", "壹",
    "10000000000000.00", "9" * 50,
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_anything_else_is_refused_signed_or_not(text: str) -> None:
    for signed in (False, True):
        with pytest.raises(AmountError):
            parse_yuan(text, signed=signed)


def test_a_minus_is_read_only_where_it_is_asked_for() -> None:
    assert parse_yuan("-0.02000", signed=True) == -2
    assert parse_yuan("-9999999999999.99", signed=True) == -MAX_FEN
    assert parse_yuan("-0.00", signed=True) == 0
    assert parse_fen("-28968", signed=True) == -28968
    for parse in (parse_yuan, parse_fen):
        with pytest.raises(AmountError, match="sign is not allowed"):
            parse("-2")


def test_fen_keeps_leading_zeros_of_fixed_width_files() -> None:
    assert parse_fen("000002500000") == 2500000
    assert parse_fen("0") == 0
    assert parse_fen(str(MAX_FEN)) == MAX_FEN


@pytest.mark.parametrize(
    "text", ["", "-", "1.0", "1,000", "+1", " 1", "1\n", "１", "1e5", "1_0", str(MAX_FEN + 1)]
)
def test_fen_refuses_anything_but_digits(text: str) -> None:
    with pytest.raises(AmountError):
        parse_fen(text, signed=True)


@pytest.mark.parametrize(
    ("fen", "text"),
    [(-28968, "-289.68"), (0, "0.00"), (5, "0.05"), (-5, "-0.05"), (123456789, "1234567.89")],
)
def test_yuan_is_written_with_two_decimals(fen: int, text: str) -> None:
    assert format_yuan(fen) == text


@given(st.integers(-MAX_FEN, MAX_FEN))
def test_what_is_written_is_read_back(fen: int) -> None:
    assert parse_yuan(format_yuan(fen), signed=True) == fen
    assert parse_fen(str(fen), signed=True) == fen


@given(st.text(max_size=45))
def test_any_text_is_an_amount_or_an_amount_error(text: str) -> None:
    for parse in (parse_yuan, parse_fen):
        try:
            assert abs(parse(text, signed=True)) <= MAX_FEN
        except AmountError:
            continue
