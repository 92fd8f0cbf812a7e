"""Buckets 分桶: which shard of the ledger a payable's account, or a serial, lives in.

The answer must never change for a database once made: CRC-32 of the key, modulo the number of
buckets. A payment's id ends in three digits that name its bucket.
"""

from zlib import crc32

BUCKETS_CHANGED = (
    "this database was made with {have} buckets; YIFEN_BUCKETS={want} would lose track of money"
)


def account_bucket(biller_id: int, account_no: str, buckets: int) -> int:
    """Where the payables of this account, their payments and transfers are."""
    return _place(f"{biller_id}|{account_no}", buckets)


def serial_bucket(partner_id: int, serial: str, buckets: int) -> int:
    """Where the record of this partner's serial is."""
    return _place(f"{partner_id}|{serial}", buckets)


def _place(key: str, buckets: int) -> int:
    return crc32(key.encode()) % buckets if buckets > 1 else 0


def payment_bucket(payment_id: int) -> int:
    """The bucket that a payment id names."""
    return payment_id % 1000
