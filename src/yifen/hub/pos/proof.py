"""How `verify` reads the POS door's books: a sale says what its payment says, what was asked is read again out of its
seal, and what the acquirer said out of its frame, by the key that signed it."""

import hmac
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Any, NamedTuple

import psycopg

from yifen.core.facts.codes import Code
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.core.wire.pos_frames import PosFault, read_frame
from yifen.core.wire.pos_keys import is_mac
from yifen.hub.payments.verify import problems
from yifen.hub.pos import rules, seals
from yifen.hub.pos.codes import PosCode
from yifen.hub.pos.door.terminals import acquirer_context, keys_of_secret
from yifen.hub.pos.seals import PosPlace

_SQL = queries(__package__)
FIRST = 20
"""How many are named."""
_UNHEARD = (int(PosCode.POS_ACQUIRER_AWAY), int(Code.REVERSED_BEFORE_CHARGE))
_OF_UNDO = {"reversal": "0410", "void": "0210", "refund": "0230"}
Answered = Callable[[bytes | None, str | None, str, PosPlace, int], dict[str, str]]


class AcquirerKey(NamedTuple):
    """By which its answers are signed."""

    algorithm: str
    key: bytes


class NoWord(ValueError):
    """No acquirer said so."""


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """What was altered of its sales, undos and batches, what is missing, what nobody asked for."""
    found = [problem for name in ("altered", "altered_payments", "altered_undos", "altered_batches", "altered_items",
                                  "altered_exceptions", "altered_files", "altered_entries")
             for problem in problems(conn, _SQL[name])]  # fmt: skip
    ring = key_ring()
    said = _answered(conn, ring)
    return found + list(islice(chain(
        _sales(conn, ring, said), _undos(conn, ring, said), _batches(conn, ring), _items(conn, ring),
        _files(conn, ring),
    ), FIRST))  # fmt: skip


def _sales(conn: psycopg.Connection[Any], ring: KeyRing, said: Answered) -> Iterator[str]:
    for row in _pages(conn, "sealed_sales"):
        (sale_id, *at, account_no, fen, card, mark, entry, made_at, seal, state, code, charged, ref, auth, paid, answer,
         by) = row  # fmt: skip
        place = PosPlace(*at)
        digest = seals.sale_digest(place, account_no, fen, card, bytes(mark), entry or 0, made_at)
        if not _is_sealed(ring, bytes(seal), seals.sale_context(place), digest):
            yield f"pos_sale {sale_id} is not what a terminal asked for"
        if answer is None and not paid and (state in ("asked", "unknown", "reversed") or code in _UNHEARD):
            continue  # nobody answered
        try:
            fields = said(answer, by, "0210", place, fen)
        except NoWord as why:
            yield f"pos_sale {sale_id} {why}"
            continue
        field39 = fields.get("39", "")
        if not _fits(state, paid, charged, field39):
            yield f"pos_sale {sale_id} is {state}, the acquirer said {field39}"
        elif (fields.get("37", "").strip(), fields.get("38", "").strip()) != (ref, auth):
            yield f"pos_sale {sale_id} has another reference than the acquirer gave it"


def _fits(state: str, paid: bool, charged: bool, field39: str) -> bool:
    """Whether a sale may be so by what the acquirer said."""
    if paid or (state == "declined" and charged):
        return field39 == "00"
    return field39 in rules.REFUSED if state == "declined" else state in ("unknown", "reversed")


def _undos(conn: psycopg.Connection[Any], ring: KeyRing, said: Answered) -> Iterator[str]:
    for row in _pages(conn, "sealed_undos"):
        undo_id, *at, kind, fen, batch, trace, entry, made_at, seal, state, field39, answer, by = row
        place = PosPlace(*at)
        digest = seals.undo_digest(place, kind, fen, PosPlace("", batch, trace), entry, made_at)
        if not _is_sealed(ring, bytes(seal), seals.undo_context(place, kind), digest):
            yield f"pos_undo {undo_id} is not what anybody asked for"
        if state not in ("done", "refused"):
            continue
        try:
            if said(answer, by, _OF_UNDO[kind], place, fen).get("39", "") != field39:
                raise NoWord("has another field 39 than the acquirer's")
            is_done = field39 == "00" or (field39 == "25" and kind == "reversal")
            if is_done != (state == "done"):
                raise NoWord(f"is {state}, the acquirer said {field39}")
        except NoWord as why:
            yield f"pos_undo {undo_id} {why}"


def _batches(conn: psycopg.Connection[Any], ring: KeyRing) -> Iterator[str]:
    for terminal_no, batch, *totals, seal in conn.execute(_SQL["sealed_batches"]):
        digest = seals.batch_digest(terminal_no, batch, tuple(totals))
        if not _is_sealed(ring, bytes(seal), seals.batch_context(terminal_no, batch), digest):
            yield f"pos_batch {terminal_no} {batch} has other totals than the terminal told"


def _items(conn: psycopg.Connection[Any], ring: KeyRing) -> Iterator[str]:
    for *at, fen, seal in conn.execute(_SQL["sealed_items"]):
        place = PosPlace(*at)
        if not _is_sealed(ring, bytes(seal), seals.item_context(place), seals.item_digest(place, fen)):
            yield f"pos_batch_item {place} is not what the terminal uploaded"
    for terminal_no, batch, count, seal in conn.execute(_SQL["sealed_counts"]):
        digest = seals.items_digest(terminal_no, batch, count)
        if not _is_sealed(ring, bytes(seal), seals.items_context(terminal_no, batch), digest):
            yield f"pos_batch {terminal_no} {batch} counts other items than the terminal told"


def _files(conn: psycopg.Connection[Any], ring: KeyRing) -> Iterator[str]:
    for file_id, acquirer, number, day, is_whole, kept, seal in _pages(conn, "sealed_files"):
        digest = seals.file_digest(acquirer, day, is_whole, conn.execute(_SQL["file_rows"], (file_id,)))
        whole = seals.numbered_digest(acquirer, number, digest)
        if digest != bytes(kept) or not _is_sealed(ring, bytes(seal), seals.file_context(acquirer, number), whole):
            yield f"pos_file {acquirer} {number} is not what the acquirer sent"


def _answered(conn: psycopg.Connection[Any], ring: KeyRing) -> Answered:
    """What an acquirer's frame says, if it signed it, of just this place and amount. NoWord."""
    keys = {by: AcquirerKey(algorithm, keys_of_secret(ring.open(bytes(sealed), acquirer_context(code))).mac)
            for by, code, algorithm, sealed in conn.execute(_SQL["acquirer_keys"])}  # fmt: skip

    def said(answer: bytes | None, by: str | None, kind: str, place: PosPlace, fen: int) -> dict[str, str]:
        if answer is None or by not in keys:
            raise NoWord("has no answer of an acquirer")
        body = bytes(answer)
        try:
            fields = read_frame(body).fields
        except PosFault as fault:
            raise NoWord(f"has an answer that cannot be read: {fault}") from None
        if "64" not in fields or not is_mac(keys[by].algorithm, keys[by].key, body):
            raise NoWord("has an answer that no acquirer signed")
        told = (fields["t"], fields.get("41"), fields.get("11"), fields.get("60", "")[2:8], int(fields.get("4", fen)))
        if told != (kind, place.terminal_no, f"{place.trace:06d}", f"{place.batch:06d}", fen):
            raise NoWord("has an answer about something else")
        return fields

    return said


def _is_sealed(ring: KeyRing, seal: bytes, context: str, digest: bytes) -> bool:
    try:
        return hmac.compare_digest(ring.open(seal, context), digest)
    except KeyRingError:
        return False


def _pages(conn: psycopg.Connection[Any], name: str) -> Iterator[tuple[Any, ...]]:
    last = 0
    while rows := conn.execute(_SQL[name], (last,)).fetchall():
        last = rows[-1][0]
        yield from rows
