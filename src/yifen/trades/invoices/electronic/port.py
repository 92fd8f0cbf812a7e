"""The client of a company's tax platform: only a signed answer about just this order and amount counts. Never called
inside a database transaction."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg

from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.wire.keys import Key
from yifen.core.wire.signed_port import TIMEOUT_S, NoPortAnswer, SignedPort
from yifen.core.wire.tax_port import (
    DAY,
    DONE,
    ISSUE,
    QUERY,
    SHEET,
    SHEET_QUERY,
    DayQuery,
    InvoiceOrder,
    OrderQuery,
    SheetOrder,
    number_of,
    read_day_list,
    read_invoice_status,
    read_sheet_status,
)
from yifen.trades.invoices.electronic.rules import IssuedNumber

_SQL = queries(__package__)
PAGES_MOST = 400


class TaxWord(NamedTuple):
    """What a platform says of an order: its state as the platform numbers it, `duplicate` or `not_found`; of what is
    done the number and moment that the bureau signed, or the sheet's number; why it failed."""

    state: str
    number: str | None = None
    issued_at: datetime | None = None
    sheet_no: str | None = None
    reason: str = ""


class TaxPort(SignedPort):
    """One seller's platform."""

    def ask(self, order: InvoiceOrder | SheetOrder) -> TaxWord:
        """Ask for an invoice or a sheet, once for each order number. NoPortAnswer."""
        if isinstance(order, SheetOrder):
            return self._sheet(SHEET, order, order.order_no, order.total_fen)
        return self._invoice(ISSUE, order, order.order_no, order.total_fen)

    def query(self, order_no: str, is_sheet: bool, total_fen: int) -> TaxWord:
        """What became of it. NoPortAnswer."""
        if is_sheet:
            return self._sheet(SHEET_QUERY, OrderQuery(order_no), order_no, total_fen)
        return self._invoice(QUERY, OrderQuery(order_no), order_no, total_fen)

    def day(self, seller_tax_no: str, day: date) -> list[IssuedNumber]:
        """All its numbers of a day. NoPortAnswer."""
        rows: list[IssuedNumber] = []
        for _page in range(PAGES_MOST):
            asked = DayQuery(seller_tax_no, day.isoformat(), rows[-1].number if rows else "")
            found, _answer = self.told(DAY, asked, "day", read_day_list)
            if found.day != asked.day or (rows and found.rows and found.rows[0].number <= rows[-1].number):
                raise NoPortAnswer("the list is of another day, or begins anew")
            rows += [IssuedNumber(row.number, row.kind, row.total_fen) for row in found.rows]
            if not found.more or not found.rows:
                return rows
        raise NoPortAnswer("the list has no end")

    def _invoice(self, path: str, message: Any, order_no: str, total_fen: int) -> TaxWord:
        status, _answer = self.told(path, message, order_no, read_invoice_status)
        _check(status, order_no, total_fen)
        number, at = number_of(status.xml) if status.state == DONE else (None, None)
        return TaxWord(status.state, number, at, reason=" ".join(filter(None, (status.code, status.reason))))

    def _sheet(self, path: str, message: Any, order_no: str, total_fen: int) -> TaxWord:
        status, _answer = self.told(path, message, order_no, read_sheet_status)
        _check(status, order_no, total_fen)
        return TaxWord(status.state, sheet_no=status.sheet_no or None, reason=status.reason)


def _check(status: Any, order_no: str, total_fen: int) -> None:
    if status.order_no != order_no:
        raise NoPortAnswer("the answer speaks of something else")
    if status.state != "not_found" and status.total_fen != total_fen:
        raise NoPortAnswer(f"the platform speaks of {status.total_fen} fen")


def port_of(
    conn: psycopg.Connection[Any], ring: KeyRing, biller_id: int, clock: Callable[[], datetime],
    timeout_s: float = TIMEOUT_S,
) -> TaxPort:  # fmt: skip
    """The port of a seller; one that is shut is still asked what became of its invoices. KeyRingError."""
    row = conn.execute(_SQL["port"], (biller_id,)).fetchone()
    assert row is not None
    code, endpoint, version, sealed = row
    secret = ring.open(bytes(sealed), key_context(biller_id))
    key = Key(partner=code, version=version, algorithm="hmac-sha256", secret=secret)
    return TaxPort(endpoint, key, clock, timeout_s)


def key_context(biller_id: int) -> str:
    """For what a platform's key is sealed, as the plug has it."""
    return f"invoice_issuer:{biller_id}"
