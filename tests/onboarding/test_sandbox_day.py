"""The sandbox's day is cut by itself: over by the clock, or when a channel needs its file."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.conftest import NewGateway
from tests.onboarding.trying import WRITTEN_S, charge, clock, cut, open_day, tried
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.codes import Code
from yifen.hub.simulators.door import HubDoor, Lost
from yifen.hub.simulators.identity import Identity
from yifen.night.sandbox import cut_sandbox


@pytest.fixture(scope="module")
def admin(place: Province) -> Any:
    return site.client_of(place.users["platform_admin"])


@pytest.fixture(scope="module")
def hub_url(place: Province, new_gateway: NewGateway) -> str:
    return new_gateway(place.database).url


@pytest.fixture(scope="module")
def identity(place: Province, admin: Any, hub_url: str) -> Identity:
    return tried(place, admin, "json")


def test_the_sandbox_is_not_cut_where_nobody_asked(place, admin, hub_url, identity):
    day, at = open_day(place), clock()
    assert cut(place, at) == 0
    asyncio.run(asked_in_vain(hub_url, identity, day))
    assert cut(place, at) == 0  # it has no payment on the open day
    assert open_day(place) == day


async def asked_in_vain(url: str, identity: Identity, day: Any) -> None:
    door = HubDoor(url, identity, clock)
    with pytest.raises(Lost, match="FILE_NOT_READY"):
        await door.fetch(day)
    await asyncio.sleep(WRITTEN_S)
    await door.close()


def test_who_asks_and_has_payments_gets_a_day_and_the_next_one_five_minutes_later(
    place, admin, hub_url, identity
):
    day = open_day(place)

    async def pay_and_ask(serial: str) -> None:
        door = HubDoor(hub_url, identity, clock)
        assert (await door.ask(charge("1002", serial))).code is Code.OK
        await door.close()
        await asked_in_vain(hub_url, identity, open_day(place))

    asyncio.run(pay_and_ask("P1"))
    at = clock()
    assert cut(place, at) == 1
    assert cut(place, at + timedelta(minutes=9)) == 0  # asked before
    asyncio.run(pay_and_ask("P2"))
    assert cut(place, at + timedelta(minutes=4, seconds=59)) == 0
    assert cut(place, at + timedelta(minutes=5)) == 1
    assert open_day(place) == day + timedelta(days=2)


def test_a_day_that_is_over_is_cut_without_a_question_a_week_at_a_time(place, admin, identity):
    from yifen.core.facts.days import ZONE

    day = open_day(place)
    at = datetime.combine(day + timedelta(days=9), datetime.min.time(), ZONE) + timedelta(hours=1)
    assert [cut(place, at), cut(place, at), cut(place, at)] == [7, 2, 0]
    assert open_day(place) == day + timedelta(days=9)


def test_without_a_sandbox_there_is_nothing_to_cut(new_database):
    with psycopg.connect(new_database().app_url, autocommit=True) as conn:
        assert cut_sandbox(conn, clock()) == 0


def test_the_worker_knows_the_task():
    from yifen.core.jobs.tasks import tasks

    assert ("night.sandbox", "* * * * *") in [(task.name, task.cron) for task in tasks().values()]
