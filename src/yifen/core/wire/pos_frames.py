"""Frames of POS terminals: ISO 8583:1987 as UnionPay's terminals speak it, by one table.

A frame on the line is its length (2 bytes, big-endian), TPDU (5), header (6), message type, bitmap, fields. Numbers
are BCD, lengths too; texts are GBK, counted in bytes. What does not follow the table is a PosFault, never half read.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import iso8583

TPDU, HEADER = bytes.fromhex("6000030000"), bytes.fromhex("603100310100")
LENGTH_BYTES, FRAME_LEAST, FRAME_MOST = 2, 21, 2048
HEAD_BYTES = len(TPDU) + len(HEADER)
_BITMAP = slice(HEAD_BYTES + 2, HEAD_BYTES + 10)
Spec = dict[str, Any]


class PosFault(ValueError):
    """The bytes are no frame of the table."""


class PosFrame(NamedTuple):
    """`fields`: "t" the type, "2" to "64"; BCD and binary as digits in upper case."""

    fields: dict[str, str]
    tpdu: bytes = TPDU
    header: bytes = HEADER


def _bcd(digits: int, length_bytes: int = 0, right: bool = False) -> Spec:
    """A number of so many digits; of an odd count it stands left, or `right`, in its bytes."""
    pad = {"left_pad": "0"} if right else {"right_pad": "0"}
    return {"data_enc": "b", "len_enc": "bcd", "len_type": length_bytes, "max_len": digits, "len_count": "nibbles",
            **pad}  # fmt: skip


def _text(size: int, length_bytes: int = 0, encoding: str = "gb18030") -> Spec:
    return {"data_enc": encoding, "len_enc": "bcd", "len_type": length_bytes, "max_len": size, "len_count": "bytes"}


SPEC: Spec = {
    "h": _text(0), "t": _bcd(4), "p": {**_bcd(16), "len_enc": "b"},
    "2": _bcd(19, 1),    # card
    "3": _bcd(6),        # kind of transaction
    "4": _bcd(12),       # fen
    "11": _bcd(6),       # trace 终端流水号
    "12": _bcd(6), "13": _bcd(4), "14": _bcd(4), "15": _bcd(4),  # hhmmss, MMdd; the card's end yyMM; the settlement day
    "22": _bcd(3), "23": _bcd(3, right=True), "25": _bcd(2), "26": _bcd(2),
    "32": _bcd(11, 1),   # acquirer
    "35": _bcd(37, 1), "36": _bcd(104, 2),                       # tracks; sealed ones hold A to F
    "37": _text(12, encoding="ascii"), "38": _text(6, encoding="ascii"), "39": _text(2, encoding="ascii"),
    "41": _text(8, encoding="ascii"), "42": _text(15, encoding="ascii"), "43": _text(40),
    "44": _text(25, 1), "46": _text(999, 2),
    "48": _bcd(322, 2),  # totals, uploads
    "49": _text(3, encoding="ascii"),
    "52": _text(8, encoding="b"),                                # PIN block; of 16 bytes: LONG_PIN
    "53": _bcd(16), "54": _text(20, 2, "ascii"), "55": _text(255, 2, "b"), "56": _text(999, 2), "57": _text(999, 2),
    "59": _text(999, 2),
    "60": _bcd(17, 2),   # kind 2, batch 6, network code 3, …
    "61": _bcd(29, 2),   # of the original: batch 6, trace 6, date 4
    "62": _text(999, 2, "b"), "63": _text(163, 2, "b"),
    "64": _text(8, encoding="b"),
}  # fmt: skip
LONG_PIN = {**SPEC, "52": _text(16, encoding="b")}
"""Where the second digit of field 53 is 7: a PIN block of SM4. A frame reads as one of the two tables, never as both: behind
a field 53 that is moved by 8 bytes no length of a field fits."""
SM4_PIN = "7"
_PIN_BITS = 0b11 << 11  # fields 52 and 53
_PADDED: dict[str, Callable[[str], str]] = {
    name: (lambda text: "0" + text) if "left_pad" in one else (lambda text: text + "0")
    for name, one in SPEC.items() if one["data_enc"] == "b" and one["len_count"] == "nibbles"
}  # fmt: skip
"""How an odd count of digits stands in its bytes."""
_SHOWN = {name for name, one in SPEC.items() if one["data_enc"] in ("ascii", "gb18030") and name != "h"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_KNOWN = sum(1 << (64 - int(name)) for name in SPEC if name.isdecimal())


def read_frame(body: bytes) -> PosFrame:
    """Of the bytes behind the length. PosFault."""
    if not FRAME_LEAST <= len(body) <= FRAME_MOST:
        raise PosFault(f"a frame of {len(body)} bytes")
    if unknown := int.from_bytes(body[_BITMAP]) & ~_KNOWN:
        raise PosFault(f"field {65 - unknown.bit_length()} is not in the table")
    fields, raw = _decoded(body)
    del fields["p"]
    frame = PosFrame(fields, body[: len(TPDU)], body[len(TPDU) : HEAD_BYTES])
    if not fields["t"].isdecimal():
        raise PosFault("the message type is no number")
    for name in fields.keys() & _PADDED.keys():
        if len(fields[name]) % 2 and raw[name]["data"].hex().upper() != _PADDED[name](fields[name]):
            raise PosFault(f"field {name} could be written otherwise")  # its spare digit is not 0
    for name in fields.keys() & _SHOWN:
        if _CONTROL.search(fields[name]):  # a NUL, a line's end: no terminal types it
            raise PosFault(f"field {name} holds what cannot be shown")
    return frame


def _decoded(body: bytes) -> tuple[dict[str, str], dict[str, Any]]:
    """By the table that its own field 53 names."""
    has_pin = int.from_bytes(body[_BITMAP]) & _PIN_BITS == _PIN_BITS
    why = ""
    for spec in (SPEC, LONG_PIN) if has_pin else (SPEC,):
        try:
            fields, raw = iso8583.decode(body[HEAD_BYTES:], spec)
        except iso8583.DecodeError as error:
            why = why or str(error)[:200]
            continue
        if not has_pin or (fields["53"][1] == SM4_PIN) is (spec is LONG_PIN):
            return fields, raw
        why = "field 53 names another PIN block than field 52 holds"
    raise PosFault(why)


def frame_bytes(frame: PosFrame) -> bytes:
    """What stands behind the length. PosFault: a field that its place cannot hold."""
    return frame.tpdu + frame.header + _encoded(frame.fields)


def framed(body: bytes) -> bytes:
    """With the length before it, as it goes on the line."""
    return len(body).to_bytes(LENGTH_BYTES) + body


def _encoded(fields: dict[str, str]) -> bytes:
    if unknown := fields.keys() - SPEC.keys():
        raise PosFault(f"not in the table: {sorted(unknown)}")
    is_long = fields.get("53", "")[1:2] == SM4_PIN and "52" in fields
    try:
        encoded, _ = iso8583.encode(dict(fields), LONG_PIN if is_long else SPEC)
    except (iso8583.EncodeError, KeyError) as error:
        raise PosFault(str(error)[:200]) from None
    return bytes(encoded)


def answer_to(asked: PosFrame, fields: dict[str, str]) -> PosFrame:
    """The frame that goes back: its type is the next one, its addresses change sides."""
    kind = f"{int(asked.fields['t']) + 10:04d}"
    tpdu = asked.tpdu[:1] + asked.tpdu[3:5] + asked.tpdu[1:3]
    return PosFrame({"t": kind, **fields}, tpdu, asked.header)


def cut(text: str, size: int) -> str:
    """The beginning of a text that fits into so many bytes of GBK, no character halved, blanks behind it."""
    kept = text.encode("gb18030", "replace")[:size].decode("gb18030", "ignore")
    return kept + " " * (size - len(kept.encode("gb18030")))
