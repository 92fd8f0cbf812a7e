"""What keeps a day from being "一分不差", as its night sees it: billers not settled or not paid, steps that failed,
money that its proof does not explain, and that it is not closed."""

from datetime import date
from typing import Any

from yifen.core.facts.sqlfiles import queries
from yifen.hub.gaps import NOT_CLOSED, DayGap, days_en
from yifen.hub.night import Connection
from yifen.night.words import code_text, reason_text

_SQL = queries(__package__)
_FAILED = _SQL["failed_still"]
_UNSETTLED = _SQL["unsettled_money"]
_UNPAID = _SQL["unpaid_still"]
_WHY = _SQL["why_unsettled"]
_RUN = _SQL["run_of_day"]
_THERE = _SQL["day_is_there"]
_UNEXPLAINED = _SQL["unexplained"]


def gaps(conn: Connection, book_id: int, day: date) -> list[DayGap]:
    """Of a day that never had its night: that it is not closed."""
    run = conn.execute(_RUN, (book_id, day)).fetchone()
    if run is None:
        there = conn.execute(_THERE, {"book": book_id, "day": day}).fetchone()
        return [_not_closed(day)] if there and there[0] else []
    params = {"eod": run[0], "book": book_id, "day": day}
    why = dict(conn.execute(_WHY, (run[0],)).fetchall())
    found = [_failed(day, *row) for row in conn.execute(_FAILED, params).fetchall()]
    found += [_unsettled(day, why.get(row[1]), *row) for row in conn.execute(_UNSETTLED, params).fetchall()]
    found += [_unpaid(day, *row) for row in conn.execute(_UNPAID, params).fetchall()]
    found += [_unexplained(day, fen) for (fen,) in conn.execute(_UNEXPLAINED, params).fetchall()]
    return found if run[2] else [*found, _not_closed(day)]


def _not_closed(day: date) -> DayGap:
    return DayGap(0, "", NOT_CLOSED, 1, 0, (day,), f"{day} 日终尚未关闭",
                  f"the end of day of {days_en((day,))} is not closed")  # fmt: skip


def _unexplained(day: date, fen: int) -> DayGap:
    return DayGap(0, "", "unexplained", 1, fen, (day,), f"{day} 每日试算未能说明",
                  f"of {days_en((day,))} that the daily proof does not explain")  # fmt: skip


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
