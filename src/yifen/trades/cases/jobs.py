"""The worker follows what channels took for cases, and sends payouts, every few seconds."""

from collections.abc import Callable

import psycopg
import structlog

from yifen.core.access.edge import now
from yifen.core.facts.settings import read_settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.mailing import postbox
from yifen.core.ring import key_ring
from yifen.trades.cases.clock import mailing
from yifen.trades.cases.doors import asking, pushing
from yifen.trades.cases.payout import payout_sending

log = structlog.get_logger()
_SQL = queries(__package__)


def run(ending: Callable[[], bool]) -> None:
    """What banks told of and courts asked for, then each court in each bucket, in a transaction of its own: one that
    cannot be followed holds up no other."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        pushing.book(conn, key_ring(), now)
        asking.open_all(conn, key_ring(), now)
        for court, bucket in conn.execute(_SQL["to_follow"]).fetchall():
            if ending():
                return
            try:
                conn.execute(_SQL["follow"], (court, bucket, now()))
            except psycopg.DatabaseError:
                if conn.closed:
                    raise
                log.exception("what channels took for a court was not followed", court=court, bucket=bucket)


def mail(ending: Callable[[], bool]) -> None:
    """Filed reports to the addresses of courts' rules."""
    settings = read_settings()
    with psycopg.connect(settings.database_url, autocommit=True) as conn:
        mailing.work(conn, postbox(settings), settings.web_origin, now, ending)


def pay(ending: Callable[[], bool]) -> None:
    """Payouts to the banks' ports, and what became of them."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        ring = key_ring()
        payout_sending.work(conn, ring, lambda bank_id: payout_sending.port_of(conn, ring, bank_id, now), now, ending)
