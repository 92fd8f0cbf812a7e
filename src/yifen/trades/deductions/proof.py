"""What `yifen verify` asks of deductions: each against its payment, and the bank's own words, whose signatures are
read again."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

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


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """Deductions that do not say what was booked, or what no bank said; and answers that no bank signed."""
    found = [problem for check in _CHECKS for problem in problems(conn, check)]
    forged = (f"deduction_answer {number} {why}" for number, why in _forged(conn, key_ring()))
    return found + [told for told, _ in zip(forged, range(FIRST), strict=False)]


def _forged(conn: psycopg.Connection[Any], ring: KeyRing) -> Iterator[tuple[int, str]]:
    key = cache(lambda channel_id, version: _key(conn, ring, channel_id, version))
    last, rows = 0, list[Any]([()])
    while rows:
        rows = conn.execute(_SQL["answers"], (last,)).fetchall()
        for row in rows:
            last = row[0]
            if why := _not_said(ring, key, *row[1:]):
                yield last, f"of {row[1]} {why}"


def _not_said(
    ring: KeyRing, key: Any, number: str, state: str, back_no: str, fen: int, at: Any, sealed: bytes, channel_id: int,
) -> str:  # fmt: skip
    """Why the bank did not say this, "" when it did."""
    try:
        version, status, headers, body = json.loads(ring.open(bytes(sealed), answer_context(number)))
        http_signed.verify_reply(status, headers, body.encode(), lambda *_: key(channel_id, version),
                                 int(at.timestamp()))  # fmt: skip
        said = read_deducted(body.encode())
    except (KeyRingError, WireFault, ValueError, TypeError) as error:
        return f"was not signed by the bank: {error}"
    told = (number, state, back_no, fen)
    return "" if told == (said.reference, said.state, said.number, said.amount_fen) else f"says {told}, not {said}"


def _key(conn: psycopg.Connection[Any], ring: KeyRing, channel_id: int, version: int) -> Key:
    row = conn.execute(_SQL["key"], (channel_id, version)).fetchone()
    if row is None:
        raise ValueError(f"channel {channel_id} has no shared key {version}")
    return key_of(ring, row[0], version, row[1])
