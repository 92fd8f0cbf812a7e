"""Worked examples 实例: a year of a heating customer, one of a power customer, a change of holder; every posting."""

from datetime import date

from tests.billing.town import LIMITS, PARTS, Town

RECEIVABLE, COLLECTED, PREPAID, BILLED = "1123", "1124", "2203", "6001"


def test_a_heating_customers_year(town: Town):
    fee = town.fee("heat", name="供热费", unit="m²", metered=False, cycle="none", mode="partial")
    town.price(fee, [("供热费", "area", 0, "24")], [])
    town.late_rule(fee, "2", "3", fee_first=True)
    town.service(town.customer("H1"), fee, area_milli=92_500)

    # 92.5 m² at 24 yuan, published, due on 20 December
    run = town.made(fee, date(2026, 11, 15), date(2027, 3, 15))
    assert town.published(run) == ["OK"]
    ((bill, _, fen),) = town.bills(run)
    assert fen == 222_000
    assert town.asked("H1") == {f"B{bill}": 222_000, "PREPAID": 0}

    # 1,000 in December
    town.on(date(2026, 12, 10))
    assert town.paid("H1", {f"B{bill}": 100_000}) == "OK"

    # 1,220 late: 11 days of December by 2 permille, 15 of January by 3
    town.on(date(2027, 1, 15))
    assert town.asked("H1") == {f"B{bill}": 122_000 + 8_174, "PREPAID": 0}
    assert town.asked("H1") == {f"B{bill}": 130_174, "PREPAID": 0}

    # 1,400 over the counter: the bill, its late fee, the rest ahead
    assert town.paid("H1", {f"B{bill}": 130_174, "PREPAID": 9_826}) == "OK"
    town.book()
    assert town.books() == {COLLECTED: 240_000, PREPAID: -9_826, BILLED: -230_174}

    # the next season's bill takes it
    run = town.made(fee, date(2027, 11, 15), date(2028, 3, 15))
    assert town.published(run) == ["OK"]
    ((following, _, _),) = town.bills(run)
    assert town.asked("H1") == {f"B{following}": 222_000 - 9_826, "PREPAID": 0}
    assert town.postings() == [
        ("published", RECEIVABLE, BILLED, 222_000),
        ("paid", COLLECTED, RECEIVABLE, 100_000),
        ("late", RECEIVABLE, BILLED, 8_174),
        ("paid", COLLECTED, PREPAID, 9_826),
        ("paid", COLLECTED, RECEIVABLE, 130_174),
        ("published", RECEIVABLE, BILLED, 222_000),
        ("published", PREPAID, RECEIVABLE, 9_826),
    ]
    assert town.wrong() == []


def test_a_power_customer_through_tiers_a_larger_household_a_correction_and_a_reversal(town: Town):
    fee = town.fee(by_months=True)
    price = town.price(fee, PARTS, [])
    for tier, milli in LIMITS:
        town.world._insert("billing_limit", {"price_id": price, "tier": tier, "limit_milli": milli, "persons_over": 4,
                                             "add_milli": 1_200_000 if tier == 1 else 0})  # fmt: skip
    customer = town.customer("P1", persons=3)
    service = town.service(customer, fee, date(2026, 1, 1))

    # January: 210 kWh of the month in tier 1, 90 in tier 2
    town.used(service, date(2026, 1, 1), date(2026, 1, 31), 300_000)
    run = town.made(fee, date(2026, 1, 1), date(2026, 1, 31))
    assert town.published(run) == ["OK"]
    ((january, _, _),) = town.bills(run)
    assert town.lines(january) == [(1, 210_000, 11_485), (2, 90_000, 5_372)]

    # five people from February: 310 a month, 620 of two; 300 used, what was billed stays
    town.world._insert("billing_household", {"bucket": 0, "customer_id": customer, "from_on": date(2026, 2, 1),
                                             "persons": 5}, "1")  # fmt: skip
    town.used(service, date(2026, 2, 1), date(2026, 2, 28), 400_000)
    run = town.made(fee, date(2026, 2, 1), date(2026, 2, 28))
    assert town.published(run) == ["OK"]
    ((february, _, fen),) = town.bills(run)
    assert town.lines(february) == [(1, 320_000, 17_501), (2, 80_000, 4_775)]

    # the meter ran fast: 100 kWh back, out of tier 2 first
    code, run = town.corrected(service, -100_000, date(2026, 2, 28), february)
    assert (code, run and town.published(run)) == ("OK", ["OK"])
    assert run is not None
    ((correction, _, given),) = town.bills(run)
    assert town.lines(correction) == [(1, -20_000, -1_094), (2, -80_000, -4_775)]
    assert town.asked("P1") == {f"B{january}": 16_857, f"B{february}": fen + given, "PREPAID": 0}

    # paid, taken back the same day, owed again
    assert town.paid("P1", {f"B{january}": 16_857}) == "OK"
    town.book()
    assert town.world.reverse("R1", "S1", 16_857, channel="WX").code.name == "OK"
    assert town.asked("P1")[f"B{january}"] == 16_857
    town.book()
    assert town.postings() == [
        ("published", RECEIVABLE, BILLED, 16_857),
        ("published", RECEIVABLE, BILLED, 22_276),
        ("published", BILLED, RECEIVABLE, 5_869),
        ("paid", COLLECTED, RECEIVABLE, 16_857),
        ("paid", RECEIVABLE, COLLECTED, 16_857),
    ]
    assert town.wrong() == []
