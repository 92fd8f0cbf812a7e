"""The console's settlement: what was squared and paid, agreements with the calculator, the calendar."""

from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from tests.console.busy import again
from tests.console.pages import Page, words
from tests.web import site, worked
from tests.web.province import Province
from tests.web.worked import NIGHT
from tests.world import DAY, World, sealed_no


@pytest.fixture(scope="module")
def squared(place: Province) -> Province:
    with psycopg.connect(place.database.app_url, autocommit=True) as conn:
        World.cut(again(conn, place))
    worked.settled(place)
    return place


@pytest.fixture
def finance(squared: Province) -> Any:
    return site.client_of(squared.users["finance"])


def test_a_settlement_shows_its_parts_and_its_commission_tier_by_tier(squared, finance):
    page = Page(finance, f"/console/settlements/{squared.own.more['settlement']}/")
    assert page.table(0) == [
        ["手续费", "POWER01 青溪供电公司", "—", "0.47"],
        ["本户", "POWER01 青溪供电公司", "2026-11-24", "122.98"],
    ]
    assert page.table(1) == [["0.00 – ∞", "123.45", "0.38%", "0.4691"]]
    listed = Page(finance, "/console/settlements/")
    assert listed.column("应结（元）") == ["123.45"]
    assert listed.column("手续费（元）") == ["0.47"]


def test_an_unknown_payout_is_marked_and_the_bank_without_a_port_cannot_be_asked(squared, finance):
    address = f"/console/payouts/{squared.own.more['payout']}/"
    assert Page(finance, "/console/payouts/").column("状态") == ["结果未知"]
    page = Page(finance, address)
    assert "问明之前不会再发" in page.text
    assert page.facts()["收款账号"] == "6222000000000001"
    assert finance.post(address + "ask/").status_code == 403
    supervisor = site.client_of(squared.users["supervisor"])
    answer = supervisor.post(address + "ask/", follow=True)
    assert "这家银行没有接口" in answer.content.decode()


def test_the_trend_of_settlements_and_payouts_leads_to_their_rows(squared, finance):
    from yifen.core.access.scope import scope_of
    from yifen.trades.settlement.pages import trends

    mine = scope_of(squared.users["finance"])
    option, rows = trends.settled(mine, NIGHT)
    url = f"/console/settlements/?since={DAY}&until={DAY}"
    assert {one["name"]: one["data"] for one in option["series"]} == {
        "应结": [{"value": 123, "url": url}], "结转": [{"value": 123, "url": url}],
        "手续费": [{"value": 0, "url": url}]}  # fmt: skip
    assert rows[1:] == [[{"text": f"{DAY}", "url": url}, "123", "123", "0"]]
    assert Page(finance, url).column("应结（元）") == ["123.45"]
    option, rows = trends.paid_out(mine, NIGHT)
    day = DAY + timedelta(days=1)
    url = f"/console/payouts/?since={day}&until={day}&state=unknown"
    assert [(one["name"], one["tone"], one["data"]) for one in option["series"]] == [
        ("结果未知", "bad", [{"value": 122, "url": url}])]  # fmt: skip
    assert rows[1:] == [[f"{day}", "结果未知", {"text": "1", "url": url}, "122"]]
    assert Page(finance, url).column("状态") == ["结果未知"]
    foreign = scope_of(squared.users["developer"])._replace(partners=())
    assert trends.settled(foreign, NIGHT) is trends.paid_out(foreign, NIGHT) is None
    assert trends.settled(mine, NIGHT + timedelta(days=40)) is None


def test_settlements_and_payouts_of_a_foreign_biller_are_not_there(squared):
    other = site.client_of(site.user("finance-b", squared.foreign.county, "finance"))
    more = squared.own.more
    assert Page(other, "/console/settlements/").table() == []
    for address in (f"settlements/{more['settlement']}/", f"payouts/{more['payout']}/"):
        assert other.get(f"/console/{address}").status_code == 404


def terms(**more: str) -> dict[str, str]:
    return {"valid_from": "2026-12-01", "mode": "net", "period": "day", "measure": "amount", "refunds": "account",
            "min_fen": "", "cap_fen": "", "lag_days": "2", "tiers-TOTAL_FORMS": "2",
            "tiers-INITIAL_FORMS": "0", "tiers-0-beginning": "0", "tiers-0-rate_ppm": "0.38",
            "tiers-1-beginning": "1000", "tiers-1-rate_ppm": "０.2%"} | more  # fmt: skip


def test_the_calculator_adds_the_tiers_and_rounds_once(squared, finance):
    asked = terms(amount="1500.01")
    text = finance.post("/console/agreements/quote/", asked).content.decode()
    assert "3.80" in text
    assert "1.00<" in text
    assert "4.80" in text
    capped = finance.post("/console/agreements/quote/", asked | {"cap_fen": "2.00"}).content.decode()
    assert "封顶" in capped
    assert "2.00" in capped
    counted = terms(measure="count", amount="1200", **{
        "tiers-0-each_fen": "0.50", "tiers-1-each_fen": "0.30", "tiers-0-rate_ppm": "", "tiers-1-rate_ppm": ""})
    assert "560.00" in finance.post("/console/agreements/quote/", counted).content.decode()


def test_an_agreement_is_made_and_one_that_has_begun_stays(squared, finance):
    code, number = squared.own.biller_code, squared.own.more["agreement"]
    begun = finance.post(f"/console/agreements/{number}/", terms())
    assert begun.status_code == 200
    assert "84" in begun.content.decode()
    falling = terms(**{"tiers-0-beginning": "2000"})
    assert finance.post(f"/console/agreements/new/{code}/", falling).status_code == 200
    proposed = finance.post(f"/console/agreements/new/{code}/", terms()).url
    page = Page(finance, f"/console/agreements/new/{code}/")
    assert proposed in page.tree.xpath("//a/@href")  # it is on its way
    assert "2120" in finance.post(f"/console/agreements/new/{code}/", terms()).content.decode()
    agree(squared, proposed)
    rows = Page(finance, "/console/agreements/").table()
    assert rows[0][1] == "2026-12-01"
    assert rows[0][4] == "≥ 0.00: 0.38% · ≥ 1,000.00: 0.2%"


@pytest.mark.parametrize(("typed", "said"), [
    ({"tiers-0-rate_ppm": ""}, "请填写，不收费填 0"),
    ({"tiers-0-each_fen": "0.50"}, "按金额计费只填费率"),
    ({"measure": "count"}, "请填写，不收费填 0"),
    ({"tiers-1-beginning": ""}, "请填写起点"),
], ids=["no rate", "both", "a rate by number", "no beginning"])  # fmt: skip
def test_nothing_that_was_typed_of_a_tier_is_left_out(squared, finance, typed: dict[str, str], said: str):
    address = f"/console/agreements/new/{squared.own.biller_code}/"
    answer = finance.post(address, terms(valid_from="2027-03-01", **typed))
    assert (answer.status_code, said in answer.content.decode()) == (200, True)


def agree(squared: Province, proposed: str) -> None:
    """The supervisor's yes to what he sees."""
    supervisor = site.client_of(squared.users["supervisor"])
    seen = Page(supervisor, proposed).tree.xpath("//input[@name='seen']/@value")[0]
    supervisor.post(f"{proposed}decide/", {"word": "yes", "seen": seen})


def test_a_bank_of_ours_is_changed_by_two_people(squared, finance):
    from yifen.trades.settlement.models import Bank

    address = "/console/agreements/banks/ABC/"
    assert address in Page(finance, "/console/agreements/banks/").tree.xpath("//@href")
    asked = {"account_no": "9551000000000009", "account_name": "益分清算", "endpoint": ""}
    proposed = finance.post(address, asked).url
    assert Bank.objects.get(partner__code="ABC").account_no == "9551000000000001"
    agree(squared, proposed)
    assert Bank.objects.get(partner__code="ABC").account_no == "9551000000000009"
    fresh = asked | {"code": "ICBC", "name": "工行", "book_id": "1"}
    agree(squared, finance.post("/console/agreements/banks/new/", fresh).url)
    assert Bank.objects.get(partner__code="ICBC").partner.institution_id == squared.own.county


def test_a_payee_is_changed_only_with_the_word_of_who_approves_payouts(squared, finance):
    from yifen.trades.settlement.models import Bank, Payee

    asked = {"bank_id": str(Bank.objects.get(partner__code="ABC").pk), "account_no": "6222000000000777",
             "account_name": "青溪供电公司", "bank_code": "102100099996", "bank_name": "工行"}  # fmt: skip
    shown = finance.post(f"/console/agreements/payees/{squared.own.biller_code}/", asked).url
    assert Payee.objects.get(pk=squared.own.biller).account_no == sealed_no("6222000000000001")
    page = Page(finance, shown)
    assert ["收款账号", "6222000000000001", "6222000000000777"] in [
        [words(cell) for cell in row.xpath("./th|./td")] for row in page.tree.xpath("//tbody/tr")
    ]
    seen = page.tree.xpath("//input[@name='seen']/@value")[0]
    # The maker himself; another seen; who may not; then who may.
    supervisor = site.client_of(squared.users["supervisor"])
    for browser, word, what in ((finance, "yes", seen), (supervisor, "yes", "0" * 64),
                                (site.client_of(squared.foreign.user), "yes", seen)):  # fmt: skip
        browser.post(f"{shown}decide/", {"word": word, "seen": what})
        assert Payee.objects.get(pk=squared.own.biller).account_no == sealed_no("6222000000000001")
    supervisor.post(f"{shown}decide/", {"word": "yes", "seen": seen})
    assert Payee.objects.get(pk=squared.own.biller).account_no == sealed_no("6222000000000777")


def test_a_payee_is_signed_for_on_the_spot_by_password_and_code(squared, finance):
    from yifen.trades.settlement.models import Bank, Payee

    checker = squared.users["supervisor"]
    asked = {"bank_id": str(Bank.objects.get(partner__code="ABC").pk), "account_no": "6222000000000888",
             "account_name": "青溪供电公司", "bank_code": "102100099996", "bank_name": "工行"}  # fmt: skip
    shown = finance.post(f"/console/agreements/payees/{squared.own.biller_code}/", asked).url
    seen = Page(finance, shown).tree.xpath("//input[@name='seen']/@value")[0]
    signed = {"word": "sign", "seen": seen, "checker": checker.login,
              "checker_password": "wrong-horse-1", "checker_code": site.code_of(checker)}  # fmt: skip
    finance.post(f"{shown}decide/", signed)
    assert Payee.objects.get(pk=squared.own.biller).account_no != sealed_no("6222000000000888")
    finance.post(f"{shown}decide/", signed | {"checker_password": site.PASSWORD})
    assert Payee.objects.get(pk=squared.own.biller).account_no == sealed_no("6222000000000888")


def test_a_payout_is_done_by_the_banks_paper_and_two_people(squared, finance):
    from django.db import connection

    number = squared.own.more["payout"]
    asked = {"state": "done", "bank_serial": "SLIP7", "reason": "回单 7 号"}
    proposed = finance.post(f"/console/payouts/{number}/mark/", asked).url
    page = Page(finance, f"/console/payouts/{number}/")
    assert proposed in page.tree.xpath("//a/@href")
    assert page.facts()["银行流水号"] == "—"
    agree(squared, proposed)
    page = Page(finance, f"/console/payouts/{number}/")
    assert page.facts()["银行流水号"] == "SLIP7"
    with connection.cursor() as cursor:
        cursor.execute("SELECT state::text FROM payout WHERE document_id = %s", [-number])
        assert cursor.fetchall() == [("done",)]
    again = finance.post(f"/console/payouts/{number}/again/", {"reason": "x"}, follow=True)
    assert "8407" in again.content.decode()  # it never came back


def test_the_month_shows_what_was_settled_and_a_day_can_be_changed(squared):
    from yifen.trades.settlement.models import CalendarDay

    admin = site.client_of(squared.users["institution_admin"])
    page = Page(admin, "/console/calendar/", month="2026-11")
    cells = [
        [words(part) for part in cell.xpath("div")]
        for cell in page.tree.xpath("//table[@class='month']//td")
    ]
    assert ["23", "结 123.45"] in cells
    admin.post("/console/calendar/day/", {"day": "2026-11-28", "kind": "make_up", "name": "调休"})
    assert CalendarDay.objects.get(pk=date(2026, 11, 28)).kind == "make_up"
    refused = admin.post("/console/calendar/day/", {"day": "2026-11-25", "kind": "make_up", "name": "调休"},
                         follow=True)  # fmt: skip
    assert "84" in refused.content.decode()
    assert not CalendarDay.objects.filter(pk=date(2026, 11, 25)).exists()


def test_shares_of_more_than_the_whole_are_refused(squared, finance):
    from yifen.trades.settlement.models import Split

    address = f"/console/agreements/merchants/{squared.own.biller_code}/"
    own = {"shares-TOTAL_FORMS": "1", "shares-INITIAL_FORMS": "0",
           "shares-0-beneficiary": str(squared.foreign.biller), "shares-0-share_ppm": "50"}  # fmt: skip
    assert finance.post(address, own).status_code == 200
    assert Split.objects.count() == 0


def test_a_share_has_both_its_halves_and_one_line(squared, finance):
    from yifen.trades.settlement.pages.forms import Shares

    for rows, said in (
        ([("7", "60"), ("7", "10")], "同一收费单位只能列一行"), ([("7", "60"), ("8", "10")], ""),
        ([("", "5")], "分给谁和比例须一起填写"), ([("7", "")], "分给谁和比例须一起填写"), ([("", "")], ""),
    ):  # fmt: skip
        posted = {"s-TOTAL_FORMS": str(len(rows)), "s-INITIAL_FORMS": "0"} | {
            f"s-{n}-{name}": value for n, row in enumerate(rows)
            for name, value in zip(("beneficiary", "share_ppm"), row, strict=True)}  # fmt: skip
        shares = Shares(posted, prefix="s", form_kwargs={"merchants": [(7, "PROP01"), (8, "GAS01")]})
        assert (shares.is_valid(), said in str(shares.errors)) == (not said, True), rows
    address = f"/console/agreements/merchants/{squared.own.biller_code}/"
    nothing = finance.post(address, {"shares-TOTAL_FORMS": "0", "shares-INITIAL_FORMS": "0"})
    assert (nothing.status_code, "2111" in nothing.content.decode()) == (200, True)
