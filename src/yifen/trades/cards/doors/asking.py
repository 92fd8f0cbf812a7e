"""Issuing banks are asked for swipes that have not come: outside any transaction, by the worker. A signed answer is
kept as a word of the bank and taken as any other; what was pushed alike before or comes later is the same swipe. No
Django."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import psycopg
import structlog
from psycopg.types.json import Jsonb

from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.roster import key_of
from yifen.core.wire.cards_port import CARDS_QUERY, CardsQuery, read_cards_answer
from yifen.core.wire.outbound import Answer
from yifen.core.wire.signed_port import TIMEOUT_S, NoPortAnswer, SignedPort
from yifen.trades.cards.codes import CardCode
from yifen.trades.cards.doors.signing import signed_fields
from yifen.trades.cards.doors.taking import CARD_CONTEXT, context

log = structlog.get_logger()
LADDER_S = (30, 60, 300, 900, 3600, 3600)
_SQL = queries(__package__)
Connection = psycopg.Connection[Any]


class SwipeQuestion(NamedTuple):
    """A query as its row has it."""

    query_id: int
    bank_id: int
    reference: str
    bureau: str
    card_no: bytes
    number: str
    from_on: date
    until_on: date
    tries: int


class CardPort(SignedPort):
    """The port of an issuing bank."""

    def swipes(self, asked: CardsQuery) -> Answer:
        """Its signed answer to just this. NoPortAnswer."""
        said, answer = self.told(CARDS_QUERY, asked, asked.reference, read_cards_answer)
        if said.reference != asked.reference:
            raise NoPortAnswer("the answer speaks of something else")
        return answer


def work(
    conn: Connection, ring: KeyRing, clock: Callable[[], datetime], ending: Callable[[], bool] = lambda: False,
    timeout_s: float = TIMEOUT_S,
) -> None:  # fmt: skip
    """What is due; one fault holds up no other. `conn` in autocommit: that a bank is asked is said before it is."""
    for row in conn.execute(_SQL["queries_due"], {"now": clock()}).fetchall():
        if ending():
            return
        asked = SwipeQuestion(*row)
        try:
            ask(conn, ring, asked, clock, timeout_s)
        except Exception:
            if conn.closed:
                raise
            log.exception("a bank was not asked for a swipe", query=asked.query_id)


def ask(
    conn: Connection,
    ring: KeyRing,
    asked: SwipeQuestion,
    clock: Callable[[], datetime],
    timeout_s: float,
) -> None:
    again = clock() + timedelta(seconds=2 * timeout_s + LADDER_S[min(asked.tries, len(LADDER_S) - 1)])
    if not conn.execute(_SQL["asking"], (asked.query_id, again)).fetchall()[0][0]:
        return
    port = port_of(conn, ring, asked.bank_id, clock, timeout_s)
    if port is None:
        _unanswered(conn, asked, int(CardCode.CARD_BANK_NO_PORT), "", clock())
        return
    days = ("", "") if asked.number else (asked.from_on.isoformat(), asked.until_on.isoformat())
    try:
        card_no = ring.open(bytes(asked.card_no), CARD_CONTEXT).decode()
        answer = port.swipes(CardsQuery(asked.bureau, asked.reference, card_no, asked.number, *days))
    except (NoPortAnswer, KeyRingError) as reason:
        _unanswered(conn, asked, 0, str(reason), clock())
        return
    conn.execute(
        _SQL["word_add"],
        {
            "bank": asked.bank_id,
            "kind": "answer",
            "serial": asked.reference,
            "signed": Jsonb(signed_fields(answer.headers)),
            "now": clock(),
            "sha256": hashlib.sha256(answer.body).digest(),
            "body": ring.seal(answer.body, context(asked.bank_id, asked.reference)),
        },
    )


def port_of(
    conn: Connection,
    ring: KeyRing,
    bank_id: int,
    clock: Callable[[], datetime],
    timeout_s: float = TIMEOUT_S,
) -> CardPort | None:
    """Of a bank with an address and a shared key that counts now; None: it has none."""
    row = conn.execute(_SQL["bank_port"], {"bank": bank_id, "now": clock()}).fetchone()
    if row is None:
        return None
    endpoint, code, version, sealed = row
    return CardPort(endpoint, key_of(ring, code, version, "hmac-sha256", bytes(sealed)), clock, timeout_s)


def _unanswered(conn: Connection, asked: SwipeQuestion, code: int, reason: str, at: datetime) -> None:
    conn.execute(_SQL["unanswered"], (asked.query_id, code, reason, at))
