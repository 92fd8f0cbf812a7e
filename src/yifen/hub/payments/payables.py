"""Taking payables and payers in: rows packed for the import functions. Pure, no driver."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from yifen.core.facts.pgarrays import numbers, plain, texts
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.wire.replies import PayableView, QueryReply
from yifen.hub.payments.names import sealed_name

_SQL = queries(__package__)
PAYERS_SQL = _SQL["import_payers"]
PAYABLES_SQL = _SQL["import_payables"]
FROM_REPLY_SQL, PAID_MARK_SQL = _SQL["import_reply"], _SQL["paid_mark"]


class NewPayable(Struct, frozen=True):
    """A payable to take in; amounts in fen; `credit_id`: the ledger account that it pays into."""

    biller_id: int
    account_no: str
    ref: str
    title: str
    mode: str
    due_fen: int
    credit_id: int | None
    min_fen: int = 1
    max_fen: int = 10**15 - 1
    due_on: date | None = None


def pack_payables(bucket: int, rows: Sequence[NewPayable]) -> tuple[Any, ...]:
    """Parameters of PAYABLES_SQL; a payable without credit_id pays into its biller's transit
    account."""
    return (
        bucket,
        numbers([row.biller_id for row in rows]),
        texts([row.account_no for row in rows]),
        texts([row.ref for row in rows]),
        texts([row.title for row in rows]),
        plain([row.mode for row in rows]),
        numbers([row.due_fen for row in rows]),
        numbers([row.min_fen for row in rows]),
        numbers([row.max_fen for row in rows]),
        plain([row.due_on for row in rows]),
        numbers([row.credit_id for row in rows]),
    )


def pack_payers(
    ring: KeyRing, bucket: int, rows: Sequence[tuple[int, str, str]]
) -> tuple[Any, ...]:
    """Parameters of PAYERS_SQL out of (biller id, account number, name); names leave here sealed."""
    return (
        bucket,
        numbers([row[0] for row in rows]),
        texts([row[1] for row in rows]),
        texts([sealed_name(ring, *row) for row in rows]),
    )


def told_once(items: Sequence[PayableView]) -> list[PayableView]:
    """An answer's payables; one that it tells twice in the same words is one. ValueError: in other words."""
    found = {item.payable: item for item in items}
    if twice := next((item.payable for item in items if found[item.payable] != item), None):
        raise ValueError(f"{twice} is told twice, and not the same")
    return list(found.values())


def from_reply(
    ring: KeyRing, bucket: int, biller_id: int, reply: QueryReply, paid: str
) -> tuple[str, tuple[Any, ...]]:
    """What a remote biller told, ready to be kept: statement and parameters. `paid`: the mark of
    PAID_MARK_SQL when it was asked."""
    items = reply.payables
    return FROM_REPLY_SQL, (
        bucket,
        biller_id,
        reply.account_no,
        sealed_name(ring, biller_id, reply.account_no, reply.payer_name),
        texts([item.payable for item in items]),
        texts([item.title for item in items]),
        plain([item.mode for item in items]),
        numbers([item.due_fen for item in items]),
        numbers([max(item.min_fen, 1) for item in items]),
        numbers([max(item.max_fen, item.min_fen, 1) for item in items]),
        plain([item.due_on for item in items]),
        paid,
    )
