"""Names of payers: each is sealed for its payer, so one that was moved or made up opens no longer."""

from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.hub.payments.names import fits

_NAMED = queries(__package__)["payers_named"]
NAMED_MAX = 20
PIECE = 10_000  # payers of one statement


def names_altered(conn: psycopg.Connection[Any]) -> list[str]:
    """The first twenty that no key of the ring opens for their payer; 4 µs a payer."""
    found: list[str] = []
    ring, last = key_ring(), (-1, -1, "")
    while len(found) < NAMED_MAX and (rows := conn.execute(_NAMED, (*last, PIECE)).fetchall()):
        found += [f"payer {account_no} of biller {biller_id} has a name that was not sealed for it"
                  for _, biller_id, account_no, name in rows
                  if not fits(ring, biller_id, account_no, name)]  # fmt: skip
        last = rows[-1][:3]
    return found[:NAMED_MAX]
