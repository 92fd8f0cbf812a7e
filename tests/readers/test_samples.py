"""Every sample file read whole: exact rows, exact totals, and others' figures beside ours."""
# ruff: noqa: DTZ001 (times here are local wall clock, without a zone by contract)

import io
import re
from datetime import date, datetime
from decimal import Decimal

import mt940
import pytest
from lxml import etree

from tests.readers.files import (
    ALIPAY,
    CAMT_052,
    CAMT_053,
    CAMT_053_DETAILS,
    CAMT_054,
    FOLDER,
    FUND,
    LAYOUT_FIRST,
    LAYOUT_FIXED,
    LAYOUT_NAMED,
    MT940,
    SHORT_ZM,
    UMS,
    WECHAT_20,
    WECHAT_24,
    WECHAT_27,
    WECHAT_29,
    ZM,
    ZME,
    Sample,
    unpacked,
)  # fmt: skip
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.looks import sniff
from yifen.trades.reconciliation.readers.registry import FORMATS, Hints, open_file
from yifen.trades.reconciliation.rows import FileError, Row


def money(rows: list[Row]) -> list[tuple[object, ...]]:
    return [(row.serial, row.kind, row.amount_fen, row.fee_fen) for row in rows]


def test_the_portal_export_gives_its_known_totals_to_the_fen() -> None:
    reading = UMS.open()
    rows = list(reading)
    assert len(rows) == 4396
    assert sum(row.amount_fen for row in rows) == 3_664_567_403
    assert sum(row.fee_fen for row in rows) == -6_819_004
    assert sum(row.signed_fen + row.fee_fen for row in rows) == 3_657_748_399
    assert (reading.day, reading.owner) == (date(2017, 6, 25), "898319849000019")
    assert len({row.serial for row in rows}) == 4396
    assert rows[0] == Row(
        5, "921722482202", "sale", 1933500, -3480, datetime(2017, 6, 24, 22, 59, 21),
        ref="00000001-482202", batch="898319849000019",
    )  # fmt: skip


def test_an_error_file_moves_money_as_its_sign_letters_say() -> None:
    reading = ZME.open()
    assert list(reading) == [
        Row(1, "0718100000100001", "sale", 50000, -12, datetime(2017, 7, 18, 10),
            "0710024352028804", "X00004002761", "", "898319849000018"),
        Row(2, "0718110000100002", "refund", 7500, 2, datetime(2017, 7, 18, 11),
            "1225121212033333", "X00004002762", "", "898319849000018"),
        Row(3, "0718120000100003", "refund", 1, 0, datetime(2017, 7, 18, 12), "", "", "",
            "898319849000018"),
    ]  # fmt: skip
    assert (reading.day, reading.owner) == (date(2017, 7, 18), "898319849000018")
    assert ZME.rows(b"") == []


def test_an_adjustment_of_the_old_year_keeps_its_year() -> None:
    hints = Hints(name="INN18010288ZME_898319849000018")
    data = ZME.data.replace(b" 0718100000 ", b" 1231100000 ")
    assert Sample("unionpay_zme", hints, data).rows()[0].at == datetime(2017, 12, 31, 10)


def test_a_wechat_bill_gives_what_wechat_settles_and_leaves_out_what_has_not_moved() -> None:
    reading = WECHAT_27.open()
    rows = list(reading)
    assert money(rows) == [
        ("YF20190725000001", "sale", 600, -4), ("YF20190725000002", "sale", 123456, -741),
        ("YF20190725000003", "sale", 54, 0), ("YF20190725000004", "sale", 9850, -59),
        ("YFR201907250001", "refund", 250, 2), ("YFR201907250002", "refund", 3456, 21),
        ("YF20190725000004#REVOKED", "void", 9850, 59),
    ]  # fmt: skip
    assert rows[5] == Row(
        7, "YFR201907250002", "refund", 3456, 21, datetime(2019, 7, 25, 19, 5),
        "YF20190725000002", "50300003872019072500000002", "", "1900000109",
    )  # fmt: skip
    assert (reading.day, reading.owner, reading.currency) == (
        date(2019, 7, 25), "1900000109", "CNY",
    )  # fmt: skip


def test_the_other_column_sets_of_wechat_are_read_by_name() -> None:
    assert money(WECHAT_20.rows()) == money(WECHAT_27.rows())[:4]
    assert money(WECHAT_29.rows()) == money(WECHAT_27.rows())[4:6]
    assert WECHAT_29.rows()[0].at == datetime(2019, 7, 25, 19, 0, 59)
    assert money(WECHAT_24.rows()) == [("1415640626", "sale", 1, 0), ("1415635270", "sale", 1, 0)]
    assert WECHAT_24.rows()[0].at == datetime(2014, 11, 10, 16, 33, 45)
    red_packets = WECHAT_24.data.replace("代金券或立减优惠".encode(), "企业红包".encode())
    assert WECHAT_24.rows(red_packets) == WECHAT_24.rows()


def test_the_refund_total_may_leave_out_what_has_not_succeeded() -> None:
    without = WECHAT_27.data.replace(b",`136.10,", b",`135.56,")
    assert without != WECHAT_27.data
    assert WECHAT_27.rows(without) == WECHAT_27.rows()


@pytest.mark.parametrize("name", ["cut_all_27col", "cut_refund", "cut_success"])
def test_a_wechat_bill_of_which_rows_were_cut_is_refused(name: str) -> None:
    data = (FOLDER / f"wechat/{name}.csv").read_bytes()
    with pytest.raises(FileError, match="line 4, column 总交易单数") as caught:
        Sample("wechat_trade", Hints(), data).rows()
    assert caught.value.code is FileCode.FILE_TOTAL_COUNT


def test_a_fund_bill_has_fees_in_rows_of_their_own() -> None:
    rows = FUND.rows()
    assert [(*one, row.batch, row.original) for one, row in zip(money(rows), rows, strict=True)] == [
        ("YF20190725000001", "in", 600, 0, "交易", ""),
        ("100000002", "out", 4, 0, "扣除交易手续费", "YF20190725000001"),
        ("YF20190725000002", "in", 123456, 0, "交易", ""),
        ("100000004", "out", 741, 0, "扣除交易手续费", "YF20190725000002"),
        ("YFR201907250001", "out", 250, 0, "退款", ""),
        ("100000006", "out", 100000, 0, "提现", ""),
    ]  # fmt: skip
    full_width = FUND.data.replace("(元)".encode(), "（元）".encode())
    assert FUND.rows(full_width) == rows


def test_an_alipay_bill_tells_refunds_of_one_order_apart() -> None:
    reading = ALIPAY.open()
    rows = list(reading)
    assert money(rows) == [
        ("YF0916000001", "sale", 10000, -60), ("YF0916000002", "sale", 5000, -30),
        ("RF0916000001", "refund", 4000, 24), ("RF0916000002", "refund", 6000, 36),
        ("RF0916000003", "refund", 1234, 0),
    ]  # fmt: skip
    assert (rows[2].original, rows[2].at) == ("YF0916000001", datetime(2019, 9, 16, 12))
    assert (reading.day, reading.owner) == (date(2019, 9, 16), "20880211096256330156")
    assert ALIPAY.rows(unpacked(ALIPAY.data)) == rows


def test_a_camt_entry_becomes_its_details() -> None:
    reading = CAMT_052.open()
    rows = list(reading)
    assert money(rows) == [
        ("YF1", "in", 900046, 0), ("20261124000001#2", "in", 100000, 0), ("YF3", "out", 46, 0),
        ("E2", "out", 54, 0), ("1@20261124#3", "out", 20000, 0),
    ]  # fmt: skip
    assert [row.at for row in rows[2:]] == [
        datetime(2026, 11, 24, 9, 30), datetime(2026, 11, 24, 10), None,
    ]  # fmt: skip
    assert (rows[0].batch, rows[4].account_no) == ("B1", "6222020200112233445")
    assert (reading.day, reading.owner, reading.currency) == (
        date(2026, 11, 24), "1001014009012345678", "CNY",
    )  # fmt: skip
    assert money(CAMT_053_DETAILS.rows()) == [
        ("123456CHCAFEBABE#1", "in", 218700, 0), ("123456CHCAFEBABE#2", "in", 129600, 0),
    ]  # fmt: skip
    assert money(CAMT_054.rows()) == [("ENDTOENDID-01", "in", 500, 0)]


def test_lines_of_camt_rows_differ_even_on_a_single_line() -> None:
    single = re.sub(rb">\s+<", b"><", CAMT_052.data.partition(b"?>")[2])
    rows = CAMT_052.rows(single)
    assert money(rows) == money(CAMT_052.rows())
    assert len({row.line_no for row in rows}) == len(rows)


@pytest.mark.parametrize("given", [CAMT_053, CAMT_053_DETAILS, CAMT_054])
def test_camt_rows_add_up_to_the_entries_of_the_raw_document(given: Sample) -> None:
    space = {"c": re.search(rb'xmlns="([^"]+)"', given.data)[1].decode()}  # type: ignore[index]
    total = Decimal(0)
    for entry in etree.fromstring(given.data).iterfind(".//c:Ntry", space):
        sign = 1 if entry.findtext("c:CdtDbtInd", None, space) == "CRDT" else -1
        total += sign * Decimal(entry.findtext("c:Amt", "", space))
    assert sum(row.signed_fen for row in given.rows()) == total * 100


def test_an_mt940_statement_takes_its_serials_where_the_bank_puts_them() -> None:
    reading = MT940.open()
    assert list(reading) == [
        Row(5, "YF-E2E-1", "in", 123456, ref="ICBC0001", batch="00328/001"),
        Row(7, "ICBC0002", "out", 20000, ref="ICBC0002", batch="00328/001"),
        Row(8, "YF-E2E-27-CHARACTERS-XGO-ON", "out", 54, account_no="6222020200112233445",
            batch="00328/001"),
    ]  # fmt: skip
    assert (reading.day, reading.owner, reading.currency) == (
        date(2026, 11, 24), "ICBKCNBJ/1001014009012345678", "CNY",
    )  # fmt: skip


STATEMENTS = [
    block
    for name in ("mt940.sta", "sepa_mt9401.sta")
    for block in re.split(rb"(?m)^(?=:20:)", (FOLDER / "mt940" / name).read_bytes())[1:]
]


def test_every_statement_of_the_bank_samples_is_read_as_the_package_reads_it() -> None:
    assert len(STATEMENTS) == 29
    for block in STATEMENTS:
        theirs = mt940.models.Transactions(options=mt940.Options.all())
        theirs.parse(block.decode())
        rows = list(open_file("mt940", io.BytesIO(block), Hints()))
        assert [Decimal(row.signed_fen) / 100 for row in rows] == [
            entry.data["amount"].amount for entry in theirs
        ]


def test_a_bank_sample_whose_balance_does_not_follow_is_refused() -> None:
    for data, line_no in (((FOLDER / "mt940/abnamro.sta").read_bytes(), 27),
                          ((FOLDER / "camt/test-camt053.xml").read_bytes(), 38)):  # fmt: skip
        code = "mt940" if line_no == 27 else "camt"
        with pytest.raises(FileError, match=f"line {line_no}, ") as caught:
            Sample(code, Hints(), data).rows()
        assert caught.value.code is FileCode.FILE_BALANCE


def test_layouts_are_read_by_position_by_name_and_by_bytes() -> None:
    assert LAYOUT_FIRST.rows() == [
        Row(2, "17", "sale", 15000, at=datetime(2019, 5, 10, 11, 30, 5), ref="5551"),
        Row(3, "18", "sale", 54, at=datetime(2019, 5, 10, 12), ref="5552"),
        Row(4, "19", "sale", 0, at=datetime(2019, 5, 10, 13), ref="5553"),
    ]  # fmt: skip
    reading = LAYOUT_NAMED.open()
    assert list(reading) == [
        Row(3, "A1", "sale", 123456, -617, datetime(2026, 11, 24, 9, 30)),
        Row(4, "A2", "refund", 3456, 17, datetime(2026, 11, 24, 10)),
    ]  # fmt: skip
    assert reading.day == date(2026, 11, 24)
    assert LAYOUT_FIXED.rows() == [
        Row(1, "S000000000000001", "sale", 150000, at=datetime(2026, 11, 24, 23, 59, 59),
            batch="张三"),
        Row(2, "S000000000000002", "refund", 54, at=datetime(2026, 11, 24, 12), batch="𫖯㐂"),
    ]  # fmt: skip


ALL = [ZM, ZME, UMS, WECHAT_27, WECHAT_24, WECHAT_20, WECHAT_29, FUND, ALIPAY, CAMT_052, CAMT_053,
       CAMT_053_DETAILS, CAMT_054, MT940]  # fmt: skip


@pytest.mark.parametrize("given", ALL)
def test_a_file_without_a_profile_is_known_by_its_looks(given: Sample) -> None:
    assert sniff(given.hints.name, given.data[:512]) == given.format


def test_what_looks_like_nothing_is_no_format() -> None:
    assert sniff("INN170718.txt", b"\x00\xff") is None
    assert sniff("", b"") is None
    assert sniff("x", b'{"type":"head","version":1') == "hub"
    assert all(FORMATS[code].code == code for code in FORMATS)


@pytest.mark.parametrize("given", [SHORT_ZM, WECHAT_27, ALIPAY, CAMT_052, MT940])
def test_a_file_of_another_owner_or_day_is_refused(given: Sample) -> None:
    hints = given.hints
    owner = Hints(name=hints.name, owner="4711", day=hints.day)
    day = Hints(name=hints.name, day=date(2020, 2, 29))
    for wrong, code in ((owner, FileCode.FILE_OF_ANOTHER), (day, FileCode.FILE_OF_ANOTHER_DAY)):
        with pytest.raises(FileError) as caught:
            Sample(given.format, wrong, given.data).rows()
        assert caught.value.code is code
