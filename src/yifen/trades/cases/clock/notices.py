"""Notices of money 到账通知: the worker tells judges by their work list; people write down whom they told, and how."""

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

import psycopg
import structlog

from yifen.core.access.edge import Access, now
from yifen.core.facts.plug import Text
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused
from yifen.core.facts.settings import read_settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.trades.cases.clock.reading import done, rows
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.rules import party_context

CHANNELS = {"letter": Text("信函", "letter"), "visit": Text("当面", "in person"), "sms": Text("短信", "text message"),
            "phone": Text("电话", "telephone")}  # fmt: skip
log = structlog.get_logger()
_SQL = queries(__package__)


class NoticeTo(NamedTuple):
    """Who is to be told of money, and when he was; `party_id` None: the judge, whose login `name` is."""

    document_id: int
    court_id: int
    case_id: int
    number: str
    party_id: int | None
    role: str
    name: str
    kind: str
    fen: int
    since: datetime
    due_on: date
    told_at: datetime | None
    channel: str | None
    told_by: str | None


def of_entry(document_id: int) -> list[NoticeTo]:
    """Everybody who is to be told of it: the judge, then the parties. Refused: NOTICE_WRONG (no such money)."""
    found = rows("tellings", (document_id,))
    if not found:
        raise Refused(CaseCode.NOTICE_WRONG, "entry")
    told = []
    for document, court, case, number, party, role, sealed, judge, *rest in found:
        name = judge if party is None else key_ring().open(bytes(sealed), party_context(court, number)).decode()
        told.append(NoticeTo(document, court, case, number, party, role, name, *rest))
    return told


def serve(
    access: Access, document_id: int, party_id: int | None, channel: str, told_at: datetime, said: str, at: datetime
) -> None:
    """Written down: who was told how, when; `said`: what proves it. Refused: REASON_MISSING, NOTICE_WRONG,
    NOTICE_TIME, PERMISSION_MISSING."""
    done("told", access.session, document_id, party_id, channel, told_at, needed(said, "said"), at, field="told_at")


def run(ending: Callable[[], bool]) -> None:
    """Judges of each court, in a transaction of its own: one that cannot be told holds up no other."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        for (court,) in conn.execute(_SQL["courts"]).fetchall():
            if ending():
                return
            try:
                conn.execute(_SQL["notify"], (court, now()))
            except psycopg.DatabaseError:
                if conn.closed:
                    raise
                log.exception("judges of a court were not told", court=court)
