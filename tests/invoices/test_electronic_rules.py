"""Pure decisions of electronic invoices: tax numbers, rates, words of a platform; and a platform that adds up."""

from datetime import UTC, datetime

import msgspec
import pytest

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.wire.tax_port import (
    InvoiceOrder,
    InvoiceStatus,
    TaxLine,
    encode,
    number_of,
    read_invoice_status,
)
from yifen.hub.simulators.tax_books import TaxBooks
from yifen.trades.invoices.electronic import rules
from yifen.trades.invoices.electronic.rules import IssuedNumber

NOW = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
LINE = TaxLine(1, "1100101020200000000", "供电", "电费", 130, False, 11_300, 10_000, 1_300)
ORDER = InvoiceOrder("E1000-1", "blue", "91350100M000100Y43", "欧阳小明", "", "", (LINE,), 11_300, 1_300)
XML = ("<EInvoice><EInvoiceData><AdditionalInformation><InvoiceNumber>99999999999999999999</InvoiceNumber>"
       "</AdditionalInformation></EInvoiceData>{}</EInvoice>")  # fmt: skip
SIGNED = ("<TaxSupervisionInfo><InvoiceNumber>26371000000000000007</InvoiceNumber>"
          "<IssueTime>2026-11-30 09:00:00</IssueTime></TaxSupervisionInfo>")  # fmt: skip


@pytest.mark.parametrize(("text", "good"), [
    ("91350100M000100Y43", True), ("91350100M000100Y44", False), ("91350100M000100I43", False),
    ("9135010OM000100Y43", False), ("370102196001011", True), ("37010219600101123400", True), ("123", False),
    ("", False),
])  # fmt: skip
def test_a_tax_number_is_checked_by_its_last_sign(text: str, good: bool) -> None:
    assert rules.is_tax_no(text) is good


def test_rates_are_typed_a_line_each_and_read_back() -> None:
    typed = ("电费,1100101020200000000,供电,13\n热费,3010502000000000000,供热,免税,居民,2024-01-01,2027-12-31\n"
             ",1100301010000000000,水,0.5")  # fmt: skip
    rows = rules.rates_of(typed)
    assert [(row["fee"], row["rate_permille"], row["exempt"], row["class"], row["to_on"]) for row in rows] == [
        ("电费", 130, False, "", None), ("热费", 0, True, "居民", "2027-12-31"), ("", 5, False, "", None)]
    assert "\n".join(rules.rate_text(row) for row in rows) == typed


@pytest.mark.parametrize(("typed", "why"), [
    ("", ": 1 to 50 lines are needed"), ("电费,11,供电,13", ", line 1: a goods code has 19 digits"),
    ("电费,11,供电", ", line 1: 4 to 7 columns are needed: fee, code, name, rate, class, first day, last day"),
    ("\n电费,1100101020200000000,供电,21", ", line 2: a rate is 0 to 20 (percent) or 免税"),
    ("电费,1100101020200000000,,13", ", line 1: the goods' name is missing"),
    ("电费,1100101020200000000,供电,13,,2026-01-02,2026-01-01",
     ", line 1: a day cannot be read, or the last is before the first"),
    ("电费,1100101020200000000,供电,13,,x", ", line 1: a day cannot be read, or the last is before the first"),
    ("电费,1100101020200000000,供电,13\n电费,1100101020200000000,供电,9",
     ", line 2: fee, class and first day stand in a line above"),
])  # fmt: skip
def test_a_rate_that_cannot_be_read_is_refused_with_its_line_and_why(typed: str, why: str) -> None:
    with pytest.raises(Refused) as found:
        rules.rates_of(typed)
    assert (found.value.code, found.value.field) == (Code.INPUT_INVALID, "rates")
    assert found.value.detail == f"codes and rates{why}"


def test_words_of_a_platform_mean_the_states_that_orders_have() -> None:
    assert [rules.state_of("blue", word) for word in ("20", "21", "2", "22", "24", "duplicate", "not_found")] == [
        "issuing", "signing", "done", "failed", "failed", "", ""]
    assert [rules.state_of("sheet", f"{number:02d}") for number in range(1, 14)] == [
        "done", "confirming", "confirming", "done", *["failed"] * 9]


def test_the_number_is_the_one_that_the_bureau_signed() -> None:
    number, at = number_of(XML.format(SIGNED))
    assert (number, at.isoformat()) == ("26371000000000000007", "2026-11-30T09:00:00+08:00")
    for wrong in ("", SIGNED + SIGNED, SIGNED.replace("0007", "007"), SIGNED.replace("2026-11-30", "x")):
        with pytest.raises(ValueError, match=r"20 digits|isoformat"):
            number_of(XML.format(wrong))
        with pytest.raises(ValueError, match=r"20 digits|isoformat"):
            read_invoice_status(encode(InvoiceStatus("E1", "2", 1, XML.format(wrong))))


@pytest.mark.parametrize(("order", "why"), [
    (ORDER, ""), (msgspec.structs.replace(ORDER, total_fen=11_301), "sum_gap"),
    (msgspec.structs.replace(ORDER, tax_fen=1_299), "sum_gap"),
    (msgspec.structs.replace(ORDER, lines=(msgspec.structs.replace(LINE, net=9_990, tax=1_310),), tax_fen=1_310),
     "sum_gap"),
    (msgspec.structs.replace(ORDER, kind="red", blue_number="1", sheet_no="2"), "no_sheet"),
])  # fmt: skip
def test_a_platform_refuses_a_gap_of_a_fen_and_a_red_one_without_a_sheet(order: InvoiceOrder, why: str) -> None:
    said = TaxBooks().issue(order, "ok", NOW, 0)
    assert (said.code, said.state) == (why, "22" if why else "2")


def test_two_lists_are_compared_by_number_kind_and_sum() -> None:
    ours = [IssuedNumber("1", "blue", 5), IssuedNumber("2", "blue", 6), IssuedNumber("3", "red", 7)]
    theirs = [IssuedNumber("2", "red", 6), IssuedNumber("3", "red", 7), IssuedNumber("4", "blue", 8)]
    found = rules.compared(ours, theirs)
    assert (found.both, found.ours_only, found.theirs_only, found.differ) == (2, [ours[0]], [theirs[2]], ["2"])
