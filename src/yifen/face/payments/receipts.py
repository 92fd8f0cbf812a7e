"""Receipts 回单: their numbers, and what anybody may learn from one."""

from datetime import date, datetime
from typing import Any, NamedTuple, NoReturn

from django.db import connection

from yifen.core.documents import codes
from yifen.core.documents.receipt import State
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.ledger.archived import archived

PURPOSE = "receipt"
_STANDING: dict[str, State] = {
    "taken": "valid", "held": "pending", "returned": "reversed", "refunded": "refunded",
}  # fmt: skip
_PAYMENT_SQL = """
SELECT y.payment_id, y.amount_fen, coalesce(y.booked_at, y.paid_at), y.business_day,
       y.payer_state::text, p.name, r.ended_at, coalesce(r.fen, 0)::bigint, r.ats, r.fens
FROM payment y JOIN partner p ON p.id = y.biller_id
CROSS JOIN LATERAL (
    SELECT max(x.booked_at) FILTER (WHERE x.left_fen = 0) AS ended_at, sum(x.amount_fen) AS fen,
        array_agg(x.booked_at ORDER BY x.left_fen DESC) AS ats,
        array_agg(x.amount_fen ORDER BY x.left_fen DESC) AS fens
    FROM payment_return x
    WHERE x.bucket = y.bucket AND x.payment_id = y.payment_id AND x.booked_at IS NOT NULL) r
WHERE y.bucket = %s AND y.payment_id = %s"""


class ReceiptFound(NamedTuple):
    """What the public may know of a payment: nothing personal. `given_fen`: given back of it so far; `given`:
    when, and how much each time, as the slips of refunds say."""

    payment_id: int
    amount_fen: int
    booked_at: datetime
    business_day: date
    standing: State
    biller: str
    returned_at: datetime | None
    given_fen: int
    given: list[tuple[datetime, int]]


def number_of(ring: KeyRing, payment_id: int) -> str:
    """The number on the receipt 回单编号, which only this hub can make."""
    return codes.receipt_number(ring.derive(PURPOSE), payment_id)


def check(ring: KeyRing, typed: str) -> ReceiptFound:
    """验真. Refused: RECEIPT_UNKNOWN, alike and after the same work for a number that is none, for
    a payment that is not there, and for a wrong check code; PAYMENT_ARCHIVED: it is ours, of a month that is out."""
    payment_id, code = codes.read_receipt_number(typed) or (0, "")
    found = _payment(payment_id)
    fits = [codes.fits(key, payment_id, code) for key in ring.derive_each(PURPOSE)]
    if not any(fits):
        raise Refused(Code.RECEIPT_UNKNOWN, "number")
    return found or _missing(payment_id)


def of_payment(payment_id: int) -> ReceiptFound:
    """Refused: RECEIPT_UNKNOWN, PAYMENT_ARCHIVED."""
    return _payment(payment_id) or _missing(payment_id)


def is_archived(payment_id: int) -> bool:
    """It is of a month that is out: there is nothing to show of it."""
    connection.ensure_connection()
    return payment_id < archived(connection.connection).below


def _missing(payment_id: int) -> NoReturn:
    raise Refused(Code.PAYMENT_ARCHIVED if is_archived(payment_id) else Code.RECEIPT_UNKNOWN, "number")


def _payment(payment_id: int) -> ReceiptFound | None:
    with connection.cursor() as cursor:
        cursor.execute(_PAYMENT_SQL, [payment_id % 1000, payment_id])
        row: tuple[Any, ...] | None = cursor.fetchone()
    if row is None:
        return None
    payment_id, amount_fen, booked_at, business_day, payer_state, biller, returned_at, given_fen, ats, fens = row
    return ReceiptFound(payment_id, amount_fen, booked_at, business_day, _STANDING[payer_state], biller,
                 returned_at, given_fen, list(zip(ats or (), fens or (), strict=True)))  # fmt: skip
