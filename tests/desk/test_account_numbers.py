"""The desk and the payer's pages take an account number in any writing, and keep one form of it."""

from urllib.parse import quote

import pytest

from tests.console.pages import Page
from tests.desk.standing import Desk, text
from tests.payer.phone import Phone, text_of
from tests.payer.rows import owe
from tests.web import site

WRITINGS = pytest.mark.parametrize("number", [0, 1, 2], ids=["full-width", "blanks", "circled"])


def written(account_no: str, number: int) -> str:
    """An account number that ends in 1, in another writing."""
    full = "".join(chr(ord(sign) + 0xFEE0) for sign in account_no)
    return [full, f" {account_no[:2]}\u3000{account_no[2:]} ", account_no[:-1] + "①"][number]


@WRITINGS
def test_the_desk(open_desk: Desk, number: int) -> None:
    open_desk.account_no += "1"
    open_desk.owe(B1=10_000, B2=2_345)
    typed, plain = written(open_desk.account_no, number), open_desk.account_no
    open_desk.account_no = typed
    entry = open_desk.paid()
    open_desk.account_no = plain
    assert (entry.state, entry.account_no) == ("booked", plain)
    assert open_desk.payments() == [(12_345, "taken", "booked")]
    assert entry.serial in text(open_desk.get("4650", text=typed))
    auditor = site.client_of(open_desk.place.users["supervisor"])
    found = Page(auditor, "/desk/journal/", text=typed, since="", until="")
    assert found.column("流水号") == [entry.serial]


@WRITINGS
@pytest.mark.parametrize("kiosk", [False, True], ids=["page", "kiosk"])
def test_the_payers_pages(open_desk: Desk, number: int, kiosk: bool) -> None:
    place, phone = open_desk.place, Phone(kiosk)
    biller = place.own.biller_code
    account_no, _ = owe(place, 500, account_no=f"{open_desk.account_no}1")
    typed = written(account_no, number)
    asked = phone.post(f"/q/{biller}/", account_no=typed)
    assert asked["Location"] == f"{phone.prefix}/q/{biller}/{account_no}"
    page = text_of(phone.get(f"/q/{biller}/{quote(typed)}"))
    assert "**小明" in page
    if not kiosk:
        assert phone.get(f"/poster/{biller}/{quote(typed)}").status_code == 200
