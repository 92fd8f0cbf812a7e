"""Nothing is given back, or billed, twice: bounds of corrections 退补, of cancellations 撤销, of handing over."""

from datetime import date

import pytest

from tests.billing.test_joined import merged
from tests.billing.test_sales import prepaid, recharged, sold
from tests.billing.test_taken import Arrears
from tests.billing.town import Town
from yifen.core.plugs import result_code

JANUARY, FEBRUARY = (date(2026, 1, 1), date(2026, 1, 31)), (date(2026, 2, 1), date(2026, 2, 28))
DAY = date(2026, 1, 15)


def billed(town: Town, **fields: object) -> tuple[int, int, int]:
    """(fee, service, bill) of A1, who used 1,000 kWh in January: 546.90."""
    fee = town.fee(**fields)
    town.price(fee)
    service = town.service(town.customer("A1"), fee)
    return fee, service, another(town, fee, service, *JANUARY)


def another(town: Town, fee: int, service: int, since: date, until: date) -> int:
    town.used(service, since, until, 1_000_000)
    run = town.made(fee, since, until)
    assert town.published(run) == ["OK"]
    ((bill, _, fen),) = town.bills(run)
    assert fen == 54_690
    return bill


def done(town: Town, told: tuple[str, int | None]) -> int:
    code, run = told
    assert (code, run is None) == ("OK", False)
    assert run is not None
    assert town.published(run) == ["OK"]
    return run


def unlinked(town: Town, service: int, milli: int) -> None:
    """A correction that names no bill and gives back, as they were made once."""
    done(town, town.corrected(service, 1_000, DAY))
    town.world.set_up("UPDATE billing_used SET used_milli = used_milli + %s WHERE service_id = %s", milli - 1_000,
                      service)  # fmt: skip


def test_a_prepaid_service_has_no_bill_to_correct(town: Town) -> None:
    service = prepaid(town)
    recharged(town, 100_000)
    assert sold(town) == ["OK"]
    assert town.corrected(service, -1_311_250, date(2026, 11, 23)) == ("SERVICE_PREPAID", None)
    assert town.corrected(service, 1_000, date(2026, 11, 23)) == ("SERVICE_PREPAID", None)


def test_what_gives_back_names_a_bill_of_that_service_that_counts(town: Town) -> None:
    fee, service, bill = billed(town)
    assert town.corrected(service, -1_000_000, DAY) == ("BILL_UNKNOWN", None)
    other = town.service(town.customer("A2"), fee)
    foreign = another(town, fee, other, *JANUARY)
    assert town.corrected(service, -1_000, DAY, foreign) == ("BILL_UNKNOWN", None)
    run = done(town, town.corrected(service, -1_000, DAY, bill))
    ((correction, _, _),) = town.bills(run)
    assert town.corrected(service, -1_000, DAY, correction) == ("BILL_UNKNOWN", None)
    run = done(town, town.cancelled(bill))
    ((cancellation, _, _),) = town.bills(run)
    for gone in (bill, cancellation):
        assert town.corrected(service, -1_000, DAY, gone) == ("BILL_UNKNOWN", None)
        assert town.corrected(service, 1_000, DAY, gone) == ("BILL_UNKNOWN", None)


@pytest.mark.parametrize("cycle", ["year", "none"])
def test_corrections_of_a_bill_never_give_more_than_it_has(town: Town, cycle: str) -> None:
    """Of a fee without tiers too, whose use nobody counts."""
    fee, service, bill = billed(town, cycle=cycle)
    another(town, fee, service, *FEBRUARY)
    run = done(town, town.corrected(service, -400_000, DAY, bill))
    assert [figures for _, *figures in town.bills(run)] == [[-400_000, -21_876]]
    assert town.corrected(service, -600_001, DAY, bill) == ("BILL_GIVEN_BACK", None)
    ((correction, _, _),) = town.bills(run)
    done(town, town.cancelled(correction))  # what it gave is asked for again
    done(town, town.corrected(service, -1_000_000, DAY, bill))
    assert town.corrected(service, -1, DAY, bill) == ("BILL_GIVEN_BACK", None)
    assert town.owed("A1")[f"B{bill}"] == ("withdrawn", 32_814, 0, None)
    assert town.wrong() == []


def test_a_correction_too_small_for_a_fen_counts_too(town: Town) -> None:
    _, service, bill = billed(town)
    done(town, town.corrected(service, -5, DAY, bill))
    assert town.corrected(service, -999_996, DAY, bill) == ("BILL_GIVEN_BACK", None)


def test_a_bill_whose_use_was_given_back_without_naming_it_is_not_cancelled(town: Town) -> None:
    _, service, bill = billed(town)
    unlinked(town, service, -1_000_000)
    assert town.cancelled(bill) == ("BILL_GIVEN_BACK", None)
    assert town.corrected(service, -1_000_000, DAY, bill) == ("BILL_GIVEN_BACK", None)


def test_a_correction_is_of_a_day_in_the_cycle_of_its_bill(town: Town) -> None:
    _, service, bill = billed(town)
    for day in (date(2025, 12, 31), date(2027, 1, 1)):
        assert town.corrected(service, -1_000, day, bill) == ("PERIOD_WRONG", None)
    for day in (date(1989, 12, 31), date(2200, 1, 1)):
        assert town.corrected(service, 1_000, day) == ("PERIOD_WRONG", None)
    assert town.corrected(service, 10**12, DAY) == ("PERIOD_WRONG", None)


def test_a_measured_use_is_not_due_before_it_is_over(town: Town) -> None:
    fee, service, bill = billed(town)
    asked = "SELECT code FROM billing_begin_v1('maker01', %s, NULL, '2026-03-01', '2026-03-31', %s, now())"
    assert [result_code(town.world.value(asked, fee, day)).name for day in ("2026-03-30", "2026-03-31")] == [
        "PERIOD_WRONG", "OK"]  # fmt: skip
    asked = "SELECT code FROM billing_correct_v1('maker01', %s, -1000, '2026-01-15', '2026-01-14', %s, '抄错', now())"
    assert result_code(town.world.value(asked, service, bill)).name == "PERIOD_WRONG"


# --- what went to others
@pytest.mark.parametrize("milli", [-100_000, 100_000])
def test_a_service_whose_tiers_went_along_is_cancelled_but_not_corrected(town: Town, milli: int) -> None:
    code, _, service = merged(town, True)
    assert code == "OK"
    bill = town.world.value("SELECT bill_id FROM billing_bill")
    assert town.corrected(service, milli, DAY, bill) == ("TIERS_GONE", None)
    done(town, town.cancelled(bill))
    assert town.wrong() == []


def test_without_its_tiers_a_service_that_went_is_corrected(town: Town) -> None:
    _, _, service = merged(town, False)
    bill = town.world.value("SELECT bill_id FROM billing_bill")
    done(town, town.corrected(service, -100_000, DAY, bill))


def test_of_arrears_taken_over_the_former_bill_is_cancelled_behind_the_new_one_only(town: Town) -> None:
    arrears = Arrears(town)
    assert arrears.taken() == "OK"
    former, taken = arrears.bill, arrears.new_bill()
    given = town.world.value("SELECT bill_id FROM billing_bill WHERE corrects_id = %s", former)
    assert [town.cancelled(bill) for bill in (given, former)] == [("BILL_TAKEN", None)] * 2
    done(town, town.cancelled(taken))
    assert town.cancelled(given) == ("BILL_TAKEN", None)
    assert town.owed("C") == {f"B{taken}": ("withdrawn", 222_000, 0, None)}
    done(town, town.cancelled(former))
    assert town.owed("A") == {f"B{former}": ("withdrawn", 222_000, 0, None)}
    assert town.books() == {}
    assert town.wrong() == []


def test_a_bill_of_use_that_another_took_over_is_not_corrected(town: Town) -> None:
    """Not even when the taker's is cancelled: nothing of it was ever paid here."""
    fee, service, bill = billed(town)
    new = town.customer("C")
    town.service(new, fee, date(2026, 2, 1))
    old = town.world.value("SELECT customer_id FROM billing_customer WHERE account_no = 'A1'")
    content = {"bucket": 0, "customer": old, "biller": town.biller, "account_no": "A1",
               "to": {"bucket": 0, "customer": new, "account_no": "C"},
               "bills": [{"bill": bill, "rest_fen": 54_690}]}  # fmt: skip
    proposal = town.world.two_people("billing.take_over", str(old), content, town.biller)
    assert town.world.value("SELECT billing_take_over_v1(%s, %s)", proposal, town.world.now) == 0
    assert town.corrected(service, -1_000_000, DAY, bill) == ("BILL_TAKEN", None)
    taken = town.world.value("SELECT bill_id FROM billing_bill WHERE account_no = 'C'")
    done(town, town.cancelled(taken))
    assert town.corrected(service, -1_000_000, DAY, bill) == ("BILL_TAKEN", None)
    done(town, town.cancelled(bill))
    assert another_run(town, fee, service) == [(1_000_000, 54_690)]


# --- pages
@pytest.mark.parametrize("which", ["bill", "former", "given", "taken", "prepaid"])
def test_the_page_reads_that_from_the_bill(town: Town, which: str) -> None:
    from yifen.core.facts.sqlfiles import queries

    if which in ("bill", "prepaid"):
        _, service, bill = billed(town)
        town.world.set_up("UPDATE billing_service SET prepaid = %s WHERE service_id = %s", which == "prepaid", service)
    else:
        arrears = Arrears(town)
        assert arrears.taken() == "OK"
        given = town.world.value("SELECT bill_id FROM billing_bill WHERE corrects_id = %s", arrears.bill)
        bill = {"former": arrears.bill, "given": given, "taken": arrears.new_bill()}[which]
    (row,) = town.world.conn.execute(queries("yifen.trades.billing.pages")["bill"], {"bill": bill}).fetchall()
    assert row[-6:-3] == {"bill": (False, False, None), "prepaid": (True, False, None), "former": (False, False, True),
                          "given": (False, True, None), "taken": (False, False, None)}[which]  # fmt: skip
    metered = which in ("bill", "prepaid")
    assert row[-2:] == (metered, metered)


def another_run(town: Town, fee: int, service: int) -> list[tuple[int, int]]:
    """What is billed again once nobody owes it."""
    return [(milli, fen) for _, milli, fen in town.bills(town.made(fee, *JANUARY, service))]


@pytest.mark.parametrize(("act", "day", "code"), [
    ("close", "2026-12-01", "DAY_BILLED"), ("holder", "2027-03-14", "DAY_BILLED"), ("move", "2026-12-01", "DAY_BILLED"),
    ("close", "2027-03-15", "OK"),
])  # fmt: skip
def test_what_is_not_measured_does_not_go_on_a_day_that_is_billed(town: Town, act: str, day: str, code: str) -> None:
    arrears = Arrears(town)
    world = town.world
    world.set_up("UPDATE billing_service SET to_on = NULL WHERE customer_id = %s", arrears.old)
    world.set_up("UPDATE billing_service SET (from_on, to_on) = ('2026-01-01', '2026-01-01') WHERE customer_id = %s",
                 arrears.new)  # fmt: skip
    world.set_up("INSERT INTO billing_counter VALUES (0, 50, 50, 50)")
    to: dict[str, object] = {"bucket": 0, "customer": arrears.new, "account_no": "C"} if act == "move" else {
        "bucket": 0, "account_no": "D", "name": world.value("SELECT name FROM payer WHERE account_no = 'C'"),
        "marks": [], "persons": 1, "consent": False}  # fmt: skip
    content = {"bucket": 0, "customer": arrears.old, "biller": town.biller, "account_no": "A", "day": day,
               "readings": [], "fee": arrears.fee} | ({} if act == "close" else {"to": to})  # fmt: skip
    proposal = world.two_people(f"billing.{act}", str(arrears.old), content, town.biller)
    assert result_code(world.value("SELECT billing_contract_v1(%s, %s)", proposal, world.now)).name == code
    assert world.value("SELECT closed_on::text FROM billing_customer WHERE customer_id = %s", arrears.old) == (
        day if code == "OK" else None)  # fmt: skip


def test_a_cancelled_bill_keeps_nobody_from_going(town: Town) -> None:
    arrears = Arrears(town)
    town.world.set_up("UPDATE billing_service SET to_on = NULL WHERE customer_id = %s", arrears.old)
    done(town, town.cancelled(arrears.bill))
    content = {"bucket": 0, "customer": arrears.old, "biller": town.biller, "account_no": "A", "day": "2026-12-01",
               "readings": []}  # fmt: skip
    proposal = town.world.two_people("billing.close", str(arrears.old), content, town.biller)
    assert town.world.value("SELECT billing_contract_v1(%s, %s)", proposal, town.world.now) == 0
