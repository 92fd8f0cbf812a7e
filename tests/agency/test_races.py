"""A deposit beside the end of its shift, on two connections: what is counted is what was taken."""

from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic, sleep
from typing import Any

import psycopg
import pytest
from django.db import connection

from tests.agency.bench import UNIT, Agency
from tests.web import site
from yifen.core.facts.refused import Refused
from yifen.trades.counter.codes import CounterCode


def waits(agency: Agency, count: int) -> None:
    """Until so many of the database's sessions wait for a lock."""
    late = monotonic() + 10
    while monotonic() < late:
        with psycopg.connect(agency.place.database.super_url) as conn:
            row = conn.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                               " AND wait_event_type = 'Lock'").fetchone()  # fmt: skip
        if row is not None and row[0] >= count:
            return
        sleep(0.02)
    raise AssertionError("nobody waits")


def closed(agency: Agency, counted: dict[int, int]) -> Any:
    """4641, on a connection of its own. The code that refused it, None when it closed."""
    from yifen.trades.counter.operations.shifts import close_shift

    try:
        close_shift(site.access(agency.teller), counted, agency.clock())
    except Refused as refused:
        return refused.code
    finally:
        connection.close()
    return None


def paid(agency: Agency, place: Any, number: str) -> Any:
    """4628, likewise."""
    from yifen.trades.agency.deposits import DepositOrder, pay

    with psycopg.connect(agency.place.database.url("yifen_web"), autocommit=True) as conn:
        try:
            return pay(agency.cores(conn), place, DepositOrder(UNIT, number, "cash"), agency.clock()).state
        except Refused as refused:
            return refused.code
        finally:
            connection.close()


@pytest.mark.parametrize("first", ["deposit", "end"])
def test_of_a_deposit_and_the_end_of_its_shift_the_later_one_sees_the_other(agency: Agency, first):
    place, number = agency.ready().desk(), agency.slip("9.00")
    acts = {"deposit": lambda: paid(agency, place, number), "end": lambda: closed(agency, {10_000: 5})}
    later: dict[str, Future[Any]] = {}
    with ThreadPoolExecutor(2) as pool, psycopg.connect(agency.place.database.owner_url) as conn:
        conn.execute("SELECT FROM counter_shift WHERE id = %s FOR UPDATE", (agency.shift.pk,))
        for count, name in enumerate(sorted(acts, key=lambda name: name != first), 1):
            later[name] = pool.submit(acts[name])
            waits(agency, count)
        conn.commit()
        said = {name: one.result(20) for name, one in later.items()}
    if first == "end":
        assert said == {"end": None, "deposit": CounterCode.SHIFT_NOT_OPEN}
        assert agency.rows("SELECT 1 FROM agency_deposit WHERE number = %s", number) == []
    else:  # its count lacks what came in, or it is not known yet
        assert said["deposit"] == "booked"
        assert said["end"] in (CounterCode.SHIFT_DIFFERENCE, CounterCode.ENTRY_UNDECIDED)
        assert agency.rows("SELECT state FROM counter_shift WHERE id = %s", agency.shift.pk) == [("open",)]
