"""Signed words of partners: kept as they came; the worker asks again who signed them and does what they ask. No Django.

POST /mandates/ask/, /mandates/cancel/, /mandates/debit/ and /mandates/read/: JSON, signed as in the JSON dialect; the
Idempotency-Key is the word's serial. The same again is the same, and answers what became of it by then.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

import psycopg
import structlog
from msgspec import Struct
from psycopg.types.json import Jsonb

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.roster import key_of
from yifen.core.plugs import result_code
from yifen.core.wire import http_signed
from yifen.core.wire.decoding import decoded
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import WireFault
from yifen.core.wire.structured import read_string
from yifen.trades.mandates import asking, singles
from yifen.trades.mandates.codes import MandateCode
from yifen.trades.mandates.kept import find
from yifen.trades.mandates.rules import AccountHolder, SignedTerms, Terms
from yifen.trades.mandates.singles import DebitOutside

ASK, CANCEL, DEBIT, READ = "/mandates/ask/", "/mandates/cancel/", "/mandates/debit/", "/mandates/read/"
BODY_MAX = 16_384
SERIAL_MAX = 40
_FIELDS = ("signature", "signature-input", "content-digest", "content-type", "idempotency-key")
_WHAT = {ASK: "ask", CANCEL: "cancel", DEBIT: "debit"}
log = structlog.get_logger()
_SQL = queries("yifen.trades.mandates")


class MandateAsk(Struct, forbid_unknown_fields=True, frozen=True):
    """A mandate that the payer wants, as he told the partner; his bank asks him by his own phone before it counts."""

    biller: str
    customer: str
    account_no: str
    name: str
    id_kind: str
    id_no: str
    phone: str
    once_fen: int = 0
    month_fen: int = 0
    batch: bool = True
    no_feel: bool = False
    one_tap: bool = False
    until_on: date | None = None


class MandateCancel(Struct, forbid_unknown_fields=True, frozen=True):
    """It is over at once."""

    number: str


class MandateDebit(Struct, forbid_unknown_fields=True, frozen=True):
    """No-feel: debit this now. `payables`: which bills, none: all that is due; the amount is their sum. `number`: by
    which mandate, "": the first of the customer's that allows it."""

    biller: str
    customer: str
    amount_fen: int
    payables: list[str] = []
    number: str = ""


class MandateRead(Struct, forbid_unknown_fields=True, frozen=True):
    """The partner's own mandates, 200 at a time: `after` the number of the last."""

    after: str = ""
    customer: str = ""


FORMS: dict[str, type[MandateAsk | MandateCancel | MandateDebit]] = {"ask": MandateAsk, "cancel": MandateCancel,
                                                                     "debit": MandateDebit}  # fmt: skip


class WordEnd(NamedTuple):
    """What became of a word; `code` None: nothing yet."""

    code: int | None
    number: str


class PartnerWord(NamedTuple):
    """As its row has it."""

    word_id: int
    partner_id: int
    serial: str
    what: str
    signed: dict[str, str]
    body: bytes
    received_at: datetime


# --- the door --------------------------------------------------------------------------------------


def take(
    conn: psycopg.Connection[Any], ring: KeyRing, path: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> tuple[Key, WordEnd]:
    """Kept; the key with which to answer, and what became of it so far. Refused: WireFault of the signature,
    MANDATE_WORD_UNREADABLE, SINGLE_OTHERWISE (the serial was another word's)."""
    signed = {name: headers[name] for name in _FIELDS if name in headers}
    partner_id, key = signer(conn, ring, path, signed, body, now)
    serial = serial_of(signed)
    if not (0 < len(serial) <= SERIAL_MAX and serial.isprintable()):
        raise Refused(MandateCode.MANDATE_WORD_UNREADABLE, "Idempotency-Key")
    read(_WHAT[path], body)
    row = (partner_id, serial, _WHAT[path], Jsonb(signed), ring.seal(body, context(partner_id, serial)), now)
    word_id = conn.execute(_SQL["word_add"], row).fetchall()[0][0]
    kept_body, what, code, number = conn.execute(_SQL["word_kept"], (word_id,)).fetchall()[0]
    if (what, ring.open(bytes(kept_body), context(partner_id, serial))) != (_WHAT[path], body):
        raise Refused(MandateCode.SINGLE_OTHERWISE, "Idempotency-Key", serial)
    return key, WordEnd(code, number or "")


def own_mandates(
    conn: psycopg.Connection[Any], ring: KeyRing, headers: Mapping[str, str], body: bytes, now: datetime
) -> tuple[Key, list[dict[str, Any]]]:
    """A biller's own, or those that a channel asked for. Refused: WireFault, MANDATE_WORD_UNREADABLE."""
    partner_id, key = signer(conn, ring, READ, {name: headers[name] for name in _FIELDS if name in headers}, body, now)
    try:
        asked = decoded(body, MandateRead)
    except ValueError as error:
        raise Refused(MandateCode.MANDATE_WORD_UNREADABLE, "body", str(error)) from None
    given = {"partner": partner_id, "after": asked.after[:40], "customer": asked.customer[:40]}
    rows = conn.execute(_SQL["read_of"], given)
    names = ("number", "biller", "customer", "account", "holder", "once_fen", "month_fen", "batch", "no_feel",
             "one_tap", "rank", "from_on", "until_on", "ended_on", "agreed")  # fmt: skip
    return key, [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


def read(what: str, body: bytes) -> MandateAsk | MandateCancel | MandateDebit:
    """Refused MANDATE_WORD_UNREADABLE."""
    try:
        asked: MandateAsk | MandateCancel | MandateDebit = decoded(body, FORMS[what])
    except ValueError as error:
        raise Refused(MandateCode.MANDATE_WORD_UNREADABLE, "body", str(error)) from None
    return asked


def signer(
    conn: psycopg.Connection[Any], ring: KeyRing, path: str, signed: Mapping[str, str], body: bytes, at: datetime,
    is_past: bool = False,
) -> tuple[int, Key]:  # fmt: skip
    """The partner that signed it at that moment, and its key. `is_past`: read again later, also of who is suspended by
    now. WireFault: none did."""
    found: dict[str, int] = {}

    def find_key(partner: str, version: int) -> Key:
        row = conn.execute(_SQL["partner_key"], {"code": partner, "version": version}).fetchone()
        if row is None or (row[2] and not is_past) or not (row[3] <= at and (row[4] is None or at < row[4])):
            raise WireFault(Code.KEY_UNKNOWN)
        found[partner] = row[0]
        return key_of(ring, partner, version, "hmac-sha256", bytes(row[1]))

    key = http_signed.verify("POST", path, dict(signed), body, find_key, int(at.timestamp()))
    return found[key.partner], key


def serial_of(signed: Mapping[str, str]) -> str:
    """The signed Idempotency-Key; "": it has none."""
    try:
        return read_string(signed.get("idempotency-key", '""'))
    except ValueError:
        return ""


def context(partner_id: int, serial: str) -> str:
    """To what a word's body is sealed, as the plug has it."""
    return f"mandate_word:{partner_id}:{serial}"


# --- the worker ------------------------------------------------------------------------------------


def take_all(outside: DebitOutside, now: Callable[[], datetime]) -> None:
    """All that came, in their order; one that cannot be taken holds up no other."""
    conn = outside.cores.conn
    for row in conn.execute(_SQL["words_to_take"]).fetchall():
        kept = PartnerWord(*row)
        try:
            number = _done(outside, kept, now())
        except Refused as refused:
            if refused.code.meaning.retryable:
                conn.execute(_SQL["untaken"], (kept.word_id, int(refused.code), now()))
            else:
                _end(conn, kept, refused.code, "", now())
        except Exception:  # whatever is wrong with it, the others are taken
            if conn.closed:
                raise
            log.exception("a partner's word about mandates was not taken", word=kept.word_id)
            conn.execute(_SQL["untaken"], (kept.word_id, int(MandateCode.MANDATE_WORD_UNREADABLE), now()))
        else:
            _end(conn, kept, Code.OK, number, now())


def _done(outside: DebitOutside, kept: PartnerWord, now: datetime) -> str:
    """What it asks for; the mandate's number, or the debit's serial. Refused: MANDATE_WORD_UNPROVED, its own."""
    conn, ring = outside.cores.conn, outside.cores.ring
    body = proved(conn, ring, kept)
    asked = read(kept.what, body)
    if isinstance(asked, MandateCancel):
        row = conn.execute(_SQL["cancel_of"], (kept.word_id, asked.number[:40], now)).fetchone()
        if row and row[0]:
            raise Refused(result_code(row[0]), "number")
        return asked.number
    biller = conn.execute(_SQL["biller_of"], (asked.biller[:40],)).fetchone()
    if biller is None or not conn.execute(_SQL["speaks"], (kept.partner_id, biller[0])).fetchall()[0][0]:
        raise Refused(Code.BILLER_UNKNOWN, "biller")
    if isinstance(asked, MandateAsk):
        number = number_of(kept)
        terms = Terms(asked.once_fen, asked.month_fen, asked.batch, asked.no_feel, asked.one_tap,
                      until_on=asked.until_on)  # fmt: skip
        holder = AccountHolder(asked.name, asked.id_kind, asked.id_no, asked.phone)
        agreement = SignedTerms(biller[0], asked.customer, asked.account_no, holder, terms)
        asking.ask_of(conn, ring, kept.word_id, agreement, number, now)
        return number
    return _debited(outside, kept, asked, biller[0], now)


def _debited(outside: DebitOutside, kept: PartnerWord, asked: MandateDebit, biller_id: int, now: datetime) -> str:
    """By the named mandate, or the first that allows it. Refused: MANDATE_NONE, and as `singles.asked`."""
    conn = outside.cores.conn
    rows = conn.execute(_SQL["in_force"], (biller_id, asked.customer, biller_id, now)).fetchall()
    numbers = [number for (number,) in rows if asked.number in ("", number)]
    fit = [one for one in (find(conn, number) for number in numbers) if one.no_feel]
    if not fit:
        raise Refused(_why_none(conn, asked, numbers), "customer")
    one = singles.asked(outside, kept.word_id, fit[0], list(asked.payables), asked.amount_fen, now)
    singles.advance(outside, one.single_id, now)
    return one.serial


def _why_none(conn: psycopg.Connection[Any], asked: MandateDebit, numbers: list[str]) -> ResultCode:
    if numbers:
        return MandateCode.MANDATE_KIND
    if not asked.number:
        return MandateCode.MANDATE_NONE
    state = find(conn, asked.number).state
    return MandateCode.MANDATE_NOT_YET if state in ("asked", "waiting") else MandateCode.MANDATE_ENDED


def proved(conn: psycopg.Connection[Any], ring: KeyRing, kept: PartnerWord) -> bytes:
    """Its body, which its partner signed when it came. Refused: MANDATE_WORD_UNPROVED."""
    path = next(path for path, what in _WHAT.items() if what == kept.what)
    try:
        body = ring.open(bytes(kept.body), context(kept.partner_id, kept.serial))
        partner_id, _key = signer(conn, ring, path, kept.signed, body, kept.received_at, is_past=True)
    except (KeyRingError, WireFault, ValueError) as error:
        log.warning("a word about mandates is not its partner's", word=kept.word_id, reason=str(error)[:200])
        raise Refused(MandateCode.MANDATE_WORD_UNPROVED) from None
    if (partner_id, serial_of(kept.signed)) != (kept.partner_id, kept.serial):
        raise Refused(MandateCode.MANDATE_WORD_UNPROVED)
    return body


def number_of(kept: PartnerWord) -> str:
    """A mandate's number that follows from its word: taken twice it is one."""
    digits = int.from_bytes(sha256(context(kept.partner_id, kept.serial).encode()).digest()[:8]) % 10**10
    return f"DK{kept.received_at:%Y%m%d}{digits:010d}"


def _end(conn: psycopg.Connection[Any], kept: PartnerWord, code: ResultCode, number: str, now: datetime) -> None:
    conn.execute(_SQL["word_end"], (kept.word_id, int(code), number, now))
