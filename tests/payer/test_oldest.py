"""A biller paid oldest first: an amount is shown bill by bill before it is paid, and no newer bill goes first."""

from collections.abc import Iterator

import psycopg
import pytest
from lxml import html

from tests.payer.phone import Phone, hidden, text_of
from tests.payer.rows import orders_of, owe, payments_of
from tests.web.province import Province


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture(autouse=True)
def oldest_first(place: Province) -> Iterator[None]:
    def put(on: bool) -> None:
        with psycopg.connect(place.database.owner_url) as conn:
            conn.execute("UPDATE biller SET oldest_first = %s WHERE partner_id = %s", (on, place.own.biller))

    put(True)
    yield
    put(False)


def account(place: Province, balance: bool = True) -> tuple[str, str, str, str]:
    """1.00, then 2.50 that may be paid in part, then what takes any amount."""
    account_no, one = owe(place, 100)
    _, two = owe(place, 250, account_no=account_no, mode="partial")
    more = owe(place, 0, account_no=account_no, mode="open", max_fen=50_000)[1] if balance else ""
    return account_no, one, two, more


def spread(place: Province, phone: Phone, account_no: str, yuan: str) -> tuple[dict[str, str], str]:
    """Lines that the page proposes (amounts in yuan; "": what has no choice), and its text."""
    token = hidden(phone.bills(place.own.biller_code, account_no), "token")
    answer = phone.post("/pay/", token=token, spread=yuan)
    tree = html.fromstring(answer.content.decode())
    ticked = tree.xpath("//input[@name='payable'][@checked]/@value")
    amounts = {ref: tree.xpath(f"//input[@name='amount.{ref}']/@value") for ref in ticked}
    return {ref: (found or [""])[0] for ref, found in amounts.items()}, text_of(answer)


@pytest.mark.parametrize(("yuan", "two", "more"), [("1", None, None), ("3", "2.00", None), ("5.5", "2.50", "2.00")])
def test_an_amount_is_shown_bill_by_bill_and_then_paid(
    place: Province, phone: Phone, yuan: str, two: str | None, more: str | None
) -> None:
    account_no, *refs = account(place)
    lines, text = spread(place, phone, account_no, yuan)
    assert lines == {ref: fen for ref, fen in zip(refs, ("", two, more), strict=True) if fen is not None}
    assert f"{yuan} 元分配如下" in text
    assert orders_of(account_no) == []
    order_no = phone.start(place.own.biller_code, account_no, *lines, **{ref: fen for ref, fen in lines.items() if fen})
    phone.at_cashier(order_no, "pay")
    phone.look(order_no)
    assert payments_of(place, account_no) == [(round(float(yuan) * 100), "taken")]


@pytest.mark.parametrize(("yuan", "balance", "most"), [("0.99", True, "0.00"), ("4", False, "3.50"), ("x", True, "")])
def test_what_bills_and_balance_do_not_take_is_told_with_how_much_they_do(
    place: Province, phone: Phone, yuan: str, balance: bool, most: str
) -> None:
    account_no, *_ = account(place, balance)
    _, text = spread(place, phone, account_no, yuan)
    assert "5011" in text
    assert most in text
    assert orders_of(account_no) == []


def test_a_newer_bill_alone_is_refused_before_money_is_asked_for(place: Province, phone: Phone) -> None:
    account_no, _one, two, more = account(place)
    for ref in (two, more):
        form = phone.form(place.own.biller_code, account_no, ref, **{ref: "2.50"})
        assert "5012" in text_of(phone.post("/pay/", **form))
    assert orders_of(account_no) == []
