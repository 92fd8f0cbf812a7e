"""The night's step `figures`: what a closed day moved is counted once, and kept (decision 0023)."""

from datetime import timedelta

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.hub.night import Connection, Night, Result
from yifen.hub.payments.verify import problems

_SQL = queries(__package__)
_BEFORE, _KEEP, _KEEP_TRAFFIC = _SQL["days_not_kept"], _SQL["keep_day"], _SQL["keep_traffic"]
_ALTERED = _SQL["figures_altered"]
AT_ONCE = 40  # days of before, a night


def keep(conn: Connection, night: Night) -> Result:
    """The night's day anew, and those of before that never were, the newest first. The charges of the clock's
    days are kept with them, and of the day before once more: a gateway tells its last minute late."""
    before = [day for (day,) in conn.execute(_BEFORE, (night.book_id, night.day, AT_ONCE)).fetchall()]
    rows = 0
    for day in (night.day, *before):
        rows += conn.execute(_KEEP, (night.book_id, day, night.now)).fetchall()[0][0]
    for day in {night.day - timedelta(days=1), night.day, *before}:
        conn.execute(_KEEP_TRAFFIC, (day, night.now))
    return {"sums": {"days": 1 + len(before), "rows": rows}}


def altered(conn: psycopg.Connection) -> list[str]:
    """Figures that are not what the payments say."""
    return problems(conn, _ALTERED)
