"""What `yifen verify` asks of mandates: each is what people or the payer's bank agreed to, each debit was booked and
moved once; the core's words and partners' words are read again. Read-only."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import psycopg

from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.hub.corebank import accounts
from yifen.hub.payments.verify import problems
from yifen.trades.mandates import asking
from yifen.trades.mandates.doors import words
from yifen.trades.mandates.doors.words import PartnerWord
from yifen.trades.mandates.kept import KeptMandate

_SQL = queries(__package__)
_CHECKS = tuple(_SQL[name] for name in ("mandates_altered", "singles_altered", "backs_altered"))
FIRST = 20
"""How many are named."""


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """What was altered of them, or signed by nobody."""
    ring = key_ring()
    found = [problem for check in _CHECKS for problem in problems(conn, check)]
    return found + list(islice(_mandates(conn, ring), FIRST)) + list(islice(_words(conn, ring), FIRST))


def _mandates(conn: psycopg.Connection[Any], ring: KeyRing) -> Iterator[str]:
    last, rows = "", list[Any]([()])
    while rows:
        rows = conn.execute(_SQL["checks"], {"after": last}).fetchall()
        for one in (KeptMandate(*row) for row in rows):
            last = one.number
            if why := _account(ring, one) or asking.unproved(conn, ring, one):
                yield f"mandate {one.number} {why}"


def _account(ring: KeyRing, one: KeptMandate) -> str:
    try:
        account_no = one.account_no(ring)
    except KeyRingError as error:
        return f"has an account that cannot be read: {error}"
    if one.account_shown != accounts.shown(account_no) or one.account_lookup not in accounts.lookups(ring, account_no):
        return f"shows account {one.account_shown}, which is not the one that is sealed"
    return ""


def _words(conn: psycopg.Connection[Any], ring: KeyRing) -> Iterator[str]:
    last, rows = 0, list[Any]([()])
    while rows:
        rows = conn.execute(_SQL["words_altered"], (last,)).fetchall()
        for kept in (PartnerWord(*row) for row in rows):
            last = kept.word_id
            try:
                words.proved(conn, ring, kept)
            except Refused:
                yield f"mandate_word {kept.word_id}, by which was debited, was not signed by its partner"
