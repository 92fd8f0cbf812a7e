"""More rows for the payer's pages: bills, orders, what the hub booked."""

from itertools import count
from typing import Any

import psycopg

from tests.web.province import Province
from tests.world import NOON, World

NUMBERS = count(1)


def owe(place: Province, fen: int = 12_345, biller: str = "", account_no: str = "",
        **fields: Any) -> tuple[str, str]:  # fmt: skip
    """One more bill of the own county's biller (or another): its account number, its payable."""
    number, biller = next(NUMBERS), biller or place.own.biller_code
    account_no, ref = account_no or f"P{number:05d}", f"P{number}"
    with psycopg.connect(place.database.app_url) as conn:
        world = world_on(place, conn)
        world.owe(biller, account_no, ref, fen, **fields)
    return account_no, ref


def world_on(place: Province, conn: psycopg.Connection[Any]) -> World:
    world = object.__new__(World)  # on rows that are there already
    world.conn, world.buckets, world.now = conn, place.database.buckets, NOON
    world.institution = place.own.county
    world.ids = dict(world.rows("SELECT code, id FROM partner"))
    return world


def order(order_no: str) -> Any:
    from yifen.trades.orders.models import Order

    return Order.objects.get(pk=order_no)


def orders_of(account_no: str) -> list[Any]:
    from yifen.trades.orders.models import Order

    return list(Order.objects.filter(account_no=account_no).order_by("created_at"))


def payments_of(place: Province, account_no: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(place.database.app_url) as conn:
        return conn.execute(
            "SELECT amount_fen, payer_state::text FROM payment WHERE account_no = %s"
            " ORDER BY payment_id", (account_no,),
        ).fetchall()  # fmt: skip
