"""Runs of bills: made, published, corrected, cancelled; what they write into the books."""

from datetime import date

from tests.billing.town import Town

NOVEMBER = date(2026, 11, 1), date(2026, 11, 30)


def test_a_run_makes_bills_in_tiers_that_nobody_owes_until_two_people_publish_them(town: Town):
    fee = town.fee()
    town.price(fee)
    service = town.service(town.customer("A1"), fee)
    town.used(service, date(2026, 1, 1), date(2026, 10, 31), 2_400_000)
    assert town.published(town.made(fee, date(2026, 1, 1), date(2026, 10, 31))) == ["OK"]
    town.used(service, *NOVEMBER, 300_000)
    run = town.made(fee, *NOVEMBER)
    ((bill, *figures),) = town.bills(run)
    assert figures == [300_000, 17_307]
    assert town.lines(bill) == [(1, 120_000, 6_563), (2, 180_000, 10_744)]
    assert f"B{bill}" not in town.owed("A1")
    assert town.published(run) == ["OK"]
    assert town.owed("A1")[f"B{bill}"] == ("open", 17_307, 0, None)
    assert town.books() == {"1123": 131_256 + 17_307, "6001": -131_256 - 17_307}
    assert town.paid("A1", {f"B{bill}": 17_307}) == "OK"
    town.book()
    town.book()
    assert town.books() == {"1123": 131_256, "1124": 17_307, "6001": -131_256 - 17_307}


def year_of(town: Town, *milli: int) -> tuple[int, int, list[int]]:
    """(fee, service of A1, bills) of a power customer whose months used so much, all published."""
    fee = town.fee()
    town.price(fee)
    service = town.service(town.customer("A1"), fee)
    bills = []
    for month, used in enumerate(milli, 1):
        since, until = date(2026, month, 1), date(2026, month, 28)
        town.used(service, since, until, used)
        run = town.made(fee, since, until)
        assert town.published(run) == ["OK"]
        bills += [bill for bill, _, _ in town.bills(run)]
    return fee, service, bills


def test_the_books_agree_after_every_step(town: Town):
    _, _, (first, _) = year_of(town, 2_000_000, 1_000_000)
    assert town.wrong() == []
    assert town.paid("A1", {f"B{first}": 109_380}) == "OK"
    assert town.wrong() == []
    town.book()
    assert town.wrong() == []
    assert town.books() == {"1123": 57_090, "1124": 109_380, "6001": -166_470}


def test_a_cancelled_bill_that_nobody_paid_is_withdrawn_and_its_tiers_are_free_again(town: Town):
    fee, _, (_, second) = year_of(town, 2_000_000, 1_000_000)
    assert town.lines(second) == [(1, 520_000, 28_439), (2, 480_000, 28_651)]
    code, run = town.cancelled(second)
    assert code == "OK"
    assert town.cancelled(second) == ("BILL_UNKNOWN", None)
    assert town.owed("A1")[f"B{second}"] == ("open", 57_090, 0, None)
    assert town.published(run) == ["OK"]
    assert town.owed("A1")[f"B{second}"][0] == "withdrawn"
    assert town.cancelled(second) == ("BILL_UNKNOWN", None)
    assert town.books() == {"1123": 109_380, "6001": -109_380}
    again = town.made(fee, date(2026, 2, 1), date(2026, 2, 28))
    assert [(milli, fen) for _, milli, fen in town.bills(again)] == [(1_000_000, 57_090)]
    assert town.wrong() == []


def test_a_cancelled_bill_that_was_paid_becomes_a_balance_that_the_next_bill_uses(town: Town):
    fee, service, (first, second) = year_of(town, 100_000, 100_000)
    assert town.paid("A1", {f"B{first}": 5_469}) == "OK"
    code, run = town.cancelled(first)
    assert (code, town.published(run)) == ("OK", ["OK"])
    assert town.owed("A1") == {f"B{first}": ("settled", 5_469, 5_469, None), f"B{second}": ("open", 5_469, 0, None),
                               "PREPAID": ("open", 0, 0, 5_469)}  # fmt: skip
    assert town.books() == {"1123": 5_469, "1124": 5_469, "2203": -5_469, "6001": -5_469}
    town.used(service, date(2026, 3, 1), date(2026, 3, 31), 150_000)
    run = town.made(fee, date(2026, 3, 1), date(2026, 3, 31))
    ((third, _, fen),) = town.bills(run)
    assert (fen, town.published(run)) == (8_204, ["OK"])
    assert town.owed("A1")[f"B{third}"] == ("open", 8_204 - 5_469, 0, None)
    assert town.owed("A1")["PREPAID"] == ("open", 0, 0, 0)
    assert town.wrong() == []


def test_a_correction_walks_back_down_the_tiers_and_lowers_the_bill_it_is_of(town: Town):
    """Bill 5 of the sixteen: 2,800 used, 50 too many."""
    fee = town.fee()
    town.price(fee, [("电费", "qty", 1, "0.538"), ("电费", "qty", 2, "0.588"), ("电费", "qty", 3, "0.838")],
               [(1, 2_760_000), (2, 4_800_000)])  # fmt: skip
    service = town.service(town.customer("A1"), fee)
    town.used(service, *NOVEMBER, 2_800_000)
    run = town.made(fee, *NOVEMBER)
    assert town.published(run) == ["OK"]
    ((bill, _, fen),) = town.bills(run)
    code, run = town.corrected(service, -50_000, NOVEMBER[1], bill)
    assert code == "OK"
    ((correction, milli, given),) = town.bills(run)
    assert (milli, given, town.lines(correction)) == (-50_000, -2_890, [(1, -10_000, -538), (2, -40_000, -2_352)])
    assert town.published(run) == ["OK"]
    assert town.owed("A1")[f"B{bill}"] == ("open", fen - 2_890, 0, None)
    assert town.wrong() == []


def test_a_period_is_billed_once_and_one_run_at_a_time(town: Town):
    fee, service, _ = year_of(town, 100_000)
    town.used(service, date(2026, 2, 1), date(2026, 2, 28), 100_000)
    run = town.made(fee, date(2026, 1, 1), date(2026, 2, 28))
    assert [milli for _, milli, _ in town.bills(run)] == [100_000]
    assert town.begun(fee, date(2026, 2, 1), date(2026, 2, 28))[0].name == "RUN_OPEN"
    assert town.world.value("SELECT billing_drop_v1('maker01', %s, %s)", run, town.world.now) == 0
    again = town.made(fee, date(2026, 2, 1), date(2026, 2, 28))
    assert [milli for _, milli, _ in town.bills(again)] == [100_000]
    assert town.published(run) == ["RUN_NOT_AGREED"]
    assert town.wrong() == []


def test_a_price_that_changes_within_a_use_divides_it_by_days(town: Town):
    fee = town.fee(cycle="none")
    town.price(fee, [("水费", "qty", 0, "2.00")], [])
    town.price(fee, [("水费", "qty", 0, "3.00")], [], date(2026, 11, 21))
    service = town.service(town.customer("A1"), fee)
    town.used(service, *NOVEMBER, 10_000)
    ((bill, milli, fen),) = town.bills(town.made(fee, *NOVEMBER))
    assert (milli, fen, town.lines(bill)) == (10_000, 2_333, [(1, 6_667, 1_333), (1, 3_333, 1_000)])


def test_who_has_no_price_or_no_use_is_counted_and_gets_no_bill(town: Town):
    fee = town.fee()
    town.price(fee, since=date(2026, 11, 10))
    for account in ("A1", "A2"):
        service = town.service(town.customer(account), fee)
    town.used(service, *NOVEMBER, 10_000)
    run = town.made(fee, *NOVEMBER)
    assert town.bills(run) == []
    assert town.world.value("SELECT missing FROM billing_piece WHERE run_id = %s", run) == 2


def test_a_fee_without_meter_is_shared_by_days(town: Town):
    """Bill 15 of the sixteen: 96.48 m² at 2.35, 17 of 30 days."""
    fee = town.fee("property", metered=False, cycle="none", name="物业费", unit="m²")
    town.price(fee, [("物业费", "area", 0, "2.35")], [])
    town.service(town.customer("A1"), fee, area_milli=96_480, to_on=date(2026, 11, 17))
    town.service(town.customer("A2"), fee, date(2026, 11, 18), area_milli=96_480)
    assert [fen for _, _, fen in town.bills(town.made(fee, *NOVEMBER))] == [12_848, 9_825]


def test_whole_yuan_are_asked_for_and_the_rest_is_carried(town: Town):
    """Bill 16 of the sixteen: 128.47, then 96.12."""
    fee = town.fee(cycle="none", whole_yuan=True)
    town.price(fee, [("水费", "qty", 0, "1")], [])
    service = town.service(town.customer("A1"), fee)
    for month, milli, asked, carry in ((10, 128_470, 12_900, 53), (11, 96_120, 9_600, 41)):
        town.used(service, date(2026, month, 1), date(2026, month, 30), milli)
        run = town.made(fee, date(2026, month, 1), date(2026, month, 30))
        assert town.published(run) == ["OK"]
        assert town.world.rows("SELECT amount_fen, carry_fen FROM billing_bill WHERE run_id = %s", run) == [
            (asked, carry)]  # fmt: skip
    assert town.wrong() == []


def test_bills_whose_tiers_moved_since_they_were_made_are_not_published(town: Town):
    fee, service, (bill,) = year_of(town, 2_000_000)
    town.used(service, date(2026, 2, 1), date(2026, 2, 28), 1_000_000)
    run = town.made(fee, date(2026, 2, 1), date(2026, 2, 28))
    assert town.cancelled(bill) == ("RUN_OPEN", None)
    with town.world.as_owner():
        town.world.run("UPDATE billing_used SET used_milli = 0")
    assert town.published(run) == ["RUN_STALE"]


def test_a_first_run_counts_a_table_that_nobody_counted_and_once(town: Town):
    counted = "SELECT reltuples FROM pg_class WHERE relname = 'billing_household'"
    town.world.set_up("TRUNCATE billing_household")
    for persons, seen in ((3, 1), (4, 1)):
        town.world.set_up("INSERT INTO billing_household VALUES (0, 1, make_date(2026, 1, %s), %s)", persons, persons)
        town.world.run("SELECT billing_counted_v1()")
        assert town.world.value(counted) == seen
