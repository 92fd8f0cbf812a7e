"""Bills corrected 退补 (by a use, an area, an amount), cancelled 撤销, made anew 重出: runs of one bill, which another
person agrees to line by line."""

from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg
from django.db import transaction
from psycopg.types.json import Jsonb

from yifen.core.access.edge import Access
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face.plain import plain_connection
from yifen.trades.billing.codes import BillingCode
from yifen.trades.billing.rules import ColdScale, ColdSpan, days_refund_fen, spans_fault
from yifen.trades.billing.runs.running import asked

Conn = psycopg.Connection[Any]
_SQL = queries(__package__)


class HeatedBill(NamedTuple):
    """What cold days are counted by: the bill's days, and what it asks for with its corrections to an area, in fen."""

    from_on: date
    to_on: date
    amount_fen: int

    @property
    def days(self) -> int:
        return (self.to_on - self.from_on).days + 1


# --- begun ------------------------------------------------------------------------------------------
@transaction.atomic
def cancel(access: Access, bill_id: int, reason: str, at: datetime) -> int:
    """A run of the one bill that takes this one back. Refused: REASON_MISSING, OUT_OF_SCOPE, BILL_UNKNOWN,
    PERMISSION_MISSING, BILL_TAKEN, BILL_GIVEN_BACK, BILL_CORRECTED, RUN_OPEN."""
    return asked(access, "cancel", _fee_of("bill_fee", bill=bill_id), at, bill=bill_id, reason=needed(reason))


@transaction.atomic
def anew(access: Access, bill_id: int, due_on: date, reason: str, at: datetime) -> int:
    """A run that takes this bill back, and one that makes it anew of what its customer is by now: agreed to, published
    and given up together. Refused: as `cancel`, PERIOD_WRONG, PRICE_MISSING, CORRECTS_NOTHING."""
    return asked(access, "anew", _fee_of("bill_fee", bill=bill_id), at, bill=bill_id, due_on=due_on,
                 reason=needed(reason))  # fmt: skip


@transaction.atomic
def correct(
    access: Access, service: int, qty_milli: int, on: date, due_on: date, reason: str, at: datetime,
    bill_id: int | None = None,
) -> int:  # fmt: skip
    """A run of the one bill that corrects a use 退补; what gives back names its bill. Refused: REASON_MISSING,
    OUT_OF_SCOPE, SERVICE_UNKNOWN, PERMISSION_MISSING, SERVICE_PREPAID, TIERS_GONE, PERIOD_WRONG, PRICE_MISSING,
    BILL_UNKNOWN, BILL_PAST, BILL_TAKEN, BILL_GIVEN_BACK, RUN_OPEN."""
    return asked(access, "correct", _fee_of("service_fee", service=service), at, service=service, qty_milli=qty_milli,
                 on=on, due_on=due_on, bill=bill_id, reason=needed(reason))  # fmt: skip


def to_area(access: Access, bill_id: int, area_milli: int, due_on: date, reason: str, at: datetime) -> int:
    """A run of the one bill that makes this one what it would be of another area. Refused: REASON_MISSING,
    OUT_OF_SCOPE, PERMISSION_MISSING, PERIOD_WRONG, RUN_OPEN, NO_AREA, CORRECTS_NOTHING, BILL_UNKNOWN, BILL_PAST,
    BILL_TAKEN, BILL_WRITTEN_OFF, BILL_GIVEN_BACK."""
    return _adjusted(access, bill_id, area_milli, [], [], due_on, reason, at)


def by_amount(access: Access, bill_id: int, fen: int, due_on: date, reason: str, at: datetime) -> int:
    """A run of the one bill that asks for so much more, or below zero less. Refused: as `to_area`, but NO_AREA."""
    return _adjusted(access, bill_id, None, [fen], [{}], due_on, reason, at)


def of_cold(
    access: Access, bill_id: int, scale: ColdScale, spans: list[ColdSpan], due_on: date, reason: str, at: datetime
) -> int:
    """A run of the one bill that gives back what cold days 不热 cost, a line a span: of the bill, with its corrections
    to an area, the share of the scale for so many of its days. Refused: as `by_amount`, COLD_WRONG."""
    with plain_connection() as conn:
        bill = heated(conn, bill_id)
    if bill is None:
        raise Refused(BillingCode.BILL_UNKNOWN, "bill", str(bill_id))
    if fault := spans_fault(spans, bill.from_on, bill.to_on, scale):
        raise Refused(BillingCode.COLD_WRONG, "spans", fault)
    fens = [-days_refund_fen(bill.amount_fen, bill.days, span.days, scale.share_of(span.degrees)) for span in spans]
    about = [{"from": str(span.from_on), "to": str(span.to_on), "degrees": str(span.degrees),
              "share": str(scale.share_of(span.degrees))} for span in spans]  # fmt: skip
    return _adjusted(access, bill_id, None, fens, about, due_on, reason, at)


@transaction.atomic
def _adjusted(
    access: Access, bill_id: int, area_milli: int | None, fens: list[int], about: list[dict[str, str]], due_on: date,
    reason: str, at: datetime,
) -> int:  # fmt: skip
    return asked(access, "adjust", _fee_of("bill_fee", bill=bill_id), at, bill=bill_id, area=area_milli, fens=fens,
                 about=Jsonb(about), due_on=due_on, reason=needed(reason))  # fmt: skip


def heated(conn: Conn, bill_id: int) -> HeatedBill | None:
    """None: there is no such bill."""
    row = conn.execute(_SQL["heated"], {"bill": bill_id}).fetchone()
    return HeatedBill(*row) if row else None


def _fee_of(name: str, **given: int) -> int:
    with plain_connection() as conn:
        row = conn.execute(_SQL[name], given).fetchone()
    return int(row[0]) if row else 0
