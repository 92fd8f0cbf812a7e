"""Sales of a prepaid service 售电: what money buys, once, and its books."""

from datetime import date, timedelta

import psycopg
import pytest

from tests.billing.town import LIMITS, PARTS, Town
from tests.world import NOON
from yifen.core.plugs import result_code
from yifen.trades.billing.prepaid import selling


def prepaid(town: Town, account: str = "A1", since: date = date(2026, 11, 1), **fields: object) -> int:
    """A holder's service with a meter; its number."""
    fee = town.world.rows("SELECT fee_id FROM billing_fee WHERE code = 'power'")
    service = town.service(town.customer(account), fee[0][0] if fee else shandong(town), since, prepaid=True, **fields)
    meter = {"bucket": 0, "meter_id": service, "service_id": service, "biller_id": town.biller, "number": f"M{account}",
             "fitted_on": since}  # fmt: skip
    town.world._insert("billing_meter", meter, "1")
    return service


def shandong(town: Town) -> int:
    """By months: 210 and 400 kWh each."""
    fee = town.fee(by_months=True)
    town.price(fee, PARTS, LIMITS)
    return fee


def sold(town: Town) -> list[str]:
    """As the worker does it; the codes."""
    world = town.world
    world.run("SELECT billing_recharged_v1(0::smallint, %s)", world.now)
    due = world.rows("SELECT payable_id FROM billing_unsold WHERE next_at <= %s ORDER BY payable_id", world.now)
    codes = [world.value("SELECT billing_sell_v1(0::smallint, %s, %s)", one, world.now) for (one,) in due]
    return [result_code(code).name for code in codes]


def sales(town: Town, account: str = "A1") -> list[tuple[int, int]]:
    """(quantity in thousandths, fen), in order."""
    return town.world.rows("SELECT qty_milli, amount_fen FROM billing_sale WHERE account_no = %s ORDER BY sale_id",
                           account)  # fmt: skip


def recharged(town: Town, fen: int, account: str = "A1") -> None:
    town.asked(account)
    assert town.paid(account, {"PREPAID": fen}) == "OK"


def test_a_thousand_yuan_of_a_new_holder_by_the_tiers_of_shandong(town: Town):
    """One month of 2026: 210 kWh at 0.5469 are 114.85, 190 at 0.5969 are 113.41; 771.74 are left, at 0.8469 they buy
    911.25 kWh for 771.74."""
    prepaid(town)
    recharged(town, 100_000)
    assert sold(town) == ["OK"]
    assert sales(town) == [(1_311_250, 100_000)]
    assert town.world.rows("SELECT part_no, qty_milli, amount_fen FROM billing_sale_line ORDER BY line_no") == [
        (1, 210_000, 11_485), (2, 190_000, 11_341), (3, 911_250, 77_174)]  # fmt: skip
    assert town.world.value("SELECT used_milli FROM billing_used") == 1_311_250
    assert town.owed("A1")["PREPAID"][3] == 0
    assert town.postings() == [("paid", "1124", "2203", 100_000), ("sold", "2203", "6001", 100_000)]
    assert town.books() == {"1124": 100_000, "6001": -100_000}
    assert town.wrong() == []
    assert sold(town) == []


def test_money_that_comes_by_and_by_walks_up_the_tiers_as_money_that_comes_at_once(town: Town):
    """100.00 buy 182.84 kWh of tier 1; the next 100.00 the 27.16 that are left of it, for 14.85, and 142.64 of tier 2
    for 85.14: a fen is left, for a hundredth more would cost 0.60 of one."""
    prepaid(town)
    for _ in range(2):
        recharged(town, 10_000)
        assert sold(town) == ["OK"]
    assert sales(town) == [(182_840, 10_000), (169_800, 9_999)]
    assert town.world.rows("SELECT used_milli FROM billing_sale ORDER BY sale_id") == [(0,), (182_840,)]
    assert town.owed("A1")["PREPAID"][3] == 1
    assert town.wrong() == []


def test_recharges_before_the_worker_looks_are_one_sale_of_their_sum(town: Town):
    prepaid(town)
    recharged(town, 40_000)
    recharged(town, 60_000)
    assert sold(town) == ["OK"]
    assert sales(town) == [(1_311_250, 100_000)]
    assert town.world.value("SELECT billing_sell_v1(0::smallint, payable_id, %s) FROM payable", NOON) == 0
    assert sales(town) == [(1_311_250, 100_000)]


def test_what_does_not_buy_a_hundredth_stays_on_the_balance(town: Town):
    """At 350.00 yuan for a hundredth of a unit: 1,000.00 buy two of them, 300.00 stay."""
    fee = town.fee(cycle="none")
    town.price(fee, [("水费", "qty", 0, "35000")], [])
    prepaid(town)
    recharged(town, 100_000)
    assert sold(town) == ["OK"]
    assert (sales(town), town.owed("A1")["PREPAID"][3]) == ([(20, 70_000)], 30_000)
    recharged(town, 4_999)
    assert sold(town) == ["OK"]
    assert (sales(town), town.owed("A1")["PREPAID"][3]) == ([(20, 70_000)], 34_999)
    assert town.world.rows("SELECT * FROM billing_unsold") == []
    recharged(town, 1)
    assert sold(town) == ["OK"]
    assert (sales(town), town.owed("A1")["PREPAID"][3]) == ([(20, 70_000), (10, 35_000)], 0)
    assert town.world.rows("SELECT * FROM billing_used") == []  # without tiers nothing is counted
    assert town.wrong() == []


def test_a_larger_household_and_a_second_month_have_more_of_the_first_tier(town: Town):
    """Two months of 2026 for five people: 2 × (210 + 100) = 620 kWh."""
    fee = town.fee(by_months=True)
    price = town.price(fee, PARTS, [])
    for tier, milli in LIMITS:
        town.world._insert("billing_limit", {"price_id": price, "tier": tier, "limit_milli": milli, "persons_over": 4,
                                             "add_milli": 1_200_000 if tier == 1 else 0})  # fmt: skip
    prepaid(town, since=date(2026, 10, 1))
    town.world.set_up("INSERT INTO billing_household SELECT 0, customer_id, '2026-11-01', 5 FROM billing_customer")
    recharged(town, 33_908)  # 620 × 0.5469 = 339.078
    assert sold(town) == ["OK"]
    assert town.world.rows("SELECT part_no, qty_milli FROM billing_sale_line") == [(1, 620_000)]


@pytest.mark.parametrize(("parts", "fields"), [
    ([("峰", "peak", 0, "0.6")], {}), ([("面积", "area", 0, "24")], {}), ([("基本费", "month", 0, "5")], {}),
    ([("电费", "qty", 0, "0.5"), ("固定", "fixed", 0, "1")], {}), ([("电费", "qty", 0, "0.5")], {"minimum_fen": 1}),
    ([("电费", "qty", 0, "0.5")], {"cap_price": 30}), ([("电费", "qty", 0, "0")], {}),
])  # fmt: skip
def test_a_price_without_an_inverse_is_refused_and_its_money_stays(town: Town, parts, fields):
    fee = town.fee()
    town.price(fee, parts, [], **fields)
    prepaid(town)
    recharged(town, 10_000)
    assert sold(town) == ["SALE_PRICE"]
    assert (sales(town), town.owed("A1")["PREPAID"][3]) == ([], 10_000)
    assert town.world.rows("SELECT code, tries FROM billing_unsold") == [(8864, 1)]
    assert sold(town) == []  # later
    assert town.wrong() == []


def test_an_account_that_cannot_be_sold_to_does_not_stop_the_others(town: Town):
    prepaid(town, "A1")
    prepaid(town, "A2")
    prepaid(town, "A3")
    town.world.set_up("UPDATE billing_service SET class = 'shop' WHERE service_id = 1000")
    town.world.set_up("UPDATE billing_meter SET removed_on = '2026-11-20', removed_milli = 0 WHERE service_id = 2000")
    for account in ("A1", "A2", "A3"):
        recharged(town, 1000, account)
    assert sold(town) == ["PRICE_MISSING", "SALE_METER", "OK"]
    assert sales(town, "A3") == [(18_280, 1000)]


def test_a_fault_of_one_account_is_noted_and_the_others_are_sold_to(town: Town):
    for account in ("A1", "A2"):
        prepaid(town, account)
        recharged(town, 1000, account)
    town.world.set_up("ALTER TABLE billing_sale ADD CHECK (account_no <> 'A1')")
    selling.sell_due(town.world.conn, lambda: NOON)
    assert (sales(town, "A1"), sales(town, "A2")) == ([], [(18_280, 1000)])
    assert town.world.rows("SELECT y.account_no, u.code FROM billing_unsold u JOIN payable y USING (payable_id)") == [
        ("A1", 8865)]  # fmt: skip
    town.world.set_up("ALTER TABLE billing_sale DROP CONSTRAINT billing_sale_account_no_check")
    selling.sell_due(town.world.conn, lambda: NOON)  # not due yet
    assert sales(town, "A1") == []
    selling.sell_due(town.world.conn, lambda: NOON + timedelta(seconds=20))
    assert sales(town, "A1") == [(18_280, 1000)]
    assert town.world.rows("SELECT * FROM billing_unsold") == []
    assert town.wrong() == []


def test_two_prepaid_services_are_refused_and_one_that_ends_leaves_the_other(town: Town):
    first = prepaid(town)
    town.world.set_up("UPDATE billing_service SET from_on = '2026-10-01' WHERE service_id = %s", first)
    fee = town.fee("water", name="水费", unit="m³")
    town.service(1000, fee, date(2026, 11, 1), prepaid=True)
    recharged(town, 1000)
    assert sold(town) == ["SALE_SERVICES"]
    town.world.set_up("UPDATE billing_service SET to_on = '2026-11-22' WHERE fee_id = %s", fee)
    recharged(town, 1)
    assert sold(town) == ["OK"]
    assert sales(town) == [(18_300, 1001)]


def test_a_balance_of_who_is_billed_is_not_sold(town: Town):
    fee = shandong(town)
    town.service(town.customer("A1"), fee)
    recharged(town, 1000)
    assert sold(town) == []
    assert town.world.rows("SELECT * FROM billing_unsold") == []


def test_a_run_leaves_prepaid_services_out_and_does_not_miss_them(town: Town):
    service = prepaid(town, since=date(2026, 10, 1))
    fee = town.world.value("SELECT fee_id FROM billing_fee")
    billed = town.service(town.customer("A2"), fee)
    for one in (service, billed):
        town.used(one, date(2026, 10, 1), date(2026, 10, 31), 100_000)
    run = town.made(fee, date(2026, 10, 1), date(2026, 10, 31))
    assert town.world.rows("SELECT b.service_id FROM billing_bill b WHERE run_id = %s", run) == [(billed,)]
    assert town.world.rows("SELECT services, bills, missing FROM billing_piece") == [(1, 1, 0)]
    assert town.published(run) == ["OK"]
    code, _ = town.begun(fee, date(2026, 10, 1), date(2026, 10, 31), service)
    assert code.name == "SERVICE_PREPAID"


def test_a_prepaid_meter_that_nobody_reads_is_not_in_doubt_and_one_that_is_read_has_usage(town: Town):
    first = prepaid(town, since=date(2026, 10, 1))
    prepaid(town, "A2", since=date(2026, 10, 1))
    fee = town.world.value("SELECT fee_id FROM billing_fee")
    reading = {"bucket": 0, "meter_id": first, "read_on": date(2026, 10, 31), "value_milli": 90_000, "kind": "read"}
    town.world._insert("billing_reading", reading | {"taken_at": NOON, "taken_by": "x"}, "1")
    assert town.world.value("SELECT billing_usage_v1(%s, '2026-10-01', '2026-10-31', %s)", fee, NOON) == 1
    assert town.world.rows("SELECT service_id, qty_milli FROM billing_usage") == [(first, 90_000)]
    assert town.world.rows("SELECT fault FROM billing_doubt") == []


def test_what_was_sold_is_not_given_back(town: Town):
    prepaid(town)
    recharged(town, 10_000)
    assert sold(town) == ["OK"]
    assert town.world.reverse("R1", "S1", 10_000, channel="WX").code.name == "PREPAID_USED"


def test_a_fault_inside_a_sale_leaves_no_half_of_it(town: Town):
    prepaid(town)
    recharged(town, 10_000)
    world = town.world
    world.run("SELECT billing_recharged_v1(0::smallint, %s)", NOON)
    world.set_up("ALTER TABLE billing_sale_line ADD CHECK (qty_milli < 0)")
    world.run("SAVEPOINT before")
    with pytest.raises(psycopg.errors.CheckViolation):
        world.value("SELECT billing_sell_v1(0::smallint, payable_id, %s) FROM billing_unsold", NOON)
    world.run("ROLLBACK TO before")
    assert (sales(town), town.owed("A1")["PREPAID"][3]) == ([], 10_000)


def test_no_process_changes_a_sale(town: Town):
    prepaid(town)
    recharged(town, 10_000)
    sold(town)
    for column in ("qty_milli = 1", "amount_fen = 1", "meter = 'x'"):
        with pytest.raises(psycopg.errors.RestrictViolation), town.world.conn.transaction():
            town.world.set_up(f"UPDATE billing_sale SET {column}")


def test_verify_names_a_sale_that_was_altered(town: Town):
    prepaid(town)
    recharged(town, 10_000)
    sold(town)
    with town.world.as_owner():
        town.world.run("ALTER TABLE billing_sale DISABLE TRIGGER append_only")
        town.world.set_up("UPDATE billing_sale SET amount_fen = 9_999")
    found = town.wrong()
    sale = town.world.value("SELECT sale_id FROM billing_sale")
    assert f"sale {sale} is of 9999 fen, its lines say 10000" in found
    assert any("booked 10000 fen, its sale is 9999" in one for one in found)
    assert any("balance_fen says 0" in one for one in found)
