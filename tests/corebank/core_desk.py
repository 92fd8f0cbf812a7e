"""A desk whose institution has a core: a teller, a supervisor, bills, and the core's books beside it."""

from datetime import date, datetime
from itertools import count
from typing import Any

import psycopg

from tests.corebank.bench import KEY, SETTLED, TRANSIT, core_accounts, install_core
from tests.counter.standing import NOW, Counter
from tests.settlement.bank_side import Serving
from tests.web.province import Province
from tests.world import the_ring
from yifen.hub.simulators.core import CorePace, SimulatedCore
from yifen.hub.simulators.core_books import CoreBooks

_CHEQUES = count(500)


class CoreSide:
    """The core of county 青溪, and the pair of its biller there."""

    def __init__(self, place: Province, serving: Serving) -> None:
        from yifen.core.access import edge

        self.place, self.serving = place, serving
        self.books = CoreBooks(core_accounts())
        self.core = SimulatedCore(KEY, self.books, lambda: edge.now(), pace=CorePace(0.4, 3_600))
        self.endpoint = f"http://127.0.0.1:{serving.open(self.core)}"
        self.core_id = install_core(place.database.owner_url, the_ring(), place.own.county, self.endpoint,
                                    place.own.biller)  # fmt: skip

    def close(self) -> None:
        self.serving.close(self.core)

    def cheque(self, account_no: str) -> str:
        """A new unused cheque of an account."""
        number = f"{next(_CHEQUES):08d}"
        self.books.accounts[account_no].cheques[number] = 1
        return number

    def posted(self, serial: str) -> list[tuple[str, int]]:
        """The core's own lines of a serial."""
        return [(line.account_no, line.fen) for line in self.books.journal if line.serial == serial]

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.place.database.app_url) as conn:
            return conn.execute(statement, values).fetchall()

    def moves(self, serial: str) -> list[tuple[str, str, int]]:
        """(serial, state, fen) of all moves of an entry's serial."""
        return self.rows("SELECT serial, state, amount_fen FROM core_move WHERE serial LIKE %s ORDER BY serial",
                         f"{serial}%")  # fmt: skip

    def transit_fen(self) -> int:
        return self.books.balances()[TRANSIT]

    def settle_due(self, now: datetime) -> None:
        """The worker's job, at a moment."""
        from yifen.hub.corebank.jobs import cores_of
        from yifen.hub.corebank.operations import settle_due

        with psycopg.connect(self.place.database.url("yifen_worker"), autocommit=True) as conn:
            settle_due(cores_of(conn), now)

    def altered(self) -> list[str]:
        """What `verify` says of the cores and of the counter."""
        from yifen.hub.corebank.proof import altered as moves_altered
        from yifen.trades.counter.proof import altered

        with psycopg.connect(self.place.database.app_url) as conn:
            return moves_altered(conn) + altered(conn)


class CoreCounter(Counter):
    """A counter that pays by the core, with a PIN where one is needed."""

    core: CoreSide

    def draft(self, kind: str, account: str = "", serial: str = "", cheque: tuple[str, date] | None = None,
              **bills_fen: int) -> Any:  # fmt: skip
        """As the pages make it: the core is asked about the account first."""
        from yifen.trades.counter.operations.collect import prepare
        from yifen.trades.counter.operations.core import payer_of

        order = self.order(kind=kind, from_account=account, **bills_fen)
        if cheque:
            order = order._replace(payment=order.payment._replace(cheque_no=cheque[0], cheque_on=cheque[1]))
        return prepare(self.teller, serial or self.serial(), order, NOW, payer_of(self.teller, order))

    def pay(self, entry: Any, pin: str = "", meets: str = "ok", hub: Any = None, now: datetime = NOW) -> Any:
        from yifen.trades.counter.operations.collect import send

        self.core.core.orders.append(meets)
        try:
            return send(hub or self.hub, self.teller, entry.pk, now, pin)
        finally:
            self.core.core.orders.clear()

    def look(self, entry: Any, now: datetime = NOW) -> Any:
        from yifen.trades.counter.operations.find import find

        entry.refresh_from_db()
        return find(self.hub, entry, now)


__all__ = ["SETTLED", "CoreCounter", "CoreSide"]
