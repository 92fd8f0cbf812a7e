"""Numbers as people type them, and two books compared."""

import pytest

from yifen.core.facts.paper_numbers import number_of, numbers_typed
from yifen.core.facts.refused import Refused
from yifen.trades.invoices import rules
from yifen.trades.invoices.codes import InvoiceCode
from yifen.trades.invoices.rules import NumberSpan


@pytest.mark.parametrize(("typed", "found"), [
    ("", []),
    ("00012346", [NumberSpan(12346, 12346)]),
    ("00012346-00012400, 12500", [NumberSpan(12346, 12400), NumberSpan(12500, 12500)]),
    ("１２３４６－１２３５０", [NumberSpan(12346, 12350)]),
    ("5、6 7\n8-10", [NumberSpan(5, 10)]),
    ("12 - 15", [NumberSpan(12, 15)]),
    ("1-9 5-12", [NumberSpan(1, 12)]),
])  # fmt: skip
def test_numbers_are_read_as_they_are_typed(typed, found):
    assert rules.spans(typed) == found


@pytest.mark.parametrize("typed", ["9-8", "a", "1-2-3", "1234567890123", "-5", "1.5"])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(Refused) as caught:
        rules.spans(typed)
    assert caught.value.code is InvoiceCode.INVOICE_NUMBER_INVALID


def test_two_books_are_compared_number_by_number_in_both_directions():
    found = rules.compared([NumberSpan(1, 10), NumberSpan(20, 20)], [NumberSpan(3, 12)])
    assert found == rules.BooksCompared(8, [NumberSpan(1, 2), NumberSpan(20, 20)], [NumberSpan(11, 12)])


@pytest.mark.parametrize("body", [
    "号码\n00000003-00000012\n".encode(), "﻿号码,金额\n3-12,x\n".encode(), "号码\r\n3\r\n4-12\r\n".encode("gb18030"),
])  # fmt: skip
def test_a_companys_file_has_a_number_or_a_span_a_line(body):
    assert rules.company_file(body) == [NumberSpan(3, 12)]


@pytest.mark.parametrize("body", [b"", b"number\n", b"number\n1\nx\n", b"number\n9-3\n", b"\x00\xff"])
def test_a_file_that_cannot_be_read_is_refused(body):
    with pytest.raises(Refused) as caught:
        rules.company_file(body)
    assert caught.value.code is InvoiceCode.INVOICE_FILE_UNREADABLE


def test_spans_are_shown_with_all_digits_and_read_back_from_the_database():
    assert rules.shown_spans([NumberSpan(5, 5), NumberSpan(7, 9)], 8) == "00000005、00000007–00000009"
    assert rules.multirange("{[5,6),[7,10)}") == [NumberSpan(5, 5), NumberSpan(7, 9)]
    assert rules.multirange("{}") == []


def test_a_paper_is_meant_by_its_number_with_its_leading_zeros_or_without():
    known = ["00012346", "00012400"]
    assert numbers_typed("12346，00012400 7、x", known) == ("00012346", "00012400", "7", "x")
    assert numbers_typed("１２３４６", known) == ("00012346",)
    assert [number_of(typed) for typed in (" 00012346 ", "１２", "", "-1", "9" * 13, "²")] == [12_346, 12, *[None] * 4]
