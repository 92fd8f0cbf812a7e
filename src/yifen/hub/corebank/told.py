"""What was asked of a core, as a digest: kept sealed in the move's row, so that accounts, teller and day are what they
were when it was asked, whoever writes to the table since."""

import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

COLUMNS = ("serial", "core_id", "what", "document", "biller_id", "institution_id", "teller", "amount_fen", "kind",
           "needs_pin", "owed", "cheque_no", "cheque_on", "summary", "day")  # fmt: skip


def of_posting(columns: Mapping[str, Any], debit: str, credit: str) -> bytes:
    """Of a posting: days as text, accounts whole."""
    return _digest([columns[name] for name in COLUMNS], debit, credit)


def of_undo(original: str, what: str, teller: str, day: date) -> bytes:
    """Of what takes a posting back: all else it has of that."""
    return _digest(original, what, teller, day.isoformat())


def _digest(*parts: object) -> bytes:
    return sha256(json.dumps(parts).encode()).digest()
