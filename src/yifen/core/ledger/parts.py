"""Parts 分区 of the large tables: which number lies in which."""

SPAN = 10**12
"""Numbers of a part: of transfers, of batches, and of payments with their bucket in the last three digits."""


def in_first_part(table: str, number: str) -> list[str]:
    """Statements that prove a plain table's rows to lie in the first part, beside those who write it; of an
    attempt that was broken off the constraint is left."""
    return [
        f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS in_part",
        f"ALTER TABLE {table} ADD CONSTRAINT in_part CHECK ({number} < {SPAN}) NOT VALID",
        f"ALTER TABLE {table} VALIDATE CONSTRAINT in_part",
    ]
