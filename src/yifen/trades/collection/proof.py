"""What `yifen verify` asks of collection orders: each against its payment, its move at the core, its bills and the two
people behind it; whose account paid against what is sealed."""

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
from yifen.trades.collection import rules

_SQL = queries(__package__)
_CHECKS = [_SQL[name] for name in ("orders_altered", "numbers_altered", "signed_altered")]
FIRST = 20
"""How many are named."""


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """Demands that do not say what was booked, or what nobody agreed to; accounts that are not those which paid."""
    found = [problem for check in _CHECKS for problem in problems(conn, check)]
    return found + list(islice(_accounts(conn, key_ring()), FIRST))


def _accounts(conn: psycopg.Connection[Any], ring: KeyRing) -> Iterator[str]:
    last, rows = 0, list[Any]([()])
    while rows:
        rows = conn.execute(_SQL["accounts"], (last,)).fetchall()
        for order, biller, number, sealed, shown, transit, debit, credit in rows:
            last = order
            try:
                account = ring.open(bytes(sealed), rules.contract_context(biller, number)).decode()
            except KeyRingError as error:
                yield f"collection_order {order} has an account that cannot be read: {error}"
                continue
            if shown != masked_number(account, head=4):
                yield f"collection_order {order} shows {shown}, which is not the account that is sealed"
            if not (debit in lookups(ring, account) and credit in lookups(ring, transit)):
                yield f"collection_order {order} was paid from or to another account than its contract and pair say"
