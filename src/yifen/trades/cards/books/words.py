"""What banks signed, read again: each swipe is what its word says, none is missing, none was told by nobody; and papers
are the bytes that came. For `verify`; read-only. No Django."""

import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import psycopg

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.roster import key_of
from yifen.core.wire import http_signed
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import WireFault
from yifen.hub.payments.verify import problems
from yifen.trades.cards.doors import taking
from yifen.trades.cards.doors.signing import PUSH
from yifen.trades.cards.doors.taking import WordOfBank
from yifen.trades.cards.words.wording import CardWord, SwipeSaid

_SQL = queries(__package__)
Told = tuple[Any, ...]


def altered(conn: psycopg.Connection[Any], ring: KeyRing) -> Iterator[str]:
    """Words, swipes and papers that are not what came."""
    yield from problems(conn, _SQL["swipes_altered"])
    for word_id, *row, sha256 in _pages(conn, "words_ended"):
        kept = WordOfBank(word_id, *row)
        try:
            word = _read(conn, ring, kept, bytes(sha256))
        except (Refused, WireFault, KeyRingError, ValueError, LookupError):
            yield f"card_word {word_id} is not what its bank signed"
            continue
        yield from _swipes(conn, ring, kept, word)
    for paper_id, claim_id, sha256, body in _pages(conn, "papers_kept"):
        try:
            plain = ring.open(bytes(body), f"card_paper:{claim_id}:{bytes(sha256).hex()}")
        except KeyRingError:
            plain = b""
        if hashlib.sha256(plain).digest() != bytes(sha256):
            yield f"card_paper {paper_id} is not the file that came"


def _read(conn: psycopg.Connection[Any], ring: KeyRing, kept: WordOfBank, sha256: bytes) -> CardWord:
    """What it says. ValueError, WireFault, KeyRingError: nobody signed that."""
    body = ring.open(bytes(kept.body), taking.context(kept.bank_id, kept.serial))
    if hashlib.sha256(body).digest() != sha256:
        raise ValueError("other bytes")
    by: dict[str, int] = {}

    def find(partner: str, version: int) -> Key:
        """As it counted then, whatever became of the bank."""
        row = conn.execute(
            _SQL["bank_key_then"], {"code": partner, "version": version, "at": kept.received_at}
        ).fetchone()
        if row is None:
            raise WireFault(Code.KEY_UNKNOWN)
        by[partner] = row[0]
        return key_of(ring, partner, version, "hmac-sha256", bytes(row[1]))

    at = int(kept.received_at.timestamp())
    if kept.kind == "answer":
        http_signed.verify_reply(200, dict(kept.signed), body, find, at)
    elif kept.kind != "hand":  # of that one two people's word is asked elsewhere
        http_signed.verify("POST", PUSH, dict(kept.signed), body, find, at)
    if kept.kind != "hand" and set(by.values()) != {kept.bank_id}:
        raise ValueError("another bank's")
    return taking.word_of(kept, body)


def _swipes(conn: psycopg.Connection[Any], ring: KeyRing, kept: WordOfBank, word: CardWord) -> Iterator[str]:
    there = {row: (swipe, lookup, tuple(told)) for row, swipe, lookup, *told in
             conn.execute(_SQL["swipes_of_word"], (kept.word_id,))}  # fmt: skip
    refused = {row for (row,) in conn.execute(_SQL["refused_of_word"], (kept.word_id,))}
    keys = list(ring.derive_each(taking.LOOKUP))
    for place, said in enumerate(word.swipes, start=len(word.cards) + 1):
        lookups = {hmac.digest(key, said.card_no.encode(), hashlib.sha256).hex() for key in keys}
        if place in there:
            swipe, lookup, told = there.pop(place)
            if told != _told(said) or lookup not in lookups:
                yield f"card_swipe {swipe} is not what its bank told"
        elif place not in refused and not any(
            _alike(told, _told(said)) for told in conn.execute(_SQL["swipes_of_number"], (kept.bank_id, said.number))
        ):
            yield f"card_word {kept.word_id} tells of a swipe in row {place} that is not there"
    yield from (f"card_swipe {swipe} was told by nobody" for swipe, _, _ in there.values())


def _told(said: SwipeSaid) -> Told:
    return (
        said.number, said.kind, said.swiped_at, said.amount_fen, said.currency, said.foreign, said.reference,
        said.posted_on, said.auth_code, said.merchant_no, said.merchant, said.mcc, said.terminal, said.remark,
    )  # fmt: skip


def _alike(one: Told, other: Told) -> bool:
    """By what makes a repeat one: all up to the day of posting."""
    return tuple(one[:8]) == other[:8]


def _pages(conn: psycopg.Connection[Any], name: str) -> Iterator[tuple[Any, ...]]:
    last = 0
    while rows := conn.execute(_SQL[name], (last,)).fetchall():
        last = rows[-1][0]
        yield from rows
