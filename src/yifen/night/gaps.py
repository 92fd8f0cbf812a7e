"""What keeps a day from being "一分不差", as its night sees it: billers not settled or not paid, steps that failed."""

from datetime import date
from typing import Any

from yifen.core.facts.sqlfiles import queries
from yifen.hub.gaps import DayGap, days_en
from yifen.hub.night import Connection
from yifen.night.words import code_text, reason_text

_SQL = queries(__package__)
_FAILED = _SQL["failed_still"]
_UNSETTLED = _SQL["unsettled_money"]
_UNPAID = _SQL["unpaid_still"]
_WHY = _SQL["why_unsettled"]
_RUN = _SQL["run_of_day"]


def gaps(conn: Connection, book_id: int, day: date) -> list[DayGap]:
    """Nothing of a day that never had its night."""
    run = conn.execute(_RUN, (book_id, day)).fetchone()
    if run is None:
        return []
    params = {"eod": run[0], "book": book_id, "day": day}
    why = dict(conn.execute(_WHY, (run[0],)).fetchall())
    found = [_failed(day, *row) for row in conn.execute(_FAILED, params).fetchall()]
    found += [_unsettled(day, why.get(row[1]), *row) for row in conn.execute(_UNSETTLED, params).fetchall()]
    return found + [_unpaid(day, *row) for row in conn.execute(_UNPAID, params).fetchall()]


def _failed(day: date, partner_id: int, line: dict[str, Any]) -> DayGap:
    return DayGap(partner_id, line["partner"], "failed", 1, 0, (day,),
                  reason_text(line, "zh"), reason_text(line, "en"))  # fmt: skip


def _unsettled(
    day: date, line: dict[str, Any] | None, partner_id: int, partner: str, payments: int, fen: int
) -> DayGap:
    known = line or {"kind": "unsettled", "partner": partner, "day": day.isoformat()}
    return DayGap(partner_id, partner, "unsettled", payments, fen, (day,),
                  reason_text(known, "zh"), reason_text(known, "en"))  # fmt: skip


def _unpaid(day: date, partner_id: int, partner: str, code: int, fen: int) -> DayGap:
    """The day's share of what the payout could not send."""
    return DayGap(partner_id, partner, "unpaid", 1, fen, (day,),
                  f"{partner} {day} 未划付 {code_text(code, 'zh')}",
                  f"of {days_en((day,))} for {partner} is not paid out: {code_text(code, 'en')}")  # fmt: skip
