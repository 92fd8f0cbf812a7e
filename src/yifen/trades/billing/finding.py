"""Customers by a part of the holder's name, and by words of the address."""

import unicodedata
from typing import Any

from django.db import connection

from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.hub.payments.names import opened_name
from yifen.trades.billing.marks import LETTERS, marks_asked

FOUND_MAX = 1_000
PLACES_MAX = 5_000
_SQL = queries(__package__)


def named(biller_id: int, part: str) -> list[int]:
    """Customers in whose holder's name this stands, at least two letters, FOUND_MAX at most: names with the marks of
    its pairs are opened, some one in a thousand, and compared."""
    text = unicodedata.normalize("NFKC", part).strip().casefold()
    if len(text) < LETTERS:
        return []
    ring, found = key_ring(), []
    for marks in marks_asked(ring, biller_id, text):
        for customer_id, account_no, name in _rows(_SQL["marked"], {"biller": biller_id, "marks": marks}):
            if text in opened_name(ring, biller_id, account_no, name).casefold():
                found.append(customer_id)
                if len(found) == FOUND_MAX:
                    return found
    return found


def placed(biller_id: int, address: str) -> list[int]:
    """Places whose path has all these words: below those named by the rarest; a word that is only of doors counts from
    its beginning. PLACES_MAX at most."""
    words = [word for word in unicodedata.normalize("NFKC", address).split() if word][:8]
    if not words:
        return []
    counts = dict(_rows(_SQL["places_with"], {"biller": biller_id, "words": words}))
    above = [word for word in words if counts[word]]
    word = min(above, key=counts.__getitem__) if above else words[0]
    begins = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    asked = {"biller": biller_id, "word": word, "begins": begins, "above": bool(above), "words": words,
             "most": PLACES_MAX}  # fmt: skip
    return [place_id for (place_id,) in _rows(_SQL["places_below"], asked)]


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
