"""An MT940 of the main account gives the same lines as the court's own form: mark, references, memo as they
stand."""

import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.readers.files import MT940
from yifen.core.facts.money import format_yuan
from yifen.core.facts.refused import Refused
from yifen.trades.cases.camt_statement import HEADER
from yifen.trades.cases.codes import CaseCode as C
from yifen.trades.cases.mt940_statement import is_mt940, rows_of
from yifen.trades.cases.statement_rows import StatementCheck, StatementLine

HEAD = ":20:STARTUMS\n:25:62170000\n:28C:1/1\n:60F:C261123CNY100,00\n"
MEMO = ":86:/ORDP//NAME/赵付款/ACCW/6222\n/BENM//ACCW/6217 000012/REMI/还(2018)桂0304执\n123号案款\n"
ENTRIES = (f":61:2611241124C10,00NTRFNONREF//S1\n{MEMO}"
           ":61:2611241124C1,NINTNONREF//S2\n:86:结息\n:61:2611241124D0,5NCHGNONREF//S3\n"
           ":61:2611241124RC10,00NTRFPO1//S4\n:86:/EREF/PAYOUT-1/REMI/x\n:61:2611241124RD2,00NMSCOWN//S5\n"
           ":86:166?00ZAHLUNG?20memo?316228?32孙\n")  # fmt: skip
SAMPLES = Path(__file__).parents[1] / "samples/mt940"
STATEMENTS = [re.sub(rb"(?m)^(:6[0-9][FM]:[CD][0-9]{6})[A-Z]{3}", rb"\1CNY", block)
              for name in ("mt940.sta", "sepa_mt9401.sta", "cny.sta")
              for block in re.split(rb"(?m)^(?=:20:)", (SAMPLES / name).read_bytes())[1:]]  # fmt: skip
TAIL = ":62F:C261124CNY102,50\n-\n"


def lines(text: str) -> list[StatementLine]:
    _, *rows = rows_of(io.BytesIO(text.encode()))
    checks = StatementCheck(HEADER, "62170000")
    found = [checks.read(*row) for row in rows]
    assert [faults for _, faults in found] == [[]] * len(found)
    return [row for row, _ in found if row]


def test_each_entry_is_a_line_with_its_mark_reference_and_memo():
    found = lines(HEAD + ENTRIES + TAIL)
    told = [(one.serial, one.signed_fen, one.balance_fen, one.account_no, one.business, one.reference) for one in found]
    assert told == [
        ("S1", 1_000, 11_000, "6217000012", "", ""), ("S2", 100, 11_100, "", "interest", ""),
        ("S3", -50, 11_050, "", "fee", ""), ("S4", -1_000, 10_050, "", "", "PAYOUT-1"),
        ("S5", 200, 10_250, "", "", "OWN")]  # fmt: skip
    assert (found[0].payer, found[0].payer_no) == ("赵付款", "6222")
    assert found[0].at == datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert found[0].words == "/ORDP//NAME/赵付款/ACCW/6222/BENM//ACCW/6217 000012/REMI/还(2018)桂0304执123号案款"
    assert (found[4].payer, found[4].payer_no) == ("孙", "6228")


def test_pages_carry_each_other_on_and_days_are_of_the_year_beside():
    page = HEAD + ":61:2701020102C1,00NTRFNONREF//A\n:62M:C270102CNY101,00\n-\n"
    page += ":20:B\n:25:62170000\n:60M:C270102CNY101,00\n:61:2701021231C1,00NTRFNONREF//B\n:62F:C270102CNY102,00\n-}"
    assert [one.at.astimezone(UTC).date().isoformat() for one in lines(page)] == ["2027-01-01", "2026-12-30"]


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_each_statement_of_the_bank_samples_is_read_as_reconciliation_reads_it(line_end: bytes):
    assert len(STATEMENTS) == 30
    for block in STATEMENTS:
        body = block.replace(b"\r\n", b"\n").replace(b"\n", line_end)
        ours = [cells for _, cells in list(rows_of(io.BytesIO(body)))[1:]]
        theirs = [(format_yuan(one.amount_fen), one.kind, one.account_no) for one in MT940.open(body)]
        assert [(came or went, "in" if came else "out", payer) for _, _, _, came, went, *_, payer, _ in ours] == theirs


def test_words_that_begin_with_a_dash_and_a_type_left_out_are_no_end_and_no_reference():
    entry = ":61:2611241124C10,00NONREF\n:86:还款\n-\n-张三\n"
    (found,) = lines(HEAD + entry.replace("NONREF", "NTRFNONREF//S1") + ":62F:C261124CNY110,00\n-\n")
    assert (found.serial, found.words) == ("S1", "还款--张三")
    _, (_, cells) = rows_of(io.BytesIO((HEAD + entry + ":62F:C261124CNY110,00\n").encode()))
    assert (cells[2], cells[8]) == ("", "")


@pytest.mark.parametrize("text", [
    HEAD + ENTRIES + ":62F:C261124CNY102,51\n", HEAD + ENTRIES, ENTRIES + TAIL,
    HEAD.replace("CNY", "USD") + ENTRIES + TAIL,
    HEAD + ":61:nothing\n" + TAIL, HEAD + ":61:2611241124EC1,00NTRFNONREF//S1\n" + TAIL,
    HEAD + ENTRIES + TAIL + HEAD + ENTRIES + TAIL,
])  # fmt: skip
def test_what_does_not_add_up_is_refused_whole(text: str):
    with pytest.raises(Refused) as refused:
        lines(text)
    assert refused.value.code is C.STATEMENT_BROKEN


def test_it_is_known_by_its_first_field():
    for text in (HEAD.encode(), b"\x01{1:F01BANK}{4:\n:20:X", b"\xef\xbb\xbf:20:X"):
        assert is_mt940(io.BytesIO(text))
    for text in ("账号,余额".encode(), b"<Document>", b""):
        assert not is_mt940(io.BytesIO(text))
    with pytest.raises(Refused) as refused:
        lines(HEAD + ":62F:C261124CNY100,00\n")
    assert refused.value.code is C.STATEMENT_EMPTY
