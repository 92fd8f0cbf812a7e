"""A province with payments of known figures, for lists, exports and the dashboard."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg

from tests.web.province import Province
from tests.world import NOON, World

COUNT = 130  # more than two pages
HOSTILE = "=HYPERLINK(\"http://x\";\"<script>alert(1)</script>\")"


@dataclass
class Busy:
    """`rows`: (payment id, amount in fen) of the county's own payments, in the order of booking."""

    place: Province
    rows: list[tuple[int, int]]
    undecided: int  # payment id of one that the biller has not answered
    reversed: int
    hostile_account: str


def fill(place: Province) -> Busy:
    """130 payments at POWER01 by WX01, one undecided at GAS01, two foreign ones beside."""
    with psycopg.connect(place.database.app_url) as conn:
        world = again(conn, place)
        world.institution = place.own.county
        world.biller("GAS01", endpoint="http://127.0.0.1:9", category="gas")
        world.admit("WX01", "GAS01")
        rows = [(place.own.payment_id, 12_345)]
        for number in range(1, COUNT):
            rows.append((paid(world, number, "POWER01", "WX01"), amount_of(number)))
        back = world.reverse("BACK-1", "N-0005", amount_of(5), channel="WX01")
        assert back.code == 0
        undecided = paid(world, 500, "GAS01", "WX01")
        hostile = paid(world, 501, "POWER01", "WX01", serial="H-1", name=HOSTILE)
        rows.append((hostile, amount_of(501)))
        paid(world, 900, "POWER02", "WX02")
    return Busy(place, rows, undecided, rows[5][0], account_of(501))


def again(conn: psycopg.Connection[Any], place: Province) -> World:
    """The world of the province, once more on a connection."""
    world = World.__new__(World)
    world.conn, world.buckets, world.now = conn, place.database.buckets, NOON
    world.ids = dict(world.rows("SELECT code, id FROM partner"))
    world.institution = place.union
    return world


def paid(
    world: World, number: int, biller: str, channel: str, serial: str = "", name: str = "欧阳小明"
) -> int:
    """One bill, and its payment, `number` seconds after noon."""
    ref, fen = f"B-{number:04d}", amount_of(number)
    world.now = NOON + timedelta(seconds=number)
    world.owe(biller, account_of(number), ref, fen, name=name)
    booked = world.charge(serial or f"N-{number:04d}", {ref: fen}, channel=channel, biller=biller,
                          account_no=account_of(number), paid_at=world.now)  # fmt: skip
    assert booked.payment_id is not None
    return booked.payment_id


def account_of(number: int) -> str:
    return f"33{number % 40 if number < 500 else number:08d}"


def amount_of(number: int) -> int:
    """No two alike, and not in the order of the numbers."""
    return 1_000 + number * 7_919 % 100_003
