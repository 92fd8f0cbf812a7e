"""售电: the worker turns money on balances of prepaid accounts into sales, each account in a transaction of its own."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
import structlog

from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.trades.billing.codes import BillingCode
from yifen.trades.billing.prepaid.port import Clock

AT_ONCE = 1000
Conn = psycopg.Connection[Any]
_SQL = queries(__package__)
log = structlog.get_logger()


def sell_due(conn: Conn, clock: Clock, ending: Callable[[], bool] = lambda: False) -> None:
    """What was recharged since the last look, and what waits to be looked at again. `conn` in autocommit."""
    for (bucket,) in conn.execute(_SQL["buckets_moved"]).fetchall():
        conn.execute(_SQL["recharged"], (bucket, clock()))
    for bucket, payable in conn.execute(_SQL["to_sell"], (clock(), AT_ONCE)).fetchall():
        if ending():
            return
        sell(conn, bucket, payable, clock())


def sell(conn: Conn, bucket: int, payable: int, now: datetime) -> int:
    """One balance; the code. A fault of one is noted on its row, and the others go on."""
    try:
        with conn.transaction():
            row = conn.execute(_SQL["sell"], (bucket, payable, now)).fetchone()
        code = int(row[0]) if row else 0
    except psycopg.Error:
        if conn.closed:
            raise
        log.exception("a balance could not be sold", bucket=bucket, payable=payable)
        code = BillingCode.SALE_FAILED
        conn.execute(_SQL["unsold"], (bucket, payable, code, now))
    if code:
        log.warning("a balance was not sold", bucket=bucket, payable=payable, reason=result_code(code).name)
    return code
