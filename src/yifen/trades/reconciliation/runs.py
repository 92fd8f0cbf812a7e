"""A run 对账: one partner's newest file of a day against our side, from rows to items.

Run as often as you like: what was found before stays the item it was, what a corrected file no
longer shows is closed, what a person has closed never opens again.
"""

from datetime import date, datetime
from typing import Any

import msgspec
import psycopg

from yifen.core.facts.refused import Refused
from yifen.trades.reconciliation import matching, passes
from yifen.trades.reconciliation.codes import RepairCode
from yifen.trades.reconciliation.matching import Sums
from yifen.trades.reconciliation.profile import Profile

_FILE = """SELECT file_id, rows, amount_fen, fee_fen FROM recon_file
WHERE partner_id = %s AND business_day = %s ORDER BY version DESC LIMIT 1"""
_OPEN = """INSERT INTO recon_run (partner_id, business_day, file_id, started_at)
VALUES (%(partner)s, %(day)s, %(file)s, %(now)s) RETURNING run_id"""
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('recon_run', %(partner)s))"

_FACTS = """i.partner_id = %(partner)s
    AND i.business_day = coalesce(e.business_day, %(day)s) AND i.serial = f.serial
    AND i.class = f.class::recon_class AND i.nth = f.nth
    AND (i.payment_id, i.ours_kind, i.ours_fen, i.theirs_kind, i.theirs_fen, i.theirs_fee_fen)
        IS NOT DISTINCT FROM
        (f.payment_id, f.ours_kind, f.ours_fen, f.theirs_kind, f.theirs_fen, f.theirs_fee_fen)"""
_FOUND = "recon_found f LEFT JOIN recon_expected e USING (expected_id)"
_GONE = f"""
UPDATE recon_item i SET state = 'closed', closed_at = %(now)s, closed_by = 'gone'
WHERE i.partner_id = %(partner)s AND i.business_day = %(day)s
    AND i.state IN ('open', 'waiting', 'proposed')
    AND NOT EXISTS (SELECT FROM {_FOUND} WHERE {_FACTS})"""
_ADD = f"""
INSERT INTO recon_item (run_id, partner_id, business_day, class, serial, nth, payment_id,
    expected_id, ours_kind, ours_fen, ours_fee_fen, ours_at, file_id, line_no, theirs_kind,
    theirs_fen, theirs_fee_fen, theirs_at, theirs_ref, original, account_no, batch, state,
    deadline, opened_at)
SELECT %(run)s, %(partner)s, coalesce(e.business_day, %(day)s), f.class::recon_class, f.serial,
       f.nth, f.payment_id, f.expected_id, f.ours_kind, f.ours_fen, f.ours_fee_fen, f.ours_at,
       CASE WHEN f.line_no IS NOT NULL THEN %(file)s END, f.line_no, f.theirs_kind, f.theirs_fen,
       f.theirs_fee_fen, f.theirs_at, f.theirs_ref, f.original, f.account_no, f.batch,
       CASE WHEN e.expected_id IS NOT NULL AND f.class = 'ours_only'
                 OR f.class IN ('ours_only', 'theirs_only')
                    AND coalesce(f.ours_at, f.theirs_at) >= %(waits_from)s
            THEN 'waiting' ELSE 'open' END::recon_state,
       coalesce(e.business_day, %(day)s) + %(deadline)s::integer, %(now)s
FROM {_FOUND}
WHERE NOT EXISTS (SELECT FROM recon_item i WHERE {_FACTS}
                  AND (i.state <> 'closed' OR i.closed_by <> 'gone'))
ORDER BY f.line_no NULLS FIRST, f.serial"""
# What the bank's own reference found needs no item.
_ARRIVED = """
UPDATE recon_expected e SET done = true, run_id = %(run)s, file_id = t.file_id, line_no = t.line_no
FROM recon_row t
WHERE e.partner_id = %(partner)s AND NOT e.done AND t.file_id = %(file)s AND t.serial = e.serial
    AND (t.kind IN ('sale', 'in')) = (e.kind = 'in') AND t.amount_fen = e.amount_fen
    AND NOT EXISTS (SELECT FROM recon_found f WHERE f.expected_id = e.expected_id)"""
_ARRIVED_ITEMS = """
UPDATE recon_item i SET state = 'closed', closed_at = %(now)s, closed_by = 'arrived'
FROM recon_expected e
WHERE i.partner_id = %(partner)s AND i.state IN ('open', 'waiting') AND e.done
    AND i.expected_id = e.expected_id AND i.class = 'ours_only'"""
# The next day's file is there: what it did not explain counts now.
_WAITED = """
UPDATE recon_item i SET state = 'open'
WHERE i.partner_id = %(partner)s AND i.state = 'waiting' AND CASE WHEN i.expected_id IS NULL
    THEN i.business_day < (SELECT max(r.business_day) FROM recon_run r
                           WHERE r.partner_id = %(partner)s)
    ELSE i.deadline <= %(day)s END"""
_CLOSE = """UPDATE recon_run SET ended_at = %(now)s, ours_count = %(ours_count)s,
    ours_fen = %(ours_fen)s, theirs_count = %(theirs_count)s, theirs_fen = %(theirs_fen)s,
    matched_count = %(matched_count)s, matched_fen = %(matched_fen)s, fee_fen = %(fee_fen)s
WHERE run_id = %(run)s"""
_LEFT = """SELECT class::text, state::text, count(*) FROM recon_item
WHERE partner_id = %(partner)s AND business_day = %(day)s AND state <> 'closed'
GROUP BY class, state ORDER BY class, state"""


class Outcome(msgspec.Struct, frozen=True):
    """What a run found. `differences`: open items of the day by class; `waiting`: items around
    the cut, which count from the next day's file on; `closed`: groups that later passes explained;
    amounts are net fen."""

    run_id: int
    partner: str
    business_day: date
    ours: Sums
    theirs: Sums
    matched: Sums
    differences: dict[str, int]
    waiting: int
    closed: dict[str, int]


def reconcile(
    conn: psycopg.Connection[Any], profile: Profile, day: date, now: datetime
) -> Outcome:
    """Reconcile the newest file of the day, in one transaction. Refused FILE_MISSING."""
    with conn.transaction():
        row = conn.execute(_FILE, (profile.partner_id, day)).fetchone()
        if row is None:
            raise Refused(RepairCode.FILE_MISSING, "file", f"{profile.code} {day}")
        theirs = Sums(*row[1:])
        params = {"partner": profile.partner_id, "day": day, "file": row[0], "now": now,
                  "fee_ppm": profile.fee_ppm, "deadline": profile.deadline_days,
                  "waits_from": profile.waits_from(day)}  # fmt: skip
        conn.execute(_ONE_AT_A_TIME, params)
        params["run"] = run_id = _id(conn, params)
        ours, matched = matching.find(conn, profile, params, theirs)
        for statement in (_GONE, _ADD, _ARRIVED, _ARRIVED_ITEMS):
            conn.execute(statement, params)
        closed = passes.run(conn, profile, run_id, now, day)
        conn.execute(_WAITED, params)
        conn.execute(_CLOSE, params | {
            "ours_count": ours.count, "ours_fen": ours.amount_fen, "theirs_count": theirs.count,
            "theirs_fen": theirs.amount_fen, "matched_count": matched.count,
            "matched_fen": matched.amount_fen, "fee_fen": matched.fee_fen,
        })  # fmt: skip
        left = conn.execute(_LEFT, params).fetchall()
        conn.execute("DROP TABLE recon_found; DROP TABLE IF EXISTS recon_twice")
    return _outcome(profile, run_id, day, (ours, theirs, matched), left, closed)


def _id(conn: psycopg.Connection[Any], params: dict[str, Any]) -> int:
    row = conn.execute(_OPEN, params).fetchone()
    assert row is not None
    return int(row[0])


def _outcome(
    profile: Profile,
    run_id: int,
    day: date,
    sums: tuple[Sums, Sums, Sums],
    left: list[tuple[Any, ...]],
    closed: dict[str, int],
) -> Outcome:
    differences: dict[str, int] = {}
    for name, state, count in left:
        if state != "waiting":
            differences[name] = differences.get(name, 0) + count
    waiting = sum(count for _, state, count in left if state == "waiting")
    return Outcome(run_id, profile.code, day, *sums, differences, waiting, closed)
