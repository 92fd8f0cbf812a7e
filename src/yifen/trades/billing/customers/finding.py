"""Customers by a part of the holder's name, and by words of the address."""

import unicodedata
from typing import Any

from django.db import connection

from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.hub.payments.names import opened_name
from yifen.trades.billing.customers.marks import LETTERS, marks_asked

FOUND_MAX, PLACES_MAX = 300, 1_000
OPENED_FIRST = 1_500
_SQL = queries(__package__)


def named(biller_id: int, part: str) -> list[int]:
    """Customers in whose holder's name this stands, at least two letters, FOUND_MAX at most: names with the marks of
    its pairs are opened, some one in a thousand, and compared; all of them when the first were not enough."""
    text = unicodedata.normalize("NFKC", part).strip().casefold()
    if len(text) < LETTERS:
        return []
    ring, found = key_ring(), dict[int, None]()
    for marks in marks_asked(ring, biller_id, text):
        for most in (OPENED_FIRST, None):
            rows = _rows(_SQL["marked"], {"biller": biller_id, "marks": marks, "most": most})
            for customer_id, account_no, name in rows:
                if text in opened_name(ring, biller_id, account_no, name).casefold():
                    found[customer_id] = None
                    if len(found) == FOUND_MAX:
                        return list(found)
            if len(rows) < OPENED_FIRST:
                break
    return list(found)


def placed(biller_id: int, address: str, most: int = PLACES_MAX) -> list[int]:
    """Places whose path has all these words, `most` at most: below those that the rarest names, of communities, else of
    buildings and units; a word that is only of doors counts from its beginning."""
    words = unicodedata.normalize("NFKC", address).split()[:8]
    if not words:
        return []
    asked: dict[str, Any] = {"biller": biller_id, "words": words, "most": most, "at": "door", "word": words[0]}
    for at, statement in (("community", _SQL["communities_with"]), ("house", _SQL["houses_with"])):
        counts = {word: count for word, count in _rows(statement, asked) if count}
        if counts:
            asked |= {"at": at, "word": min(counts, key=counts.__getitem__)}
            break
    begins = words[0].replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    return [place_id for (place_id,) in _rows(_SQL["places_below"], asked | {"begins": begins})]


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
