"""Payments against their seals; which column was altered is found by trying what other rows say."""

from typing import Any, NamedTuple

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.seals import charge_seal

_BROKEN = queries(__package__)["broken_charges"]


class Broken(NamedTuple):
    """A payment that does not make its seal; `told_…`: what its serial and its payable say."""

    payment_id: int
    seal: Any
    channel_id: int
    biller_id: int
    account_no: str
    serial: str
    paid_at: Any
    operator: str | None
    content_hash: Any
    told_channel_id: int | None
    told_serial: str | None
    told_biller_id: int | None
    told_account_no: str | None


def charges_altered(conn: psycopg.Connection[Any]) -> list[str]:
    """The first twenty."""
    rows = conn.execute(_BROKEN).fetchall()
    return [f"payment {row[0]} {_what(Broken(*row))}" for row in rows]


def _what(row: Broken) -> str:
    """The column that makes the seal again once it says what another row says."""
    for column in ("account_no", "biller_id", "serial", "channel_id"):
        told = getattr(row, f"told_{column}")
        if told not in (None, getattr(row, column)) and _fits(row._replace(**{column: told})):
            return f"{column} says {getattr(row, column)}, it was sealed as {told}"
    return ("was altered after it was sealed: its channel_id, biller_id, account_no, serial, paid_at"
            " or operator, or the content_hash of its payment_serial")  # fmt: skip


def _fits(row: Broken) -> bool:
    made = charge_seal(row.channel_id, row.biller_id, row.account_no, row.serial, row.paid_at,
                       row.operator, row.content_hash)  # fmt: skip
    return bool(made == row.seal)
