"""Whose a file is, and of which day: what it tells of itself against what is agreed with the partner."""

from datetime import date, datetime, timedelta
from typing import Any

import psycopg

from yifen.core.facts.days import ZONE
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.files import ANCHOR_SQL
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.profile import LegProfile
from yifen.trades.reconciliation.readers.registry import Reading
from yifen.trades.reconciliation.reasons import of_file, told

_SQL = queries(__package__)
_DAYS, _OUR_FILE = _SQL["days_of_book"], _SQL["has_our_file"]


def prove(
    conn: psycopg.Connection[Any], profile: LegProfile, reading: Reading, day: date, name: str, now: datetime
) -> None:
    """Refused, with what the file tells and what was expected: FILE_OF_ANOTHER (a merchant, channel or
    account that two people did not name in the partner's rules), FILE_OF_ANOTHER_DAY (no day of the book
    by now), FILE_CHAIN (the hub's own form with another chain hash than its day has)."""
    _owner(profile, reading, name)
    _day(conn, profile, day, name, now)
    _chain(conn, profile, reading, day, name)


def _owner(profile: LegProfile, reading: Reading, name: str) -> None:
    """A file that does not tell its owner proves it by where it came from alone; and so does that of a partner
    without rules of its own, which the night does not compare. A bank's account may stand behind the bank's
    own code."""
    owner, marks = reading.told_owner, (profile.owner or "").split()
    if not marks and not profile.described:
        return
    if reading.hints.owner or not owner or any(owner == mark or owner.endswith(f"/{mark}") for mark in marks):
        return
    expected = " ".join(marks) or told("none: no owner is agreed on in the rules of reconciliation")
    raise Refused(FileCode.FILE_OF_ANOTHER, "owner", of_file(name, told("told {}, expected {}", owner[:80], expected)))


def _day(conn: psycopg.Connection[Any], profile: LegProfile, day: date, name: str, now: datetime) -> None:
    row = conn.execute(_DAYS, (profile.book_id,)).fetchone()
    assert row is not None
    first = row[0] - timedelta(days=1)  # lines around the first cut may stand in the file before
    last = max(row[1], now.astimezone(ZONE).date())
    if not first <= day <= last:
        raise Refused(FileCode.FILE_OF_ANOTHER_DAY, "day",
                      of_file(name, told("told {}, expected {} to {}", day, first, last)))  # fmt: skip


def _chain(
    conn: psycopg.Connection[Any], profile: LegProfile, reading: Reading, day: date, name: str
) -> None:
    if not reading.chain_hash or conn.execute(_OUR_FILE, (profile.partner_id, day)).fetchone() is None:
        return
    row = conn.execute(ANCHOR_SQL, (day, profile.book_id)).fetchone()
    expected = row[0] if row else None
    if reading.chain_hash != expected:
        raise Refused(FileCode.FILE_CHAIN, "chain_hash",
                      of_file(name, told("told {}, expected {}", reading.chain_hash, expected)))  # fmt: skip
