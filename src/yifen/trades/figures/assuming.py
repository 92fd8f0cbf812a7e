"""What somebody assumed that collecting costs, kept with who and when; and what each channel took."""

from datetime import date, datetime
from typing import Any

from psycopg.types.json import Jsonb

from yifen.core.access.edge import Access
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.trades.figures.cost import Assumed, read_assumed

_SQL = queries(__package__)


def assume(conn: Any, access: Access, biller: int, assumed: Assumed, now: datetime) -> None:
    """Kept with who and when. Refused: as figures_cost_v1 answers."""
    rates = [
        {
            "channel": one.channel_id,
            "staff": one.staff,
            "bill_fen": one.payment_fen,
            "permille_milli": one.permille_milli,
        }
        for one in assumed.rates.values()
    ]
    code = conn.execute(
        _SQL["cost"], (access.session, biller, assumed.wages_fen, Jsonb(rates), now)
    ).fetchone()[0]
    if code:
        raise Refused(result_code(code), "wages")


def history(conn: Any, biller: int) -> list[tuple[Assumed, Any, str]]:
    """What was assumed, when and by whom, the newest first."""
    return [
        (read_assumed(wages, rates), at, by)
        for wages, rates, at, by in conn.execute(_SQL["costs"], (biller,)).fetchall()
    ]


def channels(
    conn: Any, biller: int, since: date, until: date
) -> list[tuple[int, str, str, int, int]]:
    """(number, name, how it is hosted, payments, fen)."""
    return list(
        conn.execute(
            _SQL["channels"], {"biller": biller, "since": since, "until": until}
        ).fetchall()
    )
