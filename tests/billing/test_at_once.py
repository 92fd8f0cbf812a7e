"""Two connections at once: publishing beside giving up, a sale beside a reversal, a worker that is killed; the order
in which fees and shares are locked, without which these calls would end each other as a deadlock."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from copy import copy
from datetime import date
from typing import Any

import psycopg
import pytest
from psycopg.errors import RestrictViolation

from tests.billing.test_runs import NOVEMBER
from tests.billing.test_sales import prepaid, recharged, sales
from tests.billing.test_taken import Arrears
from tests.billing.town import Town
from tests.conftest import NewDatabase
from tests.world import NOON, Database, World
from yifen.core.facts.processes import OWNER, WORKER
from yifen.core.plugs import result_code

PUBLISH = """
import os, sys, django
django.setup()
from yifen.trades.billing.runs import running
running.publish(lambda: False, proposal=int(sys.argv[1]))"""


class Street:
    """A town whose rows are committed, and calls on connections of their own."""

    def __init__(self, database: Database, conn: psycopg.Connection[Any]) -> None:
        self.database, self.town = database, Town(World(conn))
        self.kept()

    def kept(self) -> None:
        self.town.world.conn.commit()

    def runs(self, name: str) -> int:
        return int(self.town.world.value(f"SELECT count(*) FROM billing_run WHERE {name}"))

    @contextmanager
    def apart(self, role: str = "") -> Iterator[Town]:
        """The town by another connection, whose transaction is open until it is committed."""
        other = copy(self.town)
        other.world = copy(self.town.world)
        with psycopg.connect(self.database.url(role) if role else self.database.app_url) as conn:
            other.world.conn = conn
            yield other

    @contextmanager
    def waiting(self, call: Callable[[Town], Any], role: str = "") -> Iterator[Future[Any]]:
        """A call that waits for a lock by now; it ends with its transaction."""

        def run(there: Town) -> Any:
            with there.world.conn.transaction():
                return call(there)

        with self.apart(role) as there, ThreadPoolExecutor(1) as pool:
            begun = pool.submit(run, there)
            self.blocked(there.world.conn.info.backend_pid)
            yield begun

    def blocked(self, *pids: int) -> None:
        """Until one of them waits; any connection, if none is named."""
        asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND (pid = ANY (%s) OR %s)"
        with psycopg.connect(self.database.super_url, autocommit=True) as conn:
            for _ in range(600):
                if conn.execute(asked, (list(pids), not pids)).fetchall()[0][0]:
                    return
                time.sleep(0.05)
        raise AssertionError("nobody waits")

    def two_pieces(self) -> int:
        """A run of A1 and A2, a piece each, made."""
        town = self.town
        town.world.set_up("CREATE OR REPLACE FUNCTION billing_piece_size_v1() RETURNS integer LANGUAGE sql"
                          " AS 'SELECT 1'")  # fmt: skip
        fee = town.fee()
        town.price(fee)
        for account in ("A1", "A2"):
            town.used(town.service(town.customer(account), fee), *NOVEMBER, 100_000)
        return town.made(fee, *NOVEMBER)


@pytest.fixture
def street(new_database: NewDatabase) -> Iterator[Street]:
    database = new_database()
    with psycopg.connect(database.app_url) as conn:
        yield Street(database, conn)


def published(proposal: int, piece: int) -> Callable[[Town], str]:
    return lambda town: result_code(
        town.world.value("SELECT billing_publish_v1(%s, %s, %s)", proposal, piece, NOON)).name


def dropped(run: int) -> Callable[[Town], str]:
    return lambda town: result_code(town.world.value("SELECT billing_drop_v1('maker01', %s, %s)", run, NOON)).name


def payables(town: Town) -> list[str]:
    return [account for (account,) in town.world.rows("SELECT account_no FROM payable WHERE ref ~ '^B' ORDER BY 1")]


# --- publishing beside giving up --------------------------------------------------------------------
def test_what_is_published_first_stays_and_the_rest_is_given_up(street: Street) -> None:
    run = street.two_pieces()
    proposal = street.town.agreed(run)
    street.kept()
    with street.apart(WORKER) as worker:
        assert published(proposal, 0)(worker) == "OK"
        with street.waiting(dropped(run)) as giving_up:
            worker.world.conn.commit()
            assert giving_up.result(30) == "OK"
    assert published(proposal, 1)(street.town) == "RUN_NOT_AGREED"
    assert payables(street.town) == ["A1"]
    assert street.town.books() == {"1123": 5_469, "6001": -5_469}
    assert street.town.world.rows("SELECT state, unbilled FROM billing_run_state") == [("published", 1)]
    assert street.town.wrong() == []


def test_what_is_given_up_first_is_not_published(street: Street) -> None:
    run = street.two_pieces()
    proposal = street.town.agreed(run)
    street.kept()
    with street.apart() as clerk:
        assert dropped(run)(clerk) == "OK"
        with street.waiting(published(proposal, 0), WORKER) as publishing:
            clerk.world.conn.commit()
            with pytest.raises(RestrictViolation, match="was given up"):  # it had looked before; its job is tried again
                publishing.result(30)
    assert published(proposal, 0)(street.town) == "RUN_NOT_AGREED"
    assert payables(street.town) == []
    assert street.town.books() == {}
    assert street.town.wrong() == []


# --- a sale beside a reversal -----------------------------------------------------------------------
def paid_ahead(street: Street) -> int:
    """1,000 yuan on A1's balance by payment S1; its number."""
    prepaid(street.town)
    recharged(street.town, 100_000)
    street.town.world.run("SELECT billing_recharged_v1(0::smallint, %s)", street.town.world.now)
    street.kept()
    return int(street.town.world.value("SELECT payable_id FROM billing_unsold"))


def sold(payable: int) -> Callable[[Town], str]:
    return lambda town: result_code(
        town.world.value("SELECT billing_sell_v1(0::smallint, %s, %s)", payable, town.world.now)).name


def reversed_(town: Town) -> str:
    return town.world.reverse("R1", "S1", 100_000).code.name


def test_money_that_is_being_sold_is_not_given_back(street: Street) -> None:
    payable = paid_ahead(street)
    with street.apart(WORKER) as worker:
        assert sold(payable)(worker) == "OK"
        with street.waiting(reversed_) as reversing:
            worker.world.conn.commit()
            assert reversing.result(30) == "PREPAID_USED"
    assert sales(street.town) == [(1_311_250, 100_000)]
    street.town.book()
    assert street.town.books() == {"1124": 100_000, "6001": -100_000}
    assert street.town.wrong() == []


def test_money_that_is_being_given_back_is_not_sold(street: Street) -> None:
    payable = paid_ahead(street)
    with street.apart() as channel:
        assert reversed_(channel) == "OK"
        with street.waiting(sold(payable), WORKER) as selling:
            channel.world.conn.commit()
            assert selling.result(30) == "OK"  # of nothing
    assert sales(street.town) == []
    assert street.town.owed("A1")["PREPAID"][3] == 0
    street.town.book()
    assert street.town.books() == {}
    assert street.town.wrong() == []


# --- a worker that is killed ------------------------------------------------------------------------
def test_a_worker_killed_while_it_publishes_leaves_every_bill_once(street: Street) -> None:
    """It is killed in the middle of A2's piece; its statement goes on in the server, beside the worker that comes
    after it."""
    run, town = street.two_pieces(), street.town
    town.asked("A2")
    assert town.paid("A2", {"PREPAID": 1_000}) == "OK"
    proposal = town.agreed(run)
    street.kept()
    command = [sys.executable, "-c", PUBLISH, str(proposal)]
    settings = street.database.environment(WORKER, DJANGO_SETTINGS_MODULE="yifen.project.settings")
    with street.apart() as holder:
        holder.world.set_up("SELECT FROM payable WHERE account_no = 'A2' AND ref = 'PREPAID' FOR UPDATE")
        worker = subprocess.Popen(command, env=settings)
        try:
            street.blocked()
            assert "A2" not in payables(town)  # A1's may wait behind it, for there are two lanes
        finally:
            worker.kill()
            worker.wait()
        town.world.conn.commit()
        again = subprocess.Popen(command, env=settings)
        time.sleep(2)
        holder.world.conn.commit()
        assert again.wait(60) == 0
    assert payables(town) == ["A1", "A2"]
    assert {ref: rest for ref, *rest in (("PREPAID", *town.owed("A2")["PREPAID"]),)} == {"PREPAID": ["open", 0, 0, 0]}
    town.book()
    assert town.books() == {"1123": 2 * 5_469 - 1_000, "1124": 1_000, "6001": -2 * 5_469}
    assert town.world.rows("SELECT state, booked FROM billing_run_state") == [("published", 2)]
    assert town.wrong() == []


# --- the order of locks -----------------------------------------------------------------------------
def closed(customer: int) -> Callable[[Town], str]:
    def call(town: Town) -> str:
        content = {"bucket": 0, "customer": customer, "day": "2026-11-30", "readings": []}
        proposal = town.world.two_people("billing.close", str(customer), content, town.biller)
        return result_code(town.world.value("SELECT billing_contract_v1(%s, %s)", proposal, NOON)).name

    return call


def taken(arrears: Arrears) -> Callable[[Town], str]:
    def call(town: Town) -> str:
        arrears.town = town
        return arrears.taken()

    return call


def written_off(bill: int) -> Callable[[Town], str]:
    def call(town: Town) -> str:
        content = {"bills": [{"bill": bill, "fen": 222_000}]}
        proposal = town.world.two_people("arrears.write_off", str(bill), content, town.biller)
        return result_code(town.world.value("SELECT billing_write_off_v1(%s, %s)", proposal, town.world.now)).name

    return call


def fees_held(town: Town, *fees: int) -> None:
    """As whoever begins a run of each holds them."""
    for fee in fees:
        town.world.run("SELECT pg_advisory_xact_lock(8850, %s)", fee)


def test_who_ends_a_share_waits_for_its_fee_before_he_holds_the_share(street: Street) -> None:
    """A change of contract holds the fee and then cuts the shares."""
    town = street.town
    fee = town.fee("heat", metered=False, cycle="none")
    town.price(fee, [("热费", "area", 0, "30")], [])
    service = town.service(town.customer("A1"), fee, area_milli=90_000)
    share = town.world._insert("billing_share_row", {
        "bucket": 0, "service_id": service, "from_on": date(2026, 11, 15), "to_on": date(2027, 3, 15), "share": "0.2",
        "why": "报停", "proposal": 1, "made_at": NOON}, "share_id")  # fmt: skip
    street.kept()

    def ended(there: Town) -> str:
        return result_code(there.world.value("SELECT billing_share_end_v1(0, %s, '2026-12-01', %s)", share, NOON)).name

    with street.apart(OWNER) as contract:
        fees_held(contract, fee)
        with street.waiting(ended, OWNER) as ending:
            contract.world.run("SELECT billing_shares_go_v1(s, '2026-11-30', NULL, %s) FROM billing_service s"
                               " WHERE s.service_id = %s", NOON, service)  # fmt: skip
            contract.world.conn.commit()
            assert ending.result(30) == "SHARE_WRONG"  # nothing of it is left that day


@pytest.mark.parametrize("what", ["contract", "arrears taken over", "written off"])
def test_fees_are_held_one_behind_the_other_by_their_numbers(street: Street, what: str) -> None:
    """Whoever holds the first and asks for the second waits for nobody who waits for the first."""
    town = street.town
    if what == "contract":
        first, second = (town.fee(code, metered=False, cycle="none") for code in ("a", "b"))
        customer = town.customer("A1")
        for fee in (second, first):  # their services the other way round
            town.service(customer, fee)
        call = closed(customer)
    else:
        arrears = Arrears(town)
        first, second = arrears.fee, town.fee("b", metered=False, cycle="none")
        call = taken(arrears) if what == "arrears taken over" else written_off(arrears.bill)
    street.kept()
    with street.apart() as other:
        fees_held(other, first)
        with street.waiting(call) as changing:
            fees_held(other, second)
            other.world.conn.commit()
            assert changing.result(30) == "OK"
