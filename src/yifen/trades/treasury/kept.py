"""Words and papers as they were signed, read again for `verify`: their bytes are those that came or left. Read-only."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import psycopg

from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.trades.treasury.sending import context, refused_context

_SQL = queries(__package__)


def altered(conn: psycopg.Connection[Any], ring: KeyRing) -> Iterator[str]:
    """Those whose bytes are others."""
    for word, house, way, kind, number, digest, body in _pages(conn, "words_kept"):
        if not _same(ring, body, context(house, way, kind, number), digest):
            yield f"treasury_word {word} is not what was signed"
    for paper, house, kind, digest, body in _pages(conn, "refused_kept"):
        if not _same(ring, body, refused_context(house, kind, bytes(digest)), digest):
            yield f"treasury_refused {paper} is not what came"


def _same(ring: KeyRing, sealed: bytes, meant: str, digest: bytes) -> bool:
    try:
        return sha256(ring.open(bytes(sealed), meant)).digest() == bytes(digest)
    except KeyRingError:
        return False


def _pages(conn: psycopg.Connection[Any], name: str) -> Iterator[tuple[Any, ...]]:
    last = 0
    while found := conn.execute(_SQL[name], (last,)).fetchall():
        last = found[-1][0]
        yield from found
