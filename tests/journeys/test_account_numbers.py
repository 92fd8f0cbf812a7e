"""Both doors take an account number in any writing, and keep one form of it."""

import pytest

from tests.journeys.clients import Partner
from tests.journeys.conftest import Hub
from yifen.hub.payments.wirelog_queue import account_hash


@pytest.mark.parametrize("wide", [True, False], ids=["full-width", "blanks"])
def test_a_door_takes_any_writing(hub: Hub, partner: Partner, wide: bool) -> None:
    account_no, ref = hub.bill(700)
    written = account_no.translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789"}) if wide \
        else f"{account_no[:3]} {account_no[3:]}"  # fmt: skip
    assert written != account_no
    told = partner.call("query", biller="WATER", account_no=written)
    assert (told.code, told.body["account_no"]) == ("0000", account_no)
    serial = hub.serial()
    first = hub.charge(partner, written, {ref: 700}, serial)
    assert first.code == "0000"
    again = hub.charge(partner, written, {ref: 700}, serial)
    assert (again.code, again.body) == (first.code, first.body)
    assert hub.charge(partner, account_no, {ref: 700}, serial).code == "4001"
    assert hub.world.rows("SELECT account_no, amount_fen FROM payment WHERE serial = %s", serial) == [
        (account_no, 700)
    ]


def test_messages_about_one_account_have_one_hash() -> None:
    assert account_hash("N１") != account_hash("N1")  # the number is made plain before it is hashed
