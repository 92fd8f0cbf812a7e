"""What a camera writes into a picture beside what it shows (place, time, its own number) is taken out; which way up it
is stays. Pure."""

import struct
import zlib

_JPEG, _PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
_SCAN, _END = 0xDA, 0xD9
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length
_TOLD = frozenset({*range(0xE1, 0xF0), 0xFE}) - {0xE2, 0xEE}  # APP1..15 and comments; colours (APP2, APP14) stay
_CHUNKS = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_ORIENTATION = 0x0112


def bare(body: bytes) -> bytes:
    """The picture alone; what is no JPEG or PNG from end to end: as it is, up to where it is one no longer."""
    if body.startswith(_PNG):
        return _bare_png(body)
    return _bare_jpeg(body) if body.startswith(_JPEG) else body


def _bare_jpeg(body: bytes) -> bytes:
    """Segments up to the first scan, and all that follows it up to the end of the picture."""
    found, place, way_up = bytearray(), 2, 1
    while place + 4 <= len(body) and body[place] == 0xFF and body[place + 1] not in (_SCAN, _END):
        marker = body[place + 1]
        if marker == 0xFF:  # padding
            place += 1
            continue
        size = 2 if marker in _ALONE else 2 + int.from_bytes(body[place + 2 : place + 4], "big")
        segment = body[place : place + size]
        if marker == 0xE1:
            way_up = _way_up(segment) or way_up
        if marker not in _TOLD:
            found += segment
        place += size
    ends = body.rfind(b"\xff\xd9", place)  # what stands behind the end (a film, a second picture) goes
    rest = body[place : ends + 2] if ends >= 0 else body[place:]
    return _JPEG + (_turned(way_up) if way_up != 1 else b"") + bytes(found) + rest


def _way_up(segment: bytes) -> int:
    """Of an EXIF segment: 2 to 8; 0: it does not say."""
    tiff = segment[10:]
    if segment[4:10] != b"Exif\0\0" or tiff[:2] not in (b"II", b"MM") or len(tiff) < 10:
        return 0
    order = "<" if tiff[:2] == b"II" else ">"
    (first,) = struct.unpack_from(f"{order}I", tiff, 4)
    if first + 2 > len(tiff):
        return 0
    (count,) = struct.unpack_from(f"{order}H", tiff, first)
    for place in range(first + 2, min(first + 2 + 12 * count, len(tiff) - 11), 12):
        tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, place)
        if (tag, kind) == (_ORIENTATION, 3):
            return int(value) if 2 <= value <= 8 else 0
    return 0


def _turned(way_up: int) -> bytes:
    """An EXIF segment that says this alone."""
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, way_up, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", 8 + len(tiff)) + b"Exif\0\0" + tiff


def _bare_png(body: bytes) -> bytes:
    """Chunks up to the end; one that is broken ends it."""
    found, place = bytearray(_PNG), len(_PNG)
    while place + 12 <= len(body):
        (size,) = struct.unpack_from(">I", body, place)
        chunk, name = body[place : place + 12 + size], body[place + 4 : place + 8]
        whole = len(chunk) == 12 + size and zlib.crc32(chunk[4:-4]) == int.from_bytes(chunk[-4:], "big")
        if name not in _CHUNKS:
            found += chunk
        place += 12 + size
        if name == b"IEND" or not whole:
            break
    return bytes(found)
