"""Who signed a message to the court's doors: the bank its notices, the court's own system its requests; by a shared
key, as in the JSON dialect. No Django."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import psycopg

from yifen.core.facts.codes import Code
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.roster import key_of
from yifen.core.wire import http_signed
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import WireFault

PUSH, ASK = "/court/push/", "/court/cases/"
BODY_MAX = 8_192
_FIELDS = ("signature", "signature-input", "content-digest", "content-type", "idempotency-key")
_SQL = queries(__package__)
_KEYS = {PUSH: _SQL["push_key"], ASK: _SQL["ask_key"]}


class DoorKey(NamedTuple):
    """A shared key of who may speak at a door, as its row has it."""

    partner_id: int
    secret: bytes
    suspended: bool
    valid_from: datetime
    valid_until: datetime | None

    def counts(self, at: datetime) -> bool:
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)


KnownKeys = dict[tuple[str, int], DoorKey | None]
"""By partner and version; None: there is none."""


def signed_fields(headers: Mapping[str, str]) -> dict[str, str]:
    """What of a message's head its signature is made of."""
    return {name: headers[name] for name in _FIELDS if name in headers}


def signer(
    conn: psycopg.Connection[Any], ring: KeyRing, path: str, headers: Mapping[str, str], body: bytes, at: datetime,
    known: KnownKeys | None = None,
) -> tuple[int, Key]:  # fmt: skip
    """The partner that signed it at that moment, one who may speak at this door, and its key. `known`: of words that
    are read again later, also of who is suspended by now; keys that were asked for before. WireFault: none did."""
    found: dict[str, int] = {}

    def find(partner: str, version: int) -> Key:
        rows = {} if known is None else known
        if (partner, version) not in rows:
            row = conn.execute(_KEYS[path], {"code": partner, "version": version}).fetchone()
            rows[partner, version] = None if row is None else DoorKey(*row)
        key = rows[partner, version]
        if key is None or not key.counts(at) or (key.suspended and known is None):
            raise WireFault(Code.KEY_UNKNOWN)
        found[partner] = key.partner_id
        return key_of(ring, partner, version, "hmac-sha256", bytes(key.secret))

    key = http_signed.verify("POST", path, dict(headers), body, find, int(at.timestamp()))
    return found[key.partner], key
