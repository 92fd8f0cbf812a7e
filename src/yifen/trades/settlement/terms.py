"""What the books say about a biller's terms: its agreement on a day, its place, its shares.

Read over the psycopg connection, so that it is of the transaction that books the money.
"""

from datetime import date
from typing import Any

import psycopg
from msgspec import Struct

from yifen.core.facts.sqlfiles import queries
from yifen.trades.settlement.calendar import Calendar
from yifen.trades.settlement.rules import FeeTerms, MerchantPlace, Tier

_SQL = queries(__package__)
IN_FORCE_SQL = _SQL["agreement_of_day"]
TIERS_SQL = _SQL["tiers"]
SHARES_SQL = _SQL["shares"]
TREE_SQL = _SQL["places_above"]


class InForce(Struct, frozen=True):
    """An agreement on a day: its terms, and when it pays out. `payout` false: the money stays."""

    terms: FeeTerms
    lag_days: int
    make_up_days: bool
    payout: bool
    next_valid_from: date | None

    def payout_on(self, day: date, calendar: Calendar) -> date | None:
        """T+N: the working day on which what was paid on `day` is paid out."""
        if not self.payout:
            return None
        return calendar.add_working_days(day, self.lag_days, self.make_up_days)


def in_force(conn: psycopg.Connection[Any], biller_id: int, day: date) -> InForce | None:
    """The agreement of that day, or None."""
    row = conn.execute(IN_FORCE_SQL, {"biller": biller_id, "day": day}).fetchone()
    if row is None:
        return None
    number, measure, period, min_fen, cap_fen, mode, valid_from, lag, make_up, payout, later = row
    tiers = tuple(Tier(*tier) for tier in conn.execute(TIERS_SQL, (number,)).fetchall())
    terms = FeeTerms(measure, period, tiers, min_fen, cap_fen, mode, valid_from)
    return InForce(terms, lag, make_up, payout, later)


def shares_of(conn: psycopg.Connection[Any], biller_id: int) -> dict[int, int]:
    """Beneficiary → parts per million of what the biller is settled."""
    return dict(conn.execute(SHARES_SQL, (biller_id,)).fetchall())


def tree_above(conn: psycopg.Connection[Any], biller_id: int) -> dict[int, MerchantPlace]:
    """The biller's place and all above it; empty when it is no merchant of a group."""
    rows = conn.execute(TREE_SQL, (biller_id,)).fetchall()
    return {biller: MerchantPlace(parent, pooled) for biller, parent, pooled in rows}
