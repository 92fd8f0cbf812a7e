"""What `yifen verify` and the night ask of deductions: each against its payment, and the bank's own words, whose
signatures are read again."""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

import psycopg

from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.core.wire import http_signed
from yifen.core.wire.bank_port import read_deducted
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import WireFault
from yifen.hub.payments.verify import problems
from yifen.trades.deductions.port import key_of
from yifen.trades.deductions.settle import answer_context

_SQL = queries(__package__)
_CHECKS = tuple(_SQL[name] for name in ("deductions_altered", "backs_altered"))
FIRST = 20
"""How many forged answers `verify` names."""


class KeptWord(NamedTuple):
    """A bank's word as it is kept; `digest`: of what the night read, None where it never did."""

    answer_id: int
    deduction_no: str
    state: str
    number: str
    amount_fen: int
    at: datetime
    sealed: bytes
    channel_id: int
    digest: bytes | None


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """Deductions that do not say what was booked, or what no bank said; and answers that no bank signed."""
    found = [problem for check in _CHECKS for problem in problems(conn, check)]
    forged = (f"deduction_answer {kept.answer_id} of {kept.deduction_no} {why}"
              for kept, _digest, why in read(conn, key_ring(), False) if why)  # fmt: skip
    return found + list(islice(forged, FIRST))


def read(
    conn: psycopg.Connection[Any], ring: KeyRing, unproved: bool
) -> Iterator[tuple[KeptWord, bytes, str]]:
    """All of the banks' words, or those that the night did not read: each with the digest of what stands there and why
    it is not the bank's, "" when it is."""
    key = cache(lambda channel_id, version: _key(conn, ring, channel_id, version))
    last, rows = 0, list[Any]([()])
    while rows:
        rows = conn.execute(_SQL["answers"], {"after": last, "unproved": unproved}).fetchall()
        for kept in map(KeptWord._make, rows):
            last = kept.answer_id
            yield kept, *_judged(ring, key, kept)


def _judged(ring: KeyRing, key: Callable[[int, int], Key], kept: KeptWord) -> tuple[bytes, str]:
    told = (kept.deduction_no, kept.state, kept.number, kept.amount_fen)
    try:
        plain = ring.open(bytes(kept.sealed), answer_context(kept.deduction_no))
        digest = hashlib.sha256(json.dumps(told).encode() + plain).digest()
        if digest == kept.digest:
            return digest, ""
        version, status, headers, body = json.loads(plain)
        http_signed.verify_reply(status, headers, body.encode(), lambda *_: key(kept.channel_id, version),
                                 int(kept.at.timestamp()))  # fmt: skip
        said = read_deducted(body.encode())
    except (KeyRingError, WireFault, ValueError, TypeError) as error:
        return b"", f"was not signed by the bank: {error}"
    is_its = told == (said.reference, said.state, said.number, said.amount_fen)
    return digest, "" if is_its else f"says {told}, not {said}"


def _key(conn: psycopg.Connection[Any], ring: KeyRing, channel_id: int, version: int) -> Key:
    row = conn.execute(_SQL["key"], (channel_id, version)).fetchone()
    if row is None:
        raise ValueError(f"channel {channel_id} has no shared key {version}")
    return key_of(ring, row[0], version, row[1])
