"""并户, 分户: by two people, whole or not at all; what the tiers have come to goes along, or begins anew."""

from datetime import date

import psycopg
import pytest

from tests.billing.proposals import DAY, a_merge, a_split, a_take_over, heated, owing
from tests.billing.readings import LATE, customer, fee_of
from tests.billing.test_contracts import OF, number
from tests.billing.town import LIMITS, PARTS, Town
from tests.billing.world import NOW, rows
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.processes import WEB
from yifen.core.facts.refused import Refused
from yifen.core.plugs import result_code
from yifen.trades.billing.codes import BillingCode as B

SERVICES = """SELECT c.account_no, f.code, s.from_on::text, s.to_on::text FROM billing_customer c JOIN billing_service s
    USING (bucket, customer_id) JOIN billing_fee f USING (fee_id) WHERE c.account_no LIKE %s
    ORDER BY c.account_no, f.code, s.from_on"""


def readings(account: str, value: int = 9_000) -> list[object]:
    from yifen.trades.billing.customers import contracts

    return [contracts.MeterRead(account, "qty", value)]


def test_all_of_an_account_goes_to_another_and_it_is_closed(place: Province) -> None:
    from yifen.trades.billing.customers import contracts

    customer(place, "K1", ("qty", 0))
    customer(place, "K2")
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("UPDATE billing_service s SET to_on = '2026-01-15' FROM billing_customer c"
                     " WHERE c.customer_id = s.customer_id AND c.account_no = 'K2'")  # fmt: skip
    heated(place, "K1")
    owing(place, "K1")
    one = number(place, "K1")
    made = contracts.propose_merge(
        site.access(place.users["biller_staff"]), one, DAY, "K2", False, readings("K1"), "", LATE
    )
    shown = {change["field"]: (change["before"], change["after"]) for change in made.changes}
    assert shown["account_no"] == ("K1", "K2")
    assert shown["owed"] == ("1", "1")  # it stays where it is
    site.agree(place.users["finance"], made, LATE)
    assert rows(place, SERVICES, "K_") == [
        ("K1", "HEAT", "2026-01-01", "2026-02-01"), ("K1", "POWER", "2026-01-01", "2026-02-01"),
        ("K2", "HEAT", "2026-02-02", None), ("K2", "POWER", "2026-01-01", "2026-01-15"),
        ("K2", "POWER", "2026-02-02", None),
    ]  # fmt: skip
    assert rows(place, OF, "K%")[1][5:] == ("K1", "qty", "2026-02-01", 9_000, None, None)
    assert rows(place, "SELECT closed_on::text FROM billing_customer WHERE account_no = 'K1'") == [
        ("2026-02-01",)
    ]
    assert rows(
        place, "SELECT state::text FROM payable WHERE account_no = 'K1' AND balance_fen IS NULL"
    ) == [("open",)]


def test_chosen_services_go_to_a_new_account_at_the_same_place(place: Province) -> None:
    from yifen.trades.billing.customers import contracts

    customer(place, "P1", ("qty", 0))
    heat, one = heated(place, "P1"), number(place, "P1")
    staff, new = (
        site.access(place.users["biller_staff"]),
        contracts.NewHolder("P1-N", "赵新", "13900001111", 2, True),
    )
    [(power,)] = rows(place, "SELECT service_id FROM billing_service WHERE customer_id = %s AND fee_id = %s", one,
                      fee_of(place))  # fmt: skip
    for wrong in ([], [heat, power], [heat + 1000 * 10**6]):
        with pytest.raises(Refused, match="SPLIT_SERVICES"):
            contracts.propose_split(staff, one, wrong, DAY, new, False, readings("P1"), "", LATE)
    with pytest.raises(Refused, match="METER_UNKNOWN"):
        contracts.propose_split(staff, one, [power], DAY, new, False, [], "", LATE)
    made = contracts.propose_split(staff, one, [heat], DAY, new, False, [], "", LATE)
    assert {change["field"]: change["after"] for change in made.changes}["services"] == "采暖费"
    site.agree(place.users["finance"], made, LATE)
    assert rows(place, SERVICES, "P1%") == [
        ("P1", "HEAT", "2026-01-01", "2026-02-01"), ("P1", "POWER", "2026-01-01", None),
        ("P1-N", "HEAT", "2026-02-02", None),
    ]  # fmt: skip
    assert rows(place, "SELECT o.closed_on, n.before_id, n.place_id = o.place_id, n.persons, n.consent_at IS NOT NULL"
                       " FROM billing_customer o, billing_customer n"
                       " WHERE o.account_no = 'P1' AND n.account_no = 'P1-N'"
                ) == [(None, None, True, 2, True)]  # fmt: skip


def test_a_day_within_a_heating_bill_is_refused_with_the_day_to_which_it_is_billed(place: Province) -> None:
    from yifen.trades.billing.customers import contracts

    customer(place, "Q1", ("qty", 0))
    heat, one, staff = heated(place, "Q1"), number(place, "Q1"), site.access(place.users["biller_staff"])
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("WITH run AS (INSERT INTO billing_run (biller_id, fee_id, kind, from_on, to_on, due_on, begun_at,"
                     " begun_by, published_at) SELECT %(biller)s, fee_id, 'single', '2026-01-01', '2026-03-15',"
                     " '2026-02-01', now(), 'x', now() FROM billing_service WHERE service_id = %(heat)s"
                     " RETURNING run_id) INSERT INTO billing_bill SELECT %(heat)s %% 1000, nextval('billing_bill_no')"
                     " * 1000 + %(heat)s %% 1000, run_id, 0, %(heat)s, 'Q1', '2026-01-01', '2026-03-15', 0, 0, 0, 0, 0"
                     " FROM run", {"heat": heat, "biller": place.own.biller})  # fmt: skip
    new = contracts.NewHolder("Q1-N", "赵新")
    with pytest.raises(Refused, match="DAY_BILLED day: 2026-03-15"):
        contracts.propose_split(staff, one, [heat], DAY, new, False, [], "", LATE)
    last = contracts.propose_split(staff, one, [heat], date(2026, 3, 15), new, False, [], "", LATE)
    site.agree(place.users["finance"], last, LATE)
    assert rows(place, SERVICES, "Q1-N") == [("Q1-N", "HEAT", "2026-03-16", None)]


@pytest.mark.parametrize("act", ["merge", "split", "close", "holder"])
def test_while_a_run_has_the_account_nothing_of_it_goes(place: Province, act: str) -> None:
    """The database says so too, of a run that began after two people's page was made."""
    from tests.billing import proposals

    made, checker, done, subject = getattr(proposals, f"a_{act}")(place)
    before = rows(place, done, subject)
    with psycopg.connect(place.database.owner_url) as conn:
        run = conn.execute("SELECT run_id FROM billing_begin_by_v1(%s, NULL, '2026-03-01', '2026-03-31', '2026-04-20',"
                           " 'x', now())", (fee_of(place),)).fetchall()[0][0]  # fmt: skip
    try:
        with pytest.raises(Refused, match="RUN_HAS_SERVICE"):
            site.agree(checker, made, NOW)
        with psycopg.connect(place.database.url(WEB)) as conn:
            seen = bytes(made.shown)
            session = site.access(checker).session
            assert conn.execute(
                "SELECT access_decide_v1(%s, %s, %s, true, '', now())", (session, made.pk, seen)
            ).fetchall()
            assert conn.execute(
                "SELECT billing_contract_v1(%s, %s)", (made.pk, NOW)
            ).fetchall() == [(B.RUN_HAS_SERVICE,)]
            conn.rollback()
    finally:
        with psycopg.connect(place.database.owner_url) as conn:
            conn.execute("UPDATE billing_run SET dropped_at = now() WHERE run_id = %s", (run,))
    assert rows(place, done, subject) == before


@pytest.mark.parametrize("maker", [a_merge, a_split, a_take_over])
def test_an_old_word_of_two_people_is_not_said_again(place: Province, maker: object) -> None:
    made, checker, _done, _subject = maker(place)  # type: ignore[operator]
    site.agree(checker, made, NOW)
    function = "billing_take_over_v1" if maker is a_take_over else "billing_contract_v1"
    with psycopg.connect(place.database.url(WEB)) as conn:
        again = conn.execute(f"SELECT {function}(%s, %s)", (made.pk, NOW)).fetchall()
    assert again == [(B.CUSTOMERS_NOT_AGREED,)]


# --- what the tiers have come to
def merged(town: Town, tiers: bool, billed: bool = True) -> tuple[str, int, int]:
    """A used 300 kWh in January and goes to B; the code, the fee, A's service."""
    fee = town.fee(by_months=True)
    town.price(fee, PARTS, LIMITS)
    old, new = town.customer("A"), town.customer("B")
    service = town.service(old, fee, date(2026, 1, 1))
    town.used(service, date(2026, 1, 1), date(2026, 1, 31), 300_000)
    town.world._insert("billing_counter", {"bucket": 0, "customer": 2, "service": 1}, "1")
    if billed:
        assert town.published(town.made(fee, date(2026, 1, 1), date(2026, 1, 31))) == ["OK"]
    content = {"bucket": 0, "customer": old, "biller": town.biller, "account_no": "A", "day": "2026-01-31",
               "readings": [],
               "to": {"bucket": 0, "customer": new, "account_no": "B"}, "tiers": tiers}  # fmt: skip
    proposal = town.world.two_people("billing.merge", str(old), content, town.biller)
    code = town.world.value("SELECT billing_contract_v1(%s, %s)", proposal, town.world.now)
    return result_code(code).name, fee, service


@pytest.mark.parametrize(("tiers", "lines"), [
    (True, [(1, 120_000, 6_563), (2, 280_000, 16_713)]),   # 420 of two months, of which 300 are used
    (False, [(1, 210_000, 11_485), (2, 190_000, 11_341)]),  # 210 of one
])  # fmt: skip
def test_what_was_used_goes_along_or_tiers_begin_anew(
    town: Town, tiers: bool, lines: list[tuple[int, int, int]]
) -> None:
    code, fee, old = merged(town, tiers)
    assert code == "OK"
    service = town.world.value("SELECT service_id FROM billing_service WHERE service_id <> %s", old)
    town.used(service, date(2026, 2, 1), date(2026, 2, 28), 400_000)
    run = town.made(fee, date(2026, 2, 1), date(2026, 2, 28))
    ((bill, _, _),) = town.bills(run)
    assert town.lines(bill) == lines
    assert town.published(run) == ["OK"]
    assert town.world.value("SELECT used_milli FROM billing_used WHERE service_id = %s", service) == (
        700_000 if tiers else 400_000)  # fmt: skip
    assert town.wrong() == []


def test_tiers_go_along_only_with_what_is_billed(town: Town) -> None:
    code, _, service = merged(town, True, billed=False)
    assert code == "TIERS_UNBILLED"
    assert town.world.rows("SELECT service_id, to_on FROM billing_service") == [(service, None)]
