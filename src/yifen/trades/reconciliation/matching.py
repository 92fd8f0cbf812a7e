"""The match 勾对 of one leg: our rows and a file's rows by serial, in one hash join.

What agrees never leaves the join; what differs stands in the temporary table `recon_found`,
classified. Our serials are unique within a leg, so counts alone tell whether the file repeats one.
"""

from typing import Any

import msgspec
import psycopg
from psycopg import ClientCursor

from yifen.trades.reconciliation.ours import OF_PARTY
from yifen.trades.reconciliation.profile import Profile

# A file's rows were loaded a moment ago, so nothing is known of them: no nested loop, whatever the
# planner guesses.
HASH_ONLY = """SET LOCAL work_mem = '256MB'; SET LOCAL enable_nestloop = off;
SET LOCAL enable_mergejoin = off; SET LOCAL jit = off; SET LOCAL parallel_tuple_cost = 0"""
ANY_JOIN = """RESET work_mem; RESET enable_nestloop; RESET enable_mergejoin;
RESET parallel_tuple_cost"""

OUR_TOTALS = """
SELECT count(*), coalesce(sum(CASE WHEN kind IN ('sale', 'in') THEN amount_fen
                                   ELSE -amount_fen END), 0)::bigint
FROM ({ours}) o WHERE NOT undecided"""

# What a channel's fee should be, negative when we pay it: half a fen counts as one.
_FEE = """CASE WHEN o.kind IN ('sale', 'in') THEN -1 ELSE 1 END
    * ((o.amount_fen * %(fee_ppm)s + 500000) / 1000000)"""
_CLASS = f"""CASE
    WHEN o.serial IS NULL THEN 'theirs_only'
    WHEN o.undecided THEN 'status'
    WHEN t.serial IS NULL THEN 'ours_only'
    WHEN (o.kind IN ('sale', 'in')) <> (t.kind IN ('sale', 'in')) THEN 'status'
    WHEN o.amount_fen <> t.amount_fen THEN 'amount'
    WHEN t.fee_fen <> {_FEE} THEN 'fee' END"""
_COLUMNS = f"""coalesce(o.serial, t.serial) AS serial, o.payment_id, o.expected_id,
    o.undecided, o.kind AS ours_kind, o.amount_fen AS ours_fen,
    CASE WHEN %(fee_ppm)s IS NULL THEN NULL ELSE {_FEE} END AS ours_fee_fen, o.at AS ours_at,
    t.line_no, t.kind AS theirs_kind, t.amount_fen AS theirs_fen, t.fee_fen AS theirs_fee_fen,
    t.at AS theirs_at, t.ref AS theirs_ref, coalesce(t.original, o.original) AS original,
    coalesce(o.account_no, t.account_no) AS account_no, coalesce(o.batch, t.batch) AS batch"""
FIND = f"""
CREATE TEMP TABLE recon_found ON COMMIT DROP AS
SELECT {_CLASS} AS class, 1 AS nth, {_COLUMNS}
FROM ({{ours}}) o
FULL JOIN (SELECT * FROM recon_row WHERE file_id = %(file)s) t ON t.serial = o.serial
WHERE o.serial IS NULL OR t.serial IS NULL OR o.undecided OR o.amount_fen <> t.amount_fen
    OR (o.kind IN ('sale', 'in')) <> (t.kind IN ('sale', 'in')) OR t.fee_fen <> {_FEE}"""

COUNTS = """
SELECT count(*) FILTER (WHERE theirs_fen IS NOT NULL AND (ours_fen IS NULL OR undecided)),
       count(*) FILTER (WHERE theirs_fen IS NULL AND NOT undecided),
       count(line_no), count(DISTINCT serial) FILTER (WHERE line_no IS NOT NULL)
FROM recon_found"""

# Of a serial's rows the one that agrees counts, else the first; the others are duplicates.
REPEATED = f"""
CREATE TEMP TABLE recon_twice ON COMMIT DROP AS
SELECT serial FROM recon_row WHERE file_id = %(file)s GROUP BY serial HAVING count(*) > 1;
DELETE FROM recon_found f USING recon_twice w WHERE w.serial = f.serial;
INSERT INTO recon_found
SELECT CASE WHEN r.nth > 1 THEN 'duplicate' ELSE r.class END, r.nth, r.serial, r.payment_id,
       CASE WHEN r.nth = 1 THEN r.expected_id END, r.undecided,
       CASE WHEN r.nth = 1 THEN r.ours_kind END, CASE WHEN r.nth = 1 THEN r.ours_fen END,
       CASE WHEN r.nth = 1 THEN r.ours_fee_fen END, CASE WHEN r.nth = 1 THEN r.ours_at END,
       r.line_no, r.theirs_kind, r.theirs_fen, r.theirs_fee_fen, r.theirs_at, r.theirs_ref,
       r.original, r.account_no, r.batch
FROM (SELECT f.class, row_number() OVER (PARTITION BY f.serial
                 ORDER BY f.class IS NOT NULL, f.line_no) AS nth, f.serial, f.payment_id,
             f.expected_id, f.undecided, f.ours_kind, f.ours_fen, f.ours_fee_fen, f.ours_at,
             f.line_no, f.theirs_kind, f.theirs_fen, f.theirs_fee_fen, f.theirs_at, f.theirs_ref,
             f.original, f.account_no, f.batch
      FROM (SELECT {_CLASS} AS class, {_COLUMNS}
            FROM (SELECT r.* FROM recon_row r JOIN recon_twice w USING (serial)
                  WHERE r.file_id = %(file)s) t
            LEFT JOIN ({{ours}}) o ON o.serial = t.serial) f) r
WHERE r.nth > 1 OR r.class IS NOT NULL"""

# A row of theirs that is of another day, or of a payment that is not decided, names it all the same.
_KNOWN_CHANNEL = """
UPDATE recon_found f
SET payment_id = y.payment_id, undecided = y.booked_at IS NULL,
    class = CASE WHEN y.booked_at IS NULL AND y.biller_state IN ('sent', 'unknown')
                 THEN 'status' ELSE f.class END
FROM ledger_head h, payment_serial s, payment y
WHERE f.class = 'theirs_only' AND s.bucket = h.bucket AND s.partner_id = %(partner)s
    AND s.serial = f.serial AND y.bucket = s.target_bucket AND y.payment_id = s.payment_id"""
_KNOWN_BILLER = """
UPDATE recon_found f SET payment_id = y.payment_id
FROM payment y
WHERE f.class = 'theirs_only' AND f.serial ~ '^[0-9]{4,18}R?$'
    AND y.payment_id = CASE WHEN f.serial ~ '^[0-9]{4,18}R?$' THEN rtrim(f.serial, 'R')::bigint END
    AND y.bucket = y.payment_id %% 1000 AND y.biller_id = %(partner)s"""
KNOWN = {"channel": _KNOWN_CHANNEL, "biller": _KNOWN_BILLER}

AGREED = """
SELECT count(line_no), coalesce(sum(CASE WHEN theirs_kind IN ('sale', 'in') THEN theirs_fen
                                         ELSE -theirs_fen END), 0)::bigint,
       coalesce(sum(theirs_fee_fen), 0)::bigint
FROM recon_found"""


class Sums(msgspec.Struct, frozen=True):
    """Rows and net fen of one side, with fees as the partner states them."""

    count: int
    amount_fen: int
    fee_fen: int = 0


def find(
    conn: psycopg.Connection[Any], profile: Profile, params: dict[str, Any], theirs: Sums
) -> tuple[Sums, Sums]:
    """Fill `recon_found` with what differs. Answers our side's sums and the sums that agreed.
    `params`: partner, day, file, fee_ppm."""
    ours = OF_PARTY[profile.party]
    run = ClientCursor(conn)  # CREATE TABLE AS takes no bound parameters
    run.execute(HASH_ONLY)
    row = run.execute(OUR_TOTALS.format(ours=ours), params).fetchone()
    assert row is not None
    mine = Sums(*row)
    run.execute(FIND.format(ours=ours), params)
    if _repeats(run, mine, theirs):
        run.execute(REPEATED.format(ours=ours), params)
    run.execute(ANY_JOIN)
    if profile.party in KNOWN:
        run.execute(KNOWN[profile.party], params)
    row = run.execute(AGREED).fetchone()
    assert row is not None
    return mine, Sums(theirs.count - row[0], theirs.amount_fen - row[1], theirs.fee_fen - row[2])


def _repeats(run: ClientCursor[Any], ours: Sums, theirs: Sums) -> bool:
    """Whether the file has a serial twice: more of its rows found a partner than rows of ours did,
    or a serial stands twice among what differs."""
    row = run.execute(COUNTS).fetchone()
    assert row is not None
    single_theirs, single_ours, lines, serials = row
    return theirs.count - single_theirs != ours.count - single_ours or bool(lines != serials)
