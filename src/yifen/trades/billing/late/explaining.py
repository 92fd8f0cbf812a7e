"""How a bill's late fee of a day comes about: its stretches, what rounding, cap and minimum make of their sum, what was
waived. The fee itself is billing_late_of_v1's; these figures lead to it."""

from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.trades.billing.late.asked import LateBill

_SQL = queries(__package__)


class LateStretch(NamedTuple):
    """Days at one rate (permille a day) on what was left of the bill; `grown` in fen, not rounded."""

    from_on: date
    to_on: date
    days: int
    rate: Decimal
    left_fen: int
    grown: Decimal


class LateFigures(NamedTuple):
    """`grown`: of all stretches; made to fen (`rounded_fen`), at most `capped_fen`; `more_fen`: a minimum, or what was
    asked for by one and paid; less `waived_fen`: the fee."""

    stretches: list[LateStretch]
    grown: Decimal
    truncated: bool
    rounded_fen: int
    cap_permille: int | None
    capped_fen: int
    min_fen: int
    more_fen: int
    waived_fen: int


def explained(conn: psycopg.Connection[Any], bill: LateBill, on: date) -> LateFigures | None:
    """Of a bill as it stands on that day; None: it has no rule."""
    asked = {"bill": bill.bill_id, "on": on, "due": bill.due_on}
    row = conn.execute(_SQL["late_bounds"], asked).fetchone()
    if row is None:
        return None
    _rate, _later, _grace, min_fen, cap_permille, truncated, waived_fen = row
    stretches = [LateStretch(*one) for one in conn.execute(_SQL["late_lines"], asked).fetchall()]
    grown = sum((one.grown for one in stretches), Decimal(0))
    rounded_fen = int(grown.quantize(Decimal(1), ROUND_DOWN if truncated else ROUND_HALF_UP))
    capped_fen = min(rounded_fen, bill.principal_fen * cap_permille // 1000) if cap_permille else rounded_fen
    waived_fen = min(waived_fen, capped_fen + max(bill.fee_fen, 0)) if stretches else 0
    more_fen = bill.fee_fen + waived_fen - capped_fen
    return LateFigures(stretches, grown, truncated, rounded_fen, cap_permille, capped_fen, min_fen, more_fen,
                       waived_fen)  # fmt: skip
