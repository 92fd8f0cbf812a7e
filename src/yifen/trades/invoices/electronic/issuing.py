"""Electronic invoices 数电票, written down before the platform hears of them, never asked for twice, never forgotten.

`ask`, `again` and `drop` are people's; `settle` is the worker's: it sends what was never sent, finds out what
became of what was, and sends again only what the platform never saw, by the same order number. None is called inside
a transaction that holds up money: a return asks for its red sheet by a trigger (electronic_worker_v1.sql).
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple, cast

import msgspec
import psycopg
import structlog
from psycopg.pq import TransactionStatus

from yifen.core.facts import reasons
from yifen.core.facts.codes import ResultCode
from yifen.core.facts.masking import masked_name
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.core.wire.moments import HUB_ZONE
from yifen.core.wire.signed_port import NoPortAnswer
from yifen.core.wire.tax_port import InvoiceOrder, SheetOrder, TaxLine
from yifen.trades.invoices.asking import Conn, answered
from yifen.trades.invoices.codes import InvoiceCode
from yifen.trades.invoices.electronic import rules
from yifen.trades.invoices.electronic.port import TaxPort, TaxWord
from yifen.trades.invoices.electronic.rules import Buyer, DayCompared, IssuedNumber

log = structlog.get_logger()
_SQL = queries(__package__)
TAKE_MOST = 50
_ON: dict[ResultCode, str] = {
    InvoiceCode.INVOICE_NOT_FAILED: "order", InvoiceCode.INVOICE_RATE_MISSING: "order",
    InvoiceCode.INVOICE_ELECTRONIC: "number", InvoiceCode.INVOICE_PAPER_STANDS: "number",
}  # fmt: skip


class TaxPlatforms(NamedTuple):
    """What the worker needs: an autocommitting connection, the port of a seller by its id, the ring."""

    conn: psycopg.Connection[Any]
    port: Callable[[int], TaxPort]
    ring: KeyRing


class ElectronicOrder(NamedTuple):
    """An order as it is kept. `blue_number`, `sheet_no`: what it is about; `verb`: of the return that it follows."""

    order_no: str
    kind: str
    payment_id: int
    biller_id: int
    seller_tax_no: str
    buyer_sealed: bytes
    lines: Any
    total_fen: int
    tax_fen: int
    blue_number: str | None
    sheet_no: str | None
    verb: str | None
    state: str
    code: int | None
    reason: str
    number: str | None
    is_unsent: bool


# --- people ------------------------------------------------------------------------------------------


def may_issue(conn: Conn, payment_id: int, institution_id: int, now: datetime) -> ResultCode | None:
    """Why a payment may have none."""
    row = conn.execute(_SQL["may_issue"], (payment_id, institution_id, now)).fetchone()
    return result_code(row[0]) if row and row[0] else None


def ask(conn: Conn, ring: KeyRing, session: str, payment_id: int, buyer: Buyer, now: datetime) -> str:
    """The order's number. Refused: INVOICE_BUYER_INVALID, PERMISSION_MISSING, OUT_OF_SCOPE, INVOICE_PAYMENT_UNFIT,
    INVOICE_ELECTRONIC, INVOICE_PAPER_STANDS, INVOICE_TOO_OLD, INVOICE_NO_ISSUER, INVOICE_RATE_MISSING."""
    sealed, shown = _sealed(ring, payment_id, rules.checked(buyer))
    return str(answered(conn, _SQL["ask"], (session, payment_id, sealed, shown, now), _ON)[0])


def may_issue_own(conn: Conn, payment_id: int, now: datetime) -> tuple[ResultCode | None, str] | None:
    """Why who paid may have none, and under which order he paid; None: he paid by none of his own."""
    row = conn.execute(_SQL["may_issue_own"], {"payment": payment_id, "now": now}).fetchone()
    return (result_code(row[0]) if row[0] else None, row[1]) if row else None


def ask_own(conn: Conn, ring: KeyRing, payment_id: int, buyer: Buyer, now: datetime) -> str:
    """By who paid: the order's number. Refused: INVOICE_BUYER_INVALID, OUT_OF_SCOPE, and as `ask`."""
    sealed, shown = _sealed(ring, payment_id, rules.checked(buyer))
    return str(answered(conn, _SQL["ask_own"], (payment_id, sealed, shown, now), _ON)[0])


def again(
    conn: Conn, ring: KeyRing, session: str, order_no: str, buyer: Buyer | None, now: datetime
) -> str:
    """A failed one under a new serial, with the buyer's mended data (None: as it was); one that is looked at no more is
    looked at again. Refused: INVOICE_BUYER_INVALID, PERMISSION_MISSING, INVOICE_NOT_FAILED, INVOICE_RATE_MISSING."""
    sealed, shown = _sealed(ring, find(conn, order_no).payment_id, rules.checked(buyer)) if buyer else (None, None)
    return str(answered(conn, _SQL["again"], (session, order_no, sealed, shown, now), _ON)[0])


def drop(conn: Conn, session: str, order_no: str, reason: str, now: datetime) -> None:
    """Given up, for good. Refused: REASON_MISSING, PERMISSION_MISSING, INVOICE_NOT_FAILED."""
    answered(conn, _SQL["drop"], (session, order_no, reasons.reason(reason), now), _ON)


OF_PAYMENT = _SQL["of_payment"]
"""Its orders, the newest first: (order, kind, state, number, fen, reason)."""


def buyer_of(ring: KeyRing, found: ElectronicOrder) -> Buyer:
    """Who it is for."""
    return Buyer(*json.loads(ring.open(bytes(found.buyer_sealed), buyer_context(found.payment_id))))


def buyer_context(payment_id: int) -> str:
    """For what a buyer is sealed, as the plug has it."""
    return f"invoice_electronic:{payment_id}"


def _sealed(ring: KeyRing, payment_id: int, buyer: Buyer) -> tuple[bytes, str]:
    text = json.dumps(list(buyer), ensure_ascii=False)
    return ring.seal(text.encode(), buyer_context(payment_id)), masked_name(buyer.name)


def compare(conn: Conn, port: TaxPort, biller_id: int, seller_tax_no: str, day: date) -> DayCompared:
    """Our numbers of a day against the platform's list. NoPortAnswer."""
    first, last = (datetime.combine(one, datetime.min.time(), HUB_ZONE) for one in rules.day_span(day))
    rows = conn.execute(_SQL["issued"], (biller_id, first, last)).fetchall()
    return rules.compared([IssuedNumber(*row) for row in rows], port.day(seller_tax_no, day))


# --- the worker --------------------------------------------------------------------------------------


def find(conn: Conn, order_no: str) -> ElectronicOrder:
    """One that is there."""
    row = conn.execute(_SQL["order"], (order_no,)).fetchone()
    assert row is not None
    return ElectronicOrder(*row)


def settle(tax: TaxPlatforms, order_no: str, now: datetime) -> str:
    """Send what was written and never sent, or find out what became of it: asked by its order number, and sent again
    only where the platform never saw it and nothing is in flight. Answers its state."""
    found = find(tax.conn, order_no)
    if found.state not in rules.OPEN:
        return found.state
    if tax.conn.info.transaction_status != TransactionStatus.IDLE or not tax.conn.autocommit:
        raise RuntimeError("a platform is asked outside of any transaction")
    port = tax.port(found.biller_id)
    try:
        if found.is_unsent and _call(tax, "sending", (order_no, None, now)):
            said = port.ask(message_of(tax.ring, found))
        else:
            said = port.query(order_no, found.kind == "sheet", found.total_fen)
            if said.state == "not_found" and _call(tax, "sending", (order_no, now - rules.IN_FLIGHT, now)):
                said = port.ask(message_of(tax.ring, found))
        if said.state == "duplicate":
            said = port.query(order_no, found.kind == "sheet", found.total_fen)
    except NoPortAnswer as reason:
        return _silent(tax, order_no, now, str(reason))
    return _heard(tax, found, said, now)


def settle_due(tax: TaxPlatforms, now: datetime) -> int:
    """Look at every order that is due; answers how many. One that fails is tried again later."""
    due = tax.conn.execute(_SQL["due"], (now, list(rules.LADDER_S), rules.TRIES, TAKE_MOST)).fetchall()
    for (order_no,) in due:
        try:
            settle(tax, order_no, now)
        except Exception:  # one bad order must not keep its neighbours
            log.exception("an electronic invoice failed", order=order_no)
    return len(due)


def message_of(ring: KeyRing, found: ElectronicOrder) -> InvoiceOrder | SheetOrder:
    """The same message every time."""
    lines = tuple(msgspec.convert({key: value for key, value in line.items() if key != "payable"}, TaxLine)
                  for line in found.lines)  # fmt: skip
    if found.kind == "sheet":
        return SheetOrder(found.order_no, found.seller_tax_no, found.blue_number or "",
                          cast(Any, rules.why_red(found.verb)), lines, found.total_fen, found.tax_fen)  # fmt: skip
    buyer = buyer_of(ring, found)
    return InvoiceOrder(found.order_no, cast(Any, found.kind), found.seller_tax_no, *buyer, lines, found.total_fen,
                        found.tax_fen, found.blue_number or "", found.sheet_no or "")  # fmt: skip


def _heard(tax: TaxPlatforms, found: ElectronicOrder, said: TaxWord, now: datetime) -> str:
    state = rules.state_of(found.kind, said.state)
    if not state:
        return _silent(tax, found.order_no, now, said.state)
    code = int(rules.failure_of(found.kind)) if state == "failed" else None
    values = (found.order_no, state, said.state, code, said.reason[:200], said.number if state == "done" else None,
              said.sheet_no if state == "done" else None, said.issued_at if state == "done" else None, now)  # fmt: skip
    return str(_call(tax, "said", values))


def _silent(tax: TaxPlatforms, order_no: str, now: datetime, reason: str) -> str:
    log.warning("an electronic invoice is not known", order=order_no, reason=reason)
    _call(tax, "unknown", (order_no, now))
    return find(tax.conn, order_no).state


def _call(tax: TaxPlatforms, name: str, values: tuple[Any, ...]) -> Any:
    """The answer of one of the functions, in a transaction of its own."""
    row = tax.conn.execute(_SQL[name], values).fetchone()
    assert row is not None
    return row[0]
