"""Booking a channel's sale that we lack 补记: which biller and payables it paid, and what the hub
keeps of its serial."""

import re
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

import msgspec

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.days import ZONE
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.wire.kinds import SERIAL
from yifen.core.wire.messages import Charge, Query, Reverse, WireFault
from yifen.core.wire.replies import PaymentReply, QueryReply, ReverseReply
from yifen.trades.reconciliation.repair.items import UNDECIDED, Connection, RepairItem
from yifen.trades.reconciliation.repair.rules import lines_for

_SQL = queries(__package__)
_BILLERS = _SQL["billers_of_accounts"]
_RECORDS = _SQL["records"]


class RepairVerbs(Protocol):
    """The verbs that repair needs; `yifen.hub.payments.local.LocalHub` has them."""

    def query(self, channel: str, message: Query) -> tuple[ResultCode, QueryReply]: ...

    def charge(self, channel: str, message: Charge) -> tuple[ResultCode, PaymentReply | None]: ...

    def give_back(self, channel: str, message: Reverse) -> tuple[ResultCode, ReverseReply | None]: ...


class SaleStanding(StrEnum):
    """What became of a sale of theirs here."""

    UNSEEN = "unseen"  # its serial was never used
    WAITS = "waits"  # charged, undecided at the biller
    BOOKED = "booked"  # charged, in its amount
    REFUSED = "refused"  # and never to be booked under this serial
    OTHERWISE = "otherwise"  # taken back, or in another amount: for people


class SaleRecord(NamedTuple):
    """`code`: of a refusal, why."""

    standing: SaleStanding
    code: ResultCode = Code.OK


def records_of(conn: Connection, found: Sequence[RepairItem]) -> dict[int, SaleRecord]:
    """By item, what the hub keeps with the serial of this sale; that, and no reply, says what was booked."""
    rows = conn.execute(_RECORDS, ([item.item_id for item in found],)) if found else ()
    kept = {item_id: row for item_id, *row in rows}
    return {item.item_id: _record(item, kept.get(item.item_id)) for item in found}


def _record(item: RepairItem, row: Sequence[Any] | None) -> SaleRecord:
    if row is None:
        return SaleRecord(SaleStanding.UNSEEN)
    verb, code, payment_id, amount_fen, payer_state, biller_state = row
    if verb != "charge":
        return SaleRecord(SaleStanding.REFUSED, Code.SERIAL_REUSED)
    if payment_id is None or biller_state == "rejected":
        return SaleRecord(SaleStanding.REFUSED, Code(code))
    if payer_state in ("returned", "refunded") or amount_fen != item.theirs_fen:
        return SaleRecord(SaleStanding.OTHERWISE, Code.SERIAL_REUSED)
    return SaleRecord(SaleStanding.WAITS if biller_state in UNDECIDED else SaleStanding.BOOKED)


def billers_of(conn: Connection, found: Sequence[RepairItem]) -> dict[int, list[str]]:
    """By item, the admitted billers that know its account number."""
    billers: dict[int, list[str]] = {item.item_id: [] for item in found}
    for item_id, code in conn.execute(_BILLERS, (list(billers),)) if found else ():
        billers[item_id].append(code)
    return billers


def find(hub: RepairVerbs, item: RepairItem, billers: Sequence[str]) -> dict[str, Any]:
    """The charge that books this sale, as it is kept and sent; `billers` that know the account. Refused, for
    good: ACCOUNT_UNKNOWN, BILLER_UNKNOWN (none or several), ALREADY_PAID, AMOUNT_WRONG, MESSAGE_INVALID
    (their serial is none of ours), and every final refusal of a query; retryable: what a query may answer so."""
    if not re.fullmatch(SERIAL.pattern, item.serial):
        raise Refused(Code.MESSAGE_INVALID, "serial", item.serial)
    biller, account_no = _biller(item, billers), item.account_no or ""
    code, reply = hub.query(item.partner, Query(biller=biller, account_no=account_no))
    if code is not Code.OK:
        raise Refused(code, "biller", biller)
    if not reply.payables:
        raise Refused(Code.ALREADY_PAID, "account_no", account_no)
    assert item.theirs_fen is not None
    lines = lines_for(reply.payables, item.theirs_fen)
    if lines is None:
        raise Refused(Code.AMOUNT_WRONG, "amount_fen", str(item.theirs_fen))
    message = Charge(serial=item.serial, biller=biller, account_no=account_no, lines=lines,
                     amount_fen=item.theirs_fen, quote=reply.quote, paid_at=_paid_at(item))  # fmt: skip
    kept: dict[str, Any] = msgspec.to_builtins(message)
    return kept


def charge_of(kept: dict[str, Any]) -> Charge:
    """The same message every time it is sent."""
    return msgspec.convert(kept, Charge)


def is_final(refused: Refused | WireFault) -> bool:
    return not refused.code.meaning.retryable


def _biller(item: RepairItem, billers: Sequence[str]) -> str:
    if not item.account_no:
        raise Refused(Code.ACCOUNT_UNKNOWN, "account_no")
    if len(billers) != 1:
        raise Refused(Code.BILLER_UNKNOWN, "biller", " ".join(billers))
    return billers[0]


def _paid_at(item: RepairItem) -> datetime:
    """When the payer paid, by the channel's clock; else when the difference was found."""
    return item.theirs_at.replace(tzinfo=ZONE) if item.theirs_at else item.opened_at
