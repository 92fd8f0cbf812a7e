"""What a camera writes beside a picture is taken out without a script, and what is kept is told to the trail."""

import struct
import zlib
from hashlib import sha256

import psycopg
import pytest

from tests.visits.people import asked, goer, photo, rows
from tests.web import site
from tests.web.province import Province
from yifen.trades.visits.pictures import bare
from yifen.trades.visits.rules import photo as read_photo

PIXELS = b"\xff\xdb\x00\x04qq\xff\xda\x00\x04ss" + b"light\xff\x00and dark" + b"\xff\xd9"
JFIF, COLOURS = b"\xff\xe0\x00\x07JFIF\0", b"\xff\xee\x00\x07Adobe"


def exif(way_up: int, order: str = "<") -> bytes:
    """With a place, a camera and which way up it is."""
    tiff = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}IH", 8, 2)
    tiff += struct.pack(f"{order}HHII", 0x8825, 4, 1, 99) + struct.pack(f"{order}HHIHH", 0x0112, 3, 1, way_up, 0)
    body = b"Exif\0\0" + tiff + b"GPS 37.4567 N, camera 0815"
    return b"\xff\xe1" + struct.pack(">H", 2 + len(body)) + body


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("way_up", [1, 6, 9])
def test_a_photo_loses_all_but_what_it_shows_and_which_way_up(way_up: int, order: str) -> None:
    comment = b"\xff\xfe\x00\x0812345 "
    came = b"\xff\xd8" + JFIF + exif(way_up, order) + comment + COLOURS + PIXELS + b"a film of the door"
    found = bare(came)
    assert b"GPS" not in found
    assert b"12345" not in found
    assert b"film" not in found
    turned = b"\xff\xe1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    assert found == b"\xff\xd8" + (turned if way_up == 6 else b"") + JFIF + COLOURS + PIXELS
    assert bare(found) == found
    assert read_photo(came) == ("image/jpeg", sha256(found).digest(), found)


def test_a_png_loses_its_texts_and_times() -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head, end = chunk(b"IHDR", b"x" * 13), chunk(b"IEND", b"")
    came = b"\x89PNG\r\n\x1a\n" + head + chunk(b"eXIf", b"GPS") + chunk(b"tEXt", b"who") + chunk(b"IDAT", b"light")
    assert bare(came + end + b"behind it") == b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", b"light") + end


@pytest.mark.parametrize("came", [
    b"", b"\xff\xd8", b"\xff\xd8\xff", b"\xff\xd8\xff\xe1\x00", b"\xff\xd8\xff\xe1\x00\x00", b"GIF89a",
    b"\xff\xd8\xff\xe1\xff\xff", b"\xff\xd8" + exif(6)[:-30], b"\xff\xd8\xff\xff\xff\xff",
    b"\x89PNG\r\n\x1a\n\xff\xff\xff\xff",
])  # fmt: skip
def test_what_is_broken_is_read_to_its_end_and_never_longer(came: bytes) -> None:
    assert len(bare(came)) <= len(came) + 40


def test_a_picture_that_was_exchanged_is_named(place: Province) -> None:
    from yifen.trades.visits.proof import altered

    walker = goer(place, "exchanged")
    visit = asked(place, who=walker)
    site.client_of(walker).post(f"/console/visits/{visit}/do/", {
        "finding": "ok", "sure": "on", "note": "", "photo1": photo(b"\xff\xd8" + exif(1) + PIXELS)})  # fmt: skip
    ((digest,),) = rows(place, "SELECT sha256 FROM visit_photo WHERE visit_id = %s", visit)
    assert digest == sha256(b"\xff\xd8" + PIXELS).digest()
    with psycopg.connect(place.database.owner_url) as conn:
        assert [one for one in altered(conn) if f" {visit}|1 " in one] == []
        conn.execute("UPDATE visit_photo SET sha256 = sha256('another') WHERE visit_id = %s", (visit,))
        assert [one for one in altered(conn) if f" {visit}|1 " in one] == [
            f"visit_photo {visit}|1 is another than the audit trail has"]  # fmt: skip
        conn.rollback()
