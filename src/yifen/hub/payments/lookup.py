"""Finding payments by any number, and the row in which lists show them.

Scope is part of each statement: what may not be seen is not found.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

from msgspec import Struct

from yifen.core.facts.account_numbers import clean_account, searched
from yifen.core.facts.buckets import payment_bucket, serial_bucket
from yifen.core.facts.pgarrays import numbers, texts
from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.scope import Cursor, Scope, in_scope

FOUND_MAX = 50
# A payment id; ours at a biller has an R behind it for a reversal, a receipt's number a check code.
PAYMENT_ID = re.compile(r"([1-9][0-9]{3,18})(?:R|-[0-9A-Za-z-]{2,20})?")
TEXT_MAX = 40
By = Literal["payment", "serial", "biller_serial", "account"]

_SQL = queries(__package__)
COLUMNS = _SQL["payment_columns"]
PARTNERS = _SQL["payment_partners"]
CHANNELS_SQL = _SQL["channels"]
FIND_SQL = _SQL["find"]
BY: tuple[By, ...] = ("payment", "serial", "biller_serial", "account")


class PaymentRow(Struct, frozen=True):
    """A payment as a list shows it."""

    payment_id: int
    channel_id: int
    channel_code: str
    channel_name: str
    biller_id: int
    biller_code: str
    biller_name: str
    account_no: str
    serial: str
    amount_fen: int
    payer_state: str
    biller_state: str
    business_day: date
    paid_at: datetime
    booked_at: datetime | None
    biller_serial: str | None


class PaymentFound(Struct, frozen=True):
    """A payment, and which of its numbers was given."""

    by: By
    payment: PaymentRow


def find(
    cursor: Cursor, buckets: int, text: str, scope: Scope, biller_id: int | None = None
) -> list[PaymentFound]:
    """Payments with this number, the newest first and at most FOUND_MAX: a payment id, a receipt's
    number, a serial of the channel's (also of a reversal or refund), a serial of the biller's, or
    an account number. `biller_id`: of this biller alone."""
    typed, text = text.strip(), clean_account(text)
    if not text or len(text) > TEXT_MAX or not text.isprintable():
        return []
    cursor.execute(CHANNELS_SQL)
    channels = [row[0] for row in cursor.fetchall()]
    identified = PAYMENT_ID.fullmatch(text)
    payment_id = min(int(identified[1]), 2**63 - 1) if identified else None
    more = in_scope(scope, "y.channel_id", "y.biller_id")
    if biller_id is not None:
        more += " AND y.biller_id = %(biller_id)s"
    params = {
        "text": text,
        "typed": texts((typed, text)),
        "accounts": texts(searched(typed)),
        "payment_id": payment_id,
        "id_bucket": None if payment_id is None else payment_bucket(payment_id),
        "channels": numbers(channels),
        "homes": numbers(serial_bucket(channel, text, buckets) for channel in channels),
        "scope": numbers(scope or ()),
        "biller_id": biller_id,
        "most": FOUND_MAX,
    }
    cursor.execute(FIND_SQL.format(more=more), params)
    return [PaymentFound(BY[row[0] - 1], PaymentRow(*row[1:])) for row in cursor.fetchall()]


def payment_rows(rows: Sequence[Sequence[Any]]) -> list[PaymentRow]:
    """Out of rows of COLUMNS."""
    return [PaymentRow(*row) for row in rows]
