"""卡密: the worker asks companies' vending systems for the tokens of sales. A sale says `asked` before a byte leaves;
whatever happens then, what became of it is asked before it is asked for again, by the same reference."""

from collections.abc import Callable
from typing import Any, NamedTuple

import psycopg
import structlog

from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.wire.signed_port import TIMEOUT_S, NoPortAnswer
from yifen.core.wire.token_port import TokenOrder, TokenStatus
from yifen.trades.billing.prepaid.port import Clock, VendingPort, port_of

Conn = psycopg.Connection[Any]
_SQL = queries(__package__)
log = structlog.get_logger()


class AskedSale(NamedTuple):
    """A sale whose token is asked for. `was_asked`: it may be known there."""

    sale_id: int
    biller_id: int
    meter: str
    qty_milli: int
    amount_fen: int
    was_asked: bool

    @property
    def order(self) -> TokenOrder:
        return TokenOrder(reference_of(self.sale_id), self.meter, self.qty_milli, self.amount_fen)


def reference_of(sale_id: int) -> str:
    """The sale's key at a vending system."""
    return f"T{sale_id}"


def ask_due(
    conn: Conn, ring: KeyRing, clock: Clock, ending: Callable[[], bool] = lambda: False, timeout_s: float = TIMEOUT_S
) -> int:
    """How many tokens came. `conn` in autocommit: what is asked is written down before it leaves. A company whose
    system gives no answer is left for the next look, so that others do not wait for it."""
    silent: set[int] = set()
    ports: dict[int, VendingPort | None] = {}
    given = 0
    while not ending():
        row = conn.execute(_SQL["take_token"], (clock(), list(silent))).fetchone()
        if row is None:
            break
        sale = AskedSale(*row)
        if sale.biller_id not in ports:
            ports[sale.biller_id] = port_of(conn, ring, sale.biller_id, clock, timeout_s)
        port = ports[sale.biller_id]
        try:
            status = _asked(port, sale)
        except NoPortAnswer as reason:
            log.warning("the vending system gives no answer", sale=sale.sale_id, reason=str(reason))
            silent.add(sale.biller_id)
            continue
        given += _told(conn, sale, status, clock)
    return given


def _asked(port: VendingPort | None, sale: AskedSale) -> TokenStatus:
    if port is None:
        raise NoPortAnswer("the company has no vending system any more")
    if sale.was_asked:
        status = port.ask_again(sale.order)
        if status.state != "not_found":
            return status
    return port.ask(sale.order)


def _told(conn: Conn, sale: AskedSale, status: TokenStatus, clock: Clock) -> bool:
    """Write down what it said; `processing` is no word yet. True: a token."""
    if status.state == "processing":
        return False
    is_given = status.state == "issued"
    conn.execute(_SQL["token"], (sale.sale_id, status.token if is_given else None, status.reason[:200], clock()))
    return is_given
