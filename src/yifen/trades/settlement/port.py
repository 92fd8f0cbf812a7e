"""The port of a bank that has one. Never called inside a database transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg

from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.roster import key_context
from yifen.core.wire.bank_client import BankPort as BankPort
from yifen.core.wire.keys import Key
from yifen.core.wire.signed_port import TIMEOUT_S
from yifen.core.wire.signed_port import NoPortAnswer as NoPortAnswer

Clock = Callable[[], datetime]
BANK_SQL = queries(__package__)["bank_port"]


def port_of(
    conn: psycopg.Connection[Any], ring: KeyRing, bank_id: int, clock: Clock,
    timeout_s: float = TIMEOUT_S,
) -> BankPort | None:  # fmt: skip
    """The port of a bank with an endpoint and a valid shared key; None: its payouts go by file."""
    row = conn.execute(BANK_SQL, (bank_id, clock(), clock())).fetchone()
    if row is None:
        return None
    endpoint, code, version, sealed = row
    secret = ring.open(bytes(sealed), key_context(code, version))
    key = Key(partner=code, version=version, algorithm="hmac-sha256", secret=secret)
    return BankPort(endpoint, key, clock, timeout_s)
