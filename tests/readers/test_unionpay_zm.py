"""The ZM reader on a real file, on variants of it, and on damage of every kind."""
# ruff: noqa: DTZ001 (times here are local wall clock, without a zone by contract)

import io
from collections.abc import Callable
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yifen.trades.reconciliation.readers.reading import Hints
from yifen.trades.reconciliation.readers.unionpay_name import day_of_name, parse_name
from yifen.trades.reconciliation.readers.unionpay_zm import FIELDS, open_zm
from yifen.trades.reconciliation.rows import FileError, Row

NAME = "INN17071888ZM_898319849000018"
SAMPLE = (Path(__file__).parents[1] / "samples" / "unionpay" / NAME).read_bytes()
LINES = SAMPLE.splitlines(keepends=True)
THREE = b"".join(LINES[:3])
DAY = date(2017, 7, 18)
MERCHANT = "898319849000018"


def rows_of(data: bytes, day: date = DAY, merchant_id: str = "") -> list[Row]:
    return list(open_zm(io.BytesIO(data), Hints(day=day, owner=merchant_id)))


def patched(line_no: int, **cells: bytes) -> bytes:
    """Three real lines, some cells of one of them overwritten (padded on the right)."""
    line = bytearray(LINES[line_no - 1])
    at = 0
    for field in FIELDS.fields:
        if (new := cells.pop(field.name, None)) is not None:
            line[at : at + field.width] = new.ljust(field.width)
        at += field.width + 1
    assert not cells
    return b"".join([*LINES[: line_no - 1], bytes(line), *LINES[line_no:3]])


def test_the_real_file_gives_its_known_totals() -> None:
    rows = rows_of(SAMPLE, day_of_name(NAME), parse_name(NAME).merchant_id)
    assert len(rows) == 1207
    assert sum(row.amount_fen for row in rows) == 4_727_546_394
    assert sum(row.fee_fen for row in rows) == -28_968
    assert sum(row.signed_fen + row.fee_fen for row in rows) == 4_727_517_426
    assert {row.kind for row in rows} == {"sale"}
    assert [row.line_no for row in rows] == list(range(1, 1208))
    assert min(row.at for row in rows) == datetime(2017, 7, 17, 23, 2, 1)
    assert max(row.at for row in rows) == datetime(2017, 7, 18, 23, 1, 56)


def test_a_row_holds_order_id_money_time_and_the_query_id() -> None:
    row = rows_of(THREE)[1]
    assert (row.serial, row.amount_fen, row.fee_fen) == ("20170718024352543740924", 1443600, -24)
    assert (row.at, row.kind, row.line_no) == (datetime(2017, 7, 18, 2, 43, 52), "sale", 2)
    assert (row.ref, row.original, row.batch) == ("201707180243520288048", "", MERCHANT)


def test_the_table_is_the_published_one() -> None:
    widths = "3,11,11,6,10,19,12,4,2,21,2,32,2,6,10,13,13,4,15,2,2,6,2,4,32,1,21,15,1,15,32,13,13,8"
    assert [f.width for f in FIELDS.fields] == [
        *map(int, widths.split(",")), 32, 13, 13, 12, 2, 1, 32, 98,
    ]  # fmt: skip
    assert (len(FIELDS.fields), FIELDS.length) == (42, 607)


def test_a_refund_and_a_void_take_the_money_back() -> None:
    back = {"settlement_amount": b"D000002499976", "net": b"D000002499976"}
    for code, kind in ((b"04", "refund"), (b"31", "void")):
        row = rows_of(patched(1, txn_type=code, fee=b"C000000000024", **back))[0]
        assert (row.kind, row.amount_fen, row.fee_fen) == (kind, 2500000, 24)
        assert row.signed_fen == -2500000


def test_the_new_years_file_holds_the_last_hour_of_the_old_year() -> None:
    data = b"".join(
        line[:35] + at + line[45:]
        for at, line in zip([b"1231230500", b"0101000001", b"0101225959"], LINES, strict=False)
    )
    assert [row.at for row in rows_of(data, date(2018, 1, 1))] == [
        datetime(2017, 12, 31, 23, 5), datetime(2018, 1, 1, 0, 0, 1),
        datetime(2018, 1, 1, 22, 59, 59),
    ]  # fmt: skip


def test_rare_characters_are_cut_in_bytes_and_read_as_gb18030() -> None:
    text = "𫖯㐂钱"
    row = rows_of(patched(1, original_order_id=text.encode("gb18030")))[0]
    assert row.original == text


def test_rows_come_before_the_file_is_read_to_its_end() -> None:
    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            serial = b"%032d" % self.served
            self.served += 1
            line = LINES[0][:112] + serial + LINES[0][144:]
            buffer[: len(line)] = line
            return len(line)

        served = 0

    stream: BinaryIO = io.BufferedReader(Endless(), 608)
    rows = list(islice(open_zm(stream, Hints(day=DAY)), 5))
    assert [row.serial for row in rows] == [f"{number:032d}" for number in range(5)]


def test_an_empty_file_has_no_rows() -> None:
    assert rows_of(b"") == []


BROKEN: list[tuple[bytes, int, str, str]] = [
    (THREE[:-1], 3, "record", "cut off after 607 bytes, no LF"),
    (THREE[:-100], 3, "record", "cut off after 508 bytes, no LF"),
    (LINES[0] + LINES[1][:-2] + b"\n" + LINES[2], 2, "record", "606 bytes, not 607 bytes"),
    (LINES[0] + LINES[1][:-1] + b" \n", 2, "record", "608 bytes, not 607 bytes"),
    (LINES[0][:-1] + LINES[1], 1, "record", "more than 607 bytes"),
    (LINES[0].replace(b"\n", b"\r\n") + LINES[1], 2, "record", "ends otherwise than the first line"),
    (LINES[0] + LINES[1][:-1] + b"\r\n", 2, "record", "ends otherwise than the first line"),
    (THREE + b"\n", 4, "record", "blank line"),
    (LINES[0] + b" " * 607 + b"\n" + LINES[1], 2, "record", "blank line"),
    (LINES[0] + b"\x1a", 2, "record", "cut off after 1 bytes, no LF"),
    (b"\xef\xbb\xbf" + THREE, 1, "record", "more than 607 bytes"),
    (THREE.replace(b" 0201 ", b"|0201 ", 1), 1, "pay_type", "no space before the field"),
    (patched(2, amount=b"00000144360X"), 2, "amount", "not fen: '00000144360X'"),
    (patched(2, amount=b"1443600"), 2, "amount", "not fen: '1443600     '"),
    (patched(2, amount=b"-00001443600"), 2, "amount", "not fen: '-00001443600'"),
    (patched(2, amount=b"000001443601"), 2, "settlement_amount",
     "1443576 fen, but amount 1443601 + fee -24 = 1443577"),
    (patched(3, fee=b"C000000000024"), 3, "settlement_amount",
     "4999976 fen, but amount 5000000 + fee 24 = 5000024"),
    (patched(3, fee=b"X000000000024"), 3, "fee", "not signed_fen: 'X000000000024'"),
    (patched(3, fee=b" 000000000024"), 3, "fee", "not signed_fen: ' 000000000024'"),
    (patched(3, net=b"C000004999975"), 3, "net",
     "4999975 fen, but amount 5000000 + fee -24 = 4999976"),
    (patched(3, split_amount=b"C000000000001"), 3, "split_amount",
     "a split settlement is not supported"),
    (patched(2, txn_type=b"02"), 2, "txn_type", "02 moves no money, but fee is -24 fen"),
    (patched(2, txn_type=b""), 2, "txn_type", "unknown: ''"),
    (patched(2, txn_type=b"04"), 2, "settlement_amount",
     "1443576 fen, but amount -1443600 + fee -24 = -1443624"),
    (patched(2, merchant_id=b"898319849000019"), 2, "merchant_id",
     "'898319849000019', not '898319849000018'"),
    (patched(1, merchant_id=b""), 1, "merchant_id", "missing"),
    (patched(2, order_id=b""), 2, "order_id", "not an order id: ''"),
    (patched(2, order_id=b"2017 0718"), 2, "order_id", "not an order id: '2017 0718'"),
    (patched(2, sent_at=b"0719024352"), 2, "sent_at",
     "0719024352 is outside business day 2017-07-18 (cut-off 23:00)"),
    (patched(2, sent_at=b"0718246000"), 2, "sent_at", "no such time of day: '246000'"),
    (patched(2, sent_at=b""), 2, "sent_at", "not digits: '          '"),
    (patched(2, original_trace=b"12"), 2, "original_trace", "not digits_or_blank: '12    '"),
    (patched(2, merchant_reserved=b"\xd5\xff"), 2, "merchant_reserved", ""),
    (patched(2, bill_no=b"a\tb"), 2, "bill_no", ""),
]  # fmt: skip


@pytest.mark.parametrize(("data", "line_no", "column", "reason"), BROKEN)
def test_a_broken_file_is_refused_by_line_and_column(
    data: bytes, line_no: int, column: str, reason: str
) -> None:
    with pytest.raises(FileError) as caught:
        rows_of(data)
    assert (caught.value.line_no, caught.value.column) == (line_no, column)
    if reason:
        assert str(caught.value) == f"line {line_no}, column {column}: {reason}"


def test_the_merchant_of_the_name_must_be_that_of_the_rows() -> None:
    with pytest.raises(FileError, match="line 1, column merchant_id"):
        rows_of(THREE, merchant_id="898319849000019")


@pytest.mark.parametrize(
    "name",
    [NAME[:-1], NAME.replace("ZM", "ZME"), f"x/{NAME}", NAME + "\n", NAME.replace("0718", "0732")],
)
def test_another_name_is_refused(name: str) -> None:
    with pytest.raises(FileError, match="line 0, column name"):
        day_of_name(name)


def test_the_cut_off_can_be_another() -> None:
    line = patched(1, sent_at=b"0717210000")
    row, *_ = open_zm(io.BytesIO(line), Hints(day=DAY, cut_off=time(20, 0)))
    assert row.at == datetime(2017, 7, 17, 21)
    with pytest.raises(FileError, match="line 1, column sent_at"):
        rows_of(line)


def outcome(data: bytes) -> list[Row] | None:
    try:
        return rows_of(data)
    except FileError:
        return None


def money(rows: list[Row]) -> list[tuple[object, ...]]:
    return [(row.line_no, row.kind, row.amount_fen, row.fee_fen) for row in rows]


@given(st.integers(0, len(THREE) - 1), st.integers(0, 255))
def test_a_changed_byte_is_refused_or_leaves_the_money_as_it_was(at: int, byte: int) -> None:
    """A changed digit of an order id or time cannot be seen here: the match finds it."""
    rows = outcome(THREE[:at] + bytes([byte]) + THREE[at + 1 :])
    assert rows is None or money(rows) == money(rows_of(THREE))


CUTS: list[Callable[[bytes, int, bytes], bytes]] = [
    lambda data, at, new: data[:at],
    lambda data, at, new: data[:at] + data[at + 1 :],
    lambda data, at, new: data[:at] + new + data[at:],
    lambda data, at, new: data[:at] + new + data[at + len(new) :],
]


@given(st.sampled_from(CUTS), st.integers(0, len(THREE)), st.binary(min_size=1, max_size=40))
def test_any_damage_gives_rows_or_a_file_error(
    cut: Callable[[bytes, int, bytes], bytes], at: int, new: bytes
) -> None:
    rows = outcome(cut(THREE, at, new))
    assert rows is None or len(rows) <= 4


@given(st.binary(max_size=2000))
def test_any_bytes_at_all_give_rows_or_a_file_error(data: bytes) -> None:
    assert outcome(data) in ([], None)
