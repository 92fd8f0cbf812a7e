"""批量估抄: all services of a fee and a period that were not read are estimated, by one act of one person; the worker
does it piece by piece."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg

from yifen.core.access.edge import Access, now
from yifen.core.facts.days import ZONE
from yifen.core.facts.refused import Refused
from yifen.core.facts.settings import read_settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.jobs.defer import defer
from yifen.core.plugs import result_code
from yifen.trades.billing.customers.files import Conn

TASK = "billing.estimate"
PIECE, SHOWN = 200, 20
_SQL = queries(__package__)


class UnreadPeriod(NamedTuple):
    """So many services of a fee were not read in a period."""

    fee_id: int
    fee: str
    since: date
    until: date
    services: int


class EstimatedRow(NamedTuple):
    """One service: what it would get, or why not."""

    account_no: str
    qty_milli: int | None
    code: int
    customer_id: int


class EstimatePreview(NamedTuple):
    """What all of them would get. `rows`: the highest, then those that cannot be estimated, the first of each."""

    can: int
    qty_milli: int
    cannot: int
    rows: list[EstimatedRow]


def unread(conn: Conn, fees: list[int]) -> list[UnreadPeriod]:
    return [UnreadPeriod(*row) for row in conn.execute(_SQL["unread"], {"fees": fees}).fetchall()]


def preview(conn: Conn, period: UnreadPeriod, at: datetime) -> EstimatePreview:
    """Nothing is written."""
    asked = {"fee": period.fee_id, "since": period.since, "until": period.until, "on": at.astimezone(ZONE).date(),
             "most": SHOWN}  # fmt: skip
    rows = conn.execute(_SQL["estimable"], asked).fetchall()
    can, qty, cannot = rows[0][:3]
    return EstimatePreview(can, qty, cannot, [EstimatedRow(*row[3:]) for row in rows if row[3] is not None])


def ask(conn: Conn, access: Access, period: UnreadPeriod, at: datetime) -> int:
    """The number of the act, by whose session it is. Refused: FEE_UNKNOWN, PERMISSION_MISSING, DOUBT_GONE,
    ESTIMATE_RUNNING."""
    row: Any = conn.execute(_SQL["estimate_all"], {
        "session": access.session, "fee": period.fee_id, "since": period.since, "until": period.until,
        "services": period.services, "now": at}).fetchone()  # fmt: skip
    if row[0]:
        raise Refused(result_code(row[0]), "fee")
    defer(TASK, estimating=row[1])
    return int(row[1])


def work(ending: Callable[[], bool], *, estimating: int) -> None:
    """Every piece that is left, each in a transaction of its own. Raises when the process is to end."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        while piece(conn, estimating, now()):
            if ending():
                raise InterruptedError("the rest is estimated at the next try")


def piece(conn: Conn, estimating: int, at: datetime) -> int:
    """The next one; 0: all is done."""
    row: Any = conn.execute(_SQL["estimate_piece"], (estimating, PIECE, at)).fetchone()
    return int(row[0])


def acts(conn: Conn, fees: list[int]) -> list[tuple[Any, ...]]:
    """The newest, and how far they are."""
    return conn.execute(_SQL["estimatings"], {"fees": fees}).fetchall()


def left(conn: Conn, estimating: int, fees: list[int]) -> list[tuple[Any, ...]]:
    """What one of them could not estimate: account, code, customer; the first ones."""
    return conn.execute(_SQL["estimate_left"], {"estimating": estimating, "fees": fees, "most": 200}).fetchall()
