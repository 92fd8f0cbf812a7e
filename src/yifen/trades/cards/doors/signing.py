"""Which bank signed a message to the door, by its shared key, as in the JSON dialect. No Django."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import psycopg

from yifen.core.facts.codes import Code
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.roster import key_of
from yifen.core.wire import http_signed
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import WireFault
from yifen.core.wire.structured import read_string

PUSH = "/cards/push/"
BODY_MAX = 2 << 20
_FIELDS = ("signature", "signature-input", "content-digest", "idempotency-key")
_SQL = queries(__package__)


def signed_fields(headers: Mapping[str, str]) -> dict[str, str]:
    """What of a message's head its signature is made of."""
    return {name: headers[name] for name in _FIELDS if name in headers}


def serial_of(signed: Mapping[str, str]) -> str:
    """Of a file, its name: the signed Idempotency-Key; empty: it has none."""
    try:
        return read_string(signed.get("idempotency-key", '""'))
    except ValueError:
        return ""


def signer(
    conn: psycopg.Connection[Any],
    ring: KeyRing,
    headers: Mapping[str, str],
    body: bytes,
    at: datetime,
) -> tuple[int, Key]:
    """The bank that signed it at that moment, and its key. WireFault: none did."""
    found: dict[str, int] = {}

    def find(partner: str, version: int) -> Key:
        return _bank_key(conn, ring, partner, version, at, found)

    key = http_signed.verify("POST", PUSH, dict(headers), body, find, int(at.timestamp()))
    return found[key.partner], key


def replier(
    conn: psycopg.Connection[Any],
    ring: KeyRing,
    headers: Mapping[str, str],
    body: bytes,
    at: datetime,
) -> int:
    """The bank that signed an answer at that moment. WireFault: none did."""
    found: dict[str, int] = {}

    def find(partner: str, version: int) -> Key:
        return _bank_key(conn, ring, partner, version, at, found)

    key = http_signed.verify_reply(200, dict(headers), body, find, int(at.timestamp()))
    return found[key.partner]


def _bank_key(
    conn: psycopg.Connection[Any],
    ring: KeyRing,
    partner: str,
    version: int,
    at: datetime,
    found: dict[str, int],
) -> Key:
    row = conn.execute(_SQL["bank_key"], {"code": partner, "version": version, "at": at}).fetchone()
    if row is None:
        raise WireFault(Code.KEY_UNKNOWN)
    found[partner] = row[0]
    return key_of(ring, partner, version, "hmac-sha256", bytes(row[1]))
