"""Whatever stands in a file: rows that the database can hold, or a FileError, and soon."""

import io
import re
import struct
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.readers.files import (
    ALIPAY,
    CAMT_052,
    CAMT_053,
    CAMT_053_DETAILS,
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
from tests.readers.test_hub_file import JSON, TEXT
from yifen.core.facts.money import MAX_FEN
from yifen.trades.reconciliation.readers.registry import Hints, open_file, sniff
from yifen.trades.reconciliation.rows import FileError, Row

HUB, HUB_JSON = Sample("hub", Hints(), TEXT), Sample("hub", Hints(), JSON)
BILL = ALIPAY._replace(data=unpacked(ALIPAY.data))
SAMPLES = [
    HUB, HUB_JSON, SHORT_ZM, ZME, SHORT_UMS, WECHAT_24, WECHAT_27, WECHAT_29, FUND, ALIPAY, BILL,
    CAMT_052, CAMT_053, CAMT_053_DETAILS, MT940, LAYOUT_FIRST, LAYOUT_FIXED, LAYOUT_NAMED,
]  # fmt: skip
NAMES = [f"{sample.format}-{number}" for number, sample in enumerate(SAMPLES)]
CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
KINDS = {"sale", "refund", "void", "in", "out"}
BITS = st.sampled_from([
    b"", b"\n", b"\r\n", b"\x00", b"\xff", b"|", b"`", b",`", b"\t", b" ", b"-", b"0", b"9" * 50,
    b".", b":61:", b":62F:", b"-\n", b"<", b">", b"&x;", b"<Ntry>", b"</Ntry>", b"<TxDtls/>", b"PK",
    b"\xef\xbb\xbf", b"#", "（元）".encode(), "𫖯".encode("gb18030"), b'"', b"D|", b"T|",
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
