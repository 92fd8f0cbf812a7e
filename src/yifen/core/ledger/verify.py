"""Verify the ledger without trusting the database's own functions: chain, balances, kept days.

Everything is recomputed here from the rows as they stand; the first altered row is named.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import chain
from typing import Any, NamedTuple, Protocol

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.core.ledger.archived import begun
from yifen.core.ledger.chain import GENESIS, AlteredRow, BucketReplay, SealedBatch, Transfer

_SQL = queries(__package__)
_BUCKETS = _SQL["buckets"]
_STORED = _SQL["stored"]
_TRANSFERS = _SQL["transfers"]
_BATCHES = _SQL["batches"]
_DAY_HEADS = _SQL["day_heads"]
_DAY_BALANCES = _SQL["day_balances"]
PIECE = 50_000  # rows of one statement
BEFORE_ALL = -(2**62)


class Stored(NamedTuple):
    """How a bucket stood at one moment: where its head says the chain ends, and where it does."""

    ends: list[int]
    hash: bytes
    transfer_no: int | None
    batch_no: int | None
    balances: list[list[int]]


class BooksVerified(NamedTuple):
    """What was read, and what is wrong; `problems[0]` names the first altered row."""

    transfers: int
    batches: int
    problems: list[str]

    @property
    def ok(self) -> bool:
        return not self.problems


class ArchivedMonth(Protocol):
    """A partition that is out of the database, by its files."""

    partition_no: int

    def batches(self, bucket: int) -> Iterable[SealedBatch]:
        """In their order."""

    def transfers(self, bucket: int) -> Iterable[Transfer]:
        """In their order."""


def verify(conn: psycopg.Connection[Any], months: Sequence[ArchivedMonth] = ()) -> BooksVerified:
    """Replay every bucket up to where it stands now, from where the archive ends; with the `months` of the archive
    that reach there, from the first of them. Read-only, in pieces: what lies below a head is never written
    again, so no snapshot is held that the charges would pay for."""
    replays: list[BucketReplay] = []
    problems: list[str] = []
    with conn.transaction():  # a snapshot a statement
        for (bucket,) in conn.execute(_BUCKETS).fetchall():
            replays.append(begun(conn, bucket, months[0].partition_no - 1 if months else None))
            problems += _verified(conn, replays[-1], months)
    return BooksVerified(
        sum(replay.transfers for replay in replays), sum(replay.batches for replay in replays), problems
    )


def _verified(conn: psycopg.Connection[Any], replay: BucketReplay, months: Sequence[ArchivedMonth]) -> list[str]:
    day_heads = conn.execute(_DAY_HEADS, (replay.bucket,)).fetchall()  # first: none is beyond the head then
    stored = Stored(*conn.execute(_STORED, (replay.bucket,)).fetchall()[0])
    problems: list[str] = []
    try:
        problems += _replay(conn, replay, stored, day_heads, months)
        problems += _compare(replay, stored)
    except AlteredRow as altered:
        problems.append(str(altered))
    return problems


def _rows(
    conn: psycopg.Connection[Any], statement: str, bucket: int, last: int
) -> Generator[list[bytes], None, None]:
    """Lines of COPYs, a piece after the other, each behind the number that ends the one before; the statement
    is ours, the bucket a number."""
    after = BEFORE_ALL
    while True:
        count = 0
        with conn.cursor() as cursor, cursor.copy(
            statement.format(int(bucket), after, last, PIECE).encode()
        ) as copy:  # fmt: skip
            for number, *line in _lines(copy):
                count, after = count + 1, int(number)
                yield line
        if count < PIECE or after >= last:
            return


def _lines(copy: Iterable[Any]) -> Iterator[list[bytes]]:
    rest = b""
    for data in copy:
        *lines, rest = (rest + bytes(data)).split(b"\n")
        for line in lines:
            yield line.split(b"\t")


def _replay(
    conn: psycopg.Connection[Any], replay: BucketReplay, stored: Stored, day_heads: list[Any],
    months: Sequence[ArchivedMonth],
) -> list[str]:  # fmt: skip
    """Walk the chain; at the end of every closed day compare what was kept of it."""
    bucket = replay.bucket
    kept: dict[int, list[tuple[Any, ...]]] = {}
    for batch_no, *day in day_heads:
        if batch_no < replay.batch_no:  # the archive's
            continue
        kept.setdefault(batch_no, []).append(tuple(day))
    last_batch, last_transfer = stored.batch_no or replay.batch_no, stored.transfer_no or replay.transfer_no
    batches = chain(
        *(month.batches(bucket) for month in months),
        [SealedBatch(int(r[0]), int(r[1]), int(r[2]), int(r[3]), bytes.fromhex(r[4].decode()))
         for r in _rows(conn, _BATCHES, bucket, last_batch)],
    )  # fmt: skip
    problems = []
    days: list[tuple[Any, bytes, dict[int, list[int]]]] = []

    def keep(batch_no: int) -> None:
        for day in kept.pop(batch_no, ()):
            days.append((day, replay.hash, {a: list(b) for a, b in replay.balances.items()}))

    keep(replay.batch_no)
    with closing(_rows(conn, _TRANSFERS, bucket, last_transfer)) as lines:
        rows = chain(
            *(month.transfers(bucket) for month in months),
            (Transfer(line[0], bytes.fromhex(line[1].decode())) for line in lines),
        )
        for batch_no in replay.walk(batches, rows):
            keep(batch_no)
    for (business_day, book_id, kept_hash), found, balances in days:
        if kept_hash != found:
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


def _compare(replay: BucketReplay, stored: Stored) -> list[str]:
    """The end of the chain and the stored balances against the replay."""
    bucket = replay.bucket
    problems = []
    if [*stored.ends, stored.hash] != [replay.transfer_no, replay.batch_no, replay.hash or GENESIS]:
        problems.append(f"ledger_head bucket {bucket} does not stand at the end of its chain")
    balances = {row[0]: row[1:] for row in stored.balances}
    for account in sorted(balances.keys() | replay.balances.keys()):
        found = replay.balances.get(account, [0, 0, 0, 0])
        if balances.get(account) != found:
            problems.append(
                f"ledger_balance bucket {bucket} account_id {account} says "
                f"{balances.get(account)}, its transfers {found}"
            )
    return problems
