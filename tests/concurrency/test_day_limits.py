"""A channel's daily limit is one row for all buckets: lanes that take from several of them at once neither wait in
a ring nor take too much."""

from concurrent.futures import ThreadPoolExecutor
from itertools import product
from threading import Barrier
from typing import Any

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.world import DAY, World
from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.codes import Code
from yifen.hub.payments.verify import verify

BUCKETS, CALLS, FEN = 4, 60, 100
CHANNELS = ("BANK", "POST", "MOBILE")
LIMIT_FEN = 45 * BUCKETS * FEN  # what the calls ask of one channel is more
ORDERS = (("BANK", "POST", "MOBILE"), ("MOBILE", "POST", "BANK"), ("BANK",), ("POST", "BANK"))


def set_up(world: World) -> list[str]:
    """Three limited channels, and one account with an open payable in each bucket."""
    world.biller("WATER")
    for channel in CHANNELS:
        world.channel(channel, day_max=LIMIT_FEN)
        world.admit(channel, "WATER")
    found = [""] * BUCKETS
    for number in range(50):
        found[account_bucket(world.ids["WATER"], f"A{number}", BUCKETS)] = f"A{number}"
    for account_no in found:
        for channel in CHANNELS:
            world.owe("WATER", account_no, f"O-{channel}", 0, "open")
    return found


def test_lanes_of_all_buckets_take_from_the_same_channels(new_database: NewDatabase):
    database = new_database(buckets=BUCKETS)
    with psycopg.connect(database.app_url) as conn:
        world = World(conn, BUCKETS)
        accounts = set_up(world)
    begin = Barrier(BUCKETS)

    def lane(bucket: int) -> list[tuple[str, Code]]:
        with psycopg.connect(database.app_url, autocommit=True) as conn:
            own = World.__new__(World)
            own.__dict__ |= world.__dict__ | {"conn": conn}
            begin.wait()
            return [one for call in range(CALLS) for one in asked(own, bucket, call)]

    def asked(own: World, bucket: int, call: int) -> list[tuple[str, Code]]:
        channels = ORDERS[(call + bucket) % len(ORDERS)]
        works: list[Any] = [
            own.charge_work(f"{channel}-{bucket}-{call}", {f"O-{channel}": FEN}, channel=channel,
                            account_no=accounts[bucket])
            for channel in channels
        ]  # fmt: skip
        return list(zip(channels, (booked.code for booked in own.call(works, bucket)), strict=True))

    with ThreadPoolExecutor(BUCKETS) as lanes:
        answers = [one for found in lanes.map(lane, range(BUCKETS)) for one in found]
    assert {code for _, code in answers} == {Code.OK, Code.OVER_DAY_LIMIT}
    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        taken = dict(conn.execute("SELECT channel_id, taken_fen FROM channel_usage WHERE business_day = %s", (DAY,)))
        booked = dict(conn.execute("SELECT channel_id, sum(amount_fen) FROM payment GROUP BY 1"))
        assert taken == booked
        assert taken[world.ids["BANK"]] == LIMIT_FEN
        assert verify(conn).problems == []
    for channel, code in product(CHANNELS, (Code.OK,)):
        assert answers.count((channel, code)) * FEN == taken[world.ids[channel]]


@pytest.mark.parametrize("first", [0, 1])
def test_what_the_ledger_refuses_is_taken_off_the_day_again(new_database: NewDatabase, first: int):
    """The ledger itself refuses one of three behind the limit: an account that was closed meanwhile."""
    database = new_database()
    with psycopg.connect(database.app_url) as conn:
        world = World(conn)
        world.biller("WATER")
        world.channel("BANK", day_max=1000)
        world.admit("BANK", "WATER")
        closed = world.account("2251.GONE", "liability")
        world.owe("WATER", "A1", "B0", 300, credit_id=None if first else closed)
        world.owe("WATER", "A1", "B1", 200, credit_id=closed if first else None)
        world.owe("WATER", "A1", "B2", 100)
        with world.as_owner():
            world.run("SELECT ledger_close_account_v1(%s)", closed)
        if first:
            world.charge("S9", {"B2": 100}, channel="BANK")  # the day's row is there
        works = [world.charge_work(f"S{n}", {f"B{n}": fen}, channel="BANK") for n, fen in enumerate((300, 200))]
        codes = [booked.code for booked in world.call(works)]
    assert codes == ([Code.OK, Code.LEDGER_ACCOUNT_CLOSED] if first else [Code.LEDGER_ACCOUNT_CLOSED, Code.OK])
    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        rows = conn.execute("SELECT taken_fen FROM channel_usage").fetchall()
        assert rows == [(400 if first else 200,)]
        assert verify(conn).problems == []
