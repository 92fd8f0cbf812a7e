"""The codec of POS frames: real ones come back as the same bytes, others are a message or one defined error."""

import random
from pathlib import Path
from time import perf_counter

import iso8583
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yifen.core.wire.pos_frames import (
    FRAME_MOST,
    HEAD_BYTES,
    LONG_PIN,
    SPEC,
    PosFault,
    PosFrame,
    answer_to,
    cut,
    frame_bytes,
    framed,
    read_frame,
)
from yifen.hub.simulators.pos_fuzz import hostile
from yifen.tools.bench.pos_fuzz import SEEDS

LINES = (line.split() for line in (Path(__file__).parent / "frames.txt").read_text().splitlines())
FRAMES = {name: bytes.fromhex(data) for name, data in LINES}
SALE = FRAMES["PAY_REQUEST"]


@pytest.mark.parametrize("name", FRAMES)
def test_a_real_frame_comes_back_as_the_same_bytes(name):
    assert frame_bytes(read_frame(FRAMES[name])) == FRAMES[name]


def test_a_real_sale_says_what_it_says():
    fields = read_frame(SALE).fields
    assert {name: fields[name] for name in ("t", "2", "3", "4", "11", "22", "23", "25", "41", "42", "49", "60")} == {
        "t": "0200", "2": "6224242300000069", "3": "000000", "4": "000000001111", "11": "000079", "22": "071",
        "23": "000", "25": "00", "41": "10016919", "42": "84329004582000B", "49": "156", "60": "2200072700060",
    }  # fmt: skip
    assert bytes.fromhex(fields["64"]) == b"83592745"


def test_texts_are_gbk_and_counted_in_bytes():
    fields = read_frame(FRAMES["PAY_RESPONSE"]).fields
    assert (fields["43"].rstrip(), len(fields["43"].encode("gbk"))) == ("河南省银隆信息技术有限公司", 40)
    assert (fields["56"], fields["37"]) == ("00+成功", "X00004002761")
    assert cut("桂林市象山区人民法院", 7) == "桂林市 "
    assert len(cut("𫖯" * 30, 40).encode("gb18030")) == 40


def with_length_in_nibbles(body: bytes) -> bytes:
    """Field 62 of the sale has 24 bytes, and says 48."""
    return body.replace(bytes.fromhex("0024ff02"), bytes.fromhex("0048ff02"))


def without_its_bit(body: bytes) -> bytes:
    """Field 62 is sent; the bitmap does not name it."""
    bitmap = int.from_bytes(body[13:21]) & ~(1 << 2)
    return body[:13] + bitmap.to_bytes(8) + body[21:]


@pytest.mark.parametrize("spoilt", [
    with_length_in_nibbles(SALE), without_its_bit(SALE), SALE + b"\0", SALE[:-1], SALE[:20], b"",
    SALE + bytes(FRAME_MOST),
    SALE[:13] + b"\xf0" + SALE[14:], SALE[:13] + b"\x74" + SALE[14:], SALE[:11] + b"\x02\x0a" + SALE[13:],
    SALE.replace(bytes.fromhex("0710"), bytes.fromhex("0711"), 1),
])  # fmt: skip
def test_a_frame_against_the_table_is_one_defined_error(spoilt):
    with pytest.raises(PosFault):
        read_frame(spoilt)


def test_what_its_place_cannot_hold_is_not_written():
    for fields in ({"4": "1"}, {"41": "1234567"}, {"39": "000"}, {"43": "短"}, {"65": "1"}):
        with pytest.raises(PosFault):
            frame_bytes(PosFrame({"t": "0210", **fields}))


def test_an_answer_goes_back_where_it_came_from():
    asked = read_frame(SALE[:1] + b"\x00\x03\x12\x34" + SALE[5:])
    said = answer_to(asked, {"39": "00"})
    assert (said.tpdu.hex(), said.header, said.fields["t"]) == ("6012340003", asked.header, "0210")
    assert framed(b"abc") == b"\x00\x03abc"


@given(st.binary(max_size=600))
def test_any_bytes_are_a_message_or_a_defined_error(data):
    soon(data)


@given(st.sampled_from(sorted(FRAMES)), st.data())
def test_a_real_frame_with_a_changed_byte_is_too(name, data):
    body = bytearray(FRAMES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    soon(bytes(body))


def soon(body: bytes) -> None:
    """In bounded time; what is read is written as it was."""
    began = perf_counter()
    try:
        frame = read_frame(body)
    except PosFault:
        pass
    else:
        assert frame_bytes(frame) == body
        assert set(frame.fields) <= SPEC.keys()
    assert perf_counter() - began < 0.5


@pytest.mark.parametrize(("method", "block"), [("6", "11" * 8), ("7", "11" * 16)])
def test_a_pin_block_is_as_long_as_field_53_says(method, block):
    """Behind it stands every field that a terminal may send there, so that no other table reads the same bytes."""
    after = {"54": "1" * 20, "55": "9F2608" + "00" * 8, "56": "中", "57": "a", "59": "b", "60": "22000001000",
             "61": "0000010000020000", "62": "313233", "63": "303120", "64": "0" * 16}  # fmt: skip
    for keep in ({}, *({name: value} for name, value in after.items()), after):
        asked = {"t": "0200", "11": "000001", "52": block.upper(), "53": f"2{method}".ljust(16, "0"), **keep}
        body = frame_bytes(PosFrame(asked))
        assert read_frame(body).fields == asked
        with pytest.raises(PosFault):
            frame_bytes(PosFrame(asked | {"53": f"2{'67'[method == '6']}".ljust(16, "0")}))


OWN_RULES = ("could be written otherwise", "cannot be shown", "is not in the table", "is no number", "a frame of")
"""Of ours alone: the library lets them pass."""


def test_it_reads_and_writes_what_the_library_does():
    """`pyiso8583` with the same table: what we read it reads so too; what it alone reads, a rule of ours refuses."""
    seen = {"same": 0, "fault": 0}
    for _, body in zip(range(6_000), hostile([*FRAMES.values(), *SEEDS], random.Random(5)), strict=False):
        has_pin = int.from_bytes(body[13:21]) >> 11 & 3 == 3
        theirs = [told for spec in (SPEC, LONG_PIN) if (told := by_library(body, spec)) is not None]
        why = ""
        try:
            ours = read_frame(body).fields
        except PosFault as fault:
            why = str(fault)
        seen["fault" if why else "same"] += 1
        if why:
            assert theirs == [] or has_pin or any(word in why for word in OWN_RULES), body.hex()
            continue
        assert ours in theirs, body.hex()
        table = LONG_PIN if ours.get("53", "")[1:2] == "7" and "52" in ours else SPEC
        assert bytes(iso8583.encode(dict(ours), table)[0]) == body[HEAD_BYTES:], body.hex()
        assert frame_bytes(read_frame(body)) == body
    assert min(seen.values()) > 500, seen


def by_library(body: bytes, spec: dict) -> dict | None:
    try:
        fields, _ = iso8583.decode(body[HEAD_BYTES:], spec)
    except (iso8583.DecodeError, KeyError):  # a field that is not in the table
        return None
    return {name: value for name, value in fields.items() if name != "p"}


@pytest.mark.parametrize(("name", "text"), [("37", "12345678901\0"), ("41", "1000000\n"), ("43", "\x1b" + "A" * 39)])
def test_a_text_with_a_control_character_is_no_frame(name, text):
    body = frame_bytes(PosFrame({"t": "0200", "11": "000001", name: text}))
    with pytest.raises(PosFault, match=f"field {name} holds what cannot be shown"):
        read_frame(body)
