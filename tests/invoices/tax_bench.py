"""A tax platform, the seller's place there, the worker and time that passes, beside the papers of a test."""

from datetime import timedelta
from itertools import count
from typing import Any

import psycopg

from tests.counter.standing import NOW
from tests.invoices.standing import Papers
from tests.settlement.bank_side import Clock, Serving
from tests.web import site
from tests.world import the_ring
from yifen.core.wire.keys import Key
from yifen.hub.simulators.tax import SimulatedTax, TaxPace
from yifen.hub.simulators.tax_books import TaxBooks
from yifen.trades.invoices.electronic import issuing
from yifen.trades.invoices.electronic.port import TaxPort, key_context, port_of
from yifen.trades.invoices.electronic.rules import Buyer

SECRET = b"a secret of 20 bytes"
KEY = Key(partner="TAX01", version=1, algorithm="hmac-sha256", secret=SECRET)
TIMEOUT_S = 0.25
SELLER_TAX_NO, FIRM_TAX_NO = "91370100MA3C0ABC1L", "91350100M000100Y43"
GOODS = "1100101020200000000"
PERSON = Buyer("欧阳小明")
_bills, _firsts = count(1), count(1, 1000)

ISSUER = """INSERT INTO invoice_issuer VALUES (%s, '青溪供电公司', %s, 'TAX01', %s, %s, 1, true)
ON CONFLICT (biller_id) DO UPDATE SET endpoint = excluded.endpoint"""
RATE = """INSERT INTO invoice_rate VALUES (%s, '电费', '', %s, '供电', 130, false, '2000-01-01', NULL)
ON CONFLICT DO NOTHING"""


class TaxBench:
    """The county's power company issues by the simulator. `papers` has the counter and its teller."""

    def __init__(self, papers: Papers, serving: Serving) -> None:
        self.papers, self.serving, self.place = papers, serving, papers.place
        self.clock = Clock(NOW)
        self.tax = SimulatedTax(KEY, TaxBooks(), self.clock, pace=TaxPace(2 * TIMEOUT_S, 20))
        self.endpoint = f"http://127.0.0.1:{serving.open(self.tax)}"
        self.ring, self.biller = the_ring(), papers.place.own.biller
        self.worker = psycopg.connect(papers.place.database.url("yifen_worker"), autocommit=True)
        with psycopg.connect(papers.place.database.owner_url) as owner:
            sealed = self.ring.seal(SECRET, key_context(self.biller))
            owner.execute(ISSUER, (self.biller, SELLER_TAX_NO, self.endpoint, sealed))
            owner.execute(RATE, (self.biller, GOODS))

    def fresh(self) -> None:
        """For a test: nothing is left to look at, the platform's books are empty, and it is NOW."""
        self.until_rest()
        self.tax.orders.clear()
        self.tax.questions.clear()
        self.tax.books = TaxBooks(next(_firsts))
        self.clock.now = NOW

    @property
    def books(self) -> TaxBooks:
        return self.tax.books

    def close(self) -> None:
        self.serving.close(self.tax)
        self.worker.close()

    # --- people --------------------------------------------------------------------------------------

    def paid(self, fen: int = 12_345) -> Any:
        """A collection of one bill of its own."""
        ref = f"E{next(_bills)}"
        self.papers.counter.owe(**{ref: fen})
        return self.papers.counter.collect(**{ref: fen})

    def ask(self, entry: Any, buyer: Buyer = PERSON, who: Any = None) -> str:
        session = site.access(who or self.papers.teller).session
        return self._web(issuing.ask, session, entry.payment_id, buyer)

    def again(self, order_no: str, buyer: Buyer | None = None, who: Any = None) -> str:
        return self._web(issuing.again, site.access(who or self.papers.teller).session, order_no, buyer)

    def reverse(self, entry: Any) -> None:
        """Whole, on its day; and it is as late as the hub says."""
        self.papers.counter.reverse(entry)
        self.wake()

    def wake(self) -> None:
        """Until the next look is due: the hub has a clock of its own."""
        due = self.papers.read("SELECT max(look_at) FROM invoice_electronic WHERE kind = 'sheet'")[0][0]
        self.clock.now = max(self.clock(), due or NOW)

    def drop(self, order_no: str, reason: str = "付款人不要了") -> None:
        from django.db import transaction

        from yifen.face.plain import plain_connection

        with transaction.atomic(), plain_connection() as conn:
            issuing.drop(conn, site.access(self.papers.teller).session, order_no, reason, self.clock())

    def _web(self, act: Any, *given: Any) -> Any:
        from django.db import transaction

        from yifen.face.plain import plain_connection

        with transaction.atomic(), plain_connection() as conn:
            return act(conn, self.ring, *given, self.clock())

    # --- the worker ----------------------------------------------------------------------------------

    def port(self) -> TaxPort:
        return port_of(self.worker, self.ring, self.biller, self.clock, TIMEOUT_S)

    @property
    def platforms(self) -> issuing.TaxPlatforms:
        return issuing.TaxPlatforms(self.worker, lambda _biller: self.port(), self.ring)

    def look(self, *meets: str) -> int:
        """The worker's next look; orders meet these words in turn."""
        self.tax.orders.extend(meets)
        done = issuing.settle_due(self.platforms, self.clock())
        self.tax.orders.clear()
        return done

    def until_rest(self, hours: int = 200) -> None:
        """The worker runs until it never has to look again."""
        end, look = self.clock() + timedelta(hours=hours), "SELECT min(look_at) FROM invoice_electronic"
        while (due := self.papers.read(look)[0][0]) is not None and self.clock() < end:
            self.clock.now = max(self.clock(), due)
            issuing.settle_due(self.platforms, self.clock())

    # --- what is there -------------------------------------------------------------------------------

    def states(self, entry: Any) -> list[Any]:
        """(kind, state, fen) of a payment's orders: blue ones, sheets, red ones, as they were asked for."""
        return self.papers.read("SELECT kind, state, total_fen FROM invoice_electronic WHERE payment_id = %s"
                                " ORDER BY array_position('{blue,sheet,red}', kind), order_no",
                                entry.payment_id)  # fmt: skip

    def value(self, order_no: str, column: str) -> Any:
        return self.papers.read(f"SELECT {column} FROM invoice_electronic WHERE order_no = %s", order_no)[0][0]

    def issued(self, entry: Any) -> list[Any]:
        """(kind, fen) that the platform issued for a payment, as its books have it."""
        return [(one.order.kind, one.order.total_fen) for one in self.books.issued(self.clock())
                if one.order.order_no[1:].startswith(f"{entry.payment_id}-")]  # fmt: skip
