"""Everything about one payment: its lines, what became of it, its transfers, its messages."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from msgspec import Struct

from yifen.core.facts.buckets import payment_bucket
from yifen.core.facts.masking import masked_name
from yifen.core.facts.pgarrays import numbers, texts
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.lookup import PaymentRow
from yifen.hub.payments.names import opened_name
from yifen.hub.payments.remote.desk import charge_serial, reverse_serial
from yifen.hub.payments.scope import Cursor, Scope, in_scope

MESSAGES_MAX = 200
_SQL = queries(__package__)
PAYMENT_SQL = _SQL["payment"]
TRANSFERS_SQL = _SQL["payment_transfers"]
LINES_SQL = _SQL["payment_lines"]
RETURNS_SQL = _SQL["payment_returns"]
EVENTS_SQL = _SQL["payment_events"]
CALL_SQL = _SQL["payment_call"]
MESSAGES_SQL = _SQL["payment_messages"]


class LineRow(Struct, frozen=True):
    """What was paid of one payable; `state` is the payable's of now."""

    payable_id: int
    ref: str
    title: str
    mode: str
    state: str
    amount_fen: int


class TransferRow(Struct, frozen=True):
    """A transfer of the ledger; `of_no`: the one that it posts, voids or reverses."""

    transfer_no: int
    kind: str
    debit_code: str
    debit_name: str
    credit_code: str
    credit_name: str
    amount_fen: int
    of_no: int | None
    business_day: date
    booked_at: datetime
    payable_id: int
    payable_ref: str | None
    payable_title: str | None


class ReturnRow(Struct, frozen=True):
    """A reversal or refund; `left_fen`: of the payment after it, above zero for a part; `booked_at` is empty
    while the biller has not agreed."""

    verb: str
    serial: str
    amount_fen: int
    left_fen: int
    reason: str | None
    business_day: date
    booked_at: datetime | None


class EventRow(Struct, frozen=True):
    """A change of either state after the booking."""

    at: datetime
    payer_state: str
    biller_state: str
    note: str


class CallRow(Struct, frozen=True):
    """Unfinished work at the biller's system; no `due_at`: the ladder is done, people decide."""

    step: str
    tries: int
    resent: bool
    due_at: datetime | None


class MessageRow(Struct, frozen=True):
    """A masked message and its answer, as the wire log keeps them."""

    at: datetime
    partner_id: int
    partner_code: str
    direction: str
    verb: str
    serial: str | None
    dialect: str
    encoding: str
    proved: bool
    code: int
    ms: int
    request: str
    reply: str


class Detail(Struct, frozen=True):
    """One payment with all that belongs to it. `payer_name` is masked (X3); `whole_name`: for his own invoice."""

    payment: PaymentRow
    payer_name: str
    whole_name: str
    operator: str | None
    biller_code: str | None
    lines: list[LineRow]
    returns: list[ReturnRow]
    events: list[EventRow]
    call: CallRow | None
    transfers: list[TransferRow]
    messages: list[MessageRow]


def detail(cursor: Cursor, payment_id: int, scope: Scope, ring: KeyRing) -> Detail | None:
    """None: there is no such payment, or it may not be seen. Messages are those of partners in
    scope: a biller's staff does not read what the channel sent."""
    if not 0 < payment_id < 2**63:
        return None
    params = {"bucket": payment_bucket(payment_id), "payment_id": payment_id,
              "scope": numbers(scope or ())}  # fmt: skip
    more = in_scope(scope, "y.channel_id", "y.biller_id")
    cursor.execute(PAYMENT_SQL.format(more=more), params)
    found = cursor.fetchall()
    if not found:
        return None
    operator, biller_code, name, *columns = found[0]
    payment = PaymentRow(*columns)
    whole_name = opened_name(ring, payment.biller_id, payment.account_no, name)
    returns = _rows(cursor, RETURNS_SQL, params, ReturnRow)
    calls = _rows(cursor, CALL_SQL, params, CallRow)
    return Detail(
        payment=payment,
        payer_name=masked_name(whole_name),
        whole_name=whole_name,
        operator=operator,
        biller_code=biller_code,
        lines=_rows(cursor, LINES_SQL, params, LineRow),
        returns=returns,
        events=_rows(cursor, EVENTS_SQL, params, EventRow),
        call=calls[0] if calls else None,
        transfers=_rows(cursor, TRANSFERS_SQL, params, TransferRow),
        messages=_messages(cursor, payment, returns, scope),
    )


def _messages(
    cursor: Cursor, payment: PaymentRow, returns: Sequence[ReturnRow], scope: Scope
) -> list[MessageRow]:
    """In the order in which they came; of very many the newest."""
    params = {
        "channel_id": payment.channel_id,
        "biller_id": payment.biller_id,
        "theirs": texts([payment.serial, *(row.serial for row in returns)]),
        "ours": texts([charge_serial(payment.payment_id), reverse_serial(payment.payment_id)]),
        "scope": numbers(scope or ()),
        "most": MESSAGES_MAX,
    }
    more = "" if scope is None else "AND m.partner_id = ANY (%(scope)s::integer[])"
    return _rows(cursor, MESSAGES_SQL.format(more=more), params, MessageRow)[::-1]


Row = TypeVar("Row", bound=Struct)


def _rows(cursor: Cursor, statement: str, params: dict[str, Any], kind: type[Row]) -> list[Row]:
    cursor.execute(statement, params)
    return [kind(*row) for row in cursor.fetchall()]
