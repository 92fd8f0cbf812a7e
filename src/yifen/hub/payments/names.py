"""Payers' names 户名, sealed wherever they are kept (decision 0018): `~version~…~mark`.

A name is sealed for its payer, so the same name of one payer looks the same, of two payers it does not.
The mark is one byte, keyed, of the name's first two letters: by it names are found by their beginning,
one payer in 256 is opened for that, and whoever reads the table learns hardly anything from it.
"""

import hmac
from functools import lru_cache

import structlog

from yifen.core.facts.secrets import KeyRing, KeyRingError

MARKED = 2  # letters of a name that its mark is made of; fewer find nothing
log = structlog.get_logger()


def sealed_name(ring: KeyRing, biller_id: int, account_no: str, name: str) -> str:
    """As `payer.name` keeps it; no name stays none."""
    if not name:
        return ""
    mark = _mark(ring.derive("payer name"), biller_id, name[:MARKED])
    return f"{ring.seal_text(name, context(biller_id, account_no))}~{mark}"


def opened_name(ring: KeyRing, biller_id: int, account_no: str, sealed: str | None) -> str:
    """The whole name. One that no key opens is "" and a line of the log: who owes can pay all the
    same, and `yifen reseal` names it."""
    if not sealed:
        return ""
    try:
        return ring.open_text(sealed.rpartition("~")[0], context(biller_id, account_no))
    except KeyRingError as error:
        log.error("a payer's name cannot be opened", biller=biller_id, why=str(error).split(":")[0])
        return ""


def fits(ring: KeyRing, biller_id: int, account_no: str, sealed: str) -> bool:
    """Does a key of the ring open it for this payer?"""
    try:
        ring.open_text(sealed.rpartition("~")[0], context(biller_id, account_no))
    except KeyRingError:
        return False
    return True


def marks(ring: KeyRing, biller_id: int, start: str) -> list[str]:
    """The marks of names that begin so, one for each key of the ring."""
    return [_mark(key, biller_id, start[:MARKED]) for key in ring.derive_each("payer name")]


def again(ring: KeyRing, sealed: str, place: str) -> str:
    """By the newest key, for `yifen reseal`; `place`: as `context` says. KeyRingError: no key opens it."""
    _, biller_id, account_no = place.split(":", 2)
    name = ring.open_text(sealed.rpartition("~")[0], place)
    return sealed_name(ring, int(biller_id), account_no, name)


def context(biller_id: int, account_no: str) -> str:
    """A name that is moved to another payer opens no longer; `hub.plug` says the same in SQL."""
    return f"payer:{biller_id}:{account_no}"


@lru_cache(maxsize=10_000)
def _mark(key: bytes, biller_id: int, start: str) -> str:
    return hmac.digest(key, f"{biller_id}:{start}".encode(), "sha256")[:1].hex()
