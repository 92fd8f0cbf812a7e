"""Numbers in hands: kinds, hand-overs, void, lost and found ones, counts. The database asks who may."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from yifen.core.facts import reasons
from yifen.core.facts.codes import ResultCode
from yifen.core.facts.sqlfiles import queries
from yifen.trades.invoices.asking import Conn, answered
from yifen.trades.invoices.codes import InvoiceCode
from yifen.trades.invoices.rules import NumberSpan, multirange

_SQL = queries(__package__)
_ON: dict[ResultCode, str] = {
    InvoiceCode.INVOICE_KIND_UNKNOWN: "kind", InvoiceCode.INVOICE_NUMBER_INVALID: "numbers",
    InvoiceCode.INVOICE_NOT_HELD: "numbers", InvoiceCode.INVOICE_TRANSFER_DIFFERS: "numbers",
    InvoiceCode.INVOICE_WAY_UNFIT: "to", InvoiceCode.INVOICE_PREFIX_KNOWN: "paper_prefix",
}  # fmt: skip


class NewKind(NamedTuple):
    """A kind of paper as a company's invoices have it."""

    biller_id: int
    name: str
    prefix: str
    digits: int
    layout: str


class GivenPapers(NamedTuple):
    """What is handed over to whom: to a teller, or (None) to the store of an institution. `own`: out of the giver's own
    hand, not his institution's store."""

    kind_id: int
    numbers: NumberSpan
    to: int
    to_user: int | None
    own: bool
    void: bool = False


class PapersCounted(NamedTuple):
    """What the book has and was not there; what was there and the book has not."""

    missing: list[NumberSpan]
    surplus: list[NumberSpan]

    @property
    def agrees(self) -> bool:
        return not self.missing and not self.surplus


def new_kind(conn: Conn, session: str, kind: NewKind, now: datetime) -> int:
    """Its number. Refused: PERMISSION_MISSING, INVOICE_PREFIX_KNOWN."""
    (kind_id,) = answered(conn, _SQL["kind_new"], (session, *kind, now), _ON)
    return int(kind_id)


def give(conn: Conn, session: str, given: GivenPapers, now: datetime) -> int:
    """The hand-over's number. Refused: PERMISSION_MISSING, INVOICE_KIND_UNKNOWN, INVOICE_NUMBER_INVALID,
    INVOICE_WAY_UNFIT, INVOICE_NOT_HELD."""
    values = (session, given.kind_id, *given.numbers, given.void, given.own, given.to, given.to_user, now)
    (transfer,) = answered(conn, _SQL["give"], values, _ON)
    return int(transfer)


def take(conn: Conn, session: str, transfer: int, numbers: NumberSpan, now: datetime) -> None:
    """The receiver signs for what he counted. Refused: INVOICE_TRANSFER_ENDED, INVOICE_TRANSFER_NOT_YOURS,
    INVOICE_TRANSFER_DIFFERS."""
    answered(conn, _SQL["end"], (session, transfer, "taken", *numbers, "", now), _ON)


def refuse(conn: Conn, session: str, transfer: int, why: str, now: datetime) -> None:
    """The receiver says why; the numbers are the giver's again. Refused: REASON_MISSING, and as `take`."""
    reason = reasons.reason(why, "reason")
    answered(conn, _SQL["end"], (session, transfer, "refused", None, None, reason, now), _ON)


def withdraw(conn: Conn, session: str, transfer: int, now: datetime) -> None:
    """The giver takes it back. Refused: INVOICE_TRANSFER_ENDED, INVOICE_TRANSFER_NOT_YOURS."""
    answered(conn, _SQL["end"], (session, transfer, "withdrawn", None, None, "", now), _ON)


def mark(
    conn: Conn, session: str, act: str, kind_id: int, numbers: NumberSpan, holder: int | None, why: str, now: datetime
) -> None:
    """void, lost or found, with a reason. Refused: REASON_MISSING, PERMISSION_MISSING, INVOICE_KIND_UNKNOWN,
    INVOICE_NUMBER_INVALID, INVOICE_NOT_HELD."""
    reason = reasons.reason(why, "reason")
    answered(conn, _SQL["mark"], (session, act, kind_id, *numbers, holder, reason, now), _ON)


def count(
    conn: Conn, session: str, cadence: str, kind_id: int, holder: int | None, found: Sequence[NumberSpan], now: datetime
) -> PapersCounted:
    """Against the book, which is not changed by it. Refused: PERMISSION_MISSING, INVOICE_KIND_UNKNOWN,
    INVOICE_NUMBER_INVALID."""
    values = (session, cadence, kind_id, holder, [one.first for one in found], [one.last for one in found], now)
    _count_id, missing, surplus = answered(conn, _SQL["count"], values, _ON)
    return PapersCounted(multirange(missing), multirange(surplus))
