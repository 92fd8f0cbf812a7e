"""A field worker on his phone: from his list to the door, with a picture larger than is taken and the place; his pages
are accessible in both themes and fit."""

import os
import struct
import zlib
from decimal import Decimal

import psycopg
import pytest
from playwright.sync_api import expect

from tests.browser import people
from tests.browser.conftest import Place
from tests.browser.looking import AXE, faults
from tests.web import site

WIDE, HIGH = 1800, 900


def noise() -> bytes:
    """A PNG of 4.9 MB, as a camera sends."""
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + os.urandom(WIDE * 3) for _ in range(HIGH))
    head = struct.pack(">IIBBBBB", WIDE, HIGH, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def visit(place: Place) -> int:
    """That of the province goes to a new field worker; before a browser runs, in whose loop the ORM is not at home."""
    province, own = place.province, place.province.own
    with site.on(province.database):
        goer = site.user("goer", own.county, "field", partner=own.biller)
    with psycopg.connect(province.database.owner_url) as conn:
        conn.execute("UPDATE visit SET assignee_id = %s, due_on = '2026-01-05' WHERE visit_id = %s",
                     (goer.pk, own.more["visit"]))  # fmt: skip
    return int(own.more["visit"])


def test_a_visit_is_done_at_the_door_with_a_picture_and_the_place(place: Place, visit: int, new_page):
    phone = new_page(390, 844, phone=True)
    phone.context.add_init_script(AXE)
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"latitude": 37.5, "longitude": 121.25, "accuracy": 8})
    people.sign_in(place, phone, "goer")
    expect(phone.locator("h1")).to_have_text("我的外勤")
    phone.locator(".visit-line", has_text="看铅封").click()
    expect(phone.locator("h1")).to_have_text("云川小区 B5 A1 502")
    picture = {"name": "IMG_1.png", "mimeType": "image/png", "buffer": noise()}
    assert len(picture["buffer"]) > 4 << 20
    phone.set_input_files("[name=photo1]", picture)
    phone.fill("[name=note]", "铅封完好")
    phone.get_by_label("不热").check()
    phone.get_by_label("结果已核对，提交后不能再改").check()
    phone.get_by_role("button", name="送出").click()
    expect(phone.locator("main")).to_contain_text("已提交：云川小区 B5 A1 502")
    kept = "SELECT done_by, finding, note, latitude, longitude, accuracy_m FROM visit WHERE visit_id = %s"
    assert place.rows(kept, visit) == [
        ("goer", "cold", "铅封完好", Decimal("37.500000"), Decimal("121.250000"), 8)]  # fmt: skip
    ((kind, size),) = place.rows("SELECT kind, bytes FROM visit_photo WHERE visit_id = %s", visit)
    assert (kind, size < 4 << 20) == ("image/jpeg", True)
    door = place.province.own.more["door"]
    ((unit,),) = place.rows("SELECT parent_id FROM billing_place WHERE place_id = %s", door)
    pages = ("visits/mine/", f"visits/{visit}/do/", "places/", f"places/{unit}/", f"places/{door}/door/")
    assert [fault for page in pages for fault in faults(phone, f"/console/{page}", True)] == []
