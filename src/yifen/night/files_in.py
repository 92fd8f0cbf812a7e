"""The step `files`: every partner file that waits is taken in, fetched where the biller serves it.

Who has a profile is expected to send a file for every day. Until its hour on the next day the night
waits for it; after that it goes on without, and the next night reconciles what came late.
"""

import io
from collections import Counter
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import structlog

from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.wire.messages import WireFault
from yifen.hub.codes import PartnerCode
from yifen.hub.failing import NightFailures, said
from yifen.hub.night import Connection, Night, NightTally, Reason, Result, Waits
from yifen.night import inbox
from yifen.trades.reconciliation.files import take_in
from yifen.trades.reconciliation.profile import read_profile

log = structlog.get_logger()
FETCHED = "fetched"
_SQL = queries(__package__)
_MISSING = _SQL["files_missing"]
_WHOSE = _SQL["institutions"]
_LOOKED = _SQL["files_looked"]


class Lacking(NamedTuple):
    """A partner whose file of the day, or a part of it, is not there. `serves`: its own system may be
    asked; `parts`: the patterns of their names, `*`: any file."""

    code: str
    institution: int
    zone: str
    late_after: time | None
    serves: bool
    parts: list[str]

    @property
    def told(self) -> str:
        return parts_told(self.parts)


def parts_told(parts: list[str]) -> str:
    """The declared parts that are missing; empty: none is declared."""
    return " ".join(part for part in parts if part != "*")


def missing(conn: Connection, night: Night) -> list[Lacking]:
    """The expected partners that lack a file of the night's day."""
    params = {"book": night.book_id, "day": night.day}
    return [Lacking(*row) for row in conn.execute(_MISSING, params).fetchall()]


def take_files(conn: Connection, night: Night) -> Result:
    """Waits for files that may still come in time."""
    whose, tally = dict(conn.execute(_WHOSE, (night.book_id,)).fetchall()), NightTally()
    failures, fetched = NightFailures(conn, night.day), NightFailures(conn, night.day)
    before = conn.execute(_LOOKED, (night.eod_id,)).fetchone()
    looked = Counter[str](before[0] if before else {})
    landed = inbox.take_all(
        conn, night.outside.inbox, night.book_id, night.day, night.now, night.outside.quiet_s, looked
    )
    for code, answer in landed:
        if isinstance(answer, Refused):
            about = failures if isinstance(answer.code, PartnerCode) else fetched
            about.add(code, whose[code], answer.code, said(answer))
            tally.add(whose[code], refused=1)
        else:
            tally.add(whose[code], taken=int(not answer.known), rows=answer.rows)
    for lacking in missing(conn, night):
        if lacking.serves:
            with fetched.of(lacking.code, lacking.institution):
                _fetch(conn, night, lacking, tally)
    left = missing(conn, night)
    for lacking in left:
        tally.add(lacking.institution, missing=1)
    result = tally.result(looked=dict(looked), refused=fetched.told, failed=failures.told,
                          missing=[lacking.code for lacking in left])  # fmt: skip
    reasons = [
        Reason("file_missing", partner=lacking.code, institution=lacking.institution, day=night.day,
               detail=lacking.told)
        for lacking in left if _may_still_come(lacking, night)
    ]  # fmt: skip
    if reasons:
        raise Waits(reasons, result)
    return result


def _fetch(conn: Connection, night: Night, lacking: Lacking, tally: NightTally) -> None:
    """Ask the biller's own system. Refused: what it answers instead of a file."""
    try:
        body = night.outside.hub.fetch_file(lacking.code, night.day)
    except WireFault as fault:
        log.warning("a biller's file could not be fetched", biller=lacking.code, why=str(fault))
        raise Refused(fault.code, fault.field, fault.detail) from None
    profile, name = read_profile(conn, lacking.code), f"{lacking.code}_{night.day:%Y%m%d}"
    taken = take_in(conn, profile, io.BytesIO(body), name, FETCHED, night.now)
    tally.add(lacking.institution, fetched=1, rows=taken.rows)


def _may_still_come(lacking: Lacking, night: Night) -> bool:
    """Without an hour of its own a partner is not waited for."""
    if lacking.late_after is None:
        return False
    until = datetime.combine(night.day + timedelta(days=1), lacking.late_after)
    return night.now.astimezone(ZoneInfo(lacking.zone)).replace(tzinfo=None) < until
