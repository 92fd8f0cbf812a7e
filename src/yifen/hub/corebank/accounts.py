"""Account numbers of the core port at rest: sealed, found by a keyed hash, shown masked."""

import hmac
from collections.abc import Iterable
from hashlib import sha256

from yifen.core.facts.masking import masked_number
from yifen.core.facts.secrets import KeyRing

LOOKUP = "core account lookup"


def move_context(serial: str) -> str:
    """To what the accounts of a move are bound; those of an undo to the move that it undoes."""
    return f"core_move:{serial}"


def pair_context(biller_id: int) -> str:
    return f"core_pair:{biller_id}"


def lookup(ring: KeyRing, account_no: str) -> str:
    """By which an account is found, made by the newest key."""
    return hmac.digest(ring.derive(LOOKUP), account_no.encode(), sha256).hex()


def lookups(ring: KeyRing, account_no: str) -> list[str]:
    """The same by each key of the ring, newest first."""
    return [hmac.digest(key, account_no.encode(), sha256).hex() for key in ring.derive_each(LOOKUP)]


def named(ring: KeyRing, found: str, masked: str, own: Iterable[str]) -> str:
    """The account of a lookup as a voucher names it: whole, if it is one of the bank's `own`; else masked."""
    return next((account_no for account_no in own if found in lookups(ring, account_no)), masked)


def shown(account_no: str) -> str:
    """6222001234567890 → 6222********7890 (X3)."""
    return masked_number(account_no, head=4)
