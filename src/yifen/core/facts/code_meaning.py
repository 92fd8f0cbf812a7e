"""What a result code means; the tables are `codes`, `file_codes`, `settlement_codes`."""

from typing import NamedTuple


class Meaning(NamedTuple):
    """What a code tells: may it be retried, the HTTP status of the JSON dialect, both texts."""

    retryable: bool
    status: int
    zh: str
    en: str


RETRY, FINAL = True, False
