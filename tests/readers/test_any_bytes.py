"""Whatever stands in a file: rows that the database can hold, or a FileError, and soon."""

import io
import re
import struct
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.readers.files import (
    ALIPAY,
    CAMT_052,
    CAMT_053,
    CAMT_053_DETAILS,
    FOLDER,
    FUND,
    LAYOUT_FIRST,
    LAYOUT_FIXED,
    LAYOUT_NAMED,
    MT940,
    SHORT_UMS,
    SHORT_ZM,
    WECHAT_24,
    WECHAT_27,
    WECHAT_29,
    ZME,
    Sample,
    packed,
    unpacked,
)
from tests.readers.test_bank_forms import MT942, OFX
from tests.readers.test_described import BOOK, SHEET, TWO, with_third, workbook
from tests.readers.test_hub_file import JSON, TEXT
from tests.readers.test_portal_and_fund import FUND as ALIPAY_FUND
from tests.readers.test_portal_and_fund import NETBANK
from yifen.core.facts.money import MAX_FEN
from yifen.trades.reconciliation.readers.looks import sniff
from yifen.trades.reconciliation.readers.registry import Hints, open_file
from yifen.trades.reconciliation.rows import FileError, Row

TIMED = with_third("moment", "time")
HUB, HUB_JSON = Sample("hub", Hints(), TEXT), Sample("hub", Hints(), JSON)
BILL = ALIPAY._replace(data=unpacked(ALIPAY.data))
CASES = FOLDER / "cases"
FORMS = [
    Sample("mt942", Hints(), MT942.encode()), Sample("ofx", Hints(), OFX),
    Sample("alipay_fund", Hints(), ALIPAY_FUND.encode("gb18030")),
    Sample("ums", Hints(), NETBANK.encode()),
    Sample("unionpay_zm", Hints(), (CASES / "08-999000000000001_20261123.zip").read_bytes()),
    Sample("wechat_trade", Hints(), (CASES / "10-wechat.csv.gz").read_bytes()),
    Sample("mt940", Hints(day=date(2026, 11, 23)), (CASES / "01-multiday.sta").read_bytes()),
    Sample("camt", Hints(day=date(2026, 11, 23)), (CASES / "01-multiday-camt053.xml").read_bytes()),
    Sample("camt", Hints(), (CASES / "13-charges-camt053.xml").read_bytes()),
    Sample("layout", Hints(layout=TWO), b"2026/11/23,10.00,\n2026/11/23,,4.50\n"),
    Sample("layout", Hints(layout=TIMED, day=date(2026, 11, 23)), b"A,+1.00,1123101112\n"),
]  # fmt: skip
SAMPLES = [
    HUB, HUB_JSON, SHORT_ZM, ZME, SHORT_UMS, WECHAT_24, WECHAT_27, WECHAT_29, FUND, ALIPAY, BILL,
    CAMT_052, CAMT_053, CAMT_053_DETAILS, MT940, LAYOUT_FIRST, LAYOUT_FIXED, LAYOUT_NAMED, *FORMS,
]  # fmt: skip
NAMES = [f"{sample.format}-{number}" for number, sample in enumerate(SAMPLES)]
CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
KINDS = {"sale", "refund", "void", "in", "out"}
BITS = st.sampled_from([
    b"", b"\n", b"\r\n", b"\x00", b"\xff", b"|", b"`", b",`", b"\t", b" ", b"-", b"0", b"9" * 50,
    b".", b":61:", b":62F:", b"-\n", b"<", b">", b"&x;", b"<Ntry>", b"</Ntry>", b"<TxDtls/>", b"PK",
    b"\xef\xbb\xbf", b"#", b"<STMTTRN>", b"</OFX>", b"<!", b"-}", b"{4:", b"\x1a", b"+", b"/", b",,",
    b"00000000", b"[" * 500, b"<a>" * 500,
    "（元）".encode(), "𫖯".encode("gb18030"), b'"', b"D|", b"T|",
])  # fmt: skip
CHANGES: list[Callable[[bytes, int, int, bytes], bytes]] = [
    lambda data, at, length, new: data[:at],
    lambda data, at, length, new: data[:at] + data[at + length :],
    lambda data, at, length, new: data[:at] + new + data[at:],
    lambda data, at, length, new: data[:at] + new + data[at + len(new) :],
    lambda data, at, length, new: data[:at] + data[at : at + length] * 3 + data[at + length :],
    lambda data, at, length, new: data[at:] + data[:at],
]


def outcome(sample: Sample, data: bytes) -> list[Row] | FileError:
    """The rows, each of which is one that the tables take; or what is wrong with the file."""
    try:
        rows = sample.rows(data)
    except FileError as error:
        return error
    for row in rows:
        assert row.kind in KINDS
        assert 0 <= row.amount_fen <= MAX_FEN
        assert abs(row.fee_fen) <= MAX_FEN
        assert 1 <= len(row.serial) <= 200
        texts = (row.serial, row.original, row.ref, row.account_no, row.batch)
        assert not any(CONTROL.search(text) for text in texts)
        assert row.at is None or row.at.tzinfo is None
    return rows


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
@settings(max_examples=150, deadline=2000)
@given(data=st.data())
def test_any_damage_gives_rows_or_a_file_error(sample: Sample, data: st.DataObject) -> None:
    damaged = sample.data
    for _ in range(data.draw(st.integers(1, 3))):
        change = data.draw(st.sampled_from(CHANGES))
        at = data.draw(st.integers(0, len(damaged)))
        new = data.draw(BITS | st.binary(max_size=12))
        damaged = change(damaged, at, data.draw(st.integers(0, 80)), new)
    outcome(sample, damaged)


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
@settings(max_examples=60, deadline=2000)
@given(begin=st.integers(0, 300), noise=st.binary(max_size=400))
def test_any_bytes_give_rows_or_a_file_error(sample: Sample, begin: int, noise: bytes) -> None:
    outcome(sample, sample.data[:begin] + noise)


@settings(max_examples=150, deadline=2000)
@given(at=st.integers(0, 4000), bit=st.integers(0, 7))
def test_a_flipped_bit_of_an_archive_never_changes_its_rows(at: int, bit: int) -> None:
    """The checksum of the entry sees every change of what is read."""
    data = bytearray(ALIPAY.data)
    data[at % len(data)] ^= 1 << bit
    found = outcome(ALIPAY, bytes(data))
    assert isinstance(found, FileError) or found == ALIPAY.rows()


@settings(max_examples=100, deadline=2000)
@given(st.binary(max_size=300))
def test_any_table_in_an_archive_gives_rows_or_a_file_error(table: bytes) -> None:
    outcome(ALIPAY, packed({"1_业务明细.csv": table}))


@settings(max_examples=12, deadline=10_000)
@given(at=st.integers(0, 8000), new=st.binary(min_size=1, max_size=8))
def test_any_damage_to_a_workbook_gives_rows_or_a_file_error(at: int, new: bytes) -> None:
    """Few: each takes a process."""
    book = workbook(*SHEET)
    at %= len(book)
    sample = Sample("layout", Hints(layout=BOOK, day=date(2026, 11, 23)), book)
    outcome(sample, book[:at] + new + book[at + len(new) :])


@pytest.mark.parametrize("given", SAMPLES, ids=NAMES)
def test_nesting_lines_twice_and_every_cut_give_rows_or_a_file_error(given: Sample) -> None:
    lines = given.data.splitlines(keepends=True)
    for line_no in range(min(len(lines), 40)):
        outcome(given, b"".join([*lines[: line_no + 1], *lines[line_no:]]))
        outcome(given, b"".join([*lines[:line_no], *lines[line_no + 1 :]]))
    for cut in range(0, len(given.data), max(1, len(given.data) // 60)):
        outcome(given, given.data[:cut])
    for deep in (b"[" * 20_000, b"<a>" * 20_000, b'{"a":' * 20_000, b"(" * 20_000):
        outcome(given, deep)
        outcome(given, given.data[: len(given.data) // 2] + deep)


@settings(max_examples=150, deadline=2000)
@given(data=st.data())
def test_a_file_read_by_the_reader_of_another_format_is_refused_by_number(data: st.DataObject) -> None:
    ours, theirs = (data.draw(st.sampled_from(SAMPLES)) for _ in range(2))
    outcome(ours, theirs.data)
    assert sniff("", theirs.data[:4096]) is not None or theirs.format == "layout" or theirs in (SHORT_ZM, ZME)


def test_an_archive_that_lies_about_its_size_stops_at_what_it_says() -> None:
    data = bytearray(packed({"1_业务明细.csv": b"#" * 100_000}))
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<L", 4000)
    assert isinstance(outcome(ALIPAY, bytes(data)), FileError)


@settings(max_examples=200)
@given(st.text(max_size=60), st.binary(max_size=300))
def test_looks_are_judged_without_an_error(name: str, head: bytes) -> None:
    assert sniff(name, head) is None or isinstance(sniff(name, head), str)


def test_a_stream_that_gives_a_byte_at_a_time_is_read_as_well() -> None:
    class Slow(io.RawIOBase):
        def __init__(self, data: bytes) -> None:
            self.rest = io.BytesIO(data)

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            piece = self.rest.read(1)
            buffer[: len(piece)] = piece
            return len(piece)

    for sample in (HUB, SHORT_ZM, WECHAT_27, MT940, CAMT_052):
        stream = io.BufferedReader(Slow(sample.data), 1)
        assert list(open_file(sample.format, stream, sample.hints)) == sample.rows()
