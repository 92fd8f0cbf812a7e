"""The check code of a receipt: fixed, forgiving to whoever types it, and nobody else's."""

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yifen.core.documents.codes import (
    ALPHABET,
    check_code,
    fits,
    read_receipt_number,
    receipt_number,
)

KEY, OTHER = bytes(range(32)), bytes(32)
IDS = st.integers(0, 10**18 - 1)


def test_the_code_is_the_first_fifty_bits_of_the_hmac() -> None:
    bits = f"{int(hmac.new(KEY, b'202000', 'sha256').hexdigest(), 16):0256b}"[:50]
    expected = "".join(ALPHABET[int(bits[at : at + 5], 2)] for at in range(0, 50, 5))
    assert check_code(KEY, 202000) == expected == "Z7V9YGT8T9"


def test_the_number_of_a_receipt_is_grouped() -> None:
    assert receipt_number(KEY, 202000) == "202000-Z7V9-YGT8-T9"


def test_the_alphabet_has_no_lookalikes() -> None:
    assert len(set(ALPHABET)) == 32
    assert set("ILOU") & set(ALPHABET) == set()


@given(IDS, IDS)
def test_a_code_fits_its_own_payment_and_key_only(one: int, other: int) -> None:
    code = check_code(KEY, one)
    assert fits(KEY, one, code)
    assert fits(KEY, other, code) == (one == other)
    assert not fits(OTHER, one, code)


@given(st.text(max_size=80))
def test_any_text_may_be_tried(text: str) -> None:
    assert not fits(KEY, 202000, text + "!")
    read_receipt_number(text)


TYPED = [str.lower, lambda code: f" {code[:4]} {code[4:]} ", lambda code: "-".join(code),
         lambda code: code.replace("0", "O").replace("1", "l"),
         lambda code: code.replace("0", "o").replace("1", "I"),
         lambda code: "".join(chr(ord(c) + 0xFEE0) for c in code),
         lambda code: f"{code[:5]}\u2013{code[5:]}\u3000"]  # fmt: skip


@pytest.mark.parametrize("typed", TYPED)
def test_a_code_may_be_typed_as_people_type(typed: object) -> None:
    assert callable(typed)
    for payment_id in range(200):  # among them codes with 0 and 1
        assert fits(KEY, payment_id, typed(check_code(KEY, payment_id)))


@pytest.mark.parametrize(
    "wrong", ["", "Z7V9YGT8T", "Z7V9YGT8T9C", "Z7V9YGT8TA", "U" * 10, "Z7V9YGT8T9" * 100]
)
def test_any_other_code_does_not_fit(wrong: str) -> None:
    assert not fits(KEY, 202000, wrong)


@given(IDS)
def test_a_number_reads_back(payment_id: int) -> None:
    number = receipt_number(KEY, payment_id)
    assert read_receipt_number(f" {number.lower()} ") == (payment_id, check_code(KEY, payment_id))


@pytest.mark.parametrize(
    "text", ["", "Z7V9-YGT8-T9", "202000", "x202000-Z7V9-YGT8-T9", "1" * 19 + "Z7V9YGT8T9",
             "202000-Z7V9-YGT8-TU", "-1-Z7V9!YGT8-T9"]
)  # fmt: skip
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_receipt_number(text) is None
