"""Payers and payables: found by number or name, in scope, masked; what was paid and what is held."""

import psycopg
import pytest

from tests.console.busy import Busy, account_of, amount_of
from tests.console.pages import Page
from tests.web import site

SEARCH = "/console/payables/"


@pytest.fixture
def finance(busy: Busy):
    return site.client_of(busy.place.users["finance"])


def payable(busy: Busy, condition: str, value: int) -> int:
    """The id of the only payable of which this is true."""
    with psycopg.connect(busy.place.database.app_url) as conn:
        [(found,)] = conn.execute(f"SELECT payable_id FROM payable WHERE {condition}", (value,)).fetchall()
    return found


def yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"


def test_an_account_number_leads_to_its_payer(finance, busy):
    own = busy.place.own
    answer = finance.get(SEARCH, {"biller": own.biller, "account": own.account_no})
    assert answer.status_code == 302
    page = Page(finance, answer["Location"])
    assert "**小明 3201000001" in page.text
    assert page.table() == [
        ["TOPUP", "应缴TOPUP", "不限额", "0.00", "0.00", "0.00", "—", "待缴", ""],
        ["2026-11", "应缴2026-11", "全额", "345.67", "0.00", "345.67", "—", "待缴", ""],
        ["2026-10", "应缴2026-10", "全额", "234.56", "0.00", "234.56", "—", "待缴", ""],
        ["2026-09", "应缴2026-09", "全额", "123.45", "123.45", "0.00", "—", "已缴清", ""],
    ]
    stats = [part.text_content().strip() for part in page.tree.xpath("//*[@class='stat-value']")]
    assert stats == ["580.23", "123.45", "0项"]


def test_the_beginning_of_a_name_finds_payers_of_one_biller(finance, busy):
    own = busy.place.own
    page = Page(finance, SEARCH, biller=str(own.biller), name="欧阳")
    assert page.column("户号") == sorted(
        {own.account_no, *(account_of(number) for number in range(1, 130))}
    )
    assert set(page.column("户名")) == {"**小明"}
    assert Page(finance, SEARCH, biller=str(own.biller), name="小明").table() == []


def test_a_held_payable_names_the_payment_that_holds_it(finance, busy):
    payable_id = payable(busy, "held_by = %s", busy.undecided)
    page = Page(finance, f"{SEARCH}{payable_id}/")
    assert page.facts()["占用它的缴费"] == str(busy.undecided)
    assert page.column("种类") == ["预占"]
    assert "占用中" in Page(finance, f"{SEARCH}{payable_id}/payer/").column("占用")


def test_the_history_of_a_payable_shows_payment_and_reversal(finance, busy):
    payable_id = payable(busy, "ref = 'B-0005' AND biller_id = %s", busy.place.own.biller)
    page = Page(finance, f"{SEARCH}{payable_id}/")
    assert page.facts()["状态"] == "待缴"
    assert page.column("金额（元）") == [yuan(amount_of(5))] * 2
    assert page.column("缴费号") == [str(busy.reversed)] * 2
    assert page.column("付款方") == ["已退回"] * 2


def test_a_foreign_billers_payers_are_not_there(finance, busy):
    foreign = busy.place.foreign
    page = Page(finance, SEARCH, biller=str(foreign.biller), account=foreign.account_no)
    assert "选择一个有效的选项" in page.text
    for path in ("", "payer/"):
        assert finance.get(f"{SEARCH}{foreign.payable_id}/{path}").status_code == 404


def test_without_a_biller_nothing_is_searched(finance):
    assert "请选择收费单位" in Page(finance, SEARCH, account="3201000001").text


def test_a_teller_finds_the_payers_of_the_billers_that_his_county_collects_for(busy):
    own, teller = busy.place.own, site.client_of(busy.place.users["teller"])
    page = Page(teller, teller.get(SEARCH, {"biller": own.biller, "account": own.account_no})["Location"])
    assert "******0001" in page.text
    assert own.account_no not in page.answer.content.decode()
    assert teller.get(f"{SEARCH}{busy.place.foreign.payable_id}/").status_code == 404
