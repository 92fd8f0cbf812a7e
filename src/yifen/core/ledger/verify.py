"""Verify the ledger without trusting the database's own functions: chain, balances, kept days.

Everything is recomputed here from the rows as they stand; the first altered row is named.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.core.ledger.chain import GENESIS, AlteredRow, BucketReplay, SealedBatch, Transfer

_SQL = queries(__package__)
_HEADS = _SQL["heads"]
_TRANSFERS = _SQL["transfers"]
_BATCHES = _SQL["batches"]
_BALANCES = _SQL["balances"]
_DAY_HEADS = _SQL["day_heads"]
_DAY_BALANCES = _SQL["day_balances"]


class BooksVerified(NamedTuple):
    """What was read, and what is wrong; `problems[0]` names the first altered row."""

    transfers: int
    batches: int
    problems: list[str]

    @property
    def ok(self) -> bool:
        return not self.problems


def verify(conn: psycopg.Connection[Any]) -> BooksVerified:
    """Replay every bucket in one snapshot. Read-only."""
    transfers = batches = 0
    problems: list[str] = []
    with conn.transaction():
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for bucket, *head in conn.execute(_HEADS).fetchall():
            replay = BucketReplay(bucket)
            try:
                problems += _replay(conn, replay)
                problems += _compare(conn, replay, head)
            except AlteredRow as altered:
                problems.append(str(altered))
            transfers += replay.transfer_no
            batches += replay.batch_no
    return BooksVerified(transfers, batches, problems)


def _rows(conn: psycopg.Connection[Any], statement: str, bucket: int) -> Iterator[list[bytes]]:
    """Lines of a COPY, in bounded memory; the statement is ours, the bucket a number."""
    with conn.cursor() as cursor, cursor.copy(statement.format(int(bucket)).encode()) as copy:
        rest = b""
        for data in copy:
            *lines, rest = (rest + bytes(data)).split(b"\n")
            for line in lines:
                yield line.split(b"\t")


def _replay(conn: psycopg.Connection[Any], replay: BucketReplay) -> list[str]:
    """Walk the chain; at the end of every closed day compare what was kept of it."""
    bucket = replay.bucket
    kept: dict[int, list[tuple[Any, ...]]] = {}
    for batch_no, *day in conn.execute(_DAY_HEADS, (bucket,)).fetchall():
        kept.setdefault(batch_no, []).append(tuple(day))
    batches = [
        SealedBatch(int(r[0]), int(r[1]), int(r[2]), int(r[3]), bytes.fromhex(r[4].decode()))
        for r in _rows(conn, _BATCHES, bucket)
    ]
    rows = (Transfer(r[0], bytes.fromhex(r[1].decode())) for r in _rows(conn, _TRANSFERS, bucket))
    problems = []
    days: list[tuple[Any, bytes, dict[int, list[int]]]] = []

    def keep(batch_no: int) -> None:
        for day in kept.pop(batch_no, ()):
            days.append((day, replay.hash, {a: list(b) for a, b in replay.balances.items()}))

    keep(0)
    for batch_no in replay.walk(batches, rows):
        keep(batch_no)
    for (business_day, book_id, stored), found, balances in days:
        if stored != found:
            problems.append(f"ledger_day_head bucket {bucket} day {business_day} was altered")
        day_rows = conn.execute(_DAY_BALANCES, (bucket, business_day, book_id)).fetchall()
        for account, *row in day_rows:
            stored_fen = None if row[0] is None else row  # opened after the cut, or deleted
            found_fen = balances.get(account, [0] * 4)
            if (stored_fen or [0] * 4) != found_fen:
                problems.append(
                    f"ledger_day_balance bucket {bucket} day {business_day} account_id {account} "
                    f"says {stored_fen}, its transfers {found_fen}"
                )
    problems += [f"ledger_day_head bucket {bucket} names batch_no {n}, not there" for n in kept]
    return problems


def _compare(conn: psycopg.Connection[Any], replay: BucketReplay, head: list[Any]) -> list[str]:
    """The end of the chain and the stored balances against the replay."""
    bucket = replay.bucket
    problems = []
    if head != [replay.transfer_no, replay.batch_no, replay.hash or GENESIS]:
        problems.append(f"ledger_head bucket {bucket} does not stand at the end of its chain")
    stored = {row[0]: list(row[1:]) for row in conn.execute(_BALANCES, (bucket,)).fetchall()}
    for account in sorted(stored.keys() | replay.balances.keys()):
        found = replay.balances.get(account, [0, 0, 0, 0])
        if stored.get(account) != found:
            problems.append(
                f"ledger_balance bucket {bucket} account_id {account} says "
                f"{stored.get(account)}, its transfers {found}"
            )
    return problems
