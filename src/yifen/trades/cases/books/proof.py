"""What `yifen verify` asks of what was kept: each payable is a sub-account's, each announced entry a notice's, each
statement the bytes that came. Read-only."""

import hashlib
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import psycopg

from yifen.core.facts.bank_accounts import opened_account, typed_account
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.hub.payments.verify import problems

_SQL = queries(__package__)
_CHECKS = tuple(_SQL[name] for name in ("accounts_altered", "pushes_altered", "payables_altered", "names_altered",
                                        "explained_altered"))
FIRST = 20
"""How many statements are named."""


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """What does not agree."""
    found = [problem for check in _CHECKS for problem in problems(conn, check)]
    return found + list(islice(_files(conn, key_ring()), FIRST))


def _files(conn: psycopg.Connection[Any], ring: KeyRing) -> Iterator[str]:
    """Statements whose bytes, or whose lines' payers, are other ones than came."""
    file_id, line_no = 0, 0
    while found := conn.execute(_SQL["bodies"], (file_id,)).fetchall():
        for file_id, sha256, body in found:
            opened = body and _opened(ring, body, f"court_file_body:{file_id}")
            if opened is None or hashlib.sha256(opened).digest() != bytes(sha256):
                yield f"court_file_body {file_id} is not what came"
    file_id = 0
    while found := conn.execute(_SQL["payers"], (file_id, line_no)).fetchall():
        for file_id, line_no, who, account in found:
            told = _opened(ring, who, f"court_row:{file_id}:{line_no}")
            if told is None or (account and not _is_of(ring, account, told)):
                yield f"court_row {file_id} {line_no} names a payer that nobody sealed"


def _is_of(ring: KeyRing, account: str, told: bytes) -> bool:
    """Is it the account of a line's payer?"""
    try:
        return opened_account(ring, account) == typed_account(json.loads(told)[1])
    except KeyRingError:
        return False


def _opened(ring: KeyRing, sealed: bytes, context: str) -> bytes | None:
    try:
        return ring.open(bytes(sealed), context)
    except KeyRingError:
        return None
