"""Cases that the court's own system asks to be opened: a signed request each, kept as it came; the worker asks
again whether the court signed it, and opens the case. No Django."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg
import structlog
from msgspec import Struct
from psycopg.types.json import Jsonb

from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.bank_accounts import typed_name
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.core.wire.decoding import decoded
from yifen.core.wire.keys import Key
from yifen.core.wire.moments import year_is_sane
from yifen.hub.payments.names import sealed_name
from yifen.trades.cases import caseno
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.doors.signing import ASK, KnownKeys, signed_fields, signer
from yifen.trades.cases.rules import NAME_MAX, party_context

PARTIES_MOST = 50
ROLES = ("applicant", "debtor", "creditor", "other")
_NOTHING: dict[str, Any] = dict.fromkeys(("account", "judge", "filed", "due", "payer", "roles", "names", "entrusted"))
log = structlog.get_logger()
_SQL = queries(__package__)


class AskedParty(Struct, forbid_unknown_fields=True, frozen=True):
    """`role`: applicant, debtor, creditor, other."""

    role: str
    name: str


class CourtAsk(Struct, forbid_unknown_fields=True, frozen=True):
    """A case to open. `request`: the court's own number of it; `account`: a sub-account number that the bank made,
    empty: the next; `entrusted`: which other court entrusted it, by what paper, of a number that is that court's."""

    request: str
    number: str
    parties: list[AskedParty]
    judge: str = ""
    filed_on: date | None = None
    due_fen: int = 0
    account: str = ""
    entrusted: str = ""


class AskEnd(NamedTuple):
    """What became of it; `code` None: nothing yet."""

    code: int | None
    number: str
    account_no: str


class KeptAsk(NamedTuple):
    """As its row has it."""

    ask_id: int
    court_id: int
    request: str
    number: str
    signed: dict[str, str]
    body: bytes
    received_at: datetime


def take(
    conn: psycopg.Connection[Any], ring: KeyRing, headers: Mapping[str, str], body: bytes, now: datetime
) -> tuple[Key, AskEnd]:
    """Kept; the key with which to answer, and what became of it so far. Refused: WireFault of the signature,
    ASK_UNREADABLE, ASK_OTHERWISE."""
    signed = signed_fields(headers)
    court_id, key = signer(conn, ring, ASK, signed, body, now)
    ask = read(body)
    row = {"court": court_id, "request": ask.request, "number": ask.number, "signed": Jsonb(signed), "now": now,
           "body": ring.seal(body, context(court_id, ask.request))}  # fmt: skip
    conn.execute(_SQL["ask_add"], row)
    kept = conn.execute(_SQL["ask_kept"], row).fetchall()[0]
    if read(ring.open(bytes(kept[0]), context(court_id, ask.request))) != ask:
        raise Refused(CaseCode.ASK_OTHERWISE, "request", ask.request)
    return key, AskEnd(kept[1], ask.number, kept[2] or "")


def read(body: bytes) -> CourtAsk:
    """With the number in its one form. Refused ASK_UNREADABLE, CASE_NUMBER_WRONG."""
    try:
        ask = decoded(body, CourtAsk)
    except ValueError as error:
        raise Refused(CaseCode.ASK_UNREADABLE, "body", str(error)) from None
    parties = [AskedParty(one.role, typed_name(one.name)) for one in ask.parties]
    for field, fits in (
        ("request", 0 < len(ask.request) <= 40 and ask.request.isprintable()),
        ("parties", 0 < len(parties) <= PARTIES_MOST
                    and all(0 < len(one.name) <= NAME_MAX and one.name.isprintable() for one in parties)),
        ("parties", all(one.role in ROLES for one in parties)),
        ("judge", len(ask.judge) <= 60 and ask.judge.isprintable()),
        ("filed_on", ask.filed_on is None or year_is_sane(ask.filed_on)),
        ("due_fen", 0 <= ask.due_fen < 10**15),
        ("entrusted", len(ask.entrusted) <= 200 and ask.entrusted.isprintable()),
        ("account", len(ask.account) <= 40 and ask.account.isprintable()),
    ):  # fmt: skip
        if not fits:
            raise Refused(CaseCode.ASK_UNREADABLE, field)
    try:
        number = str(caseno.parse(ask.number))
    except caseno.CaseNoWrong:
        raise Refused(CaseCode.CASE_NUMBER_WRONG, "number", ask.number[:40]) from None
    return CourtAsk(ask.request, number, parties, ask.judge, ask.filed_on, ask.due_fen, clean_account(ask.account),
                    ask.entrusted)


def open_all(conn: psycopg.Connection[Any], ring: KeyRing, now: Callable[[], datetime]) -> None:
    """All that were asked for, each court in its turn, each in a transaction of its own: one that cannot be opened
    holds up no other, one that never can ends."""
    for (ask,) in conn.execute(_SQL["asks_to_open"]).fetchall():
        try:
            _opened(conn, ring, ask, now())
        except psycopg.DatabaseError:
            if conn.closed:
                raise
            log.exception("a case that its court asked for was not opened", ask=ask)


def _opened(conn: psycopg.Connection[Any], ring: KeyRing, ask: int, now: datetime) -> None:
    """Or written down that it never can be: what its row says, the database does not take."""
    try:
        with conn.transaction():
            _open(conn, ring, KeptAsk(*conn.execute(_SQL["ask_to_open"], (ask,)).fetchall()[0]), now)
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        log.warning("a case that its court asked for can never be opened", ask=ask, reason=str(error)[:200])
        conn.execute(_SQL["open_asked"], _NOTHING | {"ask": ask, "proved": None, "now": now})


def _open(conn: psycopg.Connection[Any], ring: KeyRing, kept: KeptAsk, now: datetime) -> None:
    said = _NOTHING
    ask, why = signed_ask(conn, ring, kept)
    if ask is None:
        log.warning("a case was asked for by nobody that signed it", ask=kept.ask_id, reason=why)
    else:
        account = ask.account or conn.execute(_SQL["next_number"], (kept.court_id, now)).fetchall()[0][0] or ""
        payer = next((one.name for one in ask.parties if one.role == "debtor"), "")
        said = {"account": account, "judge": ask.judge, "filed": ask.filed_on, "due": ask.due_fen,
                "entrusted": ask.entrusted,
                "payer": sealed_name(ring, kept.court_id, account, payer) if payer else "",
                "roles": [one.role for one in ask.parties],
                "names": [ring.seal(one.name.encode(), party_context(kept.court_id, kept.number))
                          for one in ask.parties]}  # fmt: skip
    conn.execute(_SQL["open_asked"], said | {"ask": kept.ask_id, "proved": ask is not None, "now": now})


def signed_ask(
    conn: psycopg.Connection[Any], ring: KeyRing, kept: KeptAsk, known: KnownKeys | None = None
) -> tuple[CourtAsk | None, str]:
    """What the court signed, if that is what the row says; else why not. `known`: as `signer`."""
    try:
        body = ring.open(bytes(kept.body), context(kept.court_id, kept.request))
        ask = read(body)
        court_id, _key = signer(conn, ring, ASK, kept.signed, body, kept.received_at, known)
    except (KeyRingError, Refused, ValueError, TypeError, OverflowError) as error:
        return None, str(error)[:200]
    is_so = (court_id, ask.request, ask.number) == (kept.court_id, kept.request, kept.number)
    return (ask, "") if is_so else (None, "the row says otherwise")


def context(court_id: int, request: str) -> str:
    """What a request's body is sealed for; the plug says the same in SQL."""
    return f"court_ask:{court_id}:{request}"
