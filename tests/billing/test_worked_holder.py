"""Worked examples 实例: a change of holder whose arrears stay and are then taken over; steam; a connection fee."""

from datetime import date

from tests.billing.town import LIMITS, PARTS, Town
from tests.world import the_ring
from yifen.hub.payments.names import sealed_name

RECEIVABLE, COLLECTED, PREPAID, BILLED = "1123", "1124", "2203", "6001"


def test_a_change_of_holder_with_arrears_that_stay_until_they_are_taken_over(town: Town) -> None:
    world, fee = town.world, town.fee(by_months=True)
    town.price(fee, PARTS, LIMITS)
    town.late_rule(fee, "1", "1")
    old = town.customer("A")
    service = town.service(old, fee, date(2026, 1, 1))
    world._insert("billing_counter", {"bucket": 0, "customer": 1, "service": 1}, "1")

    # January: 210 kWh at 0.5469, 90 at 0.5969
    town.used(service, date(2026, 1, 1), date(2026, 1, 31), 300_000)
    run = town.made(fee, date(2026, 1, 1), date(2026, 1, 31))
    assert town.published(run) == ["OK"]
    ((january, _, _),) = town.bills(run)
    assert town.lines(january) == [(1, 210_000, 11_485), (2, 90_000, 5_372)]

    # A sells to B at the end of January; what is owed stays with A
    to = {"bucket": 0, "account_no": "B", "name": sealed_name(the_ring(), town.biller, "B", "赵新"), "marks": [],
          "persons": 2, "consent": False, "contact": None}  # fmt: skip
    content = {"bucket": 0, "customer": old, "biller": town.biller, "account_no": "A", "day": "2026-01-31", "to": to,
               "readings": []}  # fmt: skip
    proposal = world.two_people("billing.holder", str(old), content, town.biller)
    assert world.value("SELECT billing_contract_v1(%s, %s)", proposal, world.now) == 0
    new, its = world.rows("SELECT customer_id, service_id FROM billing_service JOIN billing_customer"
                          " USING (bucket, customer_id) WHERE account_no = 'B'")[0]  # fmt: skip
    assert town.asked("A") == {f"B{january}": 16_857}  # closed: no balance is opened any more
    assert town.asked("B") == {"PREPAID": 0}

    # B begins at the first tier: 200 kWh of February
    town.used(its, date(2026, 2, 1), date(2026, 2, 28), 200_000)
    run = town.made(fee, date(2026, 2, 1), date(2026, 2, 28))
    assert town.published(run) == ["OK"]
    ((february, _, _),) = town.bills(run)
    assert town.lines(february) == [(1, 200_000, 10_938)]

    # 11 days late by 1 permille: 185.427 and 120.318 fen
    town.on(date(2026, 12, 31))
    assert town.asked("A") == {f"B{january}": 16_857 + 185}
    assert town.asked("B") == {f"B{february}": 10_938 + 120, "PREPAID": 0}

    # B takes over what A owes, as the new flat's deed says
    content = {"bucket": 0, "customer": old, "biller": town.biller, "account_no": "A",
               "to": {"bucket": 0, "customer": new, "account_no": "B"},
               "bills": [{"bill": january, "rest_fen": 16_857}]}  # fmt: skip
    proposal = world.two_people("billing.take_over", str(old), content, town.biller)
    assert world.value("SELECT billing_take_over_v1(%s, %s)", proposal, world.now) == 0
    taken = world.value("SELECT max(bill_id) FROM billing_bill WHERE account_no = 'B'")
    assert town.lines(taken) == town.lines(january)
    assert town.asked("A") == {}
    assert town.asked("B") == {f"B{february}": 11_058, f"B{taken}": 17_042, "PREPAID": 0}

    # paid with one yuan ahead
    assert town.paid("B", {f"B{february}": 11_058, f"B{taken}": 17_042, "PREPAID": 100}) == "OK"
    town.book()
    assert town.books() == {COLLECTED: 28_200, PREPAID: -100, BILLED: -28_100}
    assert town.postings() == [
        ("published", RECEIVABLE, BILLED, 16_857),
        ("published", RECEIVABLE, BILLED, 10_938),
        ("late", RECEIVABLE, BILLED, 185),
        ("late", RECEIVABLE, BILLED, 120),
        ("late", BILLED, RECEIVABLE, 185),
        ("published", BILLED, RECEIVABLE, 16_857),
        ("published", RECEIVABLE, BILLED, 16_857),
        ("late", RECEIVABLE, BILLED, 185),
        ("paid", COLLECTED, PREPAID, 100),
        ("paid", COLLECTED, RECEIVABLE, 28_100),
    ]
    assert town.wrong() == []


def test_steam_by_the_ton_and_by_heat_at_one_price_each_with_a_minimum(town: Town) -> None:
    ton = town.fee("steam", name="蒸汽费", unit="t", cycle="none")
    heat = town.fee("heat", name="蒸汽热量费", unit="GJ", cycle="none")
    town.price(ton, [("蒸汽", "qty", 0, "218")], [])
    town.price(heat, [("蒸汽", "qty", 0, "85.5")], [], minimum_fen=3_000_000)
    plant = town.customer("S1")
    for fee, milli in ((ton, 1_234_567), (heat, 321_123)):
        town.used(town.service(plant, fee), date(2026, 11, 1), date(2026, 11, 30), milli)
    lines = {}
    for fee in (ton, heat):
        run = town.made(fee, date(2026, 11, 1), date(2026, 11, 30))
        ((bill, _, fen),) = town.bills(run)
        lines[fee] = (town.lines(bill), fen)
        assert town.published(run) == ["OK"]
    assert lines == {
        ton: ([(1, 1_234_567, 26_913_561)], 26_913_561),  # 1234.567 t × 218 = 269,135.606
        heat: ([(1, 321_123, 2_745_602), (0, 0, 254_398)], 3_000_000),  # 321.123 GJ × 85.5 = 27,456.0165; up to 30,000
    }
    assert town.postings() == [
        ("published", RECEIVABLE, BILLED, 26_913_561),
        ("published", RECEIVABLE, BILLED, 3_000_000),
    ]
    assert town.wrong() == []


def test_a_connection_fee_is_asked_for_once_by_the_piece_and_by_the_area(town: Town) -> None:
    """一次性: its service lives one day, and a run of that day bills it."""
    day = date(2026, 11, 20)
    fee = town.fee("connect", name="开户费", unit="户", metered=False, cycle="none")
    town.price(fee, [("接口费", "fixed", 0, "3200"), ("管网建设费", "area", 0, "45")], [])
    service = town.service(town.customer("K1"), fee, day, area_milli=92_500, to_on=day)
    run = town.made(fee, day, day, service)
    ((bill, _, fen),) = town.bills(run)
    assert (town.lines(bill), fen) == ([(1, 1_000, 320_000), (2, 92_500, 416_250)], 736_250)
    assert town.published(run) == ["OK"]
    assert town.asked("K1") == {f"B{bill}": 736_250, "PREPAID": 0}
    for since, until in ((day, day), (date(2026, 11, 1), date(2026, 11, 30))):
        again = town.made(fee, since, until)
        assert town.bills(again) == []
        assert town.world.value("SELECT billing_drop_v1('maker01', %s, %s)", again, town.world.now) == 0
    code, none = town.begun(fee, date(2026, 12, 1), date(2026, 12, 31))
    assert (code.name, none) == ("RUN_EMPTY", None)
    assert town.paid("K1", {f"B{bill}": 736_250}) == "OK"
    town.book()
    assert town.postings() == [
        ("published", RECEIVABLE, BILLED, 736_250),
        ("paid", COLLECTED, RECEIVABLE, 736_250),
    ]
    assert town.wrong() == []
