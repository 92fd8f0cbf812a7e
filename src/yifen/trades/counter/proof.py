"""What `yifen verify` asks of the counter: the journal against the payments that it made, and whose account paid at the
core against what is sealed."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import psycopg

from yifen.core.facts.masking import masked_number
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.hub.corebank.accounts import lookups
from yifen.hub.payments.verify import problems

_SQL = queries(__package__)
_NAMES = ("journal_altered", "refunds_altered", "journal_lacks", "shifts_altered", "core_altered",
          "core_back_altered", "core_lacks")
_CHECKS = [_SQL[name] for name in _NAMES]
FIRST = 20
"""How many are named."""


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """Entries that do not say what was booked, what was booked without an entry, and accounts that are not those which
    paid."""
    found = [problem for check in _CHECKS for problem in problems(conn, check)]
    return found + list(islice(_legs(conn, key_ring()), FIRST))


def _legs(conn: psycopg.Connection[Any], ring: KeyRing) -> Iterator[str]:
    last, rows = 0, list[Any]([()])
    while rows:
        rows = conn.execute(_SQL["legs"], (last,)).fetchall()
        for entry, sealed, transit, kind, shown, debit, credit in rows:
            last = entry
            try:
                account = ring.open(bytes(sealed), f"counter_core:{entry}").decode()
            except KeyRingError as error:
                yield f"counter_entry {entry} has an account that cannot be read: {error}"
                continue
            if kind != "cash" and shown != masked_number(account, head=4):
                yield f"counter_entry {entry} from_account says {shown}, which is not the account that is sealed"
            if debit and not (debit in lookups(ring, account) and credit in lookups(ring, transit)):
                yield f"counter_entry {entry} was paid from or to another account than its move says"
