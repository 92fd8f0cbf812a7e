"""A payer, his order and the job, in one hand: bills, orders, the cashier, and time that passes."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import psycopg

from tests.web.province import Province
from tests.world import Database, World

NUMBERS = count(1)


def forget_methods(database: Database) -> None:
    """The real pay methods and what was paid by them: the simulated one never stands beside them."""
    with psycopg.connect(database.super_url) as conn:
        conn.execute("DELETE FROM checkout_answer_proved")
        conn.execute("DELETE FROM checkout_answer WHERE method <> 'simulated'")
        conn.execute("DELETE FROM checkout_part p USING checkout_order o"
                     " WHERE o.order_no = p.order_no AND o.method <> 'simulated'")  # fmt: skip
        conn.execute("DELETE FROM checkout_order WHERE method <> 'simulated'")
        conn.execute("DELETE FROM pay_method")


class Till:
    """Works as the pages do, on the own county's biller; `now` only moves when told."""

    def __init__(self, place: Province) -> None:
        from yifen.face.shell.hub import local_hub
        from yifen.trades.orders.methods.simulated import Simulated
        from yifen.trades.orders.settle import OrderOutside

        self.place, self.now = place, datetime.now(UTC)
        self.hub, self.method = local_hub(), Simulated()
        self.outside = OrderOutside(self.hub, lambda code: self.method)

    # --- the world -----------------------------------------------------------------------------

    def world(self, conn: psycopg.Connection[Any]) -> World:
        world = object.__new__(World)  # on rows that are there already
        world.conn, world.buckets, world.now = conn, self.place.database.buckets, self.now
        own = self.place.own
        world.ids = {own.biller_code: own.biller, own.channel_code: own.channel}
        return world

    def owe(self, fen: int = 12_345, **fields: Any) -> tuple[str, str]:
        """A new account with one bill: account number, payable."""
        number = next(NUMBERS)
        account_no, ref = f"T{number:06d}", f"B{number}"
        with psycopg.connect(self.place.database.app_url) as conn:
            self.world(conn).owe(self.place.own.biller_code, account_no, ref, fen, **fields)
        return account_no, ref

    def paid_elsewhere(self, account_no: str, ref: str, fen: int) -> None:
        """Another channel was faster."""
        own = self.place.own
        with psycopg.connect(self.place.database.app_url) as conn:
            booked = self.world(conn).charge(
                f"X{account_no}", {ref: fen}, channel=own.channel_code, biller=own.biller_code,
                account_no=account_no,
            )  # fmt: skip
        assert booked.code == 0

    def payments(self, order_no: str) -> list[tuple[Any, ...]]:
        """What the hub booked for an order: amount, payer's state."""
        with psycopg.connect(self.place.database.app_url) as conn:
            return conn.execute(
                "SELECT amount_fen, payer_state::text FROM payment WHERE serial = %s", (order_no,)
            ).fetchall()

    # --- an order ------------------------------------------------------------------------------

    def wish(self, account_no: str, ref: str, fen: int = 12_345, **fields: Any) -> Any:
        from secrets import token_hex

        from yifen.trades.orders.methods import Device
        from yifen.trades.orders.operations import Wish
        from yifen.trades.orders.rules import Choice

        given = {
            "order_no": token_hex(15), "biller": self.place.own.biller_code,
            "account_no": account_no, "shown_fen": {ref: fen}, "choices": [Choice(ref)],
            "method": "simulated", "device": Device.PHONE, "browser": token_hex(16),
        }  # fmt: skip
        return Wish(**(given | fields))

    def start(self, wish: Any) -> Any:
        from yifen.trades.orders.operations import start

        return start(self.outside.hub, wish, self.now)

    def begin(self, order: Any) -> Any:
        from yifen.trades.orders.methods import Device, PayRequest
        from yifen.trades.orders.operations import begin

        ask = PayRequest(order.pk, order.amount_fen, "bill", order.expires_at, Device.PHONE, "10.0.0.1",
                  f"http://127.0.0.1:8461/order/{order.pk}/", "")  # fmt: skip
        return begin(self.outside.method("simulated"), order, ask, self.now)

    def order(self, order_no: str) -> Any:
        from yifen.trades.orders.operations import find

        return find(order_no)

    def trade(self, order_no: str) -> str:
        """What the cashier's books say of it."""
        from yifen.trades.orders.methods.simulated import trade_of

        row = trade_of(order_no)
        return row.state if row else "absent"

    def pays(self, order_no: str) -> None:
        """At the cashier, who tells nobody."""
        from yifen.trades.orders.methods.simulated import decide

        decide(order_no, True)

    def ready(self, **fields: Any) -> tuple[Any, str, str]:
        """An order on its way to the cashier: the order, the account number, the payable."""
        account_no, ref = self.owe()
        order = self.start(self.wish(account_no, ref, **fields))
        self.begin(order)
        return self.order(order.pk), account_no, ref

    def settle(self) -> int:
        from yifen.trades.orders.settle import settle

        return settle(self.outside, self.now)

    def until_rest(self, order_no: str, hours: int = 40) -> Any:
        """The job runs until it never has to look at this order again."""
        end = self.now + timedelta(hours=hours)
        while (order := self.order(order_no)).settle_at is not None and self.now < end:
            self.now = max(self.now, order.settle_at)
            self.settle()
        return order
