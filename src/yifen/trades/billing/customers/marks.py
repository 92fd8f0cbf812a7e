"""What of a holder is sealed: his name's marks, by which a part of it is found, and his phone (decision 0018).

A mark is a number of ten bits, keyed, of the biller and two letters that stand side by side in the name. A search asks
for the marks of what was typed, opens the names that have them all, and compares.
"""

import hmac
from functools import lru_cache

from yifen.core.facts.secrets import KeyRing, KeyRingError

BITS = 10
LETTERS = 2
_PURPOSE = "customer name"


def marks_of(ring: KeyRing, biller_id: int, name: str) -> list[int]:
    """By the newest key, without repetition; none of a name of one letter."""
    return sorted(_marks(key_of(ring), biller_id, name))


def marks_asked(ring: KeyRing, biller_id: int, part: str) -> list[list[int]]:
    """Of a part of a name, one list for each key of the ring."""
    return [sorted(_marks(key, biller_id, part)) for key in ring.derive_each(_PURPOSE)]


def sealed_contact(ring: KeyRing, biller_id: int, account_no: str, phone: str) -> str | None:
    return ring.seal_text(phone, contact_context(biller_id, account_no)) if phone else None


def opened_contact(ring: KeyRing, biller_id: int, account_no: str, sealed: str | None) -> str:
    """"" where there is none, or no key opens it."""
    try:
        return ring.open_text(sealed, contact_context(biller_id, account_no)) if sealed else ""
    except KeyRingError:
        return ""


def contact_again(ring: KeyRing, sealed: str, context: str) -> str:
    """By the newest key, for `yifen reseal`."""
    return ring.seal_text(ring.open_text(sealed, context), context)


def contact_context(biller_id: int, account_no: str) -> str:
    """`plug` says the same in SQL."""
    return f"billing contact:{biller_id}:{account_no}"


@lru_cache(maxsize=4)
def key_of(ring: KeyRing) -> bytes:
    """Derived once for a file of many names."""
    return ring.derive(_PURPOSE)


def _marks(key: bytes, biller_id: int, name: str) -> set[int]:
    letters = name.casefold()
    return {_mark(key, biller_id, letters[at : at + LETTERS]) for at in range(len(letters) - 1)}


@lru_cache(maxsize=100_000)
def _mark(key: bytes, biller_id: int, pair: str) -> int:
    whole = hmac.digest(key, f"{biller_id}:{pair}".encode(), "sha256")
    return int.from_bytes(whole[:2]) >> (16 - BITS)
