"""What `yifen verify` and the night ask of the moves at cores, whatever they are of; each trade asks of its own
documents. What was asked is read again out of its seal, what the core said out of its signature."""

import hmac
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import cache, lru_cache, partial
from itertools import islice
from typing import Any, NamedTuple

import psycopg

from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.core.wire import http_signed
from yifen.core.wire.core_port import CoreStatus, read_core_status, read_pack_status
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import WireFault
from yifen.hub.corebank import accounts, told
from yifen.hub.corebank.port import key_of
from yifen.hub.payments.verify import problems

_SQL = queries(__package__)
FIRST = 20
"""How many are named."""
PACKS = 64
"""So many answers about packs are kept in mind, of which each is read once where serials stand together."""
_CREATED = re.compile(r";created=(\d{1,12})")


class MoveAnswered(NamedTuple):
    """A move, and the core's word on it as it is kept. `partner`: whose it is, else the core; `has_answer`: a row is
    there, `body` None in one of before words were kept; `is_blocked`: its undo was told that it never came;
    `is_old`: of before digests were kept."""

    serial: str
    undoes: str | None
    state: str
    amount_fen: int
    core_serial: str
    debit_sealed: bytes
    credit_sealed: bytes
    debit_lookup: str
    credit_lookup: str
    debit_shown: str
    credit_shown: str
    told: bytes
    made_at: datetime
    columns: dict[str, Any]
    by_hand: bool
    core: str
    partner: str
    institution_id: int
    version: int | None
    status: int | None
    headers: Any  # as the web role gave them
    body: str | None
    has_answer: bool
    is_blocked: bool
    is_old: bool
    pack: str | None


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """Undos that are not of what they say that they undo, moves undone by none, moves that are not what was asked, and
    results that no core signed."""
    found = (f"core_move {move.serial} {why}" for move, why in read(conn, key_ring()))
    return [*problems(conn, _SQL["moves_altered"]), *problems(conn, _SQL["packs_altered"]), *islice(found, FIRST)]


def read(conn: psycopg.Connection[Any], ring: KeyRing, day: date | None = None) -> Iterator[tuple[MoveAnswered, str]]:
    """Each move that is not what was asked, or whose result no core signed, with why. `day`: of that day alone."""
    key = cache(lambda core, version: _key(conn, ring, core, version))
    packed = lru_cache(PACKS)(partial(_packed, conn, key))
    last, rows = "", list[Any]([()])
    while rows:
        rows = conn.execute(_SQL["answers"], {"after": last, "day": day}).fetchall()
        for move in map(MoveAnswered._make, rows):
            last = move.serial
            for why in filter(None, (_asked(ring, move), _said_in(packed, move) if move.pack else _said(key, move))):
                yield move, why


def _asked(ring: KeyRing, move: MoveAnswered) -> str:
    """Why it is not what was asked; "": it is."""
    if move.told == b"":
        return "" if move.is_old else "has no digest of what was asked"
    context = accounts.move_context(move.undoes or move.serial)
    try:
        kept, debit, credit = (ring.open(bytes(one), context)
                               for one in (move.told, move.debit_sealed, move.credit_sealed))  # fmt: skip
    except KeyRingError as error:
        return f"cannot be read: {error}"
    columns = move.columns
    if move.undoes:
        now = told.of_undo(move.undoes, columns["what"], columns["teller"], date.fromisoformat(columns["day"]))
    else:
        now = told.of_posting(columns, debit.decode(), credit.decode())
    for account, shown, lookup in ((debit.decode(), move.debit_shown, move.debit_lookup),
                                   (credit.decode(), move.credit_shown, move.credit_lookup)):  # fmt: skip
        if shown != accounts.shown(account) or lookup not in accounts.lookups(ring, account):
            return f"shows account {shown}, which is not the one that is sealed"
    return "" if hmac.compare_digest(kept, now) else "is not what was asked: accounts, teller, day or another column"


def _said(key: Callable[[str, int], Key], move: MoveAnswered) -> str:
    """Why its result is not the core's word; "": it is."""
    if move.by_hand or move.state in ("asked", "unknown"):
        return "is not known, and an answer of the core is kept" if move.has_answer and not move.by_hand else ""
    if not move.has_answer:
        follows = move.state == "undone" or (move.state == "refused" and move.is_blocked)
        return "" if follows else f"is {move.state}, of which no answer is kept"
    if move.body is None:
        return "" if move.told == b"" else f"is {move.state}, its answer has no signature"
    try:
        said = read_core_status(_signed(key, move.core, move.version, move.status, move.headers, move.body))
    except (KeyRingError, WireFault, ValueError) as error:
        return f"has an answer that no core signed: {error}"
    return _differs(move, said)


def _said_in(packed: Callable[[str], dict[str, CoreStatus] | str], move: MoveAnswered) -> str:
    """The same of a move of a pack."""
    if move.by_hand or move.state in ("asked", "unknown"):
        return ""
    said = packed(move.pack or "")
    if isinstance(said, str):
        return said
    if move.serial in said:
        return _differs(move, said[move.serial])
    return f"is {move.state}, of which the answer about its pack says nothing"


def _packed(conn: psycopg.Connection[Any], key: Callable[[str, int], Key], serial: str) -> dict[str, CoreStatus] | str:
    """What the core signed of each move of a pack, or why nothing can be believed."""
    row = conn.execute(_SQL["pack_answer"], (serial,)).fetchone()
    if row is None or row[6] is None:
        return "is decided, of whose pack no answer is kept"
    try:
        status = read_pack_status(_signed(key, row[2], *row[3:]))
    except (KeyRingError, WireFault, ValueError) as error:
        return f"has an answer about its pack that no core signed: {error}"
    if status.serial != serial:
        return "has an answer about another pack"
    return {item.serial: item for item in status.items}


def _signed(
    key: Callable[[str, int], Key], core: str, version: int | None, status: int | None, headers: Any, body: str
) -> bytes:
    """The body, whose signature holds. WireFault, KeyRingError, ValueError."""
    assert version is not None
    assert status is not None
    if not isinstance(headers, dict):
        raise ValueError("its headers are none")
    created = _CREATED.search(str(headers.get("signature-input", "")))
    signer = key(core, version)
    http_signed.verify_reply(status, headers, body.encode(), lambda *_: signer,
                             int(created[1]) if created else 0)  # it was fresh when it came
    return body.encode()


def _differs(move: MoveAnswered, said: CoreStatus) -> str:
    is_done = said.state == "done" or (move.undoes is not None and said.code == "already_reversed")
    state = "done" if is_done else "refused"
    stands = "done" if move.state == "undone" else move.state
    fits = said.serial == move.serial and stands == state and said.core_serial == move.core_serial
    if fits and said.state in ("done", "reversed"):
        fits = said.amount_fen == move.amount_fen
    return "" if fits else f"is {move.state} with {move.amount_fen} fen, the core said {said.state} of {said.serial}"


def _key(conn: psycopg.Connection[Any], ring: KeyRing, core: str, version: int) -> Key:
    row = conn.execute(_SQL["key"], (core, version)).fetchone()
    if row is None:
        raise ValueError(f"core {core} had no key {version}")
    return key_of(ring, core, version, row[0])
