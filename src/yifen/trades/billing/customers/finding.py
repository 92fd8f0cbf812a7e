"""Customers by a part of the holder's name or of the account number, and by words of the address."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection

from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.hub.payments.names import opened_name
from yifen.trades.billing.customers.marks import LETTERS, marks_asked

FOUND_MAX, PLACES_MAX = 300, 1_000
OPENED_FIRST = 1_500
PART = 3
_DASHED = re.compile(r"(?<!\d)(\d{1,6}(?:-\d{1,6}){1,3})(?!\d)")
_PIECES = re.compile(r"\d+\D*|\D+")
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


def named_at(biller_id: int, part: str, places: Sequence[int]) -> list[int]:
    """Customers at these places in whose holder's name this stands, be it one letter: their names are opened."""
    ring, text = key_ring(), unicodedata.normalize("NFKC", part).strip().casefold()
    return [customer_id for customer_id, account_no, name in _rows(_SQL["holders_at"], {"places": list(places)})
            if text in opened_name(ring, biller_id, account_no, name).casefold()]  # fmt: skip


def numbered(biller_id: int, typed: Sequence[str]) -> list[str]:
    """The account numbers that are one of these writings; where there is none, those that have one of three letters or
    more in them, FOUND_MAX at most."""
    exact = [number for (number,) in _rows(_SQL["accounts"], {"biller": biller_id, "typed": list(typed)})]
    parts = [one for one in typed if len(one) >= PART]
    if exact or not parts:
        return exact
    return [number for (number,) in _rows(_SQL["accounts_with"], {"biller": biller_id, "parts": parts,
                                                                  "most": FOUND_MAX})]  # fmt: skip


class AskedAddress(NamedTuple):
    """An address as a search takes it: words that stand in it, patterns (regular expressions of the path), the numbers
    behind the last dashes."""

    words: list[str]
    patterns: list[str]
    doors: list[str]


def asked_address(biller_id: int, typed: str) -> AskedAddress:
    """Words by their blanks; what stands without one, as 幸福小区1号楼, is taken apart at the community's name, else at
    its numbers; 1-1-101 is building, unit, door, whatever follows each number. A number never begins inside another."""
    text = "".join("-" if unicodedata.category(letter) == "Pd" else letter
                   for letter in unicodedata.normalize("NFKC", typed))  # fmt: skip
    asked = AskedAddress([], [], [])
    for chunk in text.split()[:8]:
        for token in filter(None, _DASHED.split(chunk)):
            if _DASHED.fullmatch(token):
                asked.patterns.append(_by_numbers(token.split("-")))
                asked.doors.append(token.rsplit("-", 1)[1])
            else:
                asked.words.extend(_parted(biller_id, token))
    asked.patterns.extend(f"(^|[^0-9]){re.escape(word)}" for word in asked.words if word[0].isdecimal())
    return asked


def _parted(biller_id: int, token: str) -> list[str]:
    """The word itself where a name of the tree above doors has it; else the community named in it, and the rest by its
    numbers."""
    pieces = _PIECES.findall(token)
    if len(pieces) == 1 or any(count for name in ("communities_with", "houses_with")
                               for _, count in _rows(_SQL[name], {"biller": biller_id, "words": [token]})):  # fmt: skip
        return [token]
    for (name,) in _rows(_SQL["community_in"], {"biller": biller_id, "text": token}):
        before, _, after = token.partition(name)
        return [name, *_PIECES.findall(before), *_PIECES.findall(after)]
    return pieces


def _by_numbers(parts: Sequence[str]) -> str:
    """Of two a name may stand between, as in building and door."""
    between = "( \\S+)?" if len(parts) == 2 else ""
    return between.join(f"(^| )0*{int(part)}([^0-9 ]\\S*)?" for part in parts) + "( |$)"


def placed(biller_id: int, address: str, most: int = PLACES_MAX) -> list[int]:
    """Places whose path has all these words (`asked_address`), `most` at most: below those that the rarest names, of
    communities, else of buildings and units; a word that is only of doors counts from its beginning."""
    words, patterns, doors = asked_address(biller_id, address)
    if not words and not patterns:
        return []
    door = (words + doors)[0]
    asked: dict[str, Any] = {"biller": biller_id, "words": words, "patterns": patterns, "most": most, "at": "door",
                             "word": door}  # fmt: skip
    for at, statement in (("community", _SQL["communities_with"]), ("house", _SQL["houses_with"])):
        counts = {word: count for word, count in _rows(statement, asked) if count}
        if counts:
            asked |= {"at": at, "word": min(counts, key=counts.__getitem__)}
            break
    begins = door.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    return [place_id for (place_id,) in _rows(_SQL["places_below"], asked | {"begins": begins})]


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
