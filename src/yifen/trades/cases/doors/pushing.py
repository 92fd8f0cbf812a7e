"""Receipts that a bank tells of at once 到账推送: one signed notice a receipt, kept as it came. The worker asks
again whether the signature is the bank's, and books it; the statement shows it later under the same serial.
No Django."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
import structlog
from msgspec import Struct
from psycopg.types.json import Jsonb

from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.core.wire.decoding import decoded
from yifen.core.wire.keys import Key
from yifen.core.wire.moments import year_is_sane
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.doors.signing import PUSH, KnownKeys, signed_fields, signer

log = structlog.get_logger()
_SQL = queries(__package__)


class CourtPush(Struct, forbid_unknown_fields=True, frozen=True):
    """One receipt on the main account. `account`: the sub-account number that was paid to; `serial`: the bank's, as its
    statement will have it; `paid_at`: with its zone."""

    main_account: str
    serial: str
    amount_fen: int
    paid_at: datetime
    account: str = ""
    payer: str = ""
    payer_account: str = ""
    words: str = ""


class KeptPush(NamedTuple):
    """As its row has it."""

    push_id: int
    bank_id: int
    serial: str
    main_no: str
    account_no: str
    amount_fen: int
    paid_at: datetime
    signed: dict[str, str]
    body: bytes
    received_at: datetime


def take(conn: psycopg.Connection[Any], ring: KeyRing, headers: Mapping[str, str], body: bytes, now: datetime) -> Key:
    """Kept; the key with which to answer. The same receipt again is the same. Refused: WireFault of the signature,
    PUSH_UNREADABLE, PUSH_OTHERWISE, PUSH_FOREIGN: it is no court's bank."""
    signed = signed_fields(headers)
    bank_id, key = signer(conn, ring, PUSH, signed, body, now)
    push = read(body, now)
    row = {"bank": bank_id, "serial": push.serial, "main": push.main_account, "account": push.account,
           "fen": push.amount_fen, "paid_at": push.paid_at, "signed": Jsonb(signed), "now": now,
           "body": ring.seal(body, context(bank_id, push.main_account, push.serial))}  # fmt: skip
    if not conn.execute(_SQL["push_may"], row).fetchall()[0][0]:
        raise Refused(CaseCode.PUSH_FOREIGN, "main_account", push.main_account)
    if conn.execute(_SQL["push_add"], row).rowcount == 0:
        kept = conn.execute(_SQL["push_kept"], row).fetchone()
        if kept != (push.account, push.amount_fen, push.paid_at):
            raise Refused(CaseCode.PUSH_OTHERWISE, "serial", push.serial)
    return key


def read(body: bytes, now: datetime) -> CourtPush:
    """Refused PUSH_UNREADABLE: it is none, of tomorrow, or of a year that the hub does not know."""
    try:
        push = decoded(body, CourtPush)
    except ValueError as error:
        raise Refused(CaseCode.PUSH_UNREADABLE, "body", str(error)) from None
    for field, fits in (
        ("main_account", push.main_account.isdecimal() and push.main_account.isascii()
                         and 6 <= len(push.main_account) <= 30),
        ("account", not push.account or (push.account.isdecimal() and push.account.isascii()
                                         and len(push.account) <= 30)),
        ("serial", 0 < len(push.serial) <= 40 and push.serial.isprintable()),
        ("amount_fen", 0 < push.amount_fen < 10**15),
        ("paid_at", push.paid_at.tzinfo is not None and year_is_sane(push.paid_at)
                    and (push.paid_at - now).total_seconds() < 3_600),
    ):  # fmt: skip
        if not fits:
            raise Refused(CaseCode.PUSH_UNREADABLE, field)
    return push


def book(conn: psycopg.Connection[Any], ring: KeyRing, now: Callable[[], datetime]) -> None:
    """All that came, each bank in its turn, each in a transaction of its own: one that cannot be booked holds up no
    other, one that cannot even be read ends."""
    for (push,) in conn.execute(_SQL["pushes_to_book"]).fetchall():
        try:
            conn.execute(_SQL["push"], (push, _proved(conn, ring, push), now()))
        except psycopg.DatabaseError:
            if conn.closed:
                raise
            log.exception("a receipt that a bank told of was not booked", push=push)


def _proved(conn: psycopg.Connection[Any], ring: KeyRing, push: int) -> bool | None:
    """Did its bank sign it? None: nobody can read it."""
    try:
        kept = KeptPush(*conn.execute(_SQL["push_to_book"], (push,)).fetchall()[0])
    except psycopg.DataError as error:
        log.warning("a receipt that a bank told of cannot be read", push=push, reason=str(error)[:200])
        return None
    if why := why_not(conn, ring, kept):
        log.warning("a receipt that a bank told of is not signed by it", push=push, reason=why)
    return not why


def why_not(conn: psycopg.Connection[Any], ring: KeyRing, kept: KeptPush, known: KnownKeys | None = None) -> str:
    """Did the bank sign just what the row says, when it came? "" if so. `known`: as `signer`."""
    try:
        body = ring.open(bytes(kept.body), context(kept.bank_id, kept.main_no, kept.serial))
        bank_id, _key = signer(conn, ring, PUSH, kept.signed, body, kept.received_at, known)
        push = read(body, kept.received_at)
    except (KeyRingError, Refused, ValueError, TypeError, OverflowError) as error:
        return str(error)[:200]
    is_so = (bank_id, push.serial, push.main_account, push.account, push.amount_fen, push.paid_at) == (
        kept.bank_id, kept.serial, kept.main_no, kept.account_no, kept.amount_fen, kept.paid_at)  # fmt: skip
    return "" if is_so else "the row says otherwise"


def context(bank_id: int, main_no: str, serial: str) -> str:
    """What a notice's body is sealed for; the plug says the same in SQL."""
    return f"court_push:{bank_id}:{main_no}:{serial}"
