"""Verify the audit trail and the master data that it tells of, trusting no function of the database.

The chain is replayed here from the entries as they stand, and compared with its head, with the
heads kept at each cut, with the triggers that ought to be on the watched tables, with the rows
of those tables, and with what `migrate` installed.
"""

import json
from collections.abc import Generator
from contextlib import closing
from itertools import islice, pairwise
from typing import Any, NamedTuple

import psycopg

from yifen.core.audit import installed
from yifen.core.audit.baseline import rows_now, shapes
from yifen.core.audit.chain import AlteredEntry, TrailEntry, TrailReplay
from yifen.core.audit.told import Retelling
from yifen.core.audit.watch import watched
from yifen.core.facts.sqlfiles import queries

_SQL = queries(__package__)
_UNSEALED_SQL = _SQL["unsealed"]
_ENTRIES_SQL = _SQL["entries"]
_HEAD_SQL = _SQL["head"]
_DAY_HEADS_SQL = _SQL["day_heads"]
_OFF_SQL = _SQL["triggers_off"]
NAMED_MAX = 20  # of one table
PIECE = 20_000  # entries of one statement
ENDLESS = 2**62
_OWN = (("audit_entry", "append_only"), ("audit_day_head", "append_only"), ("audit_draft", "audit_seal"))


class TrailVerified(NamedTuple):
    """How many entries were proved, and what is wrong; `problems[0]` names the first."""

    entries: int
    problems: list[str]


def verify(conn: psycopg.Connection[Any]) -> TrailVerified:
    """Replay the trail: in pieces up to where it stands now, then what came meanwhile and the tables that
    it tells of in one short snapshot. Read-only."""
    replay = TrailReplay()
    problems: list[str] = []
    beside: list[str] = []
    try:
        with conn.transaction():  # a snapshot a statement
            beside = _unsealed(conn) + _unwatched(conn)
            told = Retelling(shapes(conn, watched()))
            problems += _replay(conn, replay, told)
        with conn.transaction():
            conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            problems += _replay(conn, replay, told, to_its_end=True)
            problems += _master(conn, told)
            problems += islice(installed.altered(conn, told.installed), NAMED_MAX)
    except AlteredEntry as altered:
        problems = [str(altered)]
    return TrailVerified(replay.entry_no, problems + beside)


def _entries(
    conn: psycopg.Connection[Any], after: int, last: int, until: int
) -> Generator[TrailEntry, None, None]:
    """In bounded memory: piece after piece to `last`, then what there is to `until`."""
    for start, end in pairwise([after or -ENDLESS, *range(after + PIECE, last, PIECE), until]):
        with conn.cursor() as cursor, cursor.copy(_ENTRIES_SQL.format(after=start, until=end)) as copy:
            yield from (TrailEntry(*row) for row in copy.rows())


def _replay(
    conn: psycopg.Connection[Any], replay: TrailReplay, told: Retelling, to_its_end: bool = False
) -> list[str]:
    """Walk the chain from where the replay stands to its head; compare each cut with the head that was kept
    of it. `to_its_end`: nothing may stand beyond, in this snapshot."""
    after = replay.entry_no
    kept = {row[0]: row[1:] for row in conn.execute(_DAY_HEADS_SQL, (after or -ENDLESS,)).fetchall()}
    head = conn.execute(_HEAD_SQL).fetchone()  # after the kept ones: none is beyond it then
    if head is None:
        raise AlteredEntry("audit_head is missing")
    problems = []
    with closing(_entries(conn, after, head[0], ENDLESS if to_its_end else head[0])) as entries:
        for entry in replay.walk(entries, head[0]):
            if entry.action == "cut" or replay.entry_no in kept:
                problems += _compare_cut(entry, kept.pop(replay.entry_no, None))
            told.take(entry.action, entry.subject, entry.subject_key, entry.after)
    problems += [
        _day_head(row) + f"names entry {number}, not there" for number, row in kept.items()
    ]
    if head[1] != replay.hash:
        problems.append(f"audit_head does not hold the hash of audit_entry {replay.entry_no}")
    return problems


def _master(conn: psycopg.Connection[Any], told: Retelling) -> list[str]:
    """Every watched table against what the trail tells of it; the first twenty of each."""
    problems: list[str] = []
    for name, table in told.tables.items():
        if name in told.marks:  # from its mark on the trail tells all of a table
            found = dict(rows_now(conn, name, table))
            problems += islice(told.differences(name, found), NAMED_MAX)
    return problems


def _compare_cut(entry: TrailEntry, kept: tuple[str, str, str] | None) -> list[str]:
    """The entry of a cut, and the row of audit_day_head that names it."""
    day = json.loads(entry.after or "{}").get("business_day") if entry.action == "cut" else None
    said = (entry.subject_key, day, entry.digest)
    if kept is None:
        return [_day_head(said) + "is missing"]
    return [] if kept == said else [_day_head(kept) + "was altered"]


def _day_head(row: tuple[Any, ...]) -> str:
    return f"audit_day_head book {row[0]} day {row[1]} "


def _unsealed(conn: psycopg.Connection[Any]) -> list[str]:
    row = conn.execute(_UNSEALED_SQL).fetchone()
    return [f"audit_draft holds {row[0]} acts that were never sealed"] if row and row[0] else []


def _unwatched(conn: psycopg.Connection[Any]) -> list[str]:
    """Triggers that were taken off: what was done meanwhile left no trace."""
    there = [(table.name, trigger) for table in watched() for trigger in ("audit_row", "audit_truncate")]
    tables, triggers = (list(names) for names in zip(*there, *_OWN, strict=True))
    rows = conn.execute(_OFF_SQL, (tables, triggers)).fetchall()
    return [f"table {table} has lost its trigger {trigger}" for table, trigger in rows]
