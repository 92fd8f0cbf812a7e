"""A deduction 卡扣 is asked for: the bills as the hub says that they are due, the row first, then the bank."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from psycopg.types.json import Jsonb

from yifen.core.facts import reasons
from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.core.wire.messages import Query
from yifen.core.wire.replies import QueryReply
from yifen.hub.payments.local import LocalHub
from yifen.hub.payments.names import opened_name
from yifen.trades.deductions import rules
from yifen.trades.deductions.codes import DeductionCode
from yifen.trades.deductions.rules import Debtor, DeductionLine

Connection = psycopg.Connection[Any]
_SQL = queries(__package__)


class AskedDeduction(NamedTuple):
    """What a clerk's form says: shown under this number, with these dues in fen by payable."""

    deduction_no: str
    channel_id: int
    biller_id: int
    account_no: str
    shown_fen: Mapping[str, int]
    debtor: Debtor
    consent: str
    consent_note: str


class DeductionSides(NamedTuple):
    """Codes and limits of the channel and the biller. `is_oldest_first`: the hub refuses a bill before older ones."""

    channel: str
    biller: str
    payment_fen_max: int | None
    day_left_fen: int | None
    is_oldest_first: bool


class StandingDeduction(NamedTuple):
    """A deduction as the worker needs it. `age`: since it was asked for."""

    deduction_no: str
    channel_id: int
    channel: str
    biller: str
    account_no: str
    lines: list[DeductionLine]
    amount_fen: int
    quote: str | None
    debtor_sealed: bytes
    state: str
    made_at: datetime
    taken_at: datetime | None
    is_sendable: bool


def bills(hub: LocalHub, channel: str, biller: str, account_no: str) -> QueryReply:
    """What the account owes now, asked on the bank's channel. Refused: as query refuses: suspended, closed, not
    admitted, in an outage, unknown."""
    code, reply = hub.query(channel, Query(biller=biller, account_no=account_no))
    if code is not Code.OK:
        raise Refused(code, "account_no")
    return reply


def ask(conn: Connection, hub: LocalHub, ring: KeyRing, asked: AskedDeduction, session: str, now: datetime) -> str:
    """Write it down, for `settle.advance` to send; answers its number. Sent twice it is one. Refused: what `bills`
    and rules.choose refuse, CONSENT_MISSING, HOLDER_NOT_PAYER, OVER_PAYMENT_LIMIT, OVER_DAY_LIMIT, QUOTE_EXPIRED,
    PORT_MISSING, DEDUCTION_OPEN, PERMISSION_MISSING."""
    if not rules.NUMBER.fullmatch(asked.deduction_no):
        raise Refused(Code.INPUT_INVALID, "number")
    if is_there(conn, asked.deduction_no):
        return asked.deduction_no
    note = reasons.remark(asked.consent_note, "consent_note")
    if asked.consent not in rules.CONSENTS or not note:
        raise Refused(DeductionCode.CONSENT_MISSING, "consent_note")
    sides = _sides(conn, asked)
    reply = bills(hub, sides.channel, sides.biller, asked.account_no)
    lines = rules.choose(reply.payables, asked.shown_fen, sides.is_oldest_first)
    fen = sum(line.amount_fen for line in lines)
    if sides.payment_fen_max is not None and fen > sides.payment_fen_max:
        raise _over(hub, sides, Code.OVER_PAYMENT_LIMIT)
    if sides.day_left_fen is not None and fen > sides.day_left_fen:
        raise _over(hub, sides, Code.OVER_DAY_LIMIT)
    if asked.consent != "third" and not _is_payers(conn, ring, asked, reply):
        raise Refused(DeductionCode.HOLDER_NOT_PAYER, "consent")
    if reply.quote_expires_at is not None and reply.quote_expires_at <= now:
        raise Refused(Code.QUOTE_EXPIRED, "bills")
    sealed = ring.seal(json.dumps(asked.debtor).encode(), context(asked.deduction_no))
    row = conn.execute(_SQL["ask"], (
        session, asked.deduction_no, asked.channel_id, asked.biller_id, reply.account_no, reply.payer_name,
        Jsonb([line._asdict() for line in lines]), fen, reply.quote, sealed, asked.debtor.shown, asked.consent, note,
        now, now + rules.LOOK_AFTER)).fetchone()  # fmt: skip
    code: ResultCode = result_code(row[0]) if row else Code.FAULT
    if code is not Code.OK and not is_there(conn, asked.deduction_no):
        raise Refused(code, "account_no")
    return asked.deduction_no


def _over(hub: LocalHub, sides: DeductionSides, code: Code) -> Refused:
    """A limit's refusal, with whose it is and how much."""
    return Refused(code, "bills", hub.bound(sides.channel, sides.biller, code))


def _is_payers(conn: Connection, ring: KeyRing, asked: AskedDeduction, reply: QueryReply) -> bool:
    """Is the account that is debited the payer's own, by its holder's name?"""
    row = conn.execute(_SQL["payer_name"], (asked.biller_id, reply.account_no)).fetchone()
    whole = opened_name(ring, asked.biller_id, reply.account_no, row[0]) if row else ""
    return rules.is_same_name(asked.debtor.name, whole or reply.payer_name)


def _sides(conn: Connection, asked: AskedDeduction) -> DeductionSides:
    """Refused: PORT_MISSING."""
    row = conn.execute(_SQL["sides"], {"channel": asked.channel_id, "biller": asked.biller_id}).fetchone()
    if row is None:
        raise Refused(DeductionCode.PORT_MISSING, "channel")
    return DeductionSides(*row)


def is_there(conn: Connection, deduction_no: str) -> bool:
    """Was it asked for?"""
    return conn.execute(_SQL["state"], (deduction_no,)).fetchone() is not None


def find(conn: Connection, deduction_no: str) -> StandingDeduction:
    """Refused: DEDUCTION_UNKNOWN."""
    row = conn.execute(_SQL["standing"], (deduction_no,)).fetchone()
    if row is None:
        raise Refused(DeductionCode.DEDUCTION_UNKNOWN)
    found = StandingDeduction(*row)
    return found._replace(lines=[DeductionLine(**line) for line in row[5]])


def debtor_of(ring: KeyRing, found: StandingDeduction) -> Debtor:
    """Whose account is debited, opened to be sent. KeyRingError."""
    return Debtor(*json.loads(ring.open(bytes(found.debtor_sealed), context(found.deduction_no))))


def context(deduction_no: str) -> str:
    """What a sealed account is bound to."""
    return f"deduction:{deduction_no}"
