"""The hash chains 哈希链: how far each bucket's chain and the audit trail's are, and when they were
last replayed."""

from datetime import date, datetime
from typing import Any

from django.db import connection
from msgspec import Struct

HEADS = """
SELECT h.bucket, h.transfer_no, h.batch_no, encode(h.hash, 'hex'), b.booked_at
FROM ledger_head h
LEFT JOIN ledger_batch b ON b.bucket = h.bucket AND b.batch_no = h.batch_no
ORDER BY h.bucket"""
DAYS = """
SELECT k.code, d.business_day, count(*), sum(d.batch_no)::bigint,
    encode(sha256(string_agg(d.hash, ''::bytea ORDER BY d.bucket)), 'hex')
FROM ledger_day_head d JOIN ledger_book k ON k.book_id = d.book_id
WHERE d.business_day = (SELECT max(x.business_day) FROM ledger_day_head x
                        WHERE x.book_id = d.book_id)
GROUP BY k.code, d.business_day ORDER BY k.code"""
AUDIT = """
SELECT h.entry_no, encode(h.hash, 'hex'), e.at
FROM audit_head h LEFT JOIN audit_entry e ON e.entry_no = h.entry_no"""


class Head(Struct, frozen=True):
    """The end of one bucket's chain."""

    bucket: int
    transfer_no: int
    batch_no: int
    hash: str
    sealed_at: datetime | None


class DayHead(Struct, frozen=True):
    """The last closed day of a book: over all buckets, batches until then and the hash of heads."""

    book: str
    business_day: date
    buckets: int
    batches: int
    hash: str


class AuditHead(Struct, frozen=True):
    """The end of the audit trail's chain."""

    entry_no: int
    hash: str
    sealed_at: datetime | None


class Chains(Struct, frozen=True):
    """All of it."""

    heads: list[Head]
    days: list[DayHead]
    audit: AuditHead

    @property
    def transfers(self) -> int:
        return sum(head.transfer_no for head in self.heads)


def chains() -> Chains:
    """As they stand now; a few rows, read by their keys."""
    with connection.cursor() as cursor:

        def rows(statement: str) -> list[tuple[Any, ...]]:
            cursor.execute(statement)
            return list(cursor.fetchall())

        return Chains(
            [Head(*row) for row in rows(HEADS)],
            [DayHead(*row) for row in rows(DAYS)],
            AuditHead(*rows(AUDIT)[0]),
        )
