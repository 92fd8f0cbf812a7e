"""Partitions 分区 of the large tables: which number lies in which."""

SPAN = 10**12
"""Numbers of one: of transfers, of batches, and of payments with their bucket in the last three digits."""


def in_first_partition(table: str, number: str) -> list[str]:
    """Statements that prove a plain table's rows to lie in the first partition, beside those who write
    it; an attempt that was broken off has left the constraint."""
    return [
        f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS in_partition",
        f"ALTER TABLE {table} ADD CONSTRAINT in_partition CHECK ({number} < {SPAN}) NOT VALID",
        f"ALTER TABLE {table} VALIDATE CONSTRAINT in_partition",
    ]
