"""Words of a bank: kept as they were signed; the worker asks again who signed them, reads them and has each row taken.
A message is XML and has its own serial; a file is told by its name, which is signed with it. No Django."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import psycopg
import structlog
from msgspec import to_builtins
from psycopg.types.json import Jsonb

from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.core.wire.cards_port import read_cards_answer
from yifen.core.wire.keys import Key
from yifen.trades.cards.codes import CardCode
from yifen.trades.cards.doors.signing import replier, serial_of, signed_fields, signer
from yifen.trades.cards.words import fixed_words, xml_words
from yifen.trades.cards.words.wording import (
    CardSaid,
    CardWord,
    SwipeSaid,
    against_card,
    against_swipe,
)

CARD_CONTEXT, LOOKUP = "card number", "card lookup"
log = structlog.get_logger()
_SQL = queries(__package__)


class WordOfBank(NamedTuple):
    """As its row has it, with the bank's time zone."""

    word_id: int
    bank_id: int
    kind: str
    serial: str
    signed: dict[str, str]
    body: bytes
    received_at: datetime
    zone: str


def take(
    conn: psycopg.Connection[Any],
    ring: KeyRing,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> Key:
    """Kept; the key with which to answer. The same again is the same. Refused: WireFault of the signature,
    CARD_WORD_UNREADABLE, CARD_FILE_LAYOUT, CARD_WORD_OTHERWISE."""
    signed = signed_fields(headers)
    bank_id, key = signer(conn, ring, signed, body, now)
    kind = form_of(body)
    serial = read(kind, serial_of(signed), body, ZoneInfo("UTC")).serial
    row = {
        "bank": bank_id,
        "kind": kind,
        "serial": serial,
        "signed": Jsonb(signed),
        "now": now,
        "sha256": hashlib.sha256(body).digest(),
        "body": ring.seal(body, context(bank_id, serial)),
    }
    if conn.execute(_SQL["word_add"], row).rowcount == 0:
        kept = conn.execute(_SQL["word_kept"], row).fetchone()
        if kept is None or bytes(kept[0]) != row["sha256"]:
            raise Refused(CardCode.CARD_WORD_OTHERWISE, "Serial", serial)
    return key


def form_of(body: bytes) -> str:
    """push: a message in XML; file: fixed columns."""
    return "push" if body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") else "file"


def read(kind: str, name: str, body: bytes, zone: ZoneInfo) -> CardWord:
    """Refused CARD_WORD_UNREADABLE, CARD_FILE_LAYOUT."""
    return fixed_words.read(name, body, zone) if kind == "file" else xml_words.read(body)


def take_all(conn: psycopg.Connection[Any], ring: KeyRing, now: Callable[[], datetime]) -> None:
    """All that came, each in a transaction of its own: one that cannot be taken holds up no other."""
    for row in conn.execute(_SQL["words_to_take"]).fetchall():
        kept = WordOfBank(*row)
        try:
            conn.execute(_SQL["take"], asked(conn, ring, kept) | {"word": kept.word_id, "now": now()})
        except psycopg.DatabaseError:
            if conn.closed:
                raise
            log.exception("a bank's word about cards was not taken", word=kept.word_id)


def asked(conn: psycopg.Connection[Any], ring: KeyRing, kept: WordOfBank) -> dict[str, Any]:
    """Who signed it, and its rows as the database takes them, card numbers sealed."""
    said: dict[str, Any] = {
        "proved": False,
        "code": 0,
        "bureau": "",
        "cards": Jsonb([]),
        "swipes": Jsonb([]),
    }
    try:
        body = ring.open(bytes(kept.body), context(kept.bank_id, kept.serial))
        said["proved"] = _proved(conn, ring, kept, body)
        word = word_of(kept, body)
    except Refused as refused:
        return said | {"code": int(refused.code)}
    except (KeyRingError, ValueError) as error:
        log.warning(
            "a word about cards is not signed by its bank",
            word=kept.word_id,
            reason=str(error)[:200],
        )
        return said | {"proved": False}
    if word.serial != kept.serial and kept.kind != "hand":
        return said | {"proved": False}
    cards, swipes = rows_of(ring, word)
    return said | {"bureau": word.bureau, "cards": Jsonb(cards), "swipes": Jsonb(swipes)}


def rows_of(ring: KeyRing, word: CardWord) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Its cards and its swipes, as the database takes them."""
    cards = [card_row(ring, place, one) for place, one in enumerate(word.cards, start=1)]
    return cards, [swipe_row(ring, place, one) for place, one in enumerate(word.swipes, start=len(cards) + 1)]


def word_of(kept: WordOfBank, body: bytes) -> CardWord:
    """A push, a file, what a bureau handed in, or what a bank answered, which may be nothing. Refused as `read`;
    ValueError: it is no answer to this question."""
    zone = ZoneInfo(kept.zone)
    match kept.kind:
        case "answer":
            answer = read_cards_answer(body)
            if answer.word:
                return xml_words.read(answer.word.encode())
            return CardWord(serial=answer.reference, bureau=kept.serial[1:].rpartition("-")[0])
        case "hand":
            return read(kept.signed["form"], kept.signed["name"], body, zone)
    return read(kept.kind, serial_of(kept.signed), body, zone)


def _proved(conn: psycopg.Connection[Any], ring: KeyRing, kept: WordOfBank, body: bytes) -> bool:
    """By its bank's signature; of what was handed in, two people's word is asked by the database."""
    match kept.kind:
        case "answer":
            return replier(conn, ring, kept.signed, body, kept.received_at) == kept.bank_id
        case "hand":
            return True
    return signer(conn, ring, kept.signed, body, kept.received_at)[0] == kept.bank_id


def card_row(ring: KeyRing, place: int, said: CardSaid) -> dict[str, Any]:
    fault = against_card(said)
    row = {
        "row": place,
        "code": int(fault or 0),
        "kind": said.kind[:20],
        "at": to_builtins(said.at),
        "unit": said.unit,
        "staff_no": said.staff_no,
        "name": said.name,
        "limit_fen": said.limit_fen,
        "expires": said.expires,
    }
    row |= number_of(ring, said.card_no)
    return row | {f"new_{name}": value for name, value in number_of(ring, said.new_card_no).items()}


def swipe_row(ring: KeyRing, place: int, said: SwipeSaid) -> dict[str, Any]:
    fault = against_swipe(said)
    row = to_builtins(said, str_keys=True)
    plain = {name: row[tag] for name, tag in _SWIPE_TAGS.items()}
    return (
        plain | {"row": place, "code": int(fault or 0), "number_no": said.number[:40]} | number_of(ring, said.card_no)
    )


def number_of(ring: KeyRing, card_no: str) -> dict[str, Any]:
    """A card number as tables keep it: sealed, found by its keyed hashes (newest key first), four digits to show."""
    return {
        "lookups": lookups(ring, card_no),
        "number": ring.seal(card_no.encode(), CARD_CONTEXT).hex(),
        "tail": card_no[-4:],
    }


def lookups(ring: KeyRing, card_no: str) -> list[str]:
    return [hmac.digest(key, card_no.encode(), hashlib.sha256).hex() for key in ring.derive_each(LOOKUP)]


def context(bank_id: int, serial: str) -> str:
    """What a word's body is sealed for; the plug says the same in SQL."""
    return f"card_word:{bank_id}:{serial}"


_SWIPE_TAGS = {
    name: "".join(part.capitalize() for part in name.split("_"))
    for name in (
        "kind",
        "swiped_at",
        "posted_on",
        "amount_fen",
        "currency",
        "foreign",
        "reference",
        "auth_code",
        "merchant_no",
        "merchant",
        "mcc",
        "terminal",
        "remark",
    )
}
