"""The match 勾对 of one leg: our rows and a file's rows by serial, in one hash join.

What agrees never leaves the join; what differs stands in the temporary table `recon_found`,
classified. Our serials are unique within a leg, so counts alone tell whether the file repeats one.
"""

from typing import Any

import msgspec
import psycopg
from psycopg import ClientCursor

from yifen.core.facts.sqlfiles import queries
from yifen.trades.reconciliation.profile import LegProfile

_SQL = queries(__package__)
HASH_ONLY = _SQL["hash_only"]
ANY_JOIN = _SQL["any_join"]
OUR_TOTALS = _SQL["our_totals"]
FIND = _SQL["find_differences"]
COUNTS = _SQL["counts"]
REPEATED = _SQL["find_repeated"]
KNOWN = {"channel": _SQL["known_to_channel"], "biller": _SQL["known_to_biller"]}
AGREED = _SQL["agreed"]
# Our side of a leg: payments and returns of a day, or what we expect at a bank. Columns: kind, serial (the
# key of the leg, unique), amount_fen, at (local), payment_id, expected_id, undecided, original, account_no,
# batch. An undecided payment is one whose end the biller still owes us (H4): only its file can decide it.
OURS = {
    "channel": _SQL["ours_channel"], "biller": _SQL["ours_biller"], "bank": _SQL["ours_bank"],
}  # fmt: skip


class Sums(msgspec.Struct, frozen=True):
    """Rows and net fen of one side, with fees as the partner states them."""

    count: int
    amount_fen: int
    fee_fen: int = 0


def find(
    conn: psycopg.Connection[Any], profile: LegProfile, params: dict[str, Any], theirs: Sums
) -> tuple[Sums, Sums]:
    """Fill `recon_found` with what differs. Answers our side's sums and the sums that agreed.
    `params`: partner, day, file, fee_ppm."""
    ours = OURS[profile.party]
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
