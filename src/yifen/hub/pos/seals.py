"""Seals of the POS door: the digest of what a terminal asked for, sealed by the key ring, so that nobody without
it makes a sale, an undo, a settlement or an acquirer's file, or another one of it. Pure but for the ring."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import NamedTuple

from yifen.core.facts.secrets import KeyRing


class PosPlace(NamedTuple):
    """Terminal, batch, trace: where a sale or an undo stands."""

    terminal_no: str
    batch: int
    trace: int

    def __str__(self) -> str:
        return f"{self.terminal_no}{self.batch:06d}{self.trace:06d}"


def sale_digest(place: PosPlace, account_no: str, fen: int, card: str, mark: bytes, entry: int, at: datetime) -> bytes:
    return _digest(place, account_no, fen, card, mark.hex(), entry, _moment(at))


def undo_digest(place: PosPlace, kind: str, fen: int, original: PosPlace, entry: int, at: datetime) -> bytes:
    """`original`: its terminal is left out, for who asks names batch and trace alone. `entry`: 0 of one of ours."""
    return _digest(place, kind, fen, original[1:], entry, _moment(at))


def batch_digest(terminal_no: str, batch: int, totals: tuple[int, ...]) -> bytes:
    """`totals`: the terminal's."""
    return _digest(terminal_no, batch, totals)


def item_digest(place: PosPlace, fen: int) -> bytes:
    """Of one that was uploaded."""
    return _digest(place, fen)


def items_digest(terminal_no: str, batch: int, count: int) -> bytes:
    """`count`: of all that were uploaded, as the terminal told."""
    return _digest(terminal_no, batch, count)


def file_digest(acquirer: str, day: date, is_whole: bool, rows: Iterable[tuple[object, ...]]) -> bytes:
    """An acquirer's file, whatever its number: rows in their order."""
    return _digest(acquirer, day.isoformat(), is_whole, list(rows))


def numbered_digest(acquirer: str, number: int, digest: bytes) -> bytes:
    """What is sealed of a file."""
    return _digest(acquirer, number, digest.hex())


def sale_context(place: PosPlace) -> str:
    return f"pos_sale:POS{place}"


def undo_context(place: PosPlace, kind: str) -> str:
    return f"pos_undo:{kind}:{place}"


def batch_context(terminal_no: str, batch: int) -> str:
    return f"pos_batch:{terminal_no}{batch:06d}"


def item_context(place: PosPlace) -> str:
    return f"pos_item:{place}"


def items_context(terminal_no: str, batch: int) -> str:
    return f"pos_items:{terminal_no}{batch:06d}"


def file_context(acquirer: str, number: int) -> str:
    return f"pos_file:{acquirer}:{number}"


def sealed_undo(
    ring: KeyRing, place: PosPlace, kind: str, fen: int, original: PosPlace, entry: int, at: datetime
) -> str:
    """In hex, as the functions take it."""
    return ring.seal(undo_digest(place, kind, fen, original, entry, at), undo_context(place, kind)).hex()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _digest(*parts: object) -> bytes:
    return sha256(json.dumps(parts).encode()).digest()
