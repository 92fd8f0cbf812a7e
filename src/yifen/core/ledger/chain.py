"""The hash chain: the texts that are hashed, and the replay of one bucket. Pure, no driver.

transfer digest = SHA-256(bucket|no|batch|kind|debit|credit|amount|pending|reverses|reference|
                          detail|days since 1970[|seal])
batch hash      = SHA-256(previous hash, bucket|batch|first no|last no|booked at in µs, digests)
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import groupby
from typing import NamedTuple

from yifen.core.ledger.partitions import SPAN

GENESIS = sha256(b"yifen").digest()
_KINDS = {b"posted": (0, 1), b"pending": (1, 0), b"post": (-1, 1), b"void": (-1, 0)}


class Transfer(NamedTuple):
    """One row as the ledger holds it: its canonical text and its digest."""

    text: bytes
    digest: bytes


class SealedBatch(NamedTuple):
    """One sealed batch as the ledger holds it."""

    batch_no: int
    first_no: int
    last_no: int
    booked_at_us: int
    hash: bytes


class AlteredRow(Exception):
    """A row is not what was sealed; the message names it."""


class BucketReplay:
    """Walks one bucket's chain; afterwards `balances`, `transfer_no`, `batch_no` and `hash` say
    how the books of the bucket must stand. Balances are [debit pending, debit posted, credit
    pending, credit posted] in fen, by account id."""

    def __init__(self, bucket: int) -> None:
        self.bucket = bucket
        self.balances: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        self.transfer_no = self.batch_no = 0
        self.transfers = self.batches = 0  # how many were proved
        self.hash = GENESIS

    def begin_behind(self, batch_no: int, transfer_no: int, hash_: bytes, balances: Iterable[list[int]]) -> None:
        """Go on behind this batch: `balances` as [account, debit pending, debit posted, credit pending,
        credit posted]."""
        self.batch_no, self.transfer_no, self.hash = batch_no, transfer_no, hash_
        self.balances.update((account, list(sums)) for account, *sums in balances)

    def walk(self, batches: Iterable[SealedBatch], transfers: Iterable[Transfer]) -> Iterator[int]:
        """Yields each batch number once it is proved. Raises AlteredRow at the first row that does
        not fit; nothing after it is believed."""
        groups = groupby(transfers, key=lambda row: int(row.text.split(b"|", 3)[2]))
        batch_rows = next(groups, None)
        for batch in batches:
            if not _follows(self.batch_no, batch.batch_no):
                raise AlteredRow(self._batch(self.batch_no + 1) + "is missing")
            if batch_rows is None or batch_rows[0] > batch.batch_no:
                raise AlteredRow(self._row(self._first(batch)) + "is missing")
            if batch_rows[0] < batch.batch_no:
                raise AlteredRow(self._row(self.transfer_no + 1) + "belongs to no batch")
            self._prove(batch, batch_rows[1])
            batch_rows = next(groups, None)
            self.batches += 1
            yield batch.batch_no
        if batch_rows is not None:
            raise AlteredRow(self._row(self.transfer_no + 1) + "belongs to no batch")

    def _prove(self, batch: SealedBatch, rows: Iterable[Transfer]) -> None:
        first = self._first(batch)
        self.transfer_no = first - 1
        chain = sha256(self.hash)
        chain.update(
            b"%d|%d|%d|%d|%d"
            % (self.bucket, batch.batch_no, batch.first_no, batch.last_no, batch.booked_at_us)
        )
        for row in rows:
            self._take(row)
            chain.update(row.digest)
        if batch.first_no != first:
            raise AlteredRow(self._batch(batch.batch_no) + f"does not begin at transfer_no {first}")
        if batch.last_no != self.transfer_no:
            odd = min(batch.last_no, self.transfer_no) + 1
            raise AlteredRow(self._row(odd) + "is missing or stands in another batch")
        self.hash = chain.digest()
        self.batch_no = batch.batch_no
        if self.hash != batch.hash:
            raise AlteredRow(
                self._batch(batch.batch_no) + "does not follow from the chain before it"
            )

    def _first(self, batch: SealedBatch) -> int:
        """The number that its first transfer must have."""
        follows = _follows(self.transfer_no, batch.first_no)
        return batch.first_no if follows else self.transfer_no + 1

    def _take(self, row: Transfer) -> None:
        parts = row.text.split(b"|")
        self.transfer_no += 1
        self.transfers += 1
        if int(parts[1]) != self.transfer_no:
            raise AlteredRow(self._row(self.transfer_no) + "is missing")
        if sha256(row.text).digest() != row.digest:
            raise AlteredRow(self._row(self.transfer_no) + "was altered after it was sealed")
        pending, posted = _KINDS[parts[3]]
        amount = int(parts[6])
        debit, credit = self.balances[int(parts[4])], self.balances[int(parts[5])]
        debit[0] += pending * amount
        debit[1] += posted * amount
        credit[2] += pending * amount
        credit[3] += posted * amount

    def _row(self, number: int) -> str:
        return f"ledger_transfer bucket {self.bucket} transfer_no {number} "

    def _batch(self, number: int) -> str:
        return f"ledger_batch bucket {self.bucket} batch_no {number} "


def _follows(last: int, number: int) -> bool:
    """The next one, or the first of a later partition; which of the two, the chain's hash says."""
    return number == last + 1 or (number > last and number % SPAN == 1)
