"""Frames of POS terminals: ISO 8583:1987 as UnionPay's terminals speak it, by one table.

A frame on the line is its length (2 bytes, big-endian), TPDU (5), header (6), message type, bitmap, fields. Numbers
are BCD, lengths too; texts are GBK, counted in bytes. What does not follow the table is a PosFault, never half read.
The table is written as `pyiso8583` has it: by that the tests read and write the same frames; the door does it itself,
in a third of the time.
"""

import re
from typing import Any, NamedTuple

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
"""Where the second digit of field 53 is 7: a PIN block of SM4. A frame reads as one of the two tables, never as both:
behind a field 53 that is moved by 8 bytes no length of a field fits."""
SM4_PIN = "7"
_PIN_BITS = 0b11 << 11  # fields 52 and 53


class _Place(NamedTuple):
    """A line of the table, ready to be read by: its bit, its size in digits (`is_bcd`) or bytes, the bytes of its
    length (0: fixed), where the spare digit of an odd count stands; `encoding`: of a text, "" of binary."""

    bit: int
    name: str
    is_bcd: bool
    encoding: str
    size: int
    length_bytes: int
    is_right: bool


def _places(spec: Spec) -> list[_Place]:
    return [_Place(1 << (64 - int(name)), name, one["len_count"] == "nibbles", one["data_enc"].removeprefix("b"),
                   one["max_len"], one["len_type"], "left_pad" in one)
            for name, one in spec.items() if name.isdecimal()]  # fmt: skip


_SHORT, _LONG = _places(SPEC), _places(LONG_PIN)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_KNOWN = sum(1 << (64 - int(name)) for name in SPEC if name.isdecimal())


def read_frame(body: bytes) -> PosFrame:
    """Of the bytes behind the length. PosFault."""
    if not FRAME_LEAST <= len(body) <= FRAME_MOST:
        raise PosFault(f"a frame of {len(body)} bytes")
    bits = int.from_bytes(body[_BITMAP])
    if unknown := bits & ~_KNOWN:
        raise PosFault(f"field {65 - unknown.bit_length()} is not in the table")
    kind = body[HEAD_BYTES : _BITMAP.start].hex()
    if not kind.isdecimal():
        raise PosFault("the message type is no number")
    return PosFrame({"t": kind, **_read(body, bits)}, body[: len(TPDU)], body[len(TPDU) : HEAD_BYTES])


def _read(body: bytes, bits: int) -> dict[str, str]:
    """By the table that its own field 53 names."""
    if bits & _PIN_BITS != _PIN_BITS:
        return _fields(body, bits, _SHORT)
    why = PosFault("field 53 names another PIN block than field 52 holds")
    for places in (_SHORT, _LONG):
        try:
            fields = _fields(body, bits, places)
        except PosFault as fault:
            why = fault
            continue
        if (fields["53"][1] == SM4_PIN) is (places is _LONG):
            return fields
    raise why


def _fields(body: bytes, bits: int, places: list[_Place]) -> dict[str, str]:
    fields, at = dict[str, str](), _BITMAP.stop
    for bit, name, is_bcd, encoding, size, length_bytes, is_right in places:
        if not bits & bit:
            continue
        if length_bytes:
            told = body[at : at + length_bytes].hex()
            if not told.isdecimal() or int(told) > size:
                raise PosFault(f"the length of field {name} is {told!r}")
            size, at = int(told), at + length_bytes
        data = body[at : at + (size + 1) // 2] if is_bcd else body[at : at + size]
        at += (size + 1) // 2 if is_bcd else size
        if at > len(body):
            raise PosFault(f"field {name} is cut off")
        if encoding:
            fields[name] = _shown(name, data, encoding)
            continue
        text = data.hex().upper()
        if is_bcd and size % 2:
            if text[0 if is_right else -1] != "0":
                raise PosFault(f"field {name} could be written otherwise")  # its spare digit is not 0
            text = text[1:] if is_right else text[:-1]
        fields[name] = text
    if at != len(body):
        raise PosFault("there are bytes behind the last field")
    return fields


def _shown(name: str, data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise PosFault(f"field {name} is no text: {error.reason}") from None
    if _CONTROL.search(text):  # a NUL, a line's end: no terminal types it
        raise PosFault(f"field {name} holds what cannot be shown")
    return text


def frame_bytes(frame: PosFrame) -> bytes:
    """What stands behind the length. PosFault: a field that its place cannot hold."""
    fields = frame.fields
    if unknown := fields.keys() - SPEC.keys():
        raise PosFault(f"not in the table: {sorted(unknown)}")
    is_long = fields.get("53", "")[1:2] == SM4_PIN and "52" in fields
    bits, parts = 0, list[bytes]()
    for bit, name, is_bcd, encoding, size, length_bytes, is_right in _LONG if is_long else _SHORT:
        text = fields.get(name)
        if text is None:
            continue
        data, count = _data(name, text, is_bcd, encoding, is_right)
        if count > size or (not length_bytes and count < size):
            raise PosFault(f"field {name} has {count}, its place {size}")
        bits |= bit
        parts.append(bytes.fromhex(f"{count:0{2 * length_bytes}d}") + data if length_bytes else data)
    kind = _data("t", fields.get("t", ""), True, "", False)[0]
    if len(kind) != _BITMAP.start - HEAD_BYTES:
        raise PosFault("the message type is no number")
    return frame.tpdu + frame.header + kind + bits.to_bytes(8) + b"".join(parts)


def _data(name: str, text: str, is_bcd: bool, encoding: str, is_right: bool) -> tuple[bytes, int]:
    """A field's bytes, and how many digits or bytes they count as."""
    try:
        if encoding:
            data = text.encode(encoding)
            return data, len(data)
        spare = "0" * (is_bcd and len(text) % 2)
        whole = spare + text if is_right else text + spare
        data = bytes.fromhex(whole)
    except ValueError as error:
        raise PosFault(f"field {name} cannot be written: {error}") from None
    if 2 * len(data) != len(whole):
        raise PosFault(f"field {name} holds a blank")
    return data, len(text) if is_bcd else len(data)


def framed(body: bytes) -> bytes:
    """With the length before it, as it goes on the line."""
    return len(body).to_bytes(LENGTH_BYTES) + body


def answer_to(asked: PosFrame, fields: dict[str, str]) -> PosFrame:
    """The frame that goes back: its type is the next one, its addresses change sides."""
    kind = f"{int(asked.fields['t']) + 10:04d}"
    tpdu = asked.tpdu[:1] + asked.tpdu[3:5] + asked.tpdu[1:3]
    return PosFrame({"t": kind, **fields}, tpdu, asked.header)


def cut(text: str, size: int) -> str:
    """The beginning of a text that fits into so many bytes of GBK, no character halved, blanks behind it."""
    kept = text.encode("gb18030", "replace")[:size].decode("gb18030", "ignore")
    return kept + " " * (size - len(kept.encode("gb18030")))
