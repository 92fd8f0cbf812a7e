"""Calls of the money functions: pack a batch into arrays, unpack the rows.

Each kind of work is a struct; `CALLS[kind]` gives the SQL and the packing. The gateway runs them
through async psycopg, everything else through any other cursor: one implementation of each verb.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from yifen.core.facts.buckets import account_bucket, serial_bucket
from yifen.core.facts.codes import Code
from yifen.core.facts.pgarrays import numbers, plain, texts
from yifen.core.facts.sqlfiles import queries
from yifen.core.wire.messages import Charge, Reverse
from yifen.hub.payments import packed


class ChargeWork(Struct, frozen=True):
    """One charge to book: from whom, what, and the hash that tells a repeat from a re-use."""

    partner_id: int
    biller_id: int
    message: Charge
    content_hash: bytes


class ReturnWork(Struct, frozen=True):
    """One reversal or refund."""

    partner_id: int
    message: Reverse
    content_hash: bytes


class ResultWork(Struct, frozen=True):
    """What a biller's own system answered; `due_at`: when to ask again, if undecided."""

    payment_id: int
    outcome: str
    biller_serial: str | None = None
    biller_code: str | None = None
    due_at: datetime | None = None


class Booked(Struct, frozen=True):
    """The answer to any of them. `repeated`: this is the stored first answer; for a ResultWork:
    nothing changed, the payment was decided otherwise before."""

    code: Code
    repeated: bool
    payment_id: int | None
    business_day: date | None
    booked_at: datetime | None
    biller_serial: str | None = None


Work = ChargeWork | ReturnWork | ResultWork
Params = tuple[Any, ...]

_SQL = queries(__package__)
CHARGE_SQL = _SQL["charge"]
RETURN_SQL = _SQL["give_back"]
RESULT_SQL = _SQL["biller_result"]
_CODES = {code._value_: code for code in Code}  # to call the class takes as long as to read the rest of a row


def pack_charges(bucket: int, now: datetime, works: Sequence[ChargeWork], buckets: int) -> Params:
    messages = [work.message for work in works]
    lines = [(item, line) for item, m in enumerate(messages, 1) for line in m.lines]
    return (
        bucket,
        now,
        packed.int4s([work.partner_id for work in works]),
        packed.texts([m.serial for m in messages]),
        packed.int2s([serial_bucket(w.partner_id, w.message.serial, buckets) for w in works]),
        packed.uuids([work.content_hash for work in works]),
        packed.int4s([work.biller_id for work in works]),
        packed.texts([m.account_no for m in messages]),
        packed.int8s([m.amount_fen for m in messages]),
        packed.texts([m.quote for m in messages]),
        packed.dates([m.business_day for m in messages]),
        packed.moments([m.paid_at for m in messages]),
        packed.texts([m.operator for m in messages]),
        packed.int4s([item for item, _ in lines]),
        packed.texts([line.payable for _, line in lines]),
        packed.int8s([line.amount_fen for _, line in lines]),
    )


def pack_returns(bucket: int, now: datetime, works: Sequence[ReturnWork], buckets: int) -> Params:
    messages = [work.message for work in works]
    return (
        bucket,
        now,
        numbers([work.partner_id for work in works]),
        plain([m.serial for m in messages]),
        numbers([serial_bucket(w.partner_id, w.message.serial, buckets) for w in works]),
        plain([work.content_hash.hex() for work in works]),
        plain([m.VERB for m in messages]),
        plain([m.original_serial for m in messages]),
        numbers([serial_bucket(w.partner_id, w.message.original_serial, buckets) for w in works]),
        numbers([m.amount_fen for m in messages]),
        texts([m.reason for m in messages]),
    )


def pack_results(bucket: int, now: datetime, works: Sequence[ResultWork], buckets: int) -> Params:
    return (
        bucket,
        now,
        numbers([work.payment_id for work in works]),
        plain([work.outcome for work in works]),
        texts([work.biller_serial for work in works]),
        texts([work.biller_code for work in works]),
        plain([work.due_at.isoformat() if work.due_at else None for work in works]),
    )


CALLS: dict[type[Any], tuple[str, Callable[..., Params]]] = {
    ChargeWork: (CHARGE_SQL, pack_charges),
    ReturnWork: (RETURN_SQL, pack_returns),
    ResultWork: (RESULT_SQL, pack_results),
}


def unpack(rows: Sequence[Sequence[Any]]) -> list[Booked]:
    """Rows of any of the three statements, in the order of the works."""
    return [Booked(_CODES[row[0]], *row[1:]) for row in rows]


def charge_bucket(work: ChargeWork, buckets: int) -> int:
    """Where a charge is booked."""
    return account_bucket(work.biller_id, work.message.account_no, buckets)
