"""Lists find an account number in any writing: full width, blanks, dashes, either case."""

import pytest

from tests.console.busy import Busy, again
from tests.console.pages import Page
from tests.web import site

WRITINGS = pytest.mark.parametrize(
    "written", ["Q7712", "Ｑ７７１２", "q7712", "Q77 12", "q-77－12"],
    ids=["plain", "full-width", "case", "blanks", "dashes"],
)  # fmt: skip


@pytest.fixture(scope="module")
def paid(busy: Busy) -> tuple[Busy, int]:
    """One payment of account Q7712."""
    import psycopg

    with psycopg.connect(busy.place.database.app_url) as conn:
        world = again(conn, busy.place)
        world.institution = busy.place.own.county
        world.owe("POWER01", "Q7712", "QB", 4_321)
        booked = world.charge("Q-1", {"QB": 4_321}, channel="WX01", biller="POWER01", account_no="Q7712")
    assert booked.payment_id is not None
    return busy, booked.payment_id


@WRITINGS
def test_payments_by_any_number(paid: tuple[Busy, int], written: str) -> None:
    busy, payment_id = paid
    finance = site.client_of(busy.place.users["finance"])
    answer = finance.get("/console/payments/", {"q": written})
    assert (answer.status_code, answer["Location"]) == (302, f"/console/payments/{payment_id}/")


@WRITINGS
def test_payments_by_account(paid: tuple[Busy, int], written: str) -> None:
    busy, payment_id = paid
    finance = site.client_of(busy.place.users["finance"])
    page = Page(finance, "/console/payments/", account=written, since="2026-11-01", until="2026-11-30")
    assert page.column("缴费号") == [str(payment_id)]
    by_amount = Page(finance, "/console/payments/", account=written, sort="amount", since="2026-11-01",
                     until="2026-11-30")  # fmt: skip
    assert by_amount.column("缴费号") == [str(payment_id)]


@WRITINGS
def test_payers_by_account(paid: tuple[Busy, int], written: str) -> None:
    busy, _ = paid
    finance = site.client_of(busy.place.users["finance"])
    answer = finance.get("/console/payables/", {"biller": busy.place.own.biller, "account": written})
    assert answer.status_code == 302
    assert "**小明 Q7712" in Page(finance, answer["Location"]).text
