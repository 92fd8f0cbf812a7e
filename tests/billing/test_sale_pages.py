"""The pages of prepaid services: sales, balances, vending systems; what a payment's page and its payer are told."""

from typing import Any

import psycopg
import pytest

from tests.billing.sale_proposals import rejected_sale
from tests.billing.test_sales import prepaid, recharged, shandong, sold
from tests.billing.test_tokens import asked
from tests.billing.town import Town
from tests.billing.vending_side import vending
from tests.billing.world import agreed, csv_of, imported, row, rows
from tests.desk.standing import text
from tests.settlement.bank_side import Clock
from tests.web import site
from tests.web.province import Province
from yifen.core.wire.token_port import token_shown

HEAD = ("户号,户名,小区,楼栋,单元,门牌,费种,用户类别,地区,人口,面积,系数,起始日,"
        "表号,计量,倍率,位数,起码,手机,同意短信,预付费")  # fmt: skip


def page(place: Province, address: str, role: str = "biller_staff") -> str:
    answer = site.client_of(place.users[role]).get(f"/console/{address}")
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


@pytest.fixture(scope="module")
def sale(place: Province) -> int:
    from django.db import transaction

    with transaction.atomic():
        return rejected_sale(place)


def test_a_rejected_sale_is_on_the_work_list_with_its_reason(place: Province, sale: int) -> None:
    listed = page(place, "billing/sales/?state=todo")
    for shown in (f"T{sale}", "MSOLD1", "200", "被拒绝", "表号未登记"):
        assert shown in listed, shown
    assert f"T{sale}" not in page(place, "billing/sales/?state=given")
    assert "售电没有卡密" in page(place, "today/", "finance")


def test_a_sales_page_shows_its_tiers_and_the_way_out(place: Province, sale: int) -> None:
    shown = page(place, f"billing/sales/{sale}/")
    for one in ("200 kWh", "0.5", "100.00", "表号未登记", "作废售电"):
        assert one in shown, one
    assert "作废售电" not in page(place, f"billing/sales/{sale}/", "auditor")


def test_a_customers_prepaid_page_shows_balance_and_sales(place: Province, sale: int) -> None:
    customer = rows(place, "SELECT customer_id FROM billing_customer WHERE account_no = 'SOLD1'")[0][0]
    shown = page(place, f"billing/customers/{customer}/prepaid/")
    for one in ("预存款", "0.00", f"T{sale}", "200 kWh"):
        assert one in shown, one
    assert f"T{sale}" in page(place, f"billing/customers/{customer}/")
    assert "预付费" in page(place, f"billing/customers/{customer}/")


def test_a_runs_page_says_how_many_prepaid_services_it_left_out(place: Province, sale: int) -> None:
    with psycopg.connect(place.database.owner_url) as conn:
        (run,) = conn.execute(
            "INSERT INTO billing_run (biller_id, fee_id, kind, from_on, to_on, due_on, begun_at, begun_by)"
            " SELECT biller_id, fee_id, 'period', '2026-10-01', '2026-10-31', '2026-11-20', now(), 'maker'"
            " FROM billing_fee WHERE code = 'sold' RETURNING run_id").fetchone() or (0,)  # fmt: skip
        conn.execute("INSERT INTO billing_piece VALUES (%s, 0, 0, 1, 1, 0, now(), 0, 0, 0, 0)", [run])
    shown = text(site.client_of(place.users["biller_staff"]).get(f"/console/billing/runs/{run}/"))
    assert " ".join(shown.split()).count("预付费，不出账 1") == 1


def test_staff_of_another_biller_see_neither_sale_nor_vending_system(place: Province, sale: int) -> None:
    staff = site.client_of(place.users["biller_staff"])
    assert staff.get(f"/console/billing/vending/{place.foreign.biller}/").status_code == 404


def test_a_vending_system_is_proposed_by_its_page_and_its_key_is_never_shown(place: Province, sale: int) -> None:
    staff, secret = site.client_of(place.users["biller_staff"]), "a key of the vending system"
    address = f"/console/billing/vending/{place.own.biller}/"
    wrong = staff.post(address, {"endpoint": "http://vend.example", "secret": secret})
    assert "8868" in wrong.content.decode()
    short = staff.post(address, {"endpoint": "https://vend.example", "secret": "short"})
    assert "8868" in short.content.decode()
    sent = staff.post(address, {"endpoint": "https://vend.example", "secret": secret, "reason": "新系统"})
    assert sent.status_code == 302
    shown = staff.get(sent.url).content.decode()
    assert "https://vend.example" in shown
    assert secret not in shown


def test_a_file_says_who_is_prepaid_and_a_later_one_that_does_not_say_leaves_it(
    place: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    def services() -> list[tuple[Any, ...]]:
        return rows(place, "SELECT c.account_no, s.prepaid FROM billing_service s"
                           " JOIN billing_customer c USING (customer_id)"
                           " WHERE c.account_no IN ('PP1', 'PP2') ORDER BY 1")  # fmt: skip

    body = csv_of(row("PP1") + ",是", row("PP2") + ",", head=HEAD)
    imported(place, agreed(place, body), monkeypatch)
    assert services() == [("PP1", True), ("PP2", False)]
    imported(place, agreed(place, csv_of(row("PP1", 用户类别="合表"), row("PP2"))), monkeypatch)
    assert services() == [("PP1", True), ("PP2", False)]
    body = csv_of(row("PP1", 用户类别="合表") + ",否", row("PP2") + ",yes", head=HEAD)
    imported(place, agreed(place, body), monkeypatch)
    assert services() == [("PP1", False), ("PP2", True)]


def told(facts: Any, town: Town) -> list[tuple[str, str]]:
    payment = town.world.value("SELECT max(payment_id) FROM payment")
    return [(str(fact["title"]), str(fact["text"])) for fact in facts(town.world.conn, payment)]


def test_the_page_of_a_recharge_says_what_it_bought_and_that_it_is_not_given_back(place: Province, town: Town) -> None:
    from yifen.trades.billing.pages import sale_facts

    prepaid(town)
    clock = Clock()
    with vending(town, clock) as system:
        recharged(town, 10_000)
        assert told(sale_facts.payer_facts, town) == [("购电", "正在处理，请稍后再看")]
        assert told(sale_facts.facts, town) == [("预存款", "余额 ¥100.00，本笔现可退 ¥100.00")]
        sold(town)
        bought = ("已购", "电费 182.84 kWh · ¥100.00")
        assert told(sale_facts.payer_facts, town) == [bought, ("卡密", "正在生成，请稍后再看")]
        asked(town, clock)
        (made,) = system.made.values()
    token = ("卡密", token_shown(made.token))
    assert told(sale_facts.payer_facts, town) == [bought, token]
    assert told(sale_facts.facts, town) == [
        ("预存款", "余额 ¥0.00，本笔现可退 ¥0.00"), bought, token,
        ("如需退款", "已折成数量售出，卡密一经发出不能收回：只能退预存款的余额"),
    ]  # fmt: skip


def test_a_recharge_that_went_back_is_told_nothing_of_what_the_next_one_bought(place: Province, town: Town) -> None:
    from yifen.trades.billing.pages import sale_facts

    prepaid(town)
    recharged(town, 10_000)
    assert told(sale_facts.payer_facts, town) == [("购电", "正在处理，请稍后再看")]
    assert town.world.reverse("R1", "S1", 10_000, channel="WX").code.name == "OK"
    first = town.world.value("SELECT max(payment_id) FROM payment")
    recharged(town, 20_000)
    assert sold(town) == ["OK"]
    assert sale_facts.payer_facts(town.world.conn, first) == []
    assert [fact["title"] for fact in sale_facts.facts(town.world.conn, first)] == ["预存款"]
    assert told(sale_facts.payer_facts, town) == [("已购", "电费 352.65 kWh · ¥200.00")]


def test_the_page_of_a_prepayment_names_the_bill_that_used_it(place: Province, town: Town) -> None:
    from datetime import date

    from yifen.trades.billing.pages import sale_facts

    fee = shandong(town)
    service = town.service(town.customer("A1"), fee)
    recharged(town, 100_000)
    town.used(service, date(2026, 10, 1), date(2026, 10, 31), 100_000)
    run = town.made(fee, date(2026, 10, 1), date(2026, 10, 31))
    assert town.published(run) == ["OK"]
    ((bill, _, fen),) = town.bills(run)
    assert fen == 5469
    assert told(sale_facts.payer_facts, town) == []
    assert told(sale_facts.facts, town) == [
        ("预存款", "余额 ¥945.31，本笔现可退 ¥945.31"),
        ("如需退款", f"电费账单 B{bill} 已使用 ¥54.69：先撤销该账单，款项回到预存款后再退"),
    ]  # fmt: skip
    code, cancel = town.cancelled(bill)
    assert (code, cancel and town.published(cancel)) == ("OK", ["OK"])
    assert told(sale_facts.facts, town) == [("预存款", "余额 ¥1,000.00，本笔现可退 ¥1,000.00")]


def test_of_what_a_balance_holds_the_newest_payments_are_given_back_first(place: Province, town: Town) -> None:
    from yifen.trades.billing.prepaid.reading import KEPT

    fee = shandong(town)
    town.service(town.customer("A1"), fee)
    for number, fen in enumerate((10_000, 20_000, 30_000), 1):
        recharged(town, fen)
        assert number == town.serials
    assert town.world.reverse("R2", "S2", 20_000, channel="WX").code.name == "OK"
    payable = town.world.value("SELECT payable_id FROM payable WHERE ref = 'PREPAID'")
    assert town.world.made("SELECT payments_spend_v1(0::smallint, %s, '{5000}')", [payable]) == [0]
    kept = town.world.rows(KEPT.replace("%(bucket)s", "0").replace("%(payable)s", str(payable)))
    assert [tuple(row) for _, _, _, *row in kept] == [
        (False, 30_000, 0, 30_000), (False, 20_000, 20_000, 0), (False, 10_000, 0, 5_000)]  # fmt: skip


def test_what_was_moved_off_a_cancelled_bill_names_its_payment_on_both_pages(place: Province, town: Town) -> None:
    from datetime import date

    from yifen.trades.billing.pages import sale_facts
    from yifen.trades.billing.prepaid.reading import KEPT

    fee = shandong(town)
    service = town.service(town.customer("A1"), fee)
    town.used(service, date(2026, 10, 1), date(2026, 10, 31), 100_000)
    run = town.made(fee, date(2026, 10, 1), date(2026, 10, 31))
    assert town.published(run) == ["OK"]
    ((bill, _, _),) = town.bills(run)
    assert town.paid("A1", {f"B{bill}": 5_469}) == "OK"
    assert told(sale_facts.facts, town) == []
    code, cancel = town.cancelled(bill)
    assert (code, cancel and town.published(cancel)) == ("OK", ["OK"])
    moved = "所缴账单已撤销或退补，其中 ¥54.69 转入预存款：在原渠道办理退款，从余额退回"
    assert told(sale_facts.facts, town) == [("预存款", "余额 ¥54.69，本笔现可退 ¥54.69"), ("转入预存款", moved)]
    payable = town.world.value("SELECT payable_id FROM payable WHERE ref = 'PREPAID'")
    statement = KEPT.replace("%(bucket)s", "0").replace("%(payable)s", str(payable))
    assert [tuple(row) for _, _, _, *row in town.world.rows(statement)] == [(True, 5_469, 0, 5_469)]
    town.world.cut()
    assert town.world.refund("R1", "S1", 1_000).code.name == "OK"
    assert [tuple(row) for _, _, _, *row in town.world.rows(statement)] == [(True, 5_469, 1_000, 4_469)]
